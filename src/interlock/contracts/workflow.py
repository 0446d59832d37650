"""A loaded workflow: a contract that passed every check, with its code."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from interlock.contracts.functions import WorkflowFunctions
from interlock.domain.contract import WorkflowContract


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedWorkflow:
    """The contract, its functions, and where both came from.

    source: the contract's text as written; digest: the SHA-256 of its bytes.
    """

    contract: WorkflowContract
    functions: WorkflowFunctions
    folder: Path
    source: str
    digest: str
