"""Taking a release back, all of it or one segment: by hand, by its gate, or by a rejection.

Its one rule: the release's change and the stop of all its eras are one transaction, so nothing
the machine decided starts after it is on record.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from interlock.domain.contract import FallbackMode
from interlock.domain.people import Right
from interlock.domain.release import Release
from interlock.domain.rollout import COOL_OFF_HOURS
from interlock.domain.rules import release_moves as moves
from interlock.domain.rules.release_moves import Act, Moved
from interlock.release import rights
from interlock.release.changing import by_person, contract_of, cool_off_of, fallback_of, find, save
from interlock.release.errors import ReleaseRefused
from interlock.runtime.context import Context
from interlock.runtime.workflow import WorkflowUnknown

GATE: Final = "gate"  # who takes back when nobody was asked


def roll_back(
    context: Context, text: str, by: str, reason: str, *, seen: int | None = None
) -> Release:
    """What new cases join now that the release is taken back: its own version, lower, or the one
    before it. seen: as in `lifecycle`. Raises: ReleaseUnknown, ReleaseRefused, ReleaseMoveRefused,
    ReleaseOvertaken.
    """
    release = find(context, text, seen)
    rights.demand(context, release.workflow, by, Right.PAUSE, "roll back", release.id)
    said = rights.given("roll back", release.id, reason)
    return save(context, taken_back(context, release, by_person(context, by, said)))[-1]


def stand_down(
    context: Context, text: str, segment: str, by: str, reason: str, *, seen: int | None = None
) -> Release:
    """The release with one segment taken back. Raises: as `roll_back`."""
    release = find(context, text, seen)
    rights.demand(context, release.workflow, by, Right.PAUSE, "stand down", release.id)
    said = rights.given("stand down", release.id, reason)
    known = context.store.segments_of_eras(moves.eras_of(release))
    if segment not in {*known, *release.segments}:
        named = ", ".join(each for each in known if each) or "none yet"
        why = f"no case of segment {segment!r} joined it (segments: {named})"
        raise ReleaseRefused("stand down", release.id, "segment", why)
    return save(context, [stood_down(context, release, segment, by_person(context, by, said))])[0]


def taken_back(context: Context, release: Release, act: Act) -> tuple[Moved, ...]:
    """The moves that take a release back, by its contract's fallback.

    Raises: ReleaseMoveRefused.
    """
    mode, cool_off = _terms(context, release)
    return moves.roll_back(release, _previous(context, release), mode, cool_off, act)


def stood_down(context: Context, release: Release, segment: str, act: Act) -> Moved:
    """The move that takes one segment back. Raises: ReleaseMoveRefused."""
    mode, cool_off = _terms(context, release)
    return moves.stand_down(release, segment, mode, cool_off, act)


def _terms(context: Context, release: Release) -> tuple[FallbackMode, timedelta]:
    """What its contract says of being taken back. Where its code cannot be had, the lowest stage:
    nothing may stand in the way of stopping it."""
    try:
        contract = contract_of(context, release)
    except WorkflowUnknown:
        return FallbackMode.DETERMINISTIC_PATH, timedelta(hours=COOL_OFF_HOURS)
    return fallback_of(contract), cool_off_of(contract)


def _previous(context: Context, release: Release) -> Release | None:
    """The version before it, when it can be worked on here; new cases could not join another."""
    previous = context.store.release(release.previous) if release.previous else None
    if previous is None:
        return None
    try:
        contract_of(context, previous)
    except WorkflowUnknown:
        return None
    return previous
