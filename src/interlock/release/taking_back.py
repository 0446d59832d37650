"""Taking a release back, all of it or one segment: by hand, by its gate, or by a rejection.

Its one rule: the release's change and the stop of all its eras are one transaction, so nothing
the machine decided starts after it is on record.
"""

from __future__ import annotations

from typing import Final

from interlock.domain.people import Right
from interlock.domain.release import Release
from interlock.domain.rules import release_moves as moves
from interlock.domain.rules.release_moves import Act, Moved
from interlock.release import rights
from interlock.release.changing import by_person, contract_of, cool_off_of, fallback_of, find, save
from interlock.release.errors import ReleaseRefused
from interlock.runtime.context import Context

GATE: Final = "gate"  # who takes back when nobody was asked


def roll_back(context: Context, text: str, by: str, reason: str) -> Release:
    """What new cases join now that the release is taken back: its own version, lower, or the one
    before it. Raises: ReleaseUnknown, ReleaseRefused, ReleaseMoveRefused.
    """
    release = find(context, text)
    rights.demand(context, release.workflow, by, Right.PAUSE, "roll back", release.id)
    said = rights.given("roll back", release.id, reason)
    return save(context, taken_back(context, release, by_person(context, by, said)))[-1]


def stand_down(context: Context, text: str, segment: str, by: str, reason: str) -> Release:
    """The release with one segment taken back. Raises: as `roll_back`."""
    release = find(context, text)
    rights.demand(context, release.workflow, by, Right.PAUSE, "stand down", release.id)
    said = rights.given("stand down", release.id, reason)
    seen = context.store.segments_of_eras(moves.eras_of(release))
    if segment not in {*seen, *release.segments}:
        known = ", ".join(each for each in seen if each) or "none yet"
        why = f"no case of segment {segment!r} joined it (segments: {known})"
        raise ReleaseRefused("stand down", release.id, "segment", why)
    return save(context, [stood_down(context, release, segment, by_person(context, by, said))])[0]


def taken_back(context: Context, release: Release, act: Act) -> tuple[Moved, ...]:
    """The moves that take a release back, by its contract's fallback.

    Raises: ReleaseMoveRefused.
    """
    contract = contract_of(context, release)
    previous = context.store.release(release.previous) if release.previous else None
    mode, cool_off = fallback_of(contract), cool_off_of(contract)
    return moves.roll_back(release, previous, mode, cool_off, act)


def stood_down(context: Context, release: Release, segment: str, act: Act) -> Moved:
    """The move that takes one segment back. Raises: ReleaseMoveRefused."""
    contract = contract_of(context, release)
    return moves.stand_down(release, segment, fallback_of(contract), cool_off_of(contract), act)
