"""The AI proposal as a reviewer sees it: what it says, why, its weak point, how sure, how often
right.

One rule: a confidence is never shown without how often reviewers agreed at that level.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from interlock.domain.one_line import brief
from interlock.domain.quality import band_of
from interlock.domain.review import ReviewTask
from interlock.domain.rules.shown import KeptBack
from interlock.papers.veil import Veil
from interlock.papers.words import confidence
from interlock.runtime.context import Context

WIDE: Final = 240  # letters of what it says
FEW: Final = 20  # judged proposals under which a share says little
COUNTS_IT: Final = "How often reviewers agreed is told once the second answer is there."
CARE: Final = 0.7  # of reviewers agreeing; under it the reader is told to take care


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalShown:
    """What the AI suggests. hidden: not shown before the reviewer's own answer."""

    hidden: bool = False
    say: str = ""
    reasons: tuple[str, ...] = ()
    weak: str = ""
    confidence: str = ""
    calibration: str = ""
    model: str = ""


def proposal_shown(
    context: Context,
    task: ReviewTask,
    content: Mapping[str, Any],
    veil: Veil,
    *,
    hidden: bool,
    kept: KeptBack,
) -> ProposalShown | None:
    """The proposal of a task, or None when no AI had a say.

    hidden: not before the reader's own answer. kept: how often reviewers agreed counts the answer
    that is kept back, so beside one it is not told.
    """
    if hidden:
        return ProposalShown(hidden=True)
    said = content.get("proposal")
    if not said:
        return None
    share = float(said["confidence"])
    return ProposalShown(
        say=brief(veil.plain(said.get("value")), WIDE),
        reasons=tuple(_sentences(veil.text(str(said.get("rationale") or "")))),
        weak=veil.text(str(said.get("weak_point") or "")),
        confidence=confidence(share),
        calibration=COUNTS_IT if kept.answers else _calibration(context, task, share),
        model=str(said.get("model") or ""),
    )


def _sentences(text: str) -> list[str]:
    lines = [line.strip(" -•") for line in text.splitlines()]
    return [line for line in lines if line]


def _calibration(context: Context, task: ReviewTask, share: float) -> str:
    agreed, judged = context.store.agreed_with_ai(
        task.workflow, task.step or "", band_of(share), tenant=task.tenant
    )
    if not judged:
        return "Nobody has judged a proposal at this level yet, so its confidence is unproven."
    said = f"In past cases at this level, reviewers agreed {agreed / judged:.0%} of the time"
    counted = f"({agreed} of {judged})"
    if judged < FEW:
        return f"{said} {counted}. That is too few to rely on."
    return f"{said} {counted}." + (" Read this one with care." if agreed / judged < CARE else "")
