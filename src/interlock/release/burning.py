"""Whether error budgets burn too fast, looked at now and then and put on record.

Its one rule: a beginning is recorded once; whoever is told of it is told from the record.
"""

from __future__ import annotations

from typing import Final

from interlock.domain.release import EraId, Release
from interlock.domain.rules.error_budget import BurnAlert
from interlock.errors import InterlockError
from interlock.observe import RELEASE_SKIPPED, log
from interlock.release.budget import budget_state
from interlock.release.changing import contract_of
from interlock.release.chores import LOOK_EVERY_SECONDS, segments_to_judge
from interlock.release.evidence import scope_of
from interlock.runtime.chores import Chore
from interlock.runtime.context import Context

CHORE: Final = "release_burn"


def burn_chore() -> Chore:
    """The chore that looks at the error budget of every running release."""
    return Chore(name=CHORE, every_seconds=LOOK_EVERY_SECONDS, run=look_at_budgets)


def look_at_budgets(context: Context) -> int:
    """How many budgets began to burn too fast now. One that cannot be read here keeps no other
    from its look."""
    begun, eras = 0, set[EraId]()
    known = {(each.era, each.segment) for each in context.store.burning()}
    for release in context.store.running_releases():
        try:
            segments = segments_to_judge(context, release)
            eras |= {release.stand_of(each).era for each in segments}
            for segment in segments:
                begun += _look_at(context, release, segment, known)
        except InterlockError as unable:
            eras |= {release.stand.era, *(each.era for each in release.segments.values())}
            log().warning(RELEASE_SKIPPED, release=release.id, error=unable.code)
    if any(era not in eras for era, _ in known):
        context.store.end_burning_elsewhere(eras, context.clock.now())
    return begun


def _look_at(
    context: Context, release: Release, segment: str, known: set[tuple[EraId, str]]
) -> int:
    alerts = _alerts(context, release, segment)
    if not alerts and (release.stand_of(segment).era, segment) not in known:
        return 0  # nothing burns and nothing did: there is nothing to write
    return len(context.store.keep_burn(release, segment, alerts, context.clock.now()))


def _alerts(context: Context, release: Release, segment: str) -> tuple[BurnAlert, ...]:
    scope = scope_of(release, segment, context.clock.now())
    stage = release.stand_of(segment).stage
    state = budget_state(context.store, contract_of(context, release), scope, stage)
    return state.alerts if state else ()
