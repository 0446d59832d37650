"""A plain value in one line, as people read it.

One rule: whatever the value, it is one line of at most so many letters, and never an error.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from interlock.canonical import canonical

NAMED: Final = 5  # values of a list that are named one by one
CONFIDENCE: Final = "confidence"  # a share by this name is read as 83, never as 0.83
NOTHING: Final = "none"


def brief(value: Any, width: int = 72) -> str:
    """A plain value in one line of at most `width` letters."""
    if isinstance(value, dict) and len(value) == 1:
        return brief(next(iter(value.values())), width)
    if isinstance(value, dict) and value:
        parts = [_part(str(key), item) for key, item in value.items()]
        return cut(", ".join(parts), width)
    return cut(_small(value), width)


def cut(text: str, width: int) -> str:
    """The text in one line, its end replaced by … when it is too long."""
    line = " ".join(text.split())
    return line if len(line) <= width else f"{line[: width - 1].rstrip()}…"


def spaced(name: str) -> str:
    """A name as words, as in `low confidence` for low_confidence."""
    return name.replace("_", " ")


def sureness(share: float) -> str:
    """A confidence as people read it: 83 for 0.83; only certainty itself is 100."""
    return "100" if share >= 1 else f"{min(round(share * 100), 99)}"


def _part(name: str, value: Any) -> str:
    is_sure = name == CONFIDENCE and isinstance(value, float) and 0 <= value <= 1
    return f"{spaced(name)} {sureness(value) if is_sure else _small(value)}"


def _small(value: Any) -> str:
    match value:
        case None:
            return "–"
        case bool():
            return "yes" if value else "no"
        case str():
            return value or "–"
        case int() | float():
            return f"{value:g}" if isinstance(value, float) else str(value)
        case list() | tuple():
            return _listed(value)
        case dict():
            inside = ", ".join(_part(str(key), item) for key, item in value.items())
            return f"({inside})" if inside else NOTHING
    return canonical(value).decode()


def _listed(values: Sequence[Any]) -> str:
    """A list inside a line: its few plain values by name, anything longer by its length."""
    if not values:
        return NOTHING
    if len(values) == 1:
        return _small(values[0])
    if len(values) <= NAMED and not any(isinstance(each, dict | list | tuple) for each in values):
        texts = [_small(each) for each in values]
        return f"{', '.join(texts[:-1])} and {texts[-1]}"
    return f"{len(values)} entries"
