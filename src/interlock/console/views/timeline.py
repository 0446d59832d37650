"""A case's timeline as a page shows it: days, times, an icon for the kind, a sentence.

One rule: the sentences are those of every other surface; here they only get their icons.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Final

from interlock.domain.audit import AuditEntry
from interlock.domain.contract import WorkflowContract
from interlock.domain.one_line import spaced
from interlock.domain.rules.lens import Lens
from interlock.domain.rules.shown import NOTHING_KEPT_BACK, KeptBack
from interlock.papers.narrative import Told
from interlock.papers.timeline import tells_suggestion, timeline, worth_telling

ICONS: Final = MappingProxyType(
    {
        "case_opened": "mail",
        "step_returned": "m-deterministic",
        "step_raised": "warn",
        "step_failed": "x",
        "action_started": "clock",
        "action_succeeded": "act",
        "action_failed": "x",
        "action_lost": "ask",
        "action_looked_up": "search",
        "state_found_changed": "warn",
        "budget_refused": "lock",
        "compensation_finished": "back",
        "review_decided": "edit",
        "review_claimed": "person",
        "review_released": "person",
        "review_escalated": "up",
        "review_breached": "clock",
        "review_expired": "clock",
        "question_asked": "ask",
        "question_answered": "comment",
        "timer_fired": "clock",
        "case_commented": "comment",
        "case_cancelled": "x",
        "case_reopened": "back",
    }
)
NAME: Final = re.compile(r"[A-Za-z]\w*")
PASSING: Final = "dot"
SPLIT: Final = " → "  # between what happened and what came of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One entry. text: what happened; then: what came of it. asides: the rules that decided."""

    seq: int
    at: datetime
    icon: str
    mark: str
    text: str
    then: tuple[str, ...]
    asides: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One local day of a timeline."""

    title: str
    moments: tuple[Moment, ...]


def days_of(
    entries: Sequence[AuditEntry],
    *,
    now: datetime,
    lens: Lens,
    everything: bool,
    contract: WorkflowContract | None = None,
    kept: KeptBack = NOTHING_KEPT_BACK,
    hide: Callable[[str], str] = str,
) -> tuple[Day, ...]:
    """The whole log by day. everything: also what goes without saying.

    kept: what the reader may not know yet. hide: takes protected values out of sentences.
    """
    told = timeline(entries, now=now, lens=lens, kept=kept, hide=hide)
    ai_steps = {entry.seq for entry in entries if tells_suggestion(entry)}
    names = names_of(contract)
    days: dict[date, list[Moment]] = {}
    for each in told if everything else worth_telling(told):
        day = each.at.astimezone().date()
        moment = _moment(each, names, is_ai=each.seq in ai_steps)
        days.setdefault(day, []).append(moment)
    return tuple(
        Day(title=f"{day:%A} {day.day} {day:%B %Y}", moments=tuple(moments))
        for day, moments in days.items()
    )


def names_of(contract: WorkflowContract | None) -> dict[str, str]:
    """What steps, actions, queues and exceptions are called by people, by their name."""
    if contract is None:
        return {}
    names = {str(step.step_name): step.title for step in contract.steps}
    coined = (*contract.actions, *contract.queues, *(r.exception_type for r in contract.exceptions))
    names |= {name: names.get(name) or "" for name in map(str, coined)}
    return {name: title or spaced(name) for name, title in names.items() if "_" in name or title}


def said_with(text: str, names: dict[str, str]) -> str:
    """The sentence with the contract's names as people say them."""
    return NAME.sub(lambda found: names.get(found[0], found[0]), text)


def _moment(told: Told, names: dict[str, str], *, is_ai: bool) -> Moment:
    first, *rest = (said_with(part, names) for part in told.text.split(SPLIT))
    icon = "ai" if is_ai else ICONS.get(told.kind, PASSING)
    return Moment(
        seq=told.seq,
        at=told.at,
        icon="check" if told.mark == "ok" and icon == PASSING else icon,
        mark=told.mark if told.mark in ("ok", "bad") else "",
        text=first[:1].upper() + first[1:],
        then=tuple(rest),
        asides=tuple(said_with(aside, names) for aside in told.asides),
    )
