"""A replayed case: every event on its record, and where the case stood before each.

Its one rule: it is made by replaying the record with the contract the case was handled under;
a case whose contract or events are not kept is left out by name, never filled in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from interlock.contracts import LoadedWorkflow
from interlock.domain.case import Case
from interlock.domain.contract import WorkflowContract
from interlock.domain.event import CaseMigrated, CaseOpened, Event
from interlock.domain.ids import Fingerprint
from interlock.domain.rules.advance import advance
from interlock.errors import InterlockError
from interlock.foresight.trail import Trail, TrailMaker
from interlock.runtime.kept_versions import kept_version
from interlock.runtime.workflow import Workflows
from interlock.storage import CaseQuery, Store

PAGE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One recorded event. before: the case it met. contract: the one that case stood under."""

    place: int
    before: Case
    contract: WorkflowContract
    event: Event
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayedCase:
    """A case as it was really handled. loaded: the workflow it was handled under, the last one
    where it was moved to another version; then its moments before are under the one before."""

    case: Case
    loaded: LoadedWorkflow
    moments: tuple[Moment, ...]
    trail: Trail

    @property
    def contract(self) -> WorkflowContract:
        return self.loaded.contract


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A case that cannot be looked at again, and why."""

    case: Case
    why: str


class KeptVersions:
    """Every version of a workflow that can be had: loaded here, or kept beside its cases."""

    def __init__(self, store: Store, workflows: Workflows, place: Path) -> None:
        self._store, self._place = store, place
        self._known: dict[Fingerprint, LoadedWorkflow | None] = {
            each.contract.fingerprint: each.loaded for each in workflows.every_version
        }

    def of(self, case: Case) -> LoadedWorkflow | None:
        """The version the case was handled under, or None when it is not kept."""
        if case.fingerprint not in self._known:
            self._known[case.fingerprint] = self._kept(case)
        return self._known[case.fingerprint]

    def _kept(self, case: Case) -> LoadedWorkflow | None:
        try:
            return kept_version(self._store, case.workflow, case.fingerprint, self._place)
        except InterlockError:
            return None


def replayed_cases(
    store: Store,
    versions: KeptVersions,
    workflow: str,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int | None = None,
) -> Iterator[ReplayedCase | LeftOut]:
    """The workflow's cases opened in since <= time < until, newest first; planted ones left out.

    limit: at most so many.
    """
    found = 0
    for case in _every_case(store, workflow):
        if since is not None and case.opened_at < since:
            return
        if until is not None and case.opened_at >= until:
            continue
        if limit is not None and found >= limit:
            return
        found += 1
        yield past_case(store, versions, case)


def past_case(store: Store, versions: KeptVersions, case: Case) -> ReplayedCase | LeftOut:
    """One case with its whole record, or why it has none."""
    entries, events = store.entries(case.id), store.events(case.id)
    if len(events) != len(entries) or not events:
        return LeftOut(case=case, why="part of its record was erased")
    under: dict[Fingerprint, LoadedWorkflow] = {}
    for fingerprint in _stood_under(case, events):
        loaded = versions.of(replace(case, fingerprint=fingerprint))
        if loaded is None:
            return LeftOut(case=case, why=f"its contract {fingerprint[:12]} is not kept")
        under[fingerprint] = loaded
    contracts = {each: loaded.contract for each, loaded in under.items()}
    times = [entry.at for entry in entries]
    moments, trail = retrace(contracts, list(zip(events, times, strict=True)))
    return ReplayedCase(case=case, loaded=under[case.fingerprint], moments=moments, trail=trail)


def _stood_under(case: Case, events: Sequence[Event]) -> list[Fingerprint]:
    """Every version a case was handled under."""
    opened = [each.case.fingerprint for each in events if isinstance(each, CaseOpened)]
    moved = [each.fingerprint for each in events if isinstance(each, CaseMigrated)]
    return list(dict.fromkeys([*opened, *moved, case.fingerprint]))


def retrace(
    contracts: Mapping[Fingerprint, WorkflowContract], history: Sequence[tuple[Event, datetime]]
) -> tuple[tuple[Moment, ...], Trail]:
    """The moments of a history and the trail they make. Raises: ValueError for one not opened.

    contracts: every version it was handled under. That it was moved from one to another is no
    moment: under a candidate it would have stood from the beginning.
    """
    first = history[0][0]
    if not isinstance(first, CaseOpened):
        raise ValueError(f"the history begins with {first.kind}; give it from its opening on")
    case, maker = first.case, TrailMaker()
    moments: list[Moment] = []
    for event, at in history:
        contract = contracts[case.fingerprint]
        if isinstance(event, CaseMigrated):
            contract = contracts[event.fingerprint]
        else:
            place = len(moments)
            moments.append(Moment(place=place, before=case, contract=contract, event=event, at=at))
        transition = advance(contract, case, event, at)
        maker.add(transition)
        case = transition.case
    return tuple(moments), maker.finish(case)


def _every_case(store: Store, workflow: str) -> Iterator[Case]:
    after = None
    while True:
        page = store.cases(CaseQuery(workflow=workflow, limit=PAGE, after=after))
        yield from page
        if len(page) < PAGE:
            return
        after = page[-1].id
