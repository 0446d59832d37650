"""What is told of alarms: that one was raised, that nobody decided it in time, what was decided.

Its one rule: people are told only of an alarm they may decide; when none of those who are asked
may, the owner of operations is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from interlock.domain.alarm import AlarmReview
from interlock.domain.audit import AuditEntry
from interlock.domain.contract import WorkflowContract
from interlock.domain.notice import NewNotice, NoticeKind
from interlock.domain.rules.alarms import told
from interlock.notify import wording
from interlock.notify.events import alarm_event, alarm_late_event
from interlock.notify.recipients import Recipients
from interlock.notify.settings import NotifySettings
from interlock.notify.telling import to_people, to_systems
from interlock.runtime.commands.alarms import may_take
from interlock.runtime.context import Context

KINDS: Final = {
    "alarm_raised": NoticeKind.ALARM_RAISED,
    "alarm_decided": NoticeKind.ALARM_DECIDED,
}


def about_entry(
    context: Context, settings: NotifySettings, entry: AuditEntry, now: datetime
) -> Iterator[NewNotice]:
    """What is told of an entry of the house log: each breach to systems, the first to people."""
    kind = KINDS[entry.kind]
    yield from to_systems(settings, kind, f"house:{entry.seq}", alarm_event(kind, entry))
    number = entry.body.get("alarm")
    if kind is NoticeKind.ALARM_RAISED and number is not None:
        yield from _asked(context, settings, kind, context.store.alarm(int(number)), now)


def about_late(
    context: Context, settings: NotifySettings, alarm: AlarmReview, now: datetime
) -> Iterator[NewNotice]:
    """What is told when nobody decided in time: those it escalates to hear of it, too."""
    kind = NoticeKind.ALARM_LATE
    yield from to_systems(settings, kind, f"alarm:{alarm.id}", alarm_late_event(kind, alarm))
    yield from _asked(context, settings, kind, alarm, now)


def _asked(
    context: Context,
    settings: NotifySettings,
    kind: NoticeKind,
    alarm: AlarmReview,
    now: datetime,
) -> Iterator[NewNotice]:
    contract = _contract_of(context, alarm)
    if contract is None or not alarm.is_open:
        return
    people = Recipients(context, now)
    asked = [each for each in told(contract, alarm, now) if may_take(context, alarm, each).allowed]
    words = wording.about_alarm(kind, contract.title, alarm, settings.public_url)
    whom = asked or [contract.owners.operations]
    subject = f"alarm:{alarm.id}"
    yield from to_people(
        settings, people, contract, kind=kind, subject=subject, told=whom, words=words
    )


def _contract_of(context: Context, alarm: AlarmReview) -> WorkflowContract | None:
    """The contract of its workflow; None where this process has not loaded it."""
    found = (each.contract for each in context.workflows)
    return next((each for each in found if each.workflow == alarm.workflow), None)
