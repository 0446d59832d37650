"""What a new version moves from people to the machine, as a person can sign it.

Its one rule: what cannot be compared counts as widening. With no version running, everything the
AI may do is new.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from interlock.domain.contract import WorkflowContract
from interlock.domain.delta import AutonomyDelta, DeltaOnRecord
from interlock.domain.release import Release
from interlock.domain.rules.delta_digest import digest_of_delta
from interlock.release.delta import autonomy_delta, first_delta, on_record
from interlock.release.past_cases import past_cases
from interlock.release.versions import runs_same_code
from interlock.runtime.context import Context
from interlock.storage import Store

LAST_MONTH: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptDelta:
    """A delta on record. is_as_signed: it is still, letter for letter, what was put on record."""

    delta: DeltaOnRecord
    is_as_signed: bool


def delta_now(
    context: Context, old: WorkflowContract | None, new: WorkflowContract
) -> DeltaOnRecord:
    """A version against the one in force, if any, weighed by the last month's cases."""
    now = context.clock.now()
    found = _compared(context, old, new, now - LAST_MONTH)
    return on_record(
        found,
        old=old.fingerprint if old else None,
        at=now,
        days=LAST_MONTH.days,
        with_amounts=new.case.amount_value not in new.case.protected,
    )


def kept_delta(store: Store, release: Release) -> KeptDelta | None:
    """What was put on record when the release was proposed; None when nothing was."""
    found = store.release_delta(release.id)
    if found is None:
        return None
    return KeptDelta(delta=found, is_as_signed=digest_of_delta(found) == release.delta)


def _compared(
    context: Context, old: WorkflowContract | None, new: WorkflowContract, since: datetime
) -> AutonomyDelta:
    if old is None:
        return first_delta(new, past_cases(context.store, new, since=since))
    if old.fingerprint == new.fingerprint:
        return AutonomyDelta(workflow=new.workflow, old=old.fingerprint, new=new.fingerprint)
    before, after = context.workflows.of(old.fingerprint), context.workflows.of(new.fingerprint)
    cases = past_cases(context.store, old, since=since)
    return autonomy_delta(old, new, cases, same_code=runs_same_code(before.loaded, after.loaded))
