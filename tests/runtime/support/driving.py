"""Processes that work on the tests' orders: real workers, which may be killed at any moment.

They are forked from a server that has everything imported, so that a start costs milliseconds;
each is a process of its own all the same, with its own connections, threads and end.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import sqlite3
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any, Final

from interlock.bootstrap import Services, build
from interlock.domain.audit import chain_faults
from interlock.domain.authoring import Document
from interlock.domain.case import Case, CaseState
from interlock.domain.fact import FactKind
from interlock.domain.review import ReviewKind, Verb
from interlock.runtime.commands import DecisionRefused, TaskMoved, decide_task, deliver
from interlock.runtime.crash_points import CrashPlan, CrashPoint
from interlock.runtime.worker import Worker
from interlock.settings import load_settings
from interlock.storage import CaseQuery, TaskQuery

ORDERS: Final = Path(__file__).parent / "orders"
KINDS: Final = ("plain", "asked", "refused", "failing", "plain")
LIMIT_SECONDS: Final = 60.0  # a process that takes longer hangs
MANY: Final = 10_000
MANY_AT_ONCE: Final = 200
LOOK_AGAIN_SECONDS: Final = 0.05
FREEZE_SECONDS: Final = 0.5

_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(["tests.runtime.support.driving"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a test's database and books are."""

    url: str
    data: Path

    def services(self, **settings: Any) -> Services:
        """The services of a process that works here."""
        chosen = {"stage": "autonomous", "batch": 5, **settings}
        return build(
            load_settings(database_url=self.url, workflows=(ORDERS,), data=self.data, **chosen)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """What can be seen when all is over. Equal ends are the same end."""

    cases: Mapping[str, tuple[str, str, int]]  # number → outcome, handling, how often closed
    done: Mapping[tuple[str, str], int]  # (number, what) → how often the books were asked
    faults: tuple[str, ...]


def orders(count: int) -> list[Document]:
    """So many orders, of every kind in turn."""
    return [an_order(at, KINDS[at % len(KINDS)]) for at in range(count)]


def an_order(at: int, kind: str = "plain") -> Document:
    content = json.dumps({"number": f"N{at:04}", "kind": kind, "amount": at}).encode()
    return Document(name=f"{at:04}.json", content=content)


def expected(count: int) -> End:
    """The end of so many orders when nothing goes wrong."""
    cases, done = dict[str, tuple[str, str, int]](), dict[tuple[str, str], int]()
    for at in range(count):
        number, kind = f"N{at:04}", KINDS[at % len(KINDS)]
        done[number, "book"] = 1
        if kind == "refused":
            cases[number] = ("compensated", "human", 1)
            done[number, "unbook"] = 1
        else:
            cases[number] = ("completed", "assisted" if kind == "asked" else "autonomous", 1)
            done[number, "ship"] = 1
    return End(cases=cases, done=done, faults=())


def start(target: Any, *arguments: Any) -> BaseProcess:
    """A process that runs the function."""
    process = _forks.Process(target=target, args=arguments, daemon=True)
    process.start()
    return process


def tell(process: BaseProcess, what: signal.Signals) -> None:
    """Sends a signal to the process."""
    assert process.pid is not None
    os.kill(process.pid, what)


def ended(process: BaseProcess) -> int:
    """The process's exit code once it is over; negative: the signal that killed it."""
    process.join(LIMIT_SECONDS)
    if process.exitcode is None:
        process.kill()
        process.join()
        raise AssertionError(f"{process.name} was still running after {LIMIT_SECONDS} s")
    return process.exitcode


def work_to_the_end(place: Place, count: int, crash_at: str = "") -> None:
    """Delivers the orders, works on them, decides what is asked, until every case is closed."""
    with place.services(crash_at=crash_at) as services, services.worker() as worker:
        documents = orders(count)
        for at in range(0, count, 5):
            deliver(services.context, "orders", documents[at : at + 5])
        while _open_cases(services, count):
            worker.run_until_idle()
            decide_all(services)


def work(place: Place, batch: int = 5) -> None:
    """A worker that only works, until it is told to stop."""
    with place.services(batch=batch) as services:
        services.worker().run()


def only_decide(place: Place, count: int, batch: int = 5) -> None:
    """Delivers and decides, without a worker of its own, until every case is closed."""
    with place.services(batch=batch) as services:
        documents = orders(count)
        for at in range(0, count, MANY_AT_ONCE):
            deliver(services.context, "orders", documents[at : at + MANY_AT_ONCE])
        while _open_cases(services, count):
            decide_all(services)
            threading.Event().wait(LOOK_AGAIN_SECONDS)  # for work that other processes do


def a_signal() -> Event:
    """Something one process sets and another waits for."""
    return _forks.Event()


def work_and_freeze(place: Place, point: CrashPoint, after: int, frozen: Event) -> None:
    """A worker that stands still at a point of its only case; it may wake up again.

    Its only one, because what its other threads have locked at that moment stays locked.
    """
    with place.services() as services:
        deliver(services.context, "orders", [an_order(0)])
        plan = _Freeze(point, after, frozen)
        runner = replace(services.runner, crash=plan)
        Worker(context=services.context, runner=runner, engine=services.engine).run()


class _Freeze(CrashPlan):
    """SIGSTOP where a crash plan says SIGKILL: every thread stands still until SIGCONT."""

    def __init__(self, point: CrashPoint, after: int, frozen: Event) -> None:
        super().__init__(point, after)
        self._frozen = frozen

    def strike(self) -> None:
        self._frozen.set()
        os.kill(os.getpid(), signal.SIGSTOP)
        # The stop reaches this thread a moment later. And once awake, a beat comes before it acts:
        # a fence that only looks at the last beat would be open again.
        threading.Event().wait(FREEZE_SECONDS)


def decide_all(services: Services) -> int:
    """Decides every open task as the desk would: words are fine, a lost address is the end."""
    decided = 0
    for task in services.store.tasks(TaskQuery(limit=MANY)):
        verb = Verb.APPROVE if task.kind is ReviewKind.PROPOSAL else Verb.REJECT
        try:
            decide_task(services.context, task.id, "lead", verb, reason_code="")
            decided += 1
        except (TaskMoved, DecisionRefused):
            continue  # it has moved on meanwhile; the next round sees what is left
    return decided


def end_of(place: Place) -> End:
    """What is to be seen in the database and in the books."""
    with place.services(engine="inline") as services:
        cases = all_cases(services)
        faults = [
            fault.what
            for chain in services.store.chains()
            for fault in chain_faults(
                chain.case_id, chain.entries, length=chain.length, head=chain.head
            )
        ]
        closed = Counter(
            fact.case_id for fact in services.store.facts(kinds=[FactKind.CASE_CLOSED])
        )
    outcomes = {
        case.key: (str(case.outcome), str(case.handling), closed[case.id]) for case in cases
    }
    return End(cases=outcomes, done=_done(place), faults=tuple(faults))


def all_cases(services: Services) -> Sequence[Case]:
    return services.store.cases(CaseQuery(limit=MANY))


def _open_cases(services: Services, count: int) -> bool:
    states = services.store.counts(now=services.clock.now()).states
    return states.get(CaseState.CLOSED, 0) < count


def _done(place: Place) -> Mapping[tuple[str, str], int]:
    with closing(sqlite3.connect(place.data / "books.db", timeout=30)) as books:
        entries = books.execute("SELECT number, what FROM entry").fetchall()
        parcels = books.execute("SELECT number, 'ship' FROM parcel").fetchall()
    return dict(Counter([*entries, *parcels]))
