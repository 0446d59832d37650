"""Events: everybody is told of what is theirs to know, in time, and nobody waits for the slow."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from interlock.domain.people import Right
from interlock.web import changes
from interlock.web.changes import Change, Feed, Listener, Position, position_now
from tests.web.serving import served
from tests.web.town import IBAN, SOUTH, Town

EVENTS = "/api/v1/events"


class Stream:
    """One open stream; gives its events as (name, id, data)."""

    def __init__(self, response: httpx.Response) -> None:
        self._lines = response.iter_lines()

    def next(self) -> tuple[str, str, Any]:
        """The next event; waits for it."""
        event: dict[str, str] = {}
        for line in self._lines:
            name, _, value = line.partition(": ")
            if not line and "event" in event:
                return event["event"], event.get("id", ""), json.loads(event.get("data", "{}"))
            if name in ("event", "id", "data"):
                event[name] = value
        raise AssertionError("the stream ended")

    def opened(self) -> None:
        """Waits until the server listens."""
        next(line for line in self._lines if "listening" in line)


@contextmanager
def listening(address: str, token: str, **headers: str) -> Iterator[Stream]:
    """An open stream of whoever has this token."""
    sent = {"authorization": f"Bearer {token}"} | headers
    with httpx.stream("GET", f"{address}{EVENTS}", headers=sent, timeout=20) as response:
        assert response.status_code == 200, response.read()
        assert response.headers["content-type"].startswith("text/event-stream")
        yield Stream(response)


def test_what_happens_is_told_with_ids_and_names_only(town: Town) -> None:
    """A stream is read by screens that show it to whoever stands there."""
    with served(town.app) as address, listening(address, town.token("anna")) as stream:
        stream.opened()
        until_listening(town)

        case = town.claim()
        told = [stream.next() for _ in range(3)]

    assert [name for name, _, _ in told] == ["case_opened", "exception_routed", "review_opened"]
    assert {data["case_id"] for _, _, data in told} == {case}
    assert IBAN not in repr(told)


def test_a_stream_tells_nothing_of_other_tenants(small_town: Town) -> None:
    """Even that something happened is theirs."""
    token = small_town.token("south")
    with served(small_town.app) as address, listening(address, token) as stream:
        stream.opened()
        until_listening(small_town)

        small_town.claim("C-1")
        theirs = small_town.claim("C-2", branch=SOUTH)

        assert stream.next()[2]["case_id"] == theirs


def test_whoever_comes_back_hears_what_was_missed(town: Town) -> None:
    """A laptop that slept must not show a task that is gone."""
    token = town.token("anna")
    with served(town.app) as address:
        with listening(address, token) as stream:
            stream.opened()
            until_listening(town)
            town.claim("C-1")
            heard = [stream.next() for _ in range(3)]
        missed = town.claim("C-2")

        with listening(address, token, **{"last-event-id": heard[-1][1]}) as stream:
            told = [stream.next()[2]["case_id"]]
            while told.count(missed) < len(heard):
                told.append(stream.next()[2]["case_id"])

    # PostgreSQL may show a lower number late, so some are told twice there; never one too few.
    assert len(told) <= 2 * len(heard)
    assert town.services.store.dialect == "postgresql" or set(told) == {missed}


def test_a_position_of_another_world_is_answered_with_refresh(small_town: Town) -> None:
    """The database was restored, or the text was made up: load anew."""
    token = small_town.token("anna")
    with served(small_town.app) as address:
        for made_up in ("nonsense", "9999.9999.9999", "1.2"):
            with listening(address, token, **{"last-event-id": made_up}) as stream:
                assert stream.next()[0] == "refresh"


def test_a_pause_is_told_to_everybody_and_people_to_those_who_may(small_town: Town) -> None:
    """All who work must know that it stopped; who was given which role is not for all."""
    with (
        served(small_town.app) as address,
        listening(address, small_town.token("anna", [Right.SEE])) as stream,
    ):
        stream.opened()
        until_listening(small_town)

        small_town.add("newcomer", [])
        wanted = {"kind": "everything", "reason": "a drill"}
        small_town.program("auditor").post("/api/v1/pauses", json=wanted)

        assert stream.next()[2]["name"] == "pause_set"


def test_nobody_without_the_right_hears_anything(small_town: Town) -> None:
    """A stream is a read like any other."""
    with served(small_town.app) as address:
        assert httpx.get(f"{address}{EVENTS}").status_code == 401
        token = {"authorization": f"Bearer {small_town.token('rosa')}"}
        assert httpx.get(f"{address}{EVENTS}", headers=token).status_code == 403


def test_a_slow_listener_gets_one_refresh_and_holds_up_nobody() -> None:
    """Its queue is bounded, and the poller never waits."""

    async def scene() -> tuple[list[str], int]:
        slow, quick = Listener(lambda _: True), Listener(lambda _: True)
        heard = 0
        for number in range(changes.WAITING_MOST + 5):
            for listener in (slow, quick):
                listener.tell(Change(position=str(number), kind="case_opened"))
            async for _ in quick:
                heard += 1
                break
        told = []
        async for change in slow:
            told.append(change.kind)
            if change.position == str(changes.WAITING_MOST + 4):
                return told, heard
        raise AssertionError("the last change was not told")

    told, heard = asyncio.run(scene())

    assert told[0] == "refresh"
    assert len(told) <= 5
    assert heard == changes.WAITING_MOST + 5


def test_more_than_can_be_told_is_a_refresh_for_all(
    small_town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A flood of cases must not become a flood of events."""
    monkeypatch.setattr(changes, "PAGE", 3)
    heard = asyncio.run(_heard(small_town, 1, small_town.claim))

    assert heard == ["refresh"]


def test_five_hundred_listen_and_one_looks(small_town: Town) -> None:
    """One query for all of them, or the database works for the screens alone."""

    async def scene() -> tuple[int, int, int]:
        feed = Feed(small_town.services.store, every_seconds=3600)
        streams = [feed.listen(lambda _: True) for _ in range(500)]
        waiting = [asyncio.create_task(anext(each)) for each in streams]
        while feed.listeners < len(streams):  # noqa: ASYNC110  (a turn of the loop, no waiting)
            await asyncio.sleep(0)
        asked = Counted(small_town.services.store.changed)
        small_town.services.store.changed = asked  # type: ignore[method-assign]
        await asyncio.to_thread(small_town.claim)
        await feed.look()
        told = await asyncio.gather(*waiting)
        for each in streams:
            await each.aclose()
        await feed.close()
        return len(told), asked.times, feed.listeners

    told, queries, left = asyncio.run(scene())

    assert (told, queries, left) == (500, 1, 0)


def test_a_fact_that_is_committed_late_is_told(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL numbers a row before it shows it; a higher number may be seen first."""
    if town.services.store.dialect != "postgresql":
        pytest.skip("SQLite has one writer, so numbers show in order")
    store = town.services.store
    town.claim("C-1")
    town.claim("C-2")
    rows = store.changed(0, kinds=changes.TOLD, limit=100)
    late, rest = rows[0], rows[1:]
    shown = [rest, rows]
    beginning = Position(0, 0, store.house_length())

    async def scene() -> list[str]:
        feed = Feed(store, every_seconds=3600)
        monkeypatch.setattr(changes, "position_now", lambda _: beginning)
        monkeypatch.setattr(store, "changed", lambda *_, **__: [], raising=False)
        stream = feed.listen(lambda _: True)
        first = asyncio.create_task(anext(stream))
        while not feed.listeners:  # noqa: ASYNC110  (a turn of the loop, no waiting)
            await asyncio.sleep(0)
        monkeypatch.setattr(store, "changed", lambda *_, **__: shown.pop(0), raising=False)
        await feed.look()
        await feed.look()
        told = [await first] + [await anext(stream) for _ in range(len(rows) - 1)]
        await stream.aclose()
        await feed.close()
        return [each.position.split(".")[1] for each in told]

    told = asyncio.run(scene())

    assert told[-1] == str(late.id)
    assert len(told) == len(set(told)) == len(rows)


def test_a_page_is_told_what_came_after_it_was_made(small_town: Town) -> None:
    """Between the page and its stream there is time for something to happen."""
    made = str(position_now(small_town.services.store))
    case = small_town.claim()

    with (
        served(small_town.app) as address,
        listening(address, small_town.token("anna"), **{"last-event-id": made}) as stream,
    ):
        assert stream.next()[2]["case_id"] == case


def until_listening(town: Town) -> None:
    """Waits until the server has begun to look."""
    seen = 0
    while not town.app.state.feed.listeners:
        seen += 1
        assert seen < 10_000_000, "nobody listens"


class Counted:
    """A function that counts its calls."""

    def __init__(self, inner: Any) -> None:
        self._inner, self.times = inner, 0

    def __call__(self, *given: Any, **named: Any) -> Any:
        self.times += 1
        return self._inner(*given, **named)


async def _heard(town: Town, count: int, act: Any) -> list[str]:
    feed = Feed(town.services.store, every_seconds=3600)
    stream = feed.listen(lambda _: True)
    first = asyncio.create_task(anext(stream))
    while not feed.listeners:  # noqa: ASYNC110  (a turn of the loop, no waiting)
        await asyncio.sleep(0)
    await asyncio.to_thread(act)
    await feed.look()
    told = [await first]
    while len(told) < count:
        told.append(await anext(stream))
    await stream.aclose()
    await feed.close()
    return [each.kind for each in told]


def test_nobody_looks_before_the_end_of_the_log_is_known(
    small_town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a restart all come back at once, while the log's end is still being looked for."""
    feed, knew = Feed(small_town.services.store), list[bool]()

    async def looks(self: Feed) -> None:
        knew.append(bool(self._marks))

    async def all_at_once() -> None:
        waiting = [asyncio.ensure_future(anext(feed.listen(lambda _: True))) for _ in range(5)]
        while feed.listeners < len(waiting):  # noqa: ASYNC110  (they come one after another)
            await asyncio.sleep(0)
        for each in waiting:
            each.cancel()

    monkeypatch.setattr(Feed, "_keep_looking", looks)
    asyncio.run(all_at_once())

    assert knew and all(knew)
