"""Compiles a contract's conditions with what is known about the kinds of its values."""

from __future__ import annotations

import typing
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from interlock.contracts.case_model import fields_of
from interlock.contracts.cel import CelCondition, ValueKind
from interlock.contracts.draft import Draft
from interlock.contracts.functions import WorkflowFunctions, model_fields


@dataclass(frozen=True, slots=True)
class Conditions:
    """Makes conditions; `kinds` says which paths hold numbers or days that JSON keeps as text."""

    kinds: Mapping[str, ValueKind]

    @classmethod
    def of(cls, draft: Draft, functions: WorkflowFunctions) -> Conditions:
        """The kinds of every case field and of every field of a model that a step gives."""
        kinds: dict[str, ValueKind] = {}
        for name, annotation in fields_of(functions.case_model).items():
            kind = kind_of(annotation)
            if kind is not None:
                kinds |= {name: kind, f"{draft.case_name}.{name}": kind}
        for name, value_type in draft.output_types().items():
            kinds |= _kinds_below(name, value_type)
        return cls(kinds)

    def compiled(self, text: str | None) -> CelCondition | None:
        """The condition of a text that was checked before; None for none."""
        return None if text is None else CelCondition.of(text, self.kinds)


def _kinds_below(output: str, value_type: Any) -> dict[str, ValueKind]:
    own = kind_of(value_type)
    if own is not None:
        return {output: own}
    fields = model_fields(value_type) or {}
    found = {f"{output}.{name}": kind_of(field.annotation) for name, field in fields.items()}
    return {path: kind for path, kind in found.items() if kind is not None}


def kind_of(annotation: Any) -> ValueKind | None:
    """What a text under this annotation stands for, or None when it is just a text."""
    inside = [each for each in typing.get_args(annotation) if each is not type(None)]
    if len(inside) == 1 and type(None) in typing.get_args(annotation):
        return kind_of(inside[0])
    if not isinstance(annotation, type):
        return None
    if issubclass(annotation, Decimal):
        return ValueKind.NUMBER
    return ValueKind.MOMENT if issubclass(annotation, date) else None
