"""Where new cases begin: the version and the place their workflow's running release gives them.

Its one rule: a changed folder alone changes nothing. While a release runs, new cases join it,
whatever version the folder holds; with none running, the folder's and the stage of the settings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from interlock.domain.ids import CaseId
from interlock.domain.money import Money
from interlock.domain.release import Release
from interlock.domain.rules.placing import Place, beyond_radius, place
from interlock.runtime.context import Context
from interlock.runtime.workflow import Workflow

CASES_PER_DAY: Final = "rollout.cases_per_day"  # the names under which the day's radius is counted
MONEY_PER_DAY: Final = "rollout.money_per_day"


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """What new cases of a workflow join. release None: none is running."""

    workflow: Workflow
    release: Release | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """A case that is about to be opened, as far as its place depends on it."""

    id: CaseId
    segment: str
    amount: Money | None


def joined(context: Context, name: str) -> Joined:
    """What new cases of this workflow join now. Raises: WorkflowUnknown."""
    release = context.store.running_release(name)
    if release is None:
        return Joined(workflow=context.workflows.named(name), release=None)
    workflow = context.workflows.version(name, release.fingerprint)
    return Joined(workflow=workflow, release=release)


def places(
    context: Context, to: Joined, newcomers: Sequence[Newcomer], now: datetime
) -> list[Place]:
    """Where each of them stands, in their order; those within the day's blast radius are counted.

    What is known already keeps the place it has, and costs nothing of the day's.
    """
    release = to.release
    if release is None:
        return [Place(stage=context.stage) for _ in newcomers]
    drawn = [place(release, each.id, each.segment) for each in newcomers]
    return _within_radius(context, to, newcomers, drawn, now)


def _within_radius(
    context: Context,
    to: Joined,
    newcomers: Sequence[Newcomer],
    drawn: list[Place],
    now: datetime,
) -> list[Place]:
    radius = to.workflow.contract.rollout.blast_radius
    if radius.cases_per_day is None and radius.money_per_day is None:
        return drawn
    acting = [at for at, each in enumerate(drawn) if each.acts]
    known = {each.id for each in context.store.load([newcomers[at].id for at in acting])}
    asking = [at for at in acting if newcomers[at].id not in known]
    day, name = now.astimezone(UTC).date().isoformat(), to.workflow.contract.workflow
    beyond: set[int] = set()
    if radius.money_per_day is not None:
        limit = radius.money_per_day
        beyond = {at for at in asking if not _in(newcomers[at].amount, limit)}
        asking = [at for at in asking if at not in beyond]
        units = [_micros(newcomers[at]) for at in asking]
        fits = context.store.take_radius(name, MONEY_PER_DAY, day, units, limit.micros)
        beyond |= {at for at, fit in zip(asking, fits, strict=True) if not fit}
        asking = [at for at in asking if at not in beyond]
    if radius.cases_per_day is not None:
        ones = [1] * len(asking)
        fits = context.store.take_radius(name, CASES_PER_DAY, day, ones, radius.cases_per_day)
        beyond |= {at for at, fit in zip(asking, fits, strict=True) if not fit}
    return [beyond_radius(each) if at in beyond else each for at, each in enumerate(drawn)]


def _in(amount: Money | None, limit: Money) -> bool:
    """Money that cannot be counted against the limit is beyond it."""
    return amount is not None and amount.currency == limit.currency


def _micros(newcomer: Newcomer) -> int:
    return abs(newcomer.amount.micros) if newcomer.amount else 0
