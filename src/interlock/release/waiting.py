"""What waits for a person's signature: a promotion the gate allows, a proposal that widens.

Its one rule: something waits only while signing it would be done, so nobody is called for nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from interlock.domain.contract import Stage
from interlock.domain.people import Right
from interlock.domain.release import Release, ReleaseState, next_stage
from interlock.domain.rules import release_moves as moves
from interlock.errors import InterlockError
from interlock.release import rights
from interlock.runtime.context import Context
from interlock.storage import Store


class WaitsFor(StrEnum):
    WIDENING = "widening"  # the governance owner's signature under what moves to the machine
    PROMOTION = "promotion"  # the signature that lets it climb one rung


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One signature that is waited for. to: the stage it would climb to; None of a widening.

    segment empty: all of the release.
    """

    release: Release
    about: WaitsFor
    since: datetime
    segment: str = ""
    to: Stage | None = None
    verdict: int | None = None

    @property
    def name(self) -> str:
        """What it is known by: the same as long as the same signature is waited for."""
        era = self.release.stand_of(self.segment).era
        return f"release:{self.release.id}:{self.about}:{era}:{self.segment}"


def waiting(store: Store, now: datetime) -> list[Waiting]:
    """Every signature that is waited for, the longest first."""
    found = [each for release in store.releases() for each in _of(store, release, now)]
    return sorted(found, key=lambda each: (each.since, each.name))


def may_sign(context: Context, wanted: Waiting, person: str) -> bool:
    """Whether this person could give it now: with the right to, and never under their own change.

    False too where the workflow cannot be worked on here.
    """
    release = wanted.release
    if person == release.proposed_by:
        return False
    try:
        if wanted.about is WaitsFor.WIDENING:
            rights.demand_governance(context, release.workflow, person, release.id)
            return True
        return rights.permission(context, release.workflow, person, Right.SIGN).allowed
    except InterlockError:
        return False


def _of(store: Store, release: Release, now: datetime) -> Iterator[Waiting]:
    if release.state is ReleaseState.PROPOSED:
        if release.widens and not moves.is_signed(release, moves.WIDENING):
            yield Waiting(release=release, about=WaitsFor.WIDENING, since=release.proposed_at)
    elif release.state is ReleaseState.RUNNING:
        yield from _promotions(store, release, now)


def _promotions(store: Store, release: Release, now: datetime) -> Iterator[Waiting]:
    for verdict in store.latest_verdicts(release.id):
        segment = verdict.evidence.segment
        if moves.why_not_yet(release, verdict, now) is None:
            yield Waiting(
                release=release,
                about=WaitsFor.PROMOTION,
                since=verdict.evidence.at,
                segment=segment,
                to=next_stage(release.stand_of(segment).stage),
                verdict=verdict.id,
            )
