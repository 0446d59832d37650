"""A plain value in one line, as people read it.

One rule: whatever the value, it is one line of at most so many letters, and never an error.
"""

from __future__ import annotations

from typing import Any

from interlock.canonical import canonical


def brief(value: Any, width: int = 72) -> str:
    """A plain value in one line of at most `width` letters."""
    if isinstance(value, dict) and len(value) == 1:
        return brief(next(iter(value.values())), width)
    if isinstance(value, dict):
        parts = [f"{spaced(str(key))} {_small(item)}" for key, item in value.items()]
        return cut(", ".join(parts), width)
    return cut(_small(value), width)


def cut(text: str, width: int) -> str:
    """The text in one line, its end replaced by … when it is too long."""
    line = " ".join(text.split())
    return line if len(line) <= width else f"{line[: width - 1].rstrip()}…"


def spaced(name: str) -> str:
    """A name as words, as in `low confidence` for low_confidence."""
    return name.replace("_", " ")


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
            return f"[{', '.join(_small(each) for each in value)}]"
        case dict():
            return f"({', '.join(f'{key} {_small(item)}' for key, item in value.items())})"
    return canonical(value).decode()
