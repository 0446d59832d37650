"""The evidence of a task: what a decision needs, what is there, what is missing.

One rule: the seal is over the evidence as it was frozen, never over what is shown of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from interlock.console import words
from interlock.domain.one_line import brief
from interlock.domain.review import ReviewTask
from interlock.papers.veil import Veil

WIDE: Final = 160  # letters of an item
SEAL: Final = 8  # letters of the seal that name it


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemShown:
    """One item. state: ok or missing. supplied: what the reviewer has typed in its place."""

    name: str
    label: str
    detail: str
    state: str
    supplied: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceShown:
    """All of it. seal: the start of the digest, in two halves."""

    items: tuple[ItemShown, ...]
    missing: int
    digest: str
    seal: str

    @property
    def said(self) -> str:
        """How much of what is required is there."""
        there = len(self.items) - self.missing
        return f"{there} of {len(self.items)}"


def evidence_shown(
    task: ReviewTask, content: Mapping[str, Any], veil: Veil, supplied: Mapping[str, str]
) -> EvidenceShown:
    """The required items of a task, in the contract's order."""
    there = veil.fields(content.get("required") or {})
    items = tuple(
        ItemShown(
            name=name,
            label=words.sentence(name),
            detail="" if name in task.missing else _detail(there.get(name)),
            state="missing" if name in task.missing else "ok",
            supplied=supplied.get(name, ""),
        )
        for name in task.required
    )
    digest = task.evidence_digest
    return EvidenceShown(
        items=items,
        missing=sum(each.state == "missing" for each in items),
        digest=digest,
        seal=f"{digest[: SEAL // 2]} {digest[SEAL // 2 : SEAL]}",
    )


def _detail(value: Any) -> str:
    if isinstance(value, Mapping) and set(value) == {"document", "name"}:
        return str(value["name"])
    return brief(value, WIDE)
