"""What a workflow's code offers: step functions, actions, the reader, systems and the case model.

Values only; `gather.py` finds them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

from interlock.contracts.case_model import CaseModel

SystemsFactory: TypeAlias = Callable[[Mapping[str, str]], dict[str, object]]
# What a protected case says its systems hold, by name, and an empty folder to put it in.
FrozenFactory: TypeAlias = Callable[[Mapping[str, Any], Path], dict[str, object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One thing a function asks for by name."""

    name: str
    annotation: Any = None  # None when it has none; a text when its name cannot be resolved
    has_default: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFunction:
    """A function marked with @step.

    value_type: T of Proposal[T] and StepResult[T], else what it returns; None when not annotated.
    produces: every name its output is known by.
    """

    name: str
    function: Callable[..., Any]
    parameters: tuple[Parameter, ...]
    returns: Any
    is_async: bool
    returns_proposal: bool
    returns_result: bool
    value_type: Any
    produces: tuple[str, ...]
    file: str
    line: int

    @property
    def may_ask_for_actions(self) -> bool:
        """True when what it returns can carry requests for actions."""
        return self.returns_proposal or self.returns_result


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionFunction:
    """A function marked with @action, or one its mark names: compensate, verify, state."""

    name: str
    function: Callable[..., Any]
    parameters: tuple[Parameter, ...]
    returns: Any
    is_async: bool
    file: str
    line: int
    compensate: ActionFunction | None = None
    verify: ActionFunction | None = None
    state: ActionFunction | None = None

    @property
    def produces(self) -> tuple[str, ...]:
        """Every name its receipt is known by: its own, and its return type's in snake_case."""
        of_type = type_name(self.returns)
        return tuple(dict.fromkeys(n for n in (self.name, of_type) if n))


@dataclass(frozen=True, slots=True, kw_only=True)
class RaisedType:
    """An exception type the code names, and where."""

    name: str
    file: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowFunctions:
    """All of a workflow's code, by name.

    steps: every @step function; those no step of the flow names are remedies and fallbacks.
    modules: the files the workflow reaches, by path inside its folder, with their digests.
    raises: the exception types its code names, besides the built-in ones.
    """

    steps: Mapping[str, StepFunction]
    actions: Mapping[str, ActionFunction]
    reader: Callable[..., Any] | None
    systems: SystemsFactory | None
    case_model: CaseModel
    modules: Mapping[str, str]
    raises: tuple[RaisedType, ...] = ()
    frozen_systems: FrozenFactory | None = None  # stand-ins for protected cases


def snake_case(name: str) -> str:
    """A type's name as a variable would be called, e.g. `GoodsReceipt` gives goods_receipt."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name)
    return spaced.lower()


PLAIN_TYPES: Final = frozenset(
    {"builtins", "typing", "types", "decimal", "datetime", "collections"}
)


def type_name(value_type: Any) -> str | None:
    """The snake_case name of the author's own type; None for str, dict, Decimal and the like."""
    if not isinstance(value_type, type) or value_type.__module__ in PLAIN_TYPES:
        return None
    if getattr(value_type, "__args__", None):
        return None
    return snake_case(value_type.__name__)


def model_fields(value_type: Any) -> Mapping[str, Any] | None:
    """The fields of a Pydantic model by name, or None when the type is not one."""
    fields = getattr(value_type, "model_fields", None)
    return fields if isinstance(value_type, type) and isinstance(fields, dict) else None
