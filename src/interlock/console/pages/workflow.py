"""Which workflow a page is about; one that a visitor may not see is one that is not there."""

from __future__ import annotations

from starlette.exceptions import HTTPException

from interlock.console.views.scope import Scope
from interlock.domain.contract import WorkflowContract


def contract_of(scope: Scope, workflow: str) -> WorkflowContract:
    """The contract of that workflow. Raises: HTTPException 404."""
    contract = scope.contracts.get(workflow)
    if contract is None:
        raise HTTPException(404, f"there is no workflow {workflow} that you may see")
    return contract
