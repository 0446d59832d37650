"""What is told of releases: a signature that is waited for, one taken back, a budget that burns.

Its one rule: who can sign is told once that it waits; who answers for the workflow is told once
what happened to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from interlock.domain.audit import AuditEntry
from interlock.domain.contract import WorkflowContract
from interlock.domain.ids import WorkflowId
from interlock.domain.notice import NewNotice, NoticeKind
from interlock.domain.rules.assign import people_of
from interlock.errors import InterlockError
from interlock.notify import wording
from interlock.notify.events import house_event, signature_event
from interlock.notify.recipients import Recipients
from interlock.notify.settings import NotifySettings
from interlock.notify.telling import to_people, to_services, to_systems
from interlock.release.rights import contract_in_force
from interlock.release.waiting import Waiting, may_sign, waiting
from interlock.runtime.context import Context
from interlock.storage.burn_alerts import BURNING

HAPPENED: Final[Mapping[str, NoticeKind]] = {
    "release_roll_back": NoticeKind.RELEASE_TAKEN_BACK,
    "release_stand_down": NoticeKind.RELEASE_TAKEN_BACK,
    BURNING: NoticeKind.RELEASE_BURNING,
}


def about_signatures(
    context: Context, settings: NotifySettings, now: datetime, too_old: timedelta
) -> Iterator[NewNotice]:
    """Every signature that is waited for since less than `too_old`."""
    waits = [each for each in waiting(context.store, now) if now - each.since < too_old]
    people = Recipients(context, now) if waits else None
    for each in waits:
        if people is not None:
            yield from _about_signature(context, settings, people, each)


def about_house(
    context: Context, settings: NotifySettings, entries: Sequence[AuditEntry], now: datetime
) -> Iterator[NewNotice]:
    """What the house log says of releases, for those who answer for the workflow."""
    told = [each for each in entries if each.kind in HAPPENED]
    people = Recipients(context, now) if told else None
    for entry in told:
        if people is not None:
            yield from _about_entry(context, settings, people, entry)


def is_waited_for(context: Context, subject: str, now: datetime) -> bool:
    """Whether the signature that a notice is about is still waited for."""
    return any(each.name == subject for each in waiting(context.store, now))


def _about_signature(
    context: Context, settings: NotifySettings, people: Recipients, wanted: Waiting
) -> Iterator[NewNotice]:
    kind, subject = NoticeKind.RELEASE_WAITS, wanted.name
    contract = _contract(context, wanted.release.workflow)
    title = contract.title if contract else str(wanted.release.workflow)
    words = wording.about_signature(wanted, title, settings.public_url)
    yield from to_systems(settings, kind, subject, signature_event(kind, wanted))
    if contract is None:
        yield from to_services(settings, kind, subject, words)
        return
    signers = [each for each in people.known(contract) if may_sign(context, wanted, each)]
    yield from to_people(
        settings, people, contract, kind=kind, subject=subject, told=signers, words=words
    )


def _about_entry(
    context: Context, settings: NotifySettings, people: Recipients, entry: AuditEntry
) -> Iterator[NewNotice]:
    kind, subject = HAPPENED[entry.kind], f"house:{entry.seq}"
    workflow = str(entry.body.get("workflow", ""))
    contract = _contract(context, workflow)
    title = contract.title if contract else workflow
    words = wording.about_release(kind, entry, title, settings.public_url)
    yield from to_systems(settings, kind, subject, house_event(kind, entry))
    if contract is None:
        yield from to_services(settings, kind, subject, words)
    else:
        owners = _owners(contract)
        yield from to_people(
            settings, people, contract, kind=kind, subject=subject, told=owners, words=words
        )


def _owners(contract: WorkflowContract) -> list[str]:
    """The four who answer for the workflow, each once; of a group, its members."""
    four = contract.owners
    found: dict[str, None] = {}
    for owner in (four.operations, four.business, four.technical, four.governance):
        found.update(dict.fromkeys(people_of(contract, owner) or [owner]))
    return list(found)


def _contract(context: Context, workflow: str) -> WorkflowContract | None:
    """The contract in force; None where its code cannot be had here."""
    try:
        return contract_in_force(context, WorkflowId(workflow))
    except InterlockError:
        return None
