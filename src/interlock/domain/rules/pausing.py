"""What a pause stops. A pause stops AI; fixed rules and people carry on.

| in force | an AI step | an action that rests on the machine | any other action |
| --- | --- | --- | --- |
| everything | takes its fallback | waits | runs, or waits with `also_actions` |
| workflow | the same, in that workflow | the same | the same |
| step | that step takes its fallback | waits if it rests on that step, or is its own | the same |
| agent | a step it does takes its fallback | waits if it rests on that agent | runs |
| action | runs | that action waits | that action waits |
| era, or a segment's part of it | takes its release's fallback | is taken back | runs |

An era is asked about first: a case of one that was taken back must not wait for any other pause.

An action rests on the machine's own decision when an AI result of its case was accepted with no
person asked, and no person approved the action under a tier. With no such result, it follows from
fixed rules or people. What has begun is finished: an action whose intent is on record, the looking
up of a lost one, the undoing of what was done. Where pauses cannot be read, nothing starts.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Final

from interlock.domain.action import Action, ActionState
from interlock.domain.case import Case, ProposalRecord
from interlock.domain.event import ActionStarted, StepReturned
from interlock.domain.pause import Pause, PauseScope, ScopeKind
from interlock.domain.release import part_of
from interlock.domain.transition import Transition


def agent_of(proposal: ProposalRecord) -> str:
    """Who made a proposal: what it says it was made by, else the step's name."""
    return proposal.model or proposal.step


def what_stops_step(
    pauses: Iterable[Pause],
    workflow: str,
    step: str,
    agents: Collection[str] = (),
    *,
    era: str = "",
    segment: str = "",
) -> Pause | None:
    """The pause, if any, that keeps this step's AI from deciding. agents: who does the step;
    era: of the release its case was opened in; segment: the case's."""
    made_by = {step, *agents}
    for pause in sorted(pauses, key=_eras_first):
        scope = pause.scope
        match scope.kind:
            case ScopeKind.EVERYTHING:
                return pause
            case ScopeKind.WORKFLOW if scope.workflow == workflow:
                return pause
            case ScopeKind.STEP if (scope.workflow, scope.name) == (workflow, step):
                return pause
            case ScopeKind.AGENT if scope.name in made_by:
                return pause
            case ScopeKind.ERA if _is_of(scope, era, segment):
                return pause
    return None


def what_stops_action(pauses: Iterable[Pause], case: Case, action: Action) -> Pause | None:
    """The pause, if any, that keeps this action from beginning."""
    first = sorted(pauses, key=_eras_first)
    holding = (each for each in first if _HOLDS[each.scope.kind](each.scope, case, action))
    return next(holding, None)


def is_a_start(transition: Transition) -> bool:
    """True when nothing of this may go on record while it is paused: an AI result that is
    accepted, or the intent of an action."""
    event = transition.event
    if isinstance(event, StepReturned):
        accepted = event.paused_by is None and not event.is_shadow
        return event.proposal is not None and accepted
    return isinstance(event, ActionStarted) and any(
        each.state is ActionState.INTENDED for each in transition.actions
    )


def what_stops(pauses: Collection[Pause], transition: Transition) -> Pause | None:
    """The pause, if any, that keeps this start from going on record."""
    event = transition.event
    if not pauses or not is_a_start(transition):
        return None
    if isinstance(event, StepReturned) and event.proposal is not None:
        agents = (agent_of(event.proposal),)
        case = transition.case
        return what_stops_step(
            pauses, case.workflow, event.step, agents, era=case.release, segment=case.segment
        )
    for action in transition.actions:
        if action.state is ActionState.INTENDED:
            return what_stops_action(pauses, transition.case, action)
    return None


def rests_on_machine(case: Case, action: Action) -> bool:
    """True when no person stands between an AI result and this action."""
    return bool(case.decided_by_machine) and not action.approved_by


def _eras_first(pause: Pause) -> bool:
    return pause.scope.kind is not ScopeKind.ERA


def _is_of(scope: PauseScope, era: str, segment: str) -> bool:
    return bool(era) and scope.name in (era, part_of(era, segment))


def _everything(scope: PauseScope, case: Case, action: Action) -> bool:
    return scope.also_actions or rests_on_machine(case, action)


def _workflow(scope: PauseScope, case: Case, action: Action) -> bool:
    return scope.workflow == case.workflow and _everything(scope, case, action)


def _step(scope: PauseScope, case: Case, action: Action) -> bool:
    if scope.workflow != case.workflow:
        return False
    inside = action.step == scope.name or scope.name in case.decided_by_machine
    return inside and _everything(scope, case, action)


def _action(scope: PauseScope, case: Case, action: Action) -> bool:
    return (scope.workflow, scope.name) == (case.workflow, action.name)


def _agent(scope: PauseScope, case: Case, action: Action) -> bool:
    made_by = {*case.decided_by_machine, *case.decided_by_machine.values()}
    return scope.name in made_by and rests_on_machine(case, action)


def _era(scope: PauseScope, case: Case, action: Action) -> bool:
    return _is_of(scope, case.release, case.segment) and rests_on_machine(case, action)


_HOLDS: Final[dict[ScopeKind, Callable[[PauseScope, Case, Action], bool]]] = {
    ScopeKind.EVERYTHING: _everything,
    ScopeKind.WORKFLOW: _workflow,
    ScopeKind.STEP: _step,
    ScopeKind.ACTION: _action,
    ScopeKind.AGENT: _agent,
    ScopeKind.ERA: _era,
}
