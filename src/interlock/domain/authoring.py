"""What a workflow author writes: step functions, actions, and what an AI step returns.

The decorators only mark a function; nothing runs at import and nothing is registered globally.
`runtime.registry` reads the marks when a workflow is loaded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar, overload

T = TypeVar("T")
Function = TypeVar("Function", bound=Callable[..., Any])

STEP_MARK: Final = "__interlock_step__"
ACTION_MARK: Final = "__interlock_action__"
READER_MARK: Final = "__interlock_reader__"


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionRequest:
    """One side effect a step asks for. It runs only when the contract lists it for that step.

    arguments: values by parameter name; they override what the case would give.
    """

    action: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal(Generic[T]):
    """What an AI step returns: a value it suggests, never a deed.

    confidence: calibrated probability that the value is right, in 0..1.
    rationale: why, in a sentence for the reviewer; weak_point: what speaks against it.
    evidence: what it was based on: values by the names the contract asks for, or a list whose
    models are named after their types (`SimilarPostings` is similar_postings).
    actions: side effects it asks for, each of them checked; with none, the step's listed ones.
    model, cost_micros, tokens: for the record; cost in millionths of the contract's currency.
    """

    value: T
    confidence: float
    rationale: str = ""
    weak_point: str = ""
    evidence: Mapping[str, Any] | Sequence[Any] = ()
    actions: Sequence[ActionRequest] = ()
    model: str = ""
    cost_micros: int = 0
    tokens_in: int = 0
    tokens_out: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StepResult(Generic[T]):
    """What a deterministic step returns when it also asks for actions, or has evidence to keep."""

    value: T
    evidence: Mapping[str, Any] = field(default_factory=dict)
    actions: Sequence[ActionRequest] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StepMark:
    """How a step function was declared."""

    produces: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionMark:
    """How an action function was declared; see `action`."""

    compensate: Callable[..., Any] | None = None
    verify: Callable[..., Any] | None = None
    state: Callable[..., Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One piece of raw input, as it arrived: its file name, bytes and channel."""

    name: str
    content: bytes
    channel: str = "folder"


@overload
def step(function: Function, /) -> Function: ...
@overload
def step(*, produces: str | None = None) -> Callable[[Function], Function]: ...
def step(function: Any = None, /, *, produces: str | None = None) -> Any:
    """The function, marked as a step.

    Its parameters name what it needs: the case (by its schema's name in snake_case, such as
    `invoice`), earlier steps' outputs, and systems. Its output is known to later steps by the
    step's name and by `produces`, which defaults to its return type's name in snake_case
    (`-> Match` gives `match`, `-> Proposal[Account]` gives `account`).
    """

    def mark(target: Any) -> Any:
        setattr(target, STEP_MARK, StepMark(produces=produces))
        return target

    return mark(function) if function is not None else mark


@overload
def action(function: Function, /) -> Function: ...
@overload
def action(
    *,
    compensate: Callable[..., Any] | None = None,
    verify: Callable[..., Any] | None = None,
    state: Callable[..., Any] | None = None,
) -> Callable[[Function], Function]: ...
def action(
    function: Any = None,
    /,
    *,
    compensate: Callable[..., Any] | None = None,
    verify: Callable[..., Any] | None = None,
    state: Callable[..., Any] | None = None,
) -> Any:
    """The function, marked as an action: the only way to a side effect.

    Parameters are named like a step's. Two more are given when asked for: `idempotency_key`
    (a text that is the same however often this one action is tried) and `now` (aware UTC).
    compensate(the action's parameters, receipt): undoes it; receipt is what the action returned.
    verify(the action's parameters, idempotency_key): the receipt when the effect exists in the
    system, None when it does not. It decides what happened after a crash or a timeout.
    state(parameters): a plain value of the business state the action rests on. It is read when
    the case first knows those parameters and again just before the action; a difference stops it.
    """

    def mark(target: Any) -> Any:
        setattr(target, ACTION_MARK, ActionMark(compensate=compensate, verify=verify, state=state))
        return target

    return mark(function) if function is not None else mark


def reader(function: Function) -> Function:
    """The function, marked as the workflow's reader: (document: Document) -> case fields.

    It returns the case schema's model (or a mapping for it), a list of them when one document
    holds several cases, or raises MissingData or SchemaChange; then the document waits as a case.
    """
    setattr(function, READER_MARK, True)
    return function
