"""Writers of one process take turns, and a heartbeat waits for one of them, never for all."""

from __future__ import annotations

import threading
from collections.abc import Callable

from interlock.storage.writers_turn import WritersTurn

SOON = 10.0  # seconds; far longer than any of it takes


def started(turn: WritersTurn, done: list[str], name: str, *, urgent: bool) -> threading.Thread:
    """A thread that waits for its turn and then says its name."""

    def write() -> None:
        with turn.taken(urgent=urgent):
            done.append(name)

    thread = threading.Thread(target=write)
    thread.start()
    return thread


def until(is_so: Callable[[], bool]) -> None:
    """Waits until it is so; the other threads do nothing but come to wait."""
    held, pause = threading.Event(), SOON / 1000
    for _ in range(1000):
        if is_so():
            return
        held.wait(pause)
    raise AssertionError("they never came to wait")


def waiting(turn: WritersTurn) -> int:
    both = (turn._first, turn._then)
    return sum(len(each._waiters) for each in both)  # type: ignore[attr-defined]


def test_who_is_urgent_comes_before_all_who_came_earlier() -> None:
    """A worker that writes all the time would else be taken for dead."""
    turn, done = WritersTurn(), list[str]()
    with turn.taken():
        threads = [started(turn, done, f"episode {n}", urgent=False) for n in range(5)]
        until(lambda: waiting(turn) == 5)
        threads.append(started(turn, done, "heartbeat", urgent=True))
        until(lambda: waiting(turn) == 6)

    for each in threads:
        each.join(SOON)

    assert done[0] == "heartbeat"
    assert sorted(done[1:]) == [f"episode {n}" for n in range(5)]


def test_a_turn_that_ends_in_an_error_is_given_back() -> None:
    """A transaction that fails must not be the last one."""
    turn = WritersTurn()
    try:
        with turn.taken(urgent=True):
            raise ValueError
    except ValueError:
        pass

    done = list[str]()
    started(turn, done, "next", urgent=False).join(SOON)

    assert done == ["next"]


def test_everybody_gets_a_turn_however_many_come() -> None:
    """Nobody is forgotten, and never are two at it."""
    turn, at_it, most, turns = WritersTurn(), 0, 0, 0

    def write(urgent: bool) -> None:
        nonlocal at_it, most, turns
        for _ in range(200):
            with turn.taken(urgent=urgent):
                at_it += 1
                most, turns = max(most, at_it), turns + 1
                at_it -= 1

    threads = [threading.Thread(target=write, args=(n % 4 == 0,)) for n in range(12)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(SOON)

    assert (most, turns) == (1, 12 * 200)
