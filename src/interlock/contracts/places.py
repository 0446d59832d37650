"""What a person calls a place in the contract, e.g. `mode of step "match"`."""

from __future__ import annotations

from typing import Any, Final

from interlock.contracts.reading import Document, Path

LABELS: Final = ("step_name", "exception_type", "action", "channel", "milestone")
NAMED_SECTIONS: Final = frozenset({"people", "systems", "actions", "queues"})
SINGULAR: Final = {
    "steps": "step",
    "actions": "action",
    "people": "person",
    "queues": "queue",
    "systems": "system",
    "exceptions": "exception",
    "approvals": "the approval of",
    "intake": "intake",
    "adoption": "milestone",
}


def named(document: Document, path: Path) -> str:
    """The place in words: the key first, then whose key it is."""
    if not path:
        return "the contract"
    section, *rest = path
    noun = SINGULAR.get(str(section))
    if noun is None or not rest:
        return _dotted(path)
    owner = f"{noun} {_label(document, str(section), rest[0])}"
    if rest[1:] == ["when"]:
        return f"the condition of {owner}"
    return f"{_dotted(tuple(rest[1:]))} of {owner}" if rest[1:] else owner


def _label(document: Document, section: str, which: str | int) -> str:
    if isinstance(which, str):
        return f'"{which}"'
    items = document.data.get(section)
    item: Any = items[which] if isinstance(items, list) and which < len(items) else None
    if isinstance(item, dict):
        for key in LABELS:
            if isinstance(item.get(key), str):
                return f'"{item[key]}"'
    return f"number {which + 1}"


def _dotted(path: Path) -> str:
    text = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")
