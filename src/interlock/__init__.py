"""Interlock: the operating layer between an AI model and a business.

What is not in `__all__` is private.
"""

from interlock.domain.authoring import (
    ActionRequest,
    Document,
    Proposal,
    StepResult,
    action,
    reader,
    step,
)
from interlock.domain.exceptions import (
    AmbiguousRequest,
    BoundaryCrossing,
    CaseException,
    ConflictingInstructions,
    LowConfidence,
    MissingData,
    OutOfPolicy,
    PermissionDenied,
    PolicyConflict,
    SchemaChange,
    StalledHandoff,
    StateChanged,
    UnexpectedOutput,
    WorkflowFailure,
)

__all__ = [
    "ActionRequest",
    "AmbiguousRequest",
    "BoundaryCrossing",
    "CaseException",
    "ConflictingInstructions",
    "Document",
    "LowConfidence",
    "MissingData",
    "OutOfPolicy",
    "PermissionDenied",
    "PolicyConflict",
    "Proposal",
    "SchemaChange",
    "StalledHandoff",
    "StateChanged",
    "StepResult",
    "UnexpectedOutput",
    "WorkflowFailure",
    "action",
    "reader",
    "step",
]
