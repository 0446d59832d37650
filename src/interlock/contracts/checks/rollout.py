"""The rollout terms: what is done without is something one may do without, and signed."""

from __future__ import annotations

from collections.abc import Iterator

from interlock.contracts.draft import Draft
from interlock.contracts.problem import Problem, one_of
from interlock.contracts.reading import Path
from interlock.contracts.shape_rollout import WaiverShape
from interlock.domain.rollout import WAIVABLE


def problems(draft: Draft) -> Iterator[Problem]:
    """Waivers of what cannot be waived, or that the governance owner did not sign."""
    seen: set[str] = set()
    for place, waiver in enumerate(draft.shape.rollout.waive):
        path: Path = ("rollout", "waive", place)
        if draft.was_refused(*path, "condition"):
            continue
        yield from _of(draft, path, waiver)
        if waiver.condition in seen:
            yield draft.warning(path, f"{waiver.condition} is waived twice", "leave one of them")
        seen.add(waiver.condition)


def _of(draft: Draft, path: Path, waiver: WaiverShape) -> Iterator[Problem]:
    if waiver.condition not in WAIVABLE:
        message = f"{waiver.condition} cannot be waived: it is the gate itself"
        yield draft.problem((*path, "condition"), message, one_of(sorted(WAIVABLE)))
    owner = draft.shape.owners.governance
    if waiver.by and owner and waiver.by != owner:
        message = f"{waiver.condition} is waived by {waiver.by}"
        remedy = f"let the governance owner sign it: by: {owner}"
        yield draft.problem((*path, "by"), message, remedy)
