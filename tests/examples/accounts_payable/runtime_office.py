"""The accounts department at work: the example's contract, code and systems on a real database.

Time passes only when a test says so, and nobody decides anything unless a test does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Final

from examples.accounts_payable.account_model import Suggestion
from examples.accounts_payable.bank import Bank
from examples.accounts_payable.erp import Erp
from interlock import Document
from interlock.contracts import LoadedWorkflow, load_workflow
from interlock.domain.audit import chain_faults
from interlock.domain.case import Case, CaseState
from interlock.domain.contract import Stage
from interlock.domain.review import ReviewTask, Verb
from interlock.observe import set_up_logging
from interlock.runtime.commands import Delivered, decide_task, deliver
from interlock.runtime.context import Context
from interlock.runtime.episode import EpisodeRunner
from interlock.runtime.inline_engine import InlineEngine
from interlock.runtime.sweep import sweep
from interlock.runtime.workflow import Workflow, Workflows
from interlock.storage import CaseQuery, Store, TaskQuery, open_store
from interlock.testing.clock import MovingClock

REPOSITORY: Final = Path(__file__).resolve().parents[3]
EXAMPLE: Final = REPOSITORY / "examples" / "accounts_payable"
NAME: Final = "accounts_payable"
WORKER: Final = "worker-1"
ACCOUNT: Final = "5010"  # where SureCoder books everything
MONDAY: Final = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
AT_ONCE: Final = 50  # documents in one delivery
HOLD_IS_OVER: Final = 61  # minutes
EVERYTHING: Final = 100_000


@cache
def loaded(folder: Path = EXAMPLE) -> LoadedWorkflow:
    """The contract with its code, loaded once for all tests of a process."""
    return load_workflow(folder)


@dataclass(slots=True)
class BackOffice:
    """One accounts department on one database, with a clock that stands still."""

    store: Store
    context: Context
    runner: EpisodeRunner
    engine: InlineEngine
    clock: MovingClock
    workflow: Workflow
    threads: ThreadPoolExecutor

    @classmethod
    def opened(
        cls,
        url: str,
        data: Path,
        *,
        stage: Stage = Stage.AUTONOMOUS,
        contract: LoadedWorkflow | None = None,
        systems: Mapping[str, Any] | None = None,
    ) -> BackOffice:
        """A department on an empty database; its ledger, bank and model lie in `data`.

        systems: to be used instead of the example's own, by name.
        """
        set_up_logging(level="warning")  # a test that fails shows its own words first
        store = open_store(url)
        store.upgrade()
        known = contract or loaded()
        factory = known.functions.systems
        assert factory is not None
        own = {**factory({"folder": str(data)}), **(systems or {})}
        workflow = Workflow(loaded=known, systems=own)
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
    def erp(self) -> Erp:
        found: Erp = self.workflow.systems["erp"]
        return found

    @property
    def bank(self) -> Bank:
        found: Bank = self.workflow.systems["bank"]
        return found

    def close(self) -> None:
        """Gives everything back."""
        self.threads.shutdown()
        self.store.close()

    def receive(self, documents: Iterable[Document]) -> list[Delivered]:
        """Delivers the documents and works on what can be worked on."""
        waiting, delivered = list(documents), list[Delivered]()
        for start in range(0, len(waiting), AT_ONCE):
            delivered += deliver(self.context, NAME, waiting[start : start + AT_ONCE])
            self.run()
        return delivered

    def handle(self, document: Document) -> Case:
        """Delivers a document that holds one case, works on it, and says where it stands."""
        [sent] = self.receive([document])
        return self.case(sent.case_id)

    def run(self) -> None:
        """Works until nothing is ready."""
        self.store.beat(WORKER, version="test")
        self.engine.drain(self.runner)

    def later(self, minutes: float = HOLD_IS_OVER) -> None:
        """Time passes; what it brings about happens, and is worked on."""
        self.clock.pass_time(timedelta(minutes=minutes))
        while True:
            self.store.beat(WORKER, version="test")
            swept = sweep(self.context, WORKER)
            self.run()
            if not swept.timers:
                return

    def cases(self, state: CaseState | None = None) -> list[Case]:
        """Every case as it is stored, or those in one state."""
        return self.store.cases(CaseQuery(state=state, limit=EVERYTHING))

    def case(self, text: str) -> Case:
        """The case of this id or key, as it is stored."""
        return self.store.load([self.store.find_case(text)])[0]

    def task(self, case: Case) -> ReviewTask:
        """The one review task that waits for this case."""
        [task] = self.store.tasks(TaskQuery(case_id=case.id))
        return task

    def decide(self, case: Case, by: str, verb: Verb, **more: Any) -> Case:
        """Decides the case's task, works on, and says where the case stands."""
        decide_task(self.context, self.task(case).id, by, verb, **more)
        self.run()
        return self.case(case.id)

    def rows(self, system: Erp | Bank, table: str) -> list[dict[str, Any]]:
        """Every row of a table in the ledger or the bank, read from outside the example."""
        connection = system.database._connection()
        found = connection.execute(f"SELECT * FROM {table} ORDER BY rowid").fetchall()
        return [dict(row) for row in found]

    def broken_chains(self) -> list[str]:
        """What is wrong with the audit log, case by case; empty when it is whole."""
        found = [
            fault
            for chain in self.store.chains()
            for fault in chain_faults(
                chain.case_id, chain.entries, length=chain.length, head=chain.head
            )
        ]
        return [f"{each.case_id}: {each.what}" for each in found]


class SureCoder:
    """A model that knows every supplier; how well one learns is another test's business."""

    def suggest(self, supplier_id: str, text: str, net: Decimal) -> Suggestion:
        return Suggestion(
            account=ACCOUNT,
            name="Materials",
            confidence=0.97,
            second="6300",
            second_confidence=0.02,
            seen=40,
            similar=(),
            model="sure",
        )


def stops_at(case: Case) -> tuple[str, str, str]:
    """Where a case stands, as (state, exception type, step)."""
    kind = case.exception.type if case.exception else ""
    return case.state, kind, case.step or ""


def documents_in(folder: Path, names: Sequence[str] | None = None) -> list[Document]:
    """The files of an inbox in the order of their names, or just these."""
    chosen = sorted(folder.iterdir()) if names is None else [folder / name for name in names]
    return [Document(name=path.name, content=path.read_bytes()) for path in chosen]


def with_budget(found: LoadedWorkflow, **changes: Any) -> LoadedWorkflow:
    """The contract with another budget for payments."""
    rule = found.contract.actions["schedule_payment"]
    assert rule.budget is not None
    smaller = replace(rule, budget=replace(rule.budget, **changes))
    actions = {**found.contract.actions, rule.name: smaller}
    return replace(found, contract=replace(found.contract, actions=actions))
