"""What people have to know of releases: a signature that is waited for, one taken back, a budget
that burns.

One rule: numbers of a gate are of every tenant's cases, so only whoever sees them all is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from urllib.parse import quote

from interlock.console import words
from interlock.console.views.alert import Alert
from interlock.console.views.release_history import actor_words
from interlock.console.views.release_words import stage_words
from interlock.console.views.scope import Scope
from interlock.domain.contract import WorkflowContract
from interlock.domain.people import Right
from interlock.domain.release import Release, ReleaseEvent
from interlock.papers.words import span
from interlock.release.waiting import Waiting, WaitsFor, may_sign, waiting
from interlock.runtime.context import Context
from interlock.storage.burn_alerts import Burning
from interlock.web.boundary import Caller

LABEL: Final = "Open the board"
SHOWN_FOR: Final = timedelta(days=1)  # after it was taken back; its board says it for longer


@dataclass(frozen=True, slots=True, kw_only=True)
class ToSign:
    """A signature that is waited for, as the desk of somebody who may give it shows it."""

    title: str
    text: str
    href: str


def release_alerts(context: Context, scope: Scope) -> Iterator[Alert]:
    """What is to be known of the releases of these workflows."""
    if scope.tenants is not None:
        return
    yield from _taken_back(context, scope)
    yield from _burning(context, scope)
    for each in waiting(context.store, scope.now):
        contract = scope.contracts.get(each.release.workflow)
        if contract is not None:
            shown = _to_sign(contract, each, scope)
            yield Alert(
                state="",
                icon="edit",
                title=f"{shown.title} waits for a signature",
                text=shown.text,
                label=LABEL,
                href=shown.href,
            )


def signatures_for(caller: Caller, scope: Scope) -> tuple[ToSign, ...]:
    """What this person could sign now; empty for whoever sees some tenants only."""
    if scope.tenants is not None or not caller.may(Right.SIGN):
        return ()
    return tuple(
        _to_sign(scope.contracts[each.release.workflow], each, scope)
        for each in waiting(caller.store, scope.now)
        if each.release.workflow in scope.contracts and may_sign(caller.context, each, caller.id)
    )


def _to_sign(contract: WorkflowContract, wanted: Waiting, scope: Scope) -> ToSign:
    release = wanted.release
    since = words.clock(wanted.since, scope.now)
    part = f", {words.spaced(wanted.segment)}" if wanted.segment else ""
    if wanted.about is WaitsFor.WIDENING:
        title = f"{contract.title}: what AI may newly do"
        by = actor_words(contract, release.proposed_by)
        text = f"{by} proposed it {since}. The governance owner signs it."
    else:
        to = stage_words(wanted.to, release.canary_share) if wanted.to else ""
        title = f"{contract.title}{part}: up to {to}"
        text = f"Its gate says promote since {since}. Nothing happens until somebody signs."
    return ToSign(title=title, text=text, href=_board(release, wanted.segment))


def _taken_back(context: Context, scope: Scope) -> Iterator[Alert]:
    for release, event in context.store.taken_back_since(scope.now - SHOWN_FOR):
        contract = scope.contracts.get(release.workflow)
        if contract is None:
            continue
        what = f"{words.sentence(event.segment)} stood down" if event.segment else "Rolled back"
        yield Alert(
            state="bad",
            icon="back",
            title=f"{contract.title}: {what.lower() if not event.segment else what}",
            text=_why(contract, release, event, scope),
            label=LABEL,
            href=_board(release),
        )


def _why(contract: WorkflowContract, release: Release, event: ReleaseEvent, scope: Scope) -> str:
    by = actor_words(contract, event.by)
    low = stage_words(event.stage_after, release.canary_share) if event.stage_after else ""
    now = f" New cases begin at {low}." if low else ""
    return f"{by}, {words.clock(event.at, scope.now)}.{now}"


def _burning(context: Context, scope: Scope) -> Iterator[Alert]:
    for each in context.store.burning():
        release = context.store.release(each.release)
        contract = scope.contracts.get(release.workflow) if release else None
        if release is not None and contract is not None:
            yield _burns(contract, release, each, scope)


def _burns(contract: WorkflowContract, release: Release, each: Burning, scope: Scope) -> Alert:
    alert, part = each.alert, f", {words.spaced(each.segment)}" if each.segment else ""
    return Alert(
        state="warn",
        icon="warn",
        title=f"{contract.title}{part}: error budget burns too fast",
        text=f"Since {words.clock(each.began_at, scope.now)}, {alert.long:.1f} times the allowed "
        f"rate over {span(alert.over)}. When it is spent, people take over.",
        label=LABEL,
        href=_board(release, each.segment),
    )


def _board(release: Release, segment: str = "") -> str:
    part = f"&segment={quote(segment)}" if segment else ""
    return f"/workflows/{release.workflow}/release?release={release.id}{part}"
