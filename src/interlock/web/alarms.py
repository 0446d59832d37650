"""Alarms at the boundary: one door through which the API and the console look at them.

Its one rule: an alarm counts the cases of every tenant, so for whoever may see some tenants only,
or not its workflow, there is none; and that they reached for one is on record.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from interlock.domain.alarm import AlarmReview, AlarmState, Unlike
from interlock.domain.case import Case
from interlock.domain.people import Right
from interlock.storage import AlarmUnknown
from interlock.web.boundary import Caller, RightMissing, note_crossing

NEWEST: Final = 2**63 - 1


def sees_alarms(caller: Caller) -> bool:
    """Whether alarms exist for the visitor at all."""
    return caller.visitor.tenants is None


def alarm_for(caller: Caller, number: int, right: Right = Right.SEE) -> AlarmReview:
    """The alarm, when it is the visitor's to see and the right is theirs in its workflow.

    Raises: AlarmUnknown, RightMissing.
    """
    found = caller.store.alarm(number)
    if not sees_alarms(caller) or not caller.is_visible(found.workflow, ""):
        name = str(number)
        note_crossing(caller.services, caller.visitor, what="alarm", name=name, tenant="")
        raise AlarmUnknown(number)
    caller.need(right, workflow=found.workflow)
    return found


def alarms_for(
    caller: Caller,
    workflow: str | None = None,
    *,
    states: Sequence[AlarmState] = (),
    before: int | None = None,
    limit: int,
) -> list[AlarmReview]:
    """The newest alarms the visitor may see, the newest first; short only at the end of them.

    Raises: RightMissing for whoever may see some tenants only.
    """
    if not sees_alarms(caller):
        reason = "an alarm is of every tenant's cases, and you may see some tenants only"
        raise RightMissing(Right.SEE, reason)
    found: list[AlarmReview] = []
    place = NEWEST if before is None else before
    while len(found) < limit:
        page = caller.store.alarms(workflow, states=states, before=place, limit=limit)
        found += [each for each in page if _is_theirs(caller, each)]
        if len(page) < limit:
            break
        place = page[-1].id
    return found[:limit]


def unlike_for(caller: Caller, unlike: Sequence[Unlike]) -> list[tuple[Case, float | None]]:
    """The cases that stand out, of those the visitor may see. A case whose AI suggestion is kept
    back from them is left out: that it stands out would tell of it."""
    cases = {each.id: each for each in caller.store.load([each.case_id for each in unlike])}
    return [
        (case, each.value)
        for each in unlike
        if (case := cases.get(each.case_id)) is not None
        and caller.is_visible(case.workflow, case.tenant)
        and not caller.kept_back(case).ai
    ]


def _is_theirs(caller: Caller, alarm: AlarmReview) -> bool:
    return caller.is_visible(alarm.workflow, "") and caller.may(Right.SEE, workflow=alarm.workflow)
