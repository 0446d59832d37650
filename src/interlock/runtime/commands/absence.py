"""Who is away, and who fills their seat meanwhile.

Its one rule: nobody is sent away or called back but by themselves or by whoever runs the work, and
the house log says so.
"""

from __future__ import annotations

from datetime import UTC, datetime

from interlock.domain.ids import PersonId
from interlock.domain.rules import handover
from interlock.errors import InterlockError
from interlock.runtime.context import Context
from interlock.storage import Absence, HouseNote


class AbsenceRefused(InterlockError):
    """The absence cannot be set or ended like this."""

    code = "absence_refused"

    def __init__(self, person: str, rule: str, reason: str) -> None:
        super().__init__(person, rule, reason)
        self.person, self.rule, self.reason = person, rule, reason

    def __str__(self) -> str:
        return f"the absence of {self.person} was not changed: {self.reason}"


def set_absence(
    context: Context,
    person: str,
    since: datetime,
    until: datetime,
    deputy: str | None,
    by: str,
) -> Absence:
    """The absence on record: the person is not asked meanwhile, and the deputy fills their seat.

    since, until: aware times; `until` is the first moment they are back. Another absence of the
    same time stands beside it. Raises: AbsenceRefused.
    """
    now = context.clock.now()
    _may_set(context, person, by, now)
    _is_somebody(context, person, person, now)
    if since.tzinfo is None or until.tzinfo is None:
        raise AbsenceRefused(person, "time", "write both times with their zone")
    if until <= since or until <= now:
        raise AbsenceRefused(person, "time", "its end is not after its beginning and now")
    if deputy is not None:
        if deputy == person:
            raise AbsenceRefused(person, "deputy", "nobody stands in for themselves")
        _is_somebody(context, person, deputy, now)
    absence = Absence(
        person=PersonId(person),
        since=since.astimezone(UTC),
        until=until.astimezone(UTC),
        deputy=PersonId(deputy) if deputy else None,
        set_by=PersonId(by),
        set_at=now,
    )
    dates = {"since": absence.since.isoformat(), "until": absence.until.isoformat()}
    body = {"person": person, "deputy": deputy, **dates}
    note = HouseNote(at=now, actor=f"person:{by}", kind="absence_set", body=body)
    context.store.add_absence(absence, note)
    return absence


def end_absence(context: Context, person: str, by: str) -> int:
    """How many absences of the person are ended, those to come too. Raises: AbsenceRefused."""
    now = context.clock.now()
    _may_set(context, person, by, now)
    note = HouseNote(at=now, actor=f"person:{by}", kind="absence_ended", body={"person": person})
    ended = context.store.end_absence(person, now, note)
    if not ended:
        raise AbsenceRefused(person, "absence", "they are not away and are not going to be")
    return ended


def _may_set(context: Context, person: str, by: str, now: datetime) -> None:
    """Nothing, when `by` is the person or may operate where the person works."""
    standing = context.directory.standing(by, now)
    if not standing.active or standing.is_agent:
        raise AbsenceRefused(person, "account", f"{by} may not change anything here")
    if by == person:
        return
    contracts = [each.contract for each in context.workflows]
    theirs = [each for each in contracts if PersonId(person) in each.people] or contracts
    answers = [handover.may_operate(each, by, standing) for each in theirs]
    if not any(each.allowed for each in answers):
        reason = answers[0].reason if answers else "no workflow is known here"
        raise AbsenceRefused(person, "operate", reason)


def _is_somebody(context: Context, person: str, named: str, now: datetime) -> None:
    """Nothing, when the name is a person of a contract or has an active account of a person."""
    standing = context.directory.standing(named, now)
    in_contract = any(PersonId(named) in each.contract.people for each in context.workflows)
    if standing.is_agent or not standing.active or not (standing.known or in_contract):
        raise AbsenceRefused(person, "person", f"{named} is nobody who works here")
