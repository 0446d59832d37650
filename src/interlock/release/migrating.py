"""Moving waiting cases to the running version: a dry run over all of them, then those that fit.

Its one rule: the dry run and the move ask the same questions, and a case that changes in between
is left where it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from interlock.domain.case import Case
from interlock.domain.event import CaseMigrated, CaseRefit
from interlock.domain.ids import CaseId, PersonId
from interlock.domain.people import Right
from interlock.domain.release import Release, ReleaseMove
from interlock.domain.review import ReviewTask
from interlock.domain.rules import migrating as rules
from interlock.domain.rules import release_moves as moves
from interlock.domain.rules.advance import advance, is_out_of_place
from interlock.domain.transition import Transition
from interlock.release import rights
from interlock.release.changing import by_person, save
from interlock.release.errors import ReleaseRefused, ReleaseUnknown
from interlock.runtime.context import Context
from interlock.runtime.workflow import CaseUnfit, Workflow
from interlock.storage import Change, RecordedKind, TaskQuery

PAGE: Final = 200  # cases looked at in one go


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseMoved:
    """One open case: moved, or why it stays. why empty: it fits."""

    case_id: CaseId
    key: str
    why: str = ""

    @property
    def fits(self) -> bool:
        return not self.why


def dry_run(context: Context, workflow: str, old: str) -> list[CaseMoved]:
    """What would become of each open case of an older version; nothing is changed.

    old: the start of its fingerprint. Raises: ReleaseUnknown, WorkflowUnknown.
    """
    move = _Move.between(context, workflow, old)
    return [move.judged(case)[0] for case in move.open_cases()]


def migrate(context: Context, workflow: str, old: str, by: str, reason: str) -> list[CaseMoved]:
    """What became of each open case: moved to the running version, or why it stays.

    Raises: ReleaseUnknown, ReleaseRefused, WorkflowUnknown.
    """
    move = _Move.between(context, workflow, old)
    mover = rights.demand(context, workflow, by, Right.SIGN, "migrate to", move.release.id)
    said = rights.given("migrate to", move.release.id, reason)
    results = [move.moved(case, mover) for case in move.open_cases()]
    count = sum(each.fits for each in results)
    act = by_person(context, by, f"{said} ({count} of {len(results)} cases moved)")
    running = context.store.running_release(workflow) or move.release
    save(context, [moves.noted(running, ReleaseMove.MIGRATE, act)])
    return results


@dataclass(frozen=True, slots=True, kw_only=True)
class _Move:
    """From one version to the running one."""

    context: Context
    release: Release
    old: Workflow
    new: Workflow

    @classmethod
    def between(cls, context: Context, workflow: str, old: str) -> _Move:
        release = context.store.running_release(workflow)
        if release is None:
            raise ReleaseUnknown(workflow)
        pinned = {f for name, f in context.store.open_by_contract() if name == workflow}
        found = sorted(each for each in pinned if old and each.startswith(old))
        if len(found) != 1 or found[0] == release.fingerprint:
            known = ", ".join(sorted(each[:12] for each in pinned - {release.fingerprint}))
            why = f"no one older version with open cases begins with {old!r} ({known or 'none'})"
            raise ReleaseRefused("migrate from", old or "nothing", "version", why)
        return cls(
            context=context,
            release=release,
            old=context.workflows.version(workflow, found[0]),
            new=context.workflows.version(workflow, release.fingerprint),
        )

    def open_cases(self) -> Iterator[Case]:
        """Every open case of the old version, page by page."""
        contract, after = self.old.contract, ""
        while ids := self.context.store.open_on_contract(
            contract.workflow, contract.fingerprint, after=after, limit=PAGE
        ):
            yield from self.context.store.load(ids)
            after = ids[-1]

    def judged(self, case: Case) -> tuple[CaseMoved, CaseRefit | None]:
        """Whether the case fits, and its fields by the new version."""
        why = rules.why_not(self.old.contract, self.new.contract, case, self._task(case))
        refit: CaseRefit | None = None
        if not why:
            try:
                refit = self.new.fit(dict(case.data))
                why = rules.fields(case, refit)
            except CaseUnfit as unfit:
                why = "; ".join(unfit.problems)
        return CaseMoved(case_id=case.id, key=case.key, why=why), refit

    def moved(self, case: Case, by: PersonId) -> CaseMoved:
        """The case, moved when it fits and nobody was quicker."""
        answer, refit = self.judged(case)
        if refit is None or not answer.fits:
            return answer
        transition = self._transition(case, refit, by)
        if is_out_of_place(transition):
            return CaseMoved(case_id=case.id, key=case.key, why="it cannot be moved as it stands")
        change = Change(seen_version=case.version, transitions=(transition,))
        [recorded] = self.context.store.record([change])
        if recorded.kind is RecordedKind.APPLIED:
            return answer
        return CaseMoved(case_id=case.id, key=case.key, why="somebody changed it at this moment")

    def _transition(self, case: Case, refit: CaseRefit, by: PersonId) -> Transition:
        stands = rules.place_after(self.release, case, refit.segment)
        event = CaseMigrated(
            fingerprint=self.new.contract.fingerprint,
            refit=refit,
            release=stands.era,
            stage=stands.stage,
            arm=stands.arm,
            by=by,
        )
        return advance(self.new.contract, case, event, self.context.clock.now())

    def _task(self, case: Case) -> ReviewTask | None:
        tasks = self.context.store.tasks(TaskQuery(case_id=case.id)) if case.task else []
        return next((each for each in tasks if each.id == case.task), None)
