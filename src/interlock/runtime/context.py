"""What commands and workers are given: the store, the workflows, the clock and the engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from sqlalchemy import Connection

from interlock.clock import Clock
from interlock.domain.contract import Stage
from interlock.domain.ids import CaseId
from interlock.errors import InterlockError
from interlock.runtime.crash_points import CrashPlan
from interlock.runtime.directory import Directory
from interlock.runtime.workflow import Workflows
from interlock.storage import Store


class Engine(Protocol):
    """Runs episodes, now or on another machine. It is not our data model: it may forget, and the
    sweep finds every ready case again."""

    def enqueue(self, connection: Connection, case_ids: Sequence[CaseId]) -> None:
        """Makes an episode for these cases part of the caller's transaction."""
        ...

    def committed(self, case_ids: Sequence[CaseId]) -> None:
        """Says that the transaction is through; the engine may start at once."""
        ...

    def enqueue_now(self, case_ids: Sequence[CaseId]) -> None:
        """Makes an episode for these cases in a transaction of its own."""
        ...

    def is_behind(self) -> bool:
        """True while episodes wait for their turn: a ready case is then late, not lost."""
        ...


class EngineMissing(InterlockError):
    """The database has no tables for the engine."""

    code = "engine_missing"

    def __str__(self) -> str:
        return "the database has no tables for the engine yet; run: interlock db upgrade"


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Everything a command needs. Built once, in bootstrap."""

    store: Store
    workflows: Workflows
    clock: Clock
    engine: Engine
    stage: Stage = Stage.ASSISTED  # of the release that new cases join
    crash: CrashPlan = field(default_factory=CrashPlan)

    @property
    def directory(self) -> Directory:
        """Who people are, beside the contracts."""
        return Directory(store=self.store)
