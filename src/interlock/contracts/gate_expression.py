"""The lines of a release gate: `metric op value`, and nothing else.

A grammar of one sentence, so that a gate can never run code.
"""

from __future__ import annotations

import math
import re
from typing import Final

from interlock.domain.contract import Criterion

OPERATORS: Final = ("<=", ">=", "==", "!=", "<", ">")
_LINE: Final = re.compile(r"\s*([A-Za-z_]\w{0,79})\s*(<=|>=|==|!=|<|>)\s*(\S+)\s*\Z", re.ASCII)
_NUMBER: Final = re.compile(r"[+-]?(\d{1,15}(\.\d{1,15})?|\.\d{1,15})\Z", re.ASCII)
_PERCENT: Final = re.compile(r"(\d{1,15}(?:\.\d{1,15})?)%\Z", re.ASCII)


def parsed(text: str) -> Criterion:
    """The criterion of a line such as `exception_rate <= 0.04`.

    Raises: ValueError with what to write instead.
    """
    found = _LINE.match(text)
    if found is None:
        raise ValueError("write a number's name, a comparison and a value, as in error_rate > 0.06")
    metric, operator, seen = found.groups()
    value = _value(seen)
    if isinstance(value, bool) and operator not in ("==", "!="):
        raise ValueError(f"true and false are compared with == or !=, not with {operator}")
    return Criterion(metric=metric, op=operator, value=value, text=" ".join(text.split()))


def _value(seen: str) -> float | bool:
    if seen in ("true", "false"):
        return seen == "true"
    percent = _PERCENT.match(seen)
    if percent:
        raise ValueError(f"write a share of 1: {float(percent.group(1)) / 100:g}")
    if not _NUMBER.match(seen) or not math.isfinite(float(seen)):
        raise ValueError("end it with a number, true or false, as in <= 0.04")
    return float(seen)
