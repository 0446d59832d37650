"""A business exception: what a step raises when a person (or a declared remedy) has to look.

It is routed, never swallowed: the contract's route for its type decides queue, severity, time
and evidence. A crash is not one of these; a crash is an incident and is retried.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar, Final

CATCH_ALL: Final = "*"  # the route that takes what no other route names


class CaseException(Exception):
    """Something about this case needs a decision.

    detail: one sentence for the reviewer, in business words.
    missing: names of the fields or documents that are absent.
    value: what the step would have returned; when given, a reviewer may approve it as it is.
    may_retry: what is wrong can be put right elsewhere; approving then means: try it once more.
    evidence: named items the reviewer needs, as plain JSON values or Pydantic models.
    """

    exception_type: ClassVar[str] = "workflow_failure"

    def __init__(
        self,
        detail: str = "",
        *,
        missing: tuple[str, ...] = (),
        value: Any = None,
        evidence: Mapping[str, Any] | None = None,
        exception_type: str | None = None,
        may_retry: bool = False,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.missing = tuple(missing)
        self.value = value
        self.may_retry = may_retry
        self.evidence: Mapping[str, Any] = dict(evidence or {})
        self.type = exception_type or self.exception_type

    def __str__(self) -> str:
        return f"{self.type}: {self.detail}" if self.detail else self.type


class MissingData(CaseException):
    """A field or document the step needs is absent. Give the names: MissingData("order")."""

    exception_type = "missing_data"

    def __init__(
        self,
        *missing: str,
        detail: str = "",
        value: Any = None,
        evidence: Mapping[str, Any] | None = None,
        may_retry: bool = False,
    ) -> None:
        text = detail or f"{', '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing"
        super().__init__(text, missing=missing, value=value, evidence=evidence, may_retry=may_retry)


class LowConfidence(CaseException):
    """The AI is not sure enough for its line."""

    exception_type = "low_confidence"


class AmbiguousRequest(CaseException):
    """The request can be read in more than one way."""

    exception_type = "ambiguous_request"


class ConflictingInstructions(CaseException):
    """Two sources say different things about the same matter."""

    exception_type = "conflicting_instructions"


class PolicyConflict(CaseException):
    """Two rules apply and disagree."""

    exception_type = "policy_conflict"


class PermissionDenied(CaseException):
    """Something not on the list of actions was asked for."""

    exception_type = "permission_denied"


class OutOfPolicy(CaseException):
    """The request is understood and the rules forbid it."""

    exception_type = "out_of_policy"


class StateChanged(CaseException):
    """The business state moved between the recommendation and the action."""

    exception_type = "state_changed"


class BoundaryCrossing(CaseException):
    """The case touches another tenant, or a compliance or financial boundary."""

    exception_type = "boundary_crossing"


class SchemaChange(CaseException):
    """The input has a shape this workflow does not know."""

    exception_type = "schema_change"


class StalledHandoff(CaseException):
    """A party that should have answered did not."""

    exception_type = "stalled_handoff"


class UnexpectedOutput(CaseException):
    """A step returned something that does not fit its schema."""

    exception_type = "unexpected_output"


class WorkflowFailure(CaseException):
    """A technical incident outlived its retries."""

    exception_type = "workflow_failure"


BUILT_IN: Final = MappingProxyType(
    {
        kind.exception_type: kind
        for kind in (
            MissingData,
            LowConfidence,
            AmbiguousRequest,
            ConflictingInstructions,
            PolicyConflict,
            PermissionDenied,
            OutOfPolicy,
            StateChanged,
            BoundaryCrossing,
            SchemaChange,
            StalledHandoff,
            UnexpectedOutput,
            WorkflowFailure,
        )
    }
)
