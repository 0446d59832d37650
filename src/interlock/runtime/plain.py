"""Values of user code as plain JSON, and back.

Decimals become numbers where a number holds them exactly, else text; so conditions can compare
amounts and nothing is ever rounded in passing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from math import isfinite
from typing import Any
from uuid import UUID

from pydantic import BaseModel, TypeAdapter

from interlock.canonical import SAFE_INTEGER


def to_plain(value: Any) -> Any:
    """The value as JSON: dict, list, text, number, true, false, null.

    Raises: TypeError for what has no plain form, such as bytes, naming the type.
    """
    if value is None or type(value) is bool:
        return value
    if type(value) is str:
        return plain_text(value)
    if type(value) is float:
        return value if isfinite(value) else str(value)
    if type(value) is int:
        return value if abs(value) <= SAFE_INTEGER else str(value)
    if isinstance(value, BaseModel):
        named = {name: to_plain(item) for name, item in value}
        computed = type(value).model_computed_fields
        return named | {name: to_plain(getattr(value, name)) for name in computed}
    if isinstance(value, Mapping):
        return {plain_text(str(name)): to_plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_plain(item) for item in value]
    return _plain_scalar(value)


def plain_text(text: str) -> str:
    """The text with what no database or JSON can hold, NUL and lone surrogates, made visible as
    U+FFFD. The raw input is kept apart, so nothing is lost."""
    if text.isascii():
        return text.replace("\x00", "\ufffd") if "\x00" in text else text
    if _has_surrogate(text):
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text.replace("\x00", "\ufffd")


def _has_surrogate(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def _plain_scalar(value: Any) -> Any:
    match value:
        case Enum():
            return to_plain(value.value)
        case Decimal():
            return _plain_number(value)
        case datetime() | date() | time():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case set() | frozenset():
            return sorted((to_plain(item) for item in value), key=repr)
        case UUID():
            return str(value)
        case str():  # the author's own kind of text
            return plain_text(str(value))
        case int():
            return to_plain(int(value))
        case float():
            return to_plain(float(value))
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: to_plain(getattr(value, f.name)) for f in fields(value)}
    raise TypeError(f"a {type(value).__name__} cannot be kept in a case; return plain values")


def _plain_number(value: Decimal) -> int | float | str:
    if not value.is_finite():
        return str(value)
    if value == value.to_integral_value():
        whole = int(value)
        return whole if abs(whole) <= SAFE_INTEGER else str(value)
    near = float(value)
    return near if Decimal(repr(near)) == value else str(value)


@lru_cache(maxsize=4096)
def adapter(annotation: Any) -> TypeAdapter[Any]:
    """The validator of a type, made once."""
    return TypeAdapter(annotation)


def typed(annotation: Any, plain: Any) -> Any:
    """The plain value as the type a function's parameter asks for.

    Raises: pydantic.ValidationError when it does not fit.
    """
    return adapter(annotation).validate_python(plain)
