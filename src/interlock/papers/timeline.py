"""A case's timeline: its audit log as sentences, in order.

One rule: every surface tells a case from these sentences, so no two tell it differently; and
none tells somebody what they are to find out by themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, tzinfo
from typing import Final

from interlock.domain.audit import AuditEntry
from interlock.domain.desk_event import HeldReviewRefused, ReviewHeld, ReviewUndone
from interlock.domain.event import OwnAnswerGiven, ReviewDecided, StepReturned
from interlock.domain.review import ReviewState
from interlock.domain.rules.lens import BLIND, Lens
from interlock.domain.rules.shown import NOTHING_KEPT_BACK, KeptBack
from interlock.papers.narrative import Told, event_of, tell
from interlock.papers.words import counted

SUGGESTED: Final = "The AI made a proposal; you see it when you have given your own answer"
ANSWERED: Final = "Somebody answered; you see it when the same question is answered again"
ANSWERS: Final = (ReviewDecided, ReviewHeld, ReviewUndone, HeldReviewRefused, OwnAnswerGiven)


def timeline(
    entries: Iterable[AuditEntry],
    *,
    now: datetime,
    lens: Lens = BLIND,
    zone: tzinfo | None = None,
    kept: KeptBack = NOTHING_KEPT_BACK,
    hide: Callable[[str], str] = str,
) -> list[Told]:
    """Every entry in words, as far as the lens lets values through. zone None: the local one.

    kept: what the reader may not know yet; such an entry says only that there is something, and
    nothing after an answer they may not know is told: it would tell the answer.
    hide: takes protected values out of what people and the AI wrote.
    """
    every = list(entries)
    shown = until_answered(every, kept)
    told = [
        _kept(tell(entry, now=now, lens=lens, zone=zone), is_kept_back(entry, kept))
        for entry in shown
    ]
    for entry in every[len(shown) : len(shown) + 1]:
        told.append(_kept(tell(entry, now=now, lens=lens, zone=zone), ANSWERED))
    return [
        replace(each, text=hide(each.text), asides=tuple(map(hide, each.asides))) for each in told
    ]


def until_answered(entries: Sequence[AuditEntry], kept: KeptBack) -> Sequence[AuditEntry]:
    """The entries before anybody took up a question whose answer is kept back; all, without one."""
    for place, entry in enumerate(entries):
        if kept.answers and (_took_up(entry, kept) or is_kept_back(entry, kept) == ANSWERED):
            return entries[:place]
    return entries


def decided_in(entries: Iterable[AuditEntry]) -> frozenset[str]:
    """The tasks that were decided in these entries."""
    touched = (task for entry in entries for task in entry.body.get("tasks", ()))
    return frozenset(task["id"] for task in touched if task["state"] == ReviewState.DECIDED)


def _took_up(entry: AuditEntry, kept: KeptBack) -> bool:
    """True when the entry moves such a task on; read from what no erasure takes away."""
    touched = entry.body.get("tasks", ())
    return any(t["id"] in kept.answers and t["state"] != ReviewState.OPEN for t in touched)


def is_kept_back(entry: AuditEntry, kept: KeptBack) -> str:
    """The sentence that stands for an entry the reader may not know yet; empty when they may."""
    if kept.ai and tells_suggestion(entry):
        return SUGGESTED
    event = event_of(entry) if kept.ai or kept.answers else None
    if not isinstance(event, ANSWERS):
        return ""
    own = kept.ai and isinstance(event, OwnAnswerGiven)
    return ANSWERED if own or event.task.id in kept.answers else ""


def tells_suggestion(entry: AuditEntry) -> bool:
    """True for the entry of what an AI step proposed."""
    event = event_of(entry) if entry.kind == "step_returned" else None
    return isinstance(event, StepReturned) and event.proposal is not None


def _kept(told: Told, instead: str) -> Told:
    return replace(told, actor="", mark="", text=instead, asides=()) if instead else told


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
