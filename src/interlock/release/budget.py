"""Where a release's error budget stands, from what its quality sample found."""

from __future__ import annotations

from interlock.domain.contract import Stage, WorkflowContract
from interlock.domain.rules.error_budget import BudgetState, budget_of, state
from interlock.domain.rules.gate_stages import ALONE
from interlock.storage import Store
from interlock.storage.verdicts import EraScope


def budget_state(
    store: Store, contract: WorkflowContract, scope: EraScope, stage: Stage
) -> BudgetState | None:
    """The state of the contract's error budget in an era; None when there is nothing to spend:
    the contract sets none, no sample is drawn, or people decide every case."""
    budget = budget_of(contract.error_budget)
    if budget is None or stage not in ALONE or not contract.sample_share:
        return None
    return state(budget, scope.until - scope.since, lambda over: store.era_samples(scope, over))
