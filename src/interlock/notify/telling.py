"""From what is to be said to notices: one for each person with an address, service and webhook.

Its one rule: whom a notice goes to is in its recipient, never in what it says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from interlock.domain.contract import WorkflowContract
from interlock.domain.notice import Channel, NewNotice, NoticeKind
from interlock.notify import wording
from interlock.notify.recipients import Recipients
from interlock.notify.settings import NotifySettings


def to_people(
    settings: NotifySettings,
    people: Recipients,
    contract: WorkflowContract,
    *,
    kind: NoticeKind,
    subject: str,
    told: Iterable[str],
    words: wording.Words,
) -> Iterator[NewNotice]:
    """A mail to each of them who can be reached, and one line to each service."""
    if settings.has_mail:
        for person in people.reachable(contract, told):
            yield mail(subject, kind, person, words, contract, people)
    yield from to_services(settings, kind, subject, words)


def to_services(
    settings: NotifySettings, kind: NoticeKind, subject: str, words: wording.Words
) -> Iterator[NewNotice]:
    """One line to each service of the settings."""
    for name in settings.services:
        yield NewNotice(
            subject=subject, kind=kind, recipient=name, channel=Channel.SERVICE, body=words
        )


def to_systems(
    settings: NotifySettings, kind: NoticeKind, subject: str, body: Mapping[str, Any]
) -> Iterator[NewNotice]:
    """One event to each webhook of the settings."""
    for endpoint in settings.endpoints:
        yield NewNotice(
            subject=subject,
            kind=kind,
            recipient=endpoint.name,
            channel=Channel.WEBHOOK,
            body=body,
        )


def mail(
    subject: str,
    kind: NoticeKind,
    person: str,
    words: wording.Words,
    contract: WorkflowContract,
    people: Recipients,
) -> NewNotice:
    """A mail to one person, at the address they have now."""
    body = {**words, "to": people.address(contract, person)}
    return NewNotice(
        subject=subject, kind=kind, recipient=f"person:{person}", channel=Channel.MAIL, body=body
    )
