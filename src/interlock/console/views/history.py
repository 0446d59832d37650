"""What was decided about questions like this one, and what happened to this case so far.

One rule: nobody is shown what would answer a question they are asked blind.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from interlock.console import words
from interlock.console.views.timeline import names_of, said_with
from interlock.domain.case import Case
from interlock.domain.contract import WorkflowContract
from interlock.domain.review import ReviewTask
from interlock.domain.rules.outlook import name_of
from interlock.domain.rules.shown import KeptBack
from interlock.papers.timeline import timeline, worth_telling
from interlock.papers.veil import Veil
from interlock.runtime.context import Context
from interlock.storage.quality import LikeThis, PastDecision

SHOWN: Final = 5  # past decisions beside a question
LATEST: Final = 8  # entries of a case that a task shows; the case page shows all
ICONS: Final = MappingProxyType({"ok": "check", "bad": "x", "warn": "warn", "": "dot"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SimilarShown:
    """One past decision like this one."""

    case_id: str
    title: str
    at: datetime
    who: str
    what: str
    why: str
    amount: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """One thing that happened to the case."""

    at: datetime
    text: str
    actor: str
    mark: str
    icon: str
    asides: tuple[str, ...] = ()


def similar_shown(
    context: Context,
    contract: WorkflowContract,
    case: Case,
    task: ReviewTask,
    *,
    says_why: bool,
) -> tuple[SimilarShown, ...]:
    """What people decided when asked the same, the nearest amount first.

    says_why: with what they wrote, which may hold protected values of their cases.
    """
    like = LikeThis(
        case_id=case.id,
        workflow=case.workflow,
        tenant=case.tenant,
        step=task.step or "",
        exception_type=task.exception_type or "",
        segment=case.segment,
        amount=task.amount,
    )
    found = context.store.similar_decisions(like, SHOWN)
    titles = {each.id: each.title for each in context.store.load([e.case_id for e in found])}
    return tuple(
        _similar(contract, each, titles.get(each.case_id, ""), says_why=says_why) for each in found
    )


def similar_said(found: tuple[SimilarShown, ...]) -> str:
    """How those decisions went, with their number."""
    if not found:
        return ""
    yes = sum(each.what.startswith(("Approved", "Edited")) for each in found)
    return f"Asked the same, {yes} of {len(found)} said yes in some form."


def so_far(
    context: Context,
    contract: WorkflowContract,
    case: Case,
    veil: Veil,
    now: datetime,
    kept: KeptBack,
) -> tuple[Happened, ...]:
    """The latest of what happened to the case, oldest of these first, without what is kept back."""
    entries = context.store.entries(case.id)
    told = worth_telling(timeline(entries, now=now, lens=veil.lens, kept=kept))
    names = names_of(contract)
    return tuple(
        Happened(
            at=each.at,
            text=words.sentence_of(said_with(veil.text(each.text), names)),
            actor=_actor(contract, each.actor),
            mark=each.mark,
            icon=ICONS[each.mark],
            asides=tuple(said_with(veil.text(aside), names) for aside in each.asides),
        )
        for each in told[-LATEST:]
    )


def checks_from(happened: tuple[Happened, ...]) -> tuple[tuple[str, str], ...]:
    """What fixed rules looked at on the way: (state, sentence), the latest first."""
    found = []
    for each in reversed(happened):
        for aside in each.asides:
            bad = aside.startswith("guard stops it") or " refused" in aside
            if aside.startswith(("guard", "policy", "exception")):
                found.append(("bad" if bad or aside.startswith("exception") else "ok", aside))
    return tuple(dict.fromkeys(found))


def _similar(
    contract: WorkflowContract, each: PastDecision, title: str, *, says_why: bool
) -> SimilarShown:
    return SimilarShown(
        case_id=each.case_id,
        title=title or each.case_id,
        at=each.at,
        who=name_of(contract, each.by),
        what=words.sentence(words.DONE[each.verb]),
        why=", ".join(
            part for part in (words.spaced(each.reason_code), each.note if says_why else "") if part
        ),
        amount=str(each.amount or ""),
    )


def _actor(contract: WorkflowContract, actor: str) -> str:
    kind, _, name = actor.partition(":")
    if kind == "person" or not name:
        return name_of(contract, name or kind)
    return "AI" if kind in ("ai", "agent", "model") else "Interlock"
