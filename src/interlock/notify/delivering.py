"""From the outbox to where notices go: try, write down, try again later, give up in the end.

Its one rule: a notice is sent at least once. What crashes between sending and writing it down is
sent again under the same name; whoever must not take it twice looks at the name.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from time import monotonic
from typing import Final

from interlock.canonical import content_digest
from interlock.domain.notice import Channel, Notice, NoticeKind, NoticeState
from interlock.notify.mail import Mailer
from interlock.notify.outcome import SENT, Tried, never, not_now
from interlock.notify.releases import is_waited_for
from interlock.notify.services import ServiceSender
from interlock.notify.settings import NotifySettings
from interlock.notify.webhooks import WebhookSender
from interlock.observe import NOTICE_DEAD, NOTICE_FAILED, log
from interlock.runtime.commands import DecisionRefused, question_link
from interlock.runtime.context import Context

AT_ONCE: Final = 5  # begun together; each may take as long as its timeouts
LEASE: Final = timedelta(minutes=3)  # longer than AT_ONCE slow tries; then it is due again
TURN_SECONDS: Final = 30.0  # of one look, under the time a chore is locked for
MOST_TRIES: Final = 10
FIRST_WAIT: Final = timedelta(seconds=30)
LONGEST_WAIT: Final = timedelta(hours=2)
SENT_ARE_KEPT: Final = timedelta(days=30)
# Worth telling only while somebody can still do something about it.
ABOUT_ALARMS: Final = frozenset({NoticeKind.ALARM_RAISED, NoticeKind.ALARM_LATE})
ABOUT_OPEN_WORK: Final = frozenset({NoticeKind.AT_RISK, NoticeKind.ESCALATED, NoticeKind.ASSIGNED})


class Deliverer:
    """Sends what is due."""

    def __init__(self, settings: NotifySettings) -> None:
        self._settings = settings
        self._mailer = Mailer(settings.smtp_url.get_secret_value(), settings.mail_from)
        self._webhooks = WebhookSender(settings.endpoints)
        self._services = ServiceSender(settings.services)

    def send_due(self, context: Context) -> int:
        """How many notices were sent now. One that fails keeps none of the others back."""
        sent, until = 0, monotonic() + TURN_SECONDS
        while monotonic() < until:
            begun = context.store.begin_notices(context.clock.now(), AT_ONCE, LEASE)
            for notice in begun:
                sent += self._send(context, notice)
            if len(begun) < AT_ONCE:
                break
        return sent

    def _send(self, context: Context, notice: Notice) -> bool:
        now = context.clock.now()
        if self._is_moot(context, notice):
            context.store.settle_notice(notice, NoticeState.MOOT, at=now)
            return False
        tried = self._try(context, notice, now)
        if tried is None:
            context.store.settle_notice(notice, NoticeState.MOOT, at=now)
        elif tried.is_sent:
            context.store.settle_notice(notice, NoticeState.SENT, at=now)
        else:
            self._failed(context, notice, tried, now)
        return tried is SENT

    def _failed(self, context: Context, notice: Notice, tried: Tried, now: datetime) -> None:
        dead = tried.is_final or notice.tries >= MOST_TRIES
        log().warning(
            NOTICE_DEAD if dead else NOTICE_FAILED,
            notice=notice.id,
            kind=notice.kind,
            channel=notice.channel,
            tries=notice.tries,
            error=tried.error,
        )
        context.store.settle_notice(
            notice,
            NoticeState.DEAD if dead else NoticeState.WAITING,
            at=now,
            next_at=now + wait_after(notice),
            error=tried.error,
        )

    def _try(self, context: Context, notice: Notice, now: datetime) -> Tried | None:
        """How it went; None when there is nothing left to tell."""
        try:
            match notice.channel:
                case Channel.WEBHOOK:
                    return self._webhooks.send(notice)
                case Channel.SERVICE:
                    return self._services.send(notice)
            if not self._settings.has_mail:
                return never("no mail server is in the settings any more")
            text = self._text(context, notice)
            return self._mailer.send(notice, text, now) if text else None
        except Exception as crash:  # noqa: BLE001  (the edge: one notice must not stop the others)
            return not_now(type(crash).__name__)

    def _text(self, context: Context, notice: Notice) -> str:
        """What the mail says; empty when the question it would ask has its answer."""
        text = str(notice.body["text"])
        if notice.kind is not NoticeKind.QUESTION:
            return text
        task = context.store.task(str(notice.body["task"]))
        if len(task.questions) - 1 != notice.body["question"]:
            return ""
        party = notice.recipient.removeprefix("person:")
        try:
            token = question_link(context, task.id, party=party)
        except DecisionRefused:
            return ""
        link = f"{self._settings.public_url}/answer/{token}"
        return f"{text}\n\nAnswer here, once and without an account:\n{link}"

    def _is_moot(self, context: Context, notice: Notice) -> bool:
        if notice.kind in ABOUT_ALARMS and notice.channel is not Channel.WEBHOOK:
            return not context.store.alarm(int(notice.body["alarm"])).is_open
        if notice.kind is NoticeKind.RELEASE_WAITS:
            return not is_waited_for(context, notice.subject, context.clock.now())
        if notice.kind not in ABOUT_OPEN_WORK:
            return False
        return not context.store.task(str(notice.body["task"])).is_live


def wait_after(notice: Notice) -> timedelta:
    """How long after a failed try the next one comes: twice as long each time, half of it drawn
    from the notice's own name, so that those that failed together do not come back together."""
    doubled: timedelta = FIRST_WAIT * 2 ** min(notice.tries - 1, MOST_TRIES)
    name = f"{notice.subject}/{notice.kind}/{notice.recipient}/{notice.tries}"
    drawn = int(content_digest(name.encode())[:8], 16) / 2**32
    return min(doubled, LONGEST_WAIT) * (0.5 + drawn / 2)
