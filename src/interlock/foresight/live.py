"""Running a candidate's step functions now, for a case of the past.

Its one rule: only steps and remedies are run, which must be pure in effect; actions never are.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime

from interlock.domain.authoring import Document
from interlock.domain.case import Case
from interlock.domain.effect import RunRemedy, RunStep
from interlock.domain.event import Event
from interlock.observe import span
from interlock.runtime.calling import Arguments
from interlock.runtime.crash_points import CrashPlan
from interlock.runtime.perform_step import StepPerformer
from interlock.runtime.workflow import Workflow
from interlock.storage import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveSteps:
    """Calls the candidate's functions with its own systems. `threads`: for slow plain ones."""

    workflow: Workflow
    store: Store
    threads: Executor

    def __call__(self, effect: RunStep | RunRemedy, case: Case, now: datetime) -> Event:
        """The event that answers the step, at the moment the case is taken to be in."""
        arguments = Arguments(self.workflow, self._document)
        performer = StepPerformer(self.workflow, arguments, _At(now), self.threads, CrashPlan())
        return asyncio.run(_performed(performer, effect, case))

    def _document(self, digest: str) -> Document:
        row = self.store.document(digest)
        return Document(name=row.name, content=row.content, channel=row.channel)


@dataclass(frozen=True, slots=True)
class _At:
    """A clock that stands at one moment."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment


async def _performed(performer: StepPerformer, effect: RunStep | RunRemedy, case: Case) -> Event:
    if isinstance(effect, RunRemedy):
        return await performer.run_remedy(effect, case)
    with span("step", case=case.id, step=effect.step, attempt=effect.attempt) as seen:
        return await performer.run(effect, case, seen)
