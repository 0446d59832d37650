"""NAME=VALUE on the command line."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from interlock.cli.failures import UsageWrong


def pairs(option: str, given: Sequence[str] | None) -> dict[str, Any]:
    """Values by name; each value is JSON when it is valid JSON, else text. Raises: UsageWrong."""
    return {name: _plain(text) for name, text in texts(option, given).items()}


def texts(option: str, given: Sequence[str] | None) -> dict[str, str]:
    """Texts by name. Raises: UsageWrong for a part without `=`, or a name given twice."""
    found: dict[str, str] = {}
    for part in given or ():
        name, mark, text = part.partition("=")
        if not mark or not name.strip():
            raise UsageWrong(f"{option} is {part!r}", "write a name and a value, as in order=PO-17")
        if name.strip() in found:
            raise UsageWrong(f"{option} names {name.strip()} twice", "give it once")
        found[name.strip()] = text
    return found


def _plain(text: str) -> Any:
    """What the JSON says; NaN and the like are no JSON, so they stay text."""
    try:
        return json.loads(text, parse_constant=_refuse)
    except ValueError:
        return text


def _refuse(name: str) -> Any:
    raise ValueError(name)
