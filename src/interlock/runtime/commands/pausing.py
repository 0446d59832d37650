"""The kill switch: what a person stops and lets go on. Never a program.

A pause, its house entry and the locks that keep starts out are one transaction: when `pause` has
returned, nothing in its scope starts any more. Whoever may stop a thing is asked about every
workflow it touches, and a role that holds for one tenant or queue stops nothing of the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from interlock.domain.case import Phase
from interlock.domain.contract import WorkflowContract
from interlock.domain.ids import PersonId
from interlock.domain.pause import (
    IN_A_WORKFLOW,
    NAMED,
    AgentSeen,
    Pause,
    PauseId,
    PauseScope,
    ScopeKind,
)
from interlock.domain.people import Account, Right
from interlock.domain.rules.permission import Permission, refused
from interlock.domain.rules.rights import may
from interlock.errors import InterlockError
from interlock.observe import PAUSE_LIFTED, PAUSE_SET, log
from interlock.runtime.context import Context
from interlock.runtime.reasons import reason_on_record
from interlock.storage import MachineHands


class PauseRefused(InterlockError):
    """The rules do not let this be paused or resumed so, or not by this one."""

    code = "pause_refused"

    def __init__(self, verb: str, scope: str, rule: str, reason: str) -> None:
        super().__init__(verb, scope, rule, reason)
        self.verb, self.scope, self.rule, self.reason = verb, scope, rule, reason

    def __str__(self) -> str:
        return f"cannot {self.verb} {self.scope}: {self.reason}; nothing was changed"


class ScopeUnknown(InterlockError):
    """What is to be paused does not exist, so a pause of it would stop nothing."""

    code = "scope_unknown"

    def __init__(self, scope: str, known: tuple[str, ...]) -> None:
        super().__init__(scope, known)
        self.scope, self.known = scope, known

    def __str__(self) -> str:
        choose = f"choose one of: {', '.join(self.known)}" if self.known else "none is known yet"
        return f"there is no {self.scope}, and nothing was paused; {choose}"


class NotPaused(InterlockError):
    """Nothing of this scope is paused."""

    code = "not_paused"

    def __init__(self, scope: str, in_force: tuple[str, ...]) -> None:
        super().__init__(scope, in_force)
        self.scope, self.in_force = scope, in_force

    def __str__(self) -> str:
        have = ", ".join(self.in_force) or "nothing"
        return f"{self.scope} is not paused; in force: {have}"


def pause(context: Context, scope: PauseScope, by: str, reason: str) -> Pause:
    """The pause, in force. One that is in force already stays, with who set it and why.

    Raises: ScopeUnknown, PauseRefused; then nothing is changed.
    """
    _require_known(context, scope)
    said = _permitted("pause", context, scope, by, reason, Right.PAUSE)
    found = context.store.set_pause(scope, by, said, context.clock.now())
    log().warning(PAUSE_SET, scope=str(scope), pause=found.id)
    return found


def resume(context: Context, scope: PauseScope, by: str, reason: str) -> Pause:
    """The pause that was lifted; cases that wait on it go on with the next sweep.

    Raises: NotPaused, PauseRefused; then nothing is changed.
    """
    if scope.kind is ScopeKind.ERA:
        reason = "what a gate took back stays back; its release climbs again on new evidence"
        raise PauseRefused("resume", str(scope), "scope", reason)
    in_force = context.store.pauses_in_force()
    if scope.key not in {each.scope.key for each in in_force}:
        raise NotPaused(str(scope), tuple(str(each.scope) for each in in_force))
    said = _permitted("resume", context, scope, by, reason, Right.RESUME)
    lifted = context.store.lift_pause(scope, by, said, context.clock.now())
    if lifted is None:  # somebody else was quicker
        raise NotPaused(str(scope), ())
    log().warning(PAUSE_LIFTED, scope=str(scope), pause=lifted.id)
    return lifted


def pauses(context: Context) -> list[Pause]:
    """The pauses in force, the oldest first."""
    return context.store.pauses_in_force()


def held(context: Context) -> dict[PauseId, int]:
    """How many cases wait on each pause."""
    return context.store.held_counts()


def affected(context: Context, scope: PauseScope) -> int:
    """How many cases in AI hands a pause of this scope stops now, at most: those about to ask the
    AI, and those whose next action rests on it. For actions, those that stand before it."""
    seen = context.store.agents_seen()
    return sum(
        hands.cases
        for hands in context.store.machine_hands()
        if _stops(scope, hands, _contract_of(context, hands), seen)
    )


def may_set(context: Context, scope: PauseScope, by: str, right: Right) -> Permission:
    """Whether this person may pause (or resume) this, with the reason. right: PAUSE or RESUME.

    With an account its roles decide; without one, only the four owners of each workflow touched.
    """
    standing = context.directory.standing(by, context.clock.now())
    contracts = _touched(context, scope)
    if standing.known:
        everywhere = tuple(g for g in standing.grants if g.tenant is None and g.queue is None)
        account = Account(
            id=PersonId(by),
            name=by,
            grants=everywhere,
            active=standing.active,
            is_agent=standing.is_agent,
        )
        return _with_account(account, right, _names(context, scope, contracts))
    return _by_contract(by, contracts)


def scopes(context: Context) -> list[PauseScope]:
    """Everything that can be paused here, the widest first."""
    found = [PauseScope(kind=ScopeKind.EVERYTHING)]
    for contract in _contracts(context):
        name = contract.workflow
        found.append(PauseScope(kind=ScopeKind.WORKFLOW, workflow=name))
        steps = [each.step_name for each in contract.steps if each.is_ai or each.actions]
        found += [PauseScope(kind=ScopeKind.STEP, workflow=name, name=each) for each in steps]
        found += [
            PauseScope(kind=ScopeKind.ACTION, workflow=name, name=each)
            for each in sorted(contract.actions)
        ]
    agents = sorted({each.agent for each in context.store.agents_seen()})
    return found + [PauseScope(kind=ScopeKind.AGENT, name=each) for each in agents]


def _permitted(
    verb: str, context: Context, scope: PauseScope, by: str, reason: str, right: Right
) -> str:
    """The reason as it is recorded. Raises: PauseRefused."""
    permission = may_set(context, scope, by, right)
    if not permission.allowed:
        raise PauseRefused(verb, str(scope), permission.rule, permission.reason)
    return reason_on_record(reason, lambda why: PauseRefused(verb, str(scope), "reason", why))


def _with_account(account: Account, right: Right, workflows: Sequence[str]) -> Permission:
    asked: Sequence[str | None] = workflows or [None]
    answers = [may(account, right, workflow=each) for each in asked]
    return next((each for each in answers if not each.allowed), answers[0])


def _names(context: Context, scope: PauseScope, contracts: Sequence[WorkflowContract]) -> list[str]:
    """The workflows touched; everything reaches into those that only other processes load."""
    names: set[str] = {each.workflow for each in contracts}
    if scope.kind is ScopeKind.EVERYTHING:
        names |= {row.workflow for row in context.store.contracts()}
    return sorted(names)


def _by_contract(by: str, contracts: Sequence[WorkflowContract]) -> Permission:
    for contract in contracts:
        owners = contract.owners
        four = {owners.business, owners.operations, owners.technical, owners.governance}
        if by not in four:
            named = ", ".join(sorted(four))
            return refused("owner", f"{by} is no owner of {contract.workflow} ({named})")
    if not contracts:
        return refused("owner", f"{by} has no account, and no workflow here names its owners")
    return Permission(allowed=True, reason="an owner of the workflow", rule="owner")


def _touched(context: Context, scope: PauseScope) -> list[WorkflowContract]:
    """The contracts of every workflow the scope reaches into."""
    contracts = _contracts(context)
    if scope.kind is ScopeKind.AGENT:
        uses = {each.workflow for each in context.store.agents_seen() if each.agent == scope.name}
        uses |= {each.workflow for each in contracts if _has_ai_step(each, scope.name)}
        return [each for each in contracts if each.workflow in uses] if uses else contracts
    if scope.kind in IN_A_WORKFLOW:
        return [each for each in contracts if each.workflow == scope.workflow]
    return contracts


def _contracts(context: Context) -> list[WorkflowContract]:
    return sorted((each.contract for each in context.workflows), key=lambda one: one.workflow)


def _has_ai_step(contract: WorkflowContract, name: str) -> bool:
    return any(each.is_ai and each.step_name == name for each in contract.steps)


def _require_known(context: Context, scope: PauseScope) -> None:
    """Raises: ScopeUnknown, naming the nearest; a pause that stops nothing only looks safe."""
    if scope.kind is ScopeKind.ERA:
        reason = "a release is taken back with `interlock release rollback`, for good"
        raise PauseRefused("pause", str(scope), "scope", reason)
    known = scopes(context)
    if scope.kind in NAMED and not scope.name:
        raise PauseRefused("pause", str(scope), "scope", f"which {scope.kind}? name it")
    if scope.kind is ScopeKind.AGENT and scope.also_actions:
        reason = "an agent decides no action; pause the actions themselves"
        raise PauseRefused("pause", str(scope), "scope", reason)
    steps = (each for each in _contracts(context) if _has_ai_step(each, scope.name))
    if scope.kind is ScopeKind.AGENT and any(steps):
        return  # an agent without a name of its own goes by its step's
    if scope.key not in {each.key for each in known}:
        same = [str(each) for each in known if each.kind is scope.kind]
        near = get_close_matches(str(scope), same, n=3) or same
        raise ScopeUnknown(str(scope), tuple(near))


def _contract_of(context: Context, hands: MachineHands) -> WorkflowContract | None:
    for each in context.workflows:
        if each.contract.fingerprint == hands.fingerprint:
            return each.contract
    return None


def _stops(
    scope: PauseScope,
    hands: MachineHands,
    contract: WorkflowContract | None,
    seen: Sequence[AgentSeen],
) -> bool:
    """Whether cases that stand there are stopped. What is not loaded here is counted as AI."""
    if scope.kind in IN_A_WORKFLOW and hands.workflow != scope.workflow:
        return False
    steps = contract.steps if contract else ()
    step = next((each for each in steps if each.step_name == hands.step), None)
    decided = hands.decided_by_machine
    if scope.kind is ScopeKind.ACTION:
        return hands.phase == Phase.ACTIONS and (step is None or scope.name in step.actions)
    asks_ai = hands.phase == Phase.STEP and (step is None or step.is_ai)
    acts = hands.phase == Phase.ACTIONS
    if scope.kind is ScopeKind.STEP:
        inside = hands.step == scope.name
        rests = scope.name in decided or (inside and (bool(decided) or scope.also_actions))
        return (asks_ai and inside) or (acts and rests)
    if scope.kind is ScopeKind.AGENT:
        place = (hands.workflow, hands.fingerprint, hands.step)
        does = {a.agent for a in seen if (a.workflow, a.fingerprint, a.step) == place}
        return (asks_ai and scope.name in {*does, hands.step}) or (
            acts and scope.name in {*decided, *decided.values()}
        )
    return asks_ai or (acts and (bool(decided) or scope.also_actions))
