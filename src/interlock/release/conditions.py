"""What is found of a promotion's other conditions: owners, pauses, cool-off, pilot and budget."""

from __future__ import annotations

from datetime import datetime, timedelta

from interlock.domain.contract import Stage, WorkflowContract
from interlock.domain.gate import Finding
from interlock.domain.pause import Pause, ScopeKind
from interlock.domain.release import Release, Stand
from interlock.domain.rollout import Precondition
from interlock.domain.rules.error_budget import BudgetState, budget_of, in_words
from interlock.domain.rules.gate_stages import ALONE
from interlock.runtime.context import Context
from interlock.storage import Store


def conditions_of(
    context: Context,
    contract: WorkflowContract,
    release: Release,
    stand: Stand,
    now: datetime,
    budget: BudgetState | None,
) -> dict[Precondition, tuple[Finding, str]]:
    """What is found, in words, of each condition that this part knows."""
    return {
        Precondition.OWNERS: _owners(contract),
        Precondition.PILOT: _pilot(contract, release, now),
        Precondition.COOL_OFF: _cool_off(stand, now),
        Precondition.BUDGET: _budget(contract, stand.stage, budget),
        Precondition.PAUSED: _paused(context.store, contract, stand),
    }


def _owners(contract: WorkflowContract) -> tuple[Finding, str]:
    owners = contract.owners
    named = (owners.business, owners.operations, owners.technical, owners.governance)
    nobody = [step.step_name for step in contract.steps if not step.owner]
    stuck = [step.step_name for step in contract.steps if step.is_ai and not step.escalation_target]
    if not all(named):
        return Finding.FAIL, "one of the four owners is not named"
    if nobody:
        return Finding.FAIL, f"no owner for: {', '.join(nobody)}"
    if stuck:
        return Finding.FAIL, f"nobody to escalate to from: {', '.join(stuck)}"
    return Finding.PASS, f"four owners, and one for each of {len(contract.steps)} steps"


def _pilot(contract: WorkflowContract, release: Release, now: datetime) -> tuple[Finding, str]:
    weeks = contract.rollout.pilot_weeks
    if release.started_at is None:
        return Finding.BROKEN, "it is not on record when the release was started"
    passed = (now - release.started_at) / timedelta(weeks=1)
    found = Finding.PASS if passed >= weeks else Finding.NOT_YET
    return found, f"{passed:.1f} of at least {weeks} weeks since it was started"


def _cool_off(stand: Stand, now: datetime) -> tuple[Finding, str]:
    until = stand.cool_off_until
    if until is None or now >= until:
        return Finding.PASS, "no rollback is cooling off"
    return Finding.NOT_YET, f"after a rollback, until {until:%Y-%m-%d %H:%M} UTC"


def _budget(
    contract: WorkflowContract, stage: Stage, found: BudgetState | None
) -> tuple[Finding, str]:
    if budget_of(contract.error_budget) is None:
        return Finding.PASS, "the contract sets no error budget"
    if stage not in ALONE:
        return Finding.PASS, f"nothing is spent at {stage}: people decide every case"
    if found is None:
        return Finding.BROKEN, "no quality sample is drawn: set quality.sample in the contract"
    if found.is_spent:
        return Finding.FAIL, in_words(found)
    return (Finding.PASS if found.seen.checked else Finding.NOT_YET), in_words(found)


def _paused(store: Store, contract: WorkflowContract, stand: Stand) -> tuple[Finding, str]:
    held = [each for each in store.pauses_in_force() if _concerns(store, each, contract, stand)]
    if held:
        return Finding.FAIL, f"paused: {', '.join(str(each.scope) for each in held)}"
    return Finding.PASS, "nothing of the workflow is paused"


def _concerns(store: Store, pause: Pause, contract: WorkflowContract, stand: Stand) -> bool:
    scope = pause.scope
    match scope.kind:
        case ScopeKind.EVERYTHING:
            return True
        case ScopeKind.AGENT:
            return scope.name in {
                *(step.step_name for step in contract.steps),
                *(seen.agent for seen in store.agents_seen() if seen.workflow == contract.workflow),
            }
        case ScopeKind.ERA:
            return scope.name == stand.era
    return scope.workflow == contract.workflow
