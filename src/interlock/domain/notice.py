"""A notice: one thing that one recipient is told once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class NoticeKind(StrEnum):
    AT_RISK = "at_risk"  # a task nears its deadline
    BREACHED = "breached"  # its deadline passed
    ESCALATED = "escalated"  # it came to the next queue of its chain
    ASSIGNED = "assigned"  # it is kept for a named person
    QUESTION = "question"  # whoever opened the case is asked something
    DIGEST = "digest"  # what is late, once a day
    RELEASE_WAITS = "release_waits"  # for a signature: to climb, or for what it moves to AI
    RELEASE_TAKEN_BACK = "release_taken_back"  # all of it or one segment, by the gate or by hand
    RELEASE_BURNING = "release_burning"  # its error budget burns too fast
    CASE_CLOSED = "case_closed"  # from here on: for other systems
    REVIEW_OPENED = "review_opened"
    REVIEW_DECIDED = "review_decided"
    REVIEW_BREACHED = "review_breached"
    QUESTION_ASKED = "question_asked"
    PAUSE_SET = "pause_set"
    PAUSE_LIFTED = "pause_lifted"
    ALARM_RAISED = "alarm_raised"  # for people too: a number left its band, somebody has to look
    ALARM_LATE = "alarm_late"  # the same: nobody decided it in time
    ALARM_DECIDED = "alarm_decided"


class Channel(StrEnum):
    MAIL = "mail"
    SERVICE = "service"  # a chat or any other service that apprise knows
    WEBHOOK = "webhook"


class NoticeState(StrEnum):
    WAITING = "waiting"  # due at next_at
    SENT = "sent"  # the recipient's server took it; final
    MOOT = "moot"  # no longer true when its turn came; final
    DEAD = "dead"  # given up; a person may have it tried again


@dataclass(frozen=True, slots=True, kw_only=True)
class NewNotice:
    """Something to be told. `recipient` names no secret: a person, or where in the settings."""

    subject: str
    kind: NoticeKind
    recipient: str
    channel: Channel
    body: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A notice as it stands in the outbox."""

    id: int
    subject: str
    kind: NoticeKind
    recipient: str
    channel: Channel
    state: NoticeState
    tries: int  # begun so far
    next_at: datetime
    made_at: datetime
    sent_at: datetime | None
    error: str  # of the last try; names no secret
    body: Mapping[str, Any]
