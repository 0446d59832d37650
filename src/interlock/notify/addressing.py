"""One thing that happened, as a notice for each who is to be told.

Its one rule: people get it by mail where there is a mail server, channels and other systems once
each; what nobody is set up for goes nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from interlock.domain.contract import WorkflowContract
from interlock.domain.notice import Channel, NewNotice, NoticeKind
from interlock.notify.recipients import Recipients
from interlock.notify.settings import NotifySettings
from interlock.notify.wording import Words


def for_people(
    settings: NotifySettings,
    people: Recipients,
    contract: WorkflowContract,
    words: Words,
    *,
    kind: NoticeKind,
    subject: str,
    told: Iterable[str],
) -> Iterator[NewNotice]:
    """A mail to each of them who can be reached, and a line in each channel."""
    if settings.has_mail:
        for person in people.reachable(contract, told):
            yield mail(subject, kind, person, words, contract, people)
    yield from for_services(settings, kind, subject, words)


def for_services(
    settings: NotifySettings, kind: NoticeKind, subject: str, words: Words
) -> Iterator[NewNotice]:
    """A line in each chat, pager or other service."""
    for name in settings.services:
        yield NewNotice(
            subject=subject, kind=kind, recipient=name, channel=Channel.SERVICE, body=words
        )


def for_systems(
    settings: NotifySettings, kind: NoticeKind, subject: str, body: Mapping[str, Any]
) -> Iterator[NewNotice]:
    """An event to each webhook."""
    for endpoint in settings.endpoints:
        yield NewNotice(
            subject=subject, kind=kind, recipient=endpoint.name, channel=Channel.WEBHOOK, body=body
        )


def mail(
    subject: str,
    kind: NoticeKind,
    person: str,
    words: Words,
    contract: WorkflowContract,
    people: Recipients,
) -> NewNotice:
    """A mail to one person."""
    body = {**words, "to": people.address(contract, person)}
    return NewNotice(
        subject=subject, kind=kind, recipient=f"person:{person}", channel=Channel.MAIL, body=body
    )
