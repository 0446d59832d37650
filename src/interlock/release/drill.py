"""A drill: the release's way back, walked for real but for nobody's work, with the time it took.

Its one rule: nothing in the world is touched. Copies of real cases are put before each AI step,
an era made for the drill is taken back as a rollback would, and each copy must reach safe hands:
fixed rules that gave a result, or a person's queue. No action is performed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Final

from interlock.domain.authoring import Document
from interlock.domain.case import Arm, Case, CaseState, Phase
from interlock.domain.contract import Stage, WorkflowContract, WorkflowStep
from interlock.domain.effect import RunStep
from interlock.domain.event import StepHeld
from interlock.domain.ids import CaseId
from interlock.domain.pause import PauseScope, ScopeKind
from interlock.domain.people import Right
from interlock.domain.release import Release, ReleaseMove
from interlock.domain.rules import release_moves as moves
from interlock.domain.rules.advance import advance, due
from interlock.release import rights
from interlock.release.changing import by_person, contract_of, find, save
from interlock.release.errors import ReleaseRefused
from interlock.runtime.calling import Arguments, Overruns
from interlock.runtime.context import Context
from interlock.runtime.pause_watch import PauseWatch
from interlock.runtime.performer import Performer
from interlock.storage import CaseQuery

COPIES: Final = 10  # of the latest cases, before each AI step


@dataclass(frozen=True, slots=True, kw_only=True)
class Drilled:
    """What the drill showed. unsafe: steps whose way back did not lead to safe hands."""

    release: Release
    copies: int
    by_rules: int
    to_people: int
    unsafe: tuple[str, ...]
    seconds: float

    @property
    def is_safe(self) -> bool:
        return not self.unsafe


def drill(context: Context, text: str, by: str, reason: str) -> Drilled:
    """What taking the release back would do to cases like the latest ones, and how soon.

    Raises: ReleaseUnknown, ReleaseRefused, ReleaseMoveRefused, WorkflowUnknown.
    """
    release = find(context, text)
    person = rights.demand(context, release.workflow, by, Right.PAUSE, "drill", release.id)
    said = rights.given("drill", release.id, reason)
    contract = contract_of(context, release)
    number = len(context.store.release_events(release.id)) + 1
    era = f"{release.id}.drill-{number}"
    copies = _copies(context, release, contract, era)
    if not copies:
        why = "no case of this version with an AI step to stop was handled yet"
        raise ReleaseRefused("drill", release.id, "cases", why)
    scope = PauseScope(kind=ScopeKind.ERA, workflow=release.workflow, name=era)
    began = perf_counter()
    context.store.set_pause(scope, person, said, context.clock.now())
    try:
        ended = asyncio.run(_walked(context, release, contract, copies))
        seconds = perf_counter() - began
    finally:
        context.store.lift_pause(scope, person, "the drill is over", context.clock.now())
    result = _summed(release, ended, seconds)
    note = by_person(context, by, said if result.is_safe else f"{said}; not safe")
    noted = moves.noted(release, ReleaseMove.DRILL, note, took_seconds=round(seconds, 3))
    return replace(result, release=save(context, [noted])[0])


def _copies(
    context: Context, release: Release, contract: WorkflowContract, era: str
) -> list[tuple[WorkflowStep, Case]]:
    """Copies of the latest cases, each as it would stand before an AI step it has been through."""
    latest = context.store.cases(CaseQuery(workflow=release.workflow, limit=COPIES))
    own = [each for each in latest if each.fingerprint == release.fingerprint]
    asked = [each for each in contract.steps if each.is_ai and each.has_function]
    return [
        (step, _before(contract, step, case, era))
        for step in asked
        for case in own
        if case.step is not None and step.step_name not in contract.never_automate
    ]


def _before(contract: WorkflowContract, step: WorkflowStep, case: Case, era: str) -> Case:
    names = [each.step_name for each in contract.steps]
    earlier = set(names[: names.index(step.step_name)])
    return Case(
        id=CaseId(f"drill_{case.id}"),
        workflow=case.workflow,
        fingerprint=case.fingerprint,
        key=case.key,
        data=case.data,
        opened_at=case.opened_at,
        updated_at=case.updated_at,
        tenant=case.tenant,
        title=case.title,
        segment=case.segment,
        arm=Arm.RELEASE,
        stage=Stage.AUTONOMOUS,
        release=era,
        source=case.source,
        amount=case.amount,
        phase=Phase.STEP,
        step=step.step_name,
        visit=case.visit + 1,
        outputs={name: value for name, value in case.outputs.items() if name in earlier},
        evidence=case.evidence,
        version=1,
    )


async def _walked(
    context: Context,
    release: Release,
    contract: WorkflowContract,
    copies: Sequence[tuple[WorkflowStep, Case]],
) -> list[tuple[WorkflowStep, Case]]:
    """Each copy, as far as its way back goes."""
    workflow = context.workflows.version(release.workflow, release.fingerprint)
    watch = PauseWatch(context.store)
    with ThreadPoolExecutor(2) as threads:
        arguments = Arguments(workflow, lambda digest: _document(context, digest))
        performer = Performer(
            workflow, arguments, context.clock, threads, context.crash, Overruns()
        )
        return [
            (step, await _walk(context, contract, case, watch, performer)) for step, case in copies
        ]


async def _walk(
    context: Context,
    contract: WorkflowContract,
    case: Case,
    watch: PauseWatch,
    performer: Performer,
) -> Case:
    effect = due(contract, case)
    if not isinstance(effect, RunStep):
        return case
    pause = await watch.what_stops(case, effect)
    if pause is None:  # it would have been asked: the copy stays where it is, and that is unsafe
        return case
    held = StepHeld(step=effect.step, attempt=effect.attempt, paused_by=pause.mark)
    case = advance(contract, case, held, context.clock.now()).case
    after = due(contract, case)
    if isinstance(after, RunStep) and not after.is_ai:
        event = await performer.perform(after, case)
        case = advance(contract, case, event, context.clock.now()).case
    return case


def _document(context: Context, digest: str) -> Document:
    row = context.store.document(digest)
    return Document(name=row.name, content=row.content, channel=row.channel)


def _summed(
    release: Release, ended: Sequence[tuple[WorkflowStep, Case]], seconds: float
) -> Drilled:
    by_rules = sum(step.step_name in case.outputs for step, case in ended)
    to_people = sum(_is_with_a_person(step, case) for step, case in ended)
    unsafe = {
        step.step_name
        for step, case in ended
        if step.step_name not in case.outputs and not _is_with_a_person(step, case)
    }
    return Drilled(
        release=release,
        copies=len(ended),
        by_rules=by_rules,
        to_people=to_people,
        unsafe=tuple(sorted(unsafe)),
        seconds=seconds,
    )


def _is_with_a_person(step: WorkflowStep, case: Case) -> bool:
    waits = case.state is CaseState.WAITING and case.task is not None
    return waits and step.step_name not in case.outputs
