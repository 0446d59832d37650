"""An office that handles refunds: everything a runtime test needs, on a real database.

Time passes only when a test says so.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from interlock.contracts import LoadedWorkflow, load_workflow
from interlock.domain.authoring import Document
from interlock.domain.case import Case
from interlock.domain.contract import Stage
from interlock.domain.event import CaseOpened
from interlock.domain.ids import PersonId, TaskId
from interlock.domain.review import ReviewTask, Verb
from interlock.domain.rules.advance import replay
from interlock.runtime.commands import (
    Answered,
    Delivered,
    cancel_case,
    decide_task,
    deliver,
)
from interlock.runtime.context import Context
from interlock.runtime.episode import EpisodeRunner
from interlock.runtime.inline_engine import InlineEngine
from interlock.runtime.sweep import Swept, sweep
from interlock.runtime.workflow import Workflow, Workflows
from interlock.storage import Store, TaskQuery, open_store
from interlock.testing.clock import MovingClock
from tests.support.postgres import emptied, ready_sqlite

MONDAY = datetime.fromisoformat("2026-03-02T09:00:00+00:00")
REFUNDS = Path(__file__).parent / "workflows" / "refunds"
WORKER = "worker-1"


@cache
def _loaded(folder: Path) -> LoadedWorkflow:
    """A workflow read once; its systems are made anew for every office."""
    return load_workflow(folder)


def _empty_store(url: str) -> Store:
    if url.startswith("sqlite:///"):
        return open_store(ready_sqlite(url))
    return open_store(emptied(url))


@dataclass(slots=True)
class Office:
    """One workflow on one database, with a clock that stands still."""

    store: Store
    context: Context
    runner: EpisodeRunner
    engine: InlineEngine
    clock: MovingClock
    workflow: Workflow
    threads: ThreadPoolExecutor

    @classmethod
    def opened(cls, url: str, stage: Stage = Stage.AUTONOMOUS, folder: Path = REFUNDS) -> Office:
        """A fresh office on an empty database."""
        store = _empty_store(url)
        loaded = _loaded(folder)
        factory = loaded.functions.systems
        workflow = Workflow(loaded=loaded, systems=factory({}) if factory else {})
        clock, engine, threads = MovingClock(MONDAY), InlineEngine(), ThreadPoolExecutor(4)
        workflows = Workflows([workflow])
        context = Context(store=store, workflows=workflows, clock=clock, engine=engine, stage=stage)
        runner = EpisodeRunner(
            store=store, workflows=workflows, clock=clock, threads=threads, worker=WORKER
        )
        return cls(
            store=store,
            context=context,
            runner=runner,
            engine=engine,
            clock=clock,
            workflow=workflow,
            threads=threads,
        )

    @property
    def shop(self) -> Any:
        """The shop in memory, which tests tell what to do."""
        return self.workflow.systems["shop"]

    def close(self) -> None:
        """Gives everything back."""
        self.threads.shutdown()
        self.store.close()

    def send(
        self,
        number: str = "R-1",
        amount: float = 100,
        *,
        opened_by: PersonId | None = None,
        **fields: Any,
    ) -> Delivered:
        """Delivers one refund; it has an order unless the test says otherwise."""
        data = {"number": number, "amount": amount, "order": "O-1", **fields}
        content = {name: value for name, value in data.items() if value is not None}
        return self.deliver(content, f"{number}.json", opened_by=opened_by)

    def deliver(
        self, content: Any, name: str = "refund.json", *, opened_by: PersonId | None = None
    ) -> Delivered:
        """Delivers one document: bytes as they are, anything else as JSON."""
        raw = content if isinstance(content, bytes) else json.dumps(content).encode()
        documents = [Document(name=name, content=raw)]
        return deliver(self.context, "refunds", documents, opened_by=opened_by)[0]

    def run(self) -> None:
        """Works until nothing is ready."""
        self.store.beat(WORKER, version="test")
        self.engine.drain(self.runner)

    def handle(self, number: str = "R-1", amount: float = 100, **fields: Any) -> Case:
        """Delivers a refund, works on it, and says where it stands."""
        sent = self.send(number, amount, **fields)
        self.run()
        return self.case(sent.case_id)

    def unsure(self, number: str = "R-1", amount: float = 100, **fields: Any) -> TaskId:
        """Delivers a refund of which the model is not sure enough, and gives the task it is now."""
        self.shop.confidence[number] = 0.5
        self.handle(number, amount, **fields)
        return self.task(number).id

    def pass_time(self, minutes: float) -> None:
        """Time passes and nobody looks."""
        self.clock.pass_time(timedelta(minutes=minutes))

    def finish_threads(self) -> None:
        """Waits for every call that still runs in a thread, and gives the office new threads."""
        self.threads.shutdown(wait=True)
        self.threads = ThreadPoolExecutor(4)
        self.runner = replace(self.runner, threads=self.threads)

    def is_paid(self, number: str) -> bool:
        """True when the refund's money went out."""
        return "pay_out" in self.shop.done(number)

    def later(self, minutes: float) -> Swept:
        """Time passes; what it brings about happens, and is worked on."""
        self.clock.pass_time(timedelta(minutes=minutes))
        self.store.beat(WORKER, version="test")
        swept = sweep(self.context, WORKER)
        self.run()
        return swept

    def second_runner(self, worker: str) -> EpisodeRunner:
        """Another worker in the same office."""
        return replace(self.runner, worker=worker)

    def forget_workflow(self) -> None:
        """The worker no longer has the contract; the office itself still knows it."""
        self.runner = replace(self.runner, workflows=Workflows([]))

    def with_reader(self, reader: Callable[[Document], object]) -> Context:
        """The same office with another reader of documents."""
        functions = replace(self.workflow.loaded.functions, reader=reader)
        workflow = replace(self.workflow, loaded=replace(self.workflow.loaded, functions=functions))
        return replace(self.context, workflows=Workflows([workflow]))

    def without_workflows(self) -> Context:
        """The same office as a process that loaded nothing sees it."""
        return replace(self.context, workflows=Workflows([]))

    def case(self, text: str) -> Case:
        """The case of this id or key, as it is stored."""
        return self.store.load([self.store.find_case(text)])[0]

    def task(self, key: str = "R-1") -> ReviewTask:
        """The one review task that waits for this case."""
        case = self.case(key)
        [task] = [t for t in self.store.tasks(TaskQuery(case_id=case.id)) if t.look is None]
        return task

    def decide(self, key: str, by: str, verb: Verb, **more: Any) -> Case:
        """Decides the case's task, works on, and says where the case stands."""
        answered: Answered = decide_task(self.context, self.task(key).id, by, verb, **more)
        self.run()
        return self.case(answered.case.id)

    def deeds(self, key: str = "R-1") -> list[tuple[str, str]]:
        """The case's actions by name, and the state each is in."""
        return [(each.name, str(each.state)) for each in self.case(key).actions]

    def events(self, key: str = "R-1") -> list[str]:
        """What happened to the case, by kind, in order."""
        return [entry.kind for entry in self.store.entries(self.case(key).id)]

    def decisions(self, key: str = "R-1") -> list[tuple[str, str]]:
        """Who decided what about the case, in order."""
        return [(each.by, str(each.verb)) for each in self.store.decisions(self.case(key).id)]

    def cancel(self, key: str, by: str = "lead") -> Case:
        """Stops the case."""
        cancelled = cancel_case(self.context, key, by)
        self.run()
        return self.case(cancelled.id)

    def replayed(self, case: Case) -> Case | None:
        """What the recorded events alone say the case is."""
        entries = self.store.entries(case.id)
        events = self.store.events(case.id)
        assert isinstance(events[0], CaseOpened)
        history = [(event, entry.at) for event, entry in zip(events, entries, strict=True)]
        every = [each.contract for each in self.context.workflows.every_version]
        versions = {each.fingerprint: each for each in every}
        return replay(self.workflow.contract, history, versions)
