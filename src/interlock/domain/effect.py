"""What is due for a case: a value the shell performs and answers with an event."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from interlock.domain.action import Action
from interlock.domain.case import OpenException
from interlock.domain.ids import CaseId, StepName


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStep:
    """Call a step's function, or its fallback's. `is_ai`: record its result before going on.

    is_shadow: it is only watched; whatever comes of it, the real handling begins after it.
    """

    case_id: CaseId
    step: StepName  # the step of the flow
    function: StepName  # the function to call: its own, or its fallback's
    attempt: int
    timeout_seconds: float | None
    is_ai: bool
    is_shadow: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRemedy:
    case_id: CaseId
    function: str
    exception: OpenException


@dataclass(frozen=True, slots=True, kw_only=True)
class StartAction:
    """Nothing to do in the world: answer with ActionStarted, and record the intent."""

    case_id: CaseId
    action: Action


@dataclass(frozen=True, slots=True, kw_only=True)
class RunAction:
    """Do it. Its intent must be on record before this is performed."""

    case_id: CaseId
    action: Action


@dataclass(frozen=True, slots=True, kw_only=True)
class LookUpAction:
    """Ask the system whether a lost action took effect."""

    case_id: CaseId
    action: Action


@dataclass(frozen=True, slots=True, kw_only=True)
class Compensate:
    """Undo an action. Repeated after a crash, so compensations must be safe to repeat."""

    case_id: CaseId
    action: Action


Effect: TypeAlias = RunStep | RunRemedy | StartAction | RunAction | LookUpAction | Compensate
