"""A case's timeline: its audit log as sentences, in order.

One rule: every surface tells a case from these sentences, so no two tell it differently.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, tzinfo

from interlock.domain.audit import AuditEntry
from interlock.domain.rules.lens import BLIND, Lens
from interlock.papers.narrative import Told, tell
from interlock.papers.words import counted


def timeline(
    entries: Iterable[AuditEntry],
    *,
    now: datetime,
    lens: Lens = BLIND,
    zone: tzinfo | None = None,
) -> list[Told]:
    """Every entry in words, as far as the lens lets values through. zone None: the local one."""
    return [tell(entry, now=now, lens=lens, zone=zone) for entry in entries]


def worth_telling(told: Sequence[Told]) -> list[Told]:
    """The entries without what goes without saying: the claim that only comes with a decision."""
    followed = [*told[1:], None]
    return [
        each
        for each, after in zip(told, followed, strict=True)
        if not (
            each.kind == "review_claimed"
            and after is not None
            and (after.at, after.actor) == (each.at, each.actor)
        )
    ]


def proof_line(entries: int, head: str) -> str:
    """How much is on record and the seal it ends with."""
    return f"{counted(entries, 'entry', 'entries')} on record, the last sealed {head[:16]}…"
