"""The queue of the desk: what waits, grouped by its clock, one page at a time.

One rule: a row that somebody may not work on is not in their own queue; what a blind check hides
is hidden here too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from itertools import islice
from typing import Final

from interlock.console import words
from interlock.console.views.places import Places, places_of
from interlock.console.views.queue_filter import ASKED, MINE, TEAM, QueueFilter
from interlock.domain.case import Case
from interlock.domain.contract import WorkflowContract
from interlock.domain.ids import CaseId, QueueName
from interlock.domain.people import Right, Standing
from interlock.domain.review import ReviewTask
from interlock.domain.rules import assign
from interlock.domain.rules.lens import lens_of
from interlock.domain.rules.outlook import name_of
from interlock.domain.rules.shown import is_hidden_from
from interlock.identity import Visitor
from interlock.papers.veil import Veil
from interlock.papers.words import confidence
from interlock.runtime.context import Context
from interlock.storage import PlaceWrong, QueuePlace, TaskQuery, place_of
from interlock.storage.rows import URGENCY
from interlock.storage.task_places import place_from

HIDDEN: Final = "hidden"
PAGE: Final = 50  # rows of one page; two screens
MOST_LOOKS: Final = 4  # at the store for one page, when much of what it finds is not theirs
PASSING: Final = frozenset({"absence", "at most", "training"})  # not theirs just now, but soon
GROUPS: Final = (
    ("late", "Late"),
    ("risk", "At risk"),
    ("", "On time"),
    ("hold", "Waiting on others, clock paused"),
)
CLOCK_STATE: Final = {"late": "late", "risk": "risk", "on_time": "", "waiting": "hold"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One task as the queue shows it. held_by: somebody else's name, while they hold it."""

    id: str
    title: str
    clock: words.Clock
    amount: str
    since: datetime
    severity: str
    what: str
    party: str
    ai: str
    held_by: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Rows whose clocks say the same."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueView:
    """One page of the queue. after: the cursor of the next page, empty on the last."""

    groups: tuple[Group, ...]
    after: str
    counts: Counts
    places: Places
    late: int
    at_risk: int

    @property
    def rows(self) -> tuple[Row, ...]:
        """All rows of the page, in order."""
        return tuple(row for group in self.groups for row in group.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many tasks wait in each view."""

    mine: int = 0
    team: int = 0
    asked: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """Who reads, and by what they are judged."""

    context: Context
    visitor: Visitor
    standing: Standing
    places: Places
    now: datetime


def queue_view(context: Context, visitor: Visitor, wanted: QueueFilter, now: datetime) -> QueueView:
    """The page of the queue that this filter asks for."""
    reader = _reader(context, visitor, now)
    running, after = ([], "") if wanted.view == ASKED else _running(reader, wanted)
    stopped = [] if wanted.after else _stopped(reader, wanted)
    rows = [*running, *(_row(reader, task) for task in stopped)]
    groups = _grouped([row for row in rows if row is not None], wanted)
    shown = [row for group in groups for row in group.rows]
    return QueueView(
        groups=groups,
        after=after,
        counts=_counts(reader),
        places=reader.places,
        late=sum(row.clock.state == "late" for row in shown),
        at_risk=sum(row.clock.state == "risk" for row in shown),
    )


def waiting_for(context: Context, visitor: Visitor, now: datetime) -> int:
    """How many tasks wait for this visitor, each queue counted up to a limit."""
    reader = _reader(context, visitor, now)
    return context.store.queue_size(
        reader.places.mine, tenants=visitor.tenants, free_for=visitor.id
    )


def _reader(context: Context, visitor: Visitor, now: datetime) -> _Reader:
    standing = context.directory.standing(visitor.id, now)
    contracts = [each.contract for each in context.workflows]
    places = places_of(contracts, visitor, standing)
    return _Reader(context=context, visitor=visitor, standing=standing, places=places, now=now)


def _running(reader: _Reader, wanted: QueueFilter) -> tuple[list[Row], str]:
    """A page of rows whose clock runs, and where the next page begins."""
    rows, after = list[Row](), _place(wanted.after)
    for _ in range(MOST_LOOKS):  # what a person may not work on leaves gaps, which are filled
        tasks = _tasks(reader, wanted, after)
        kept = [each for each in tasks if each.clock_stopped_at is None]
        found = _rows(reader, [each for each in kept if each.held_decision is None], wanted)
        rows += found
        after = place_of(tasks[-1]) if len(tasks) == PAGE else ""
        if not after or len(rows) >= PAGE // 2:
            break
    return rows, after


def _tasks(reader: _Reader, wanted: QueueFilter, after: str) -> list[ReviewTask]:
    """The next tasks of all the places, the most urgent first."""
    queues: dict[str, list[QueueName]] = {}
    for place in _places(reader, wanted):
        queues.setdefault(place.workflow, []).append(place.queue)
    pages = [
        reader.context.store.tasks(
            TaskQuery(
                workflow=workflow,
                queues=tuple(names),
                kind=wanted.kind,
                severity=wanted.severity,
                text=wanted.text or None,
                tenants=reader.visitor.tenants,
                after=after or None,
                limit=PAGE,
            )
        )
        for workflow, names in queues.items()
    ]
    return list(islice(merge(*pages, key=_urgency), PAGE))


def _place(after: str) -> str:
    """Where the page begins; at the most urgent task when an address says no place of ours."""
    try:
        place_from(after)
    except PlaceWrong:
        return ""
    return after


def _urgency(task: ReviewTask) -> tuple[datetime, int, str]:
    return (task.due_at, URGENCY[task.severity], task.id)


def _stopped(reader: _Reader, wanted: QueueFilter) -> list[ReviewTask]:
    tasks = reader.context.store.stopped_tasks(
        _places(reader, wanted), tenants=reader.visitor.tenants, limit=PAGE
    )
    if wanted.view == TEAM:
        return tasks
    return [task for task in tasks if _asked_by(task, reader.visitor.id)]


def _places(reader: _Reader, wanted: QueueFilter) -> tuple[QueuePlace, ...]:
    places = reader.places.mine if wanted.view == MINE else reader.places.team
    return tuple(
        place
        for place in places
        if wanted.workflow in ("", place.workflow) and wanted.queue in ("", place.queue)
    )


def _counts(reader: _Reader) -> Counts:
    store, visitor, places = reader.context.store, reader.visitor, reader.places
    stopped = store.stopped_tasks(places.team, tenants=visitor.tenants, limit=PAGE)
    return Counts(
        mine=store.queue_size(places.mine, tenants=visitor.tenants, free_for=visitor.id),
        team=store.queue_size(places.team, tenants=visitor.tenants),
        asked=sum(_asked_by(task, visitor.id) for task in stopped),
    )


def _asked_by(task: ReviewTask, person: str) -> bool:
    return any(each.by == person and each.answer is None for each in task.questions)


def _rows(reader: _Reader, tasks: Sequence[ReviewTask], wanted: QueueFilter) -> list[Row]:
    loaded = reader.context.store.load([task.case_id for task in tasks])
    cases = {case.id: case for case in loaded}
    rows = (_row(reader, task, cases, only_theirs=wanted.view == MINE) for task in tasks)
    return [row for row in rows if row is not None]


def _row(
    reader: _Reader,
    task: ReviewTask,
    cases: Mapping[CaseId, Case] | None = None,
    *,
    only_theirs: bool = False,
) -> Row | None:
    """The row of a task; None when its contract is not loaded here, or it is not the reader's."""
    known = cases if cases is not None else {}
    case = known.get(task.case_id) or next(iter(reader.context.store.load([task.case_id])), None)
    if case is None or not reader.context.workflows.knows(case.fingerprint):
        return None
    contract = reader.context.workflows.of(case.fingerprint).contract
    if only_theirs and not _is_theirs(reader, contract, case, task):
        return None
    return row_of(contract, case, task, reader.now, reader.visitor)


def _is_theirs(reader: _Reader, contract: WorkflowContract, case: Case, task: ReviewTask) -> bool:
    answer = assign.may_work_on(
        contract, case, task, reader.visitor.id, reader.now, standing=reader.standing
    )
    return answer.allowed or answer.rule in PASSING


def row_of(
    contract: WorkflowContract, case: Case, task: ReviewTask, now: datetime, visitor: Visitor
) -> Row:
    """One task as the queue shows it."""
    what = words.KINDS[task.kind]
    if task.exception_type:
        what = words.sentence(task.exception_type)
    opened = visitor.may(Right.SEE_PROTECTED, workflow=case.workflow, tenant=case.tenant).allowed
    veil = Veil(lens_of(contract).opened() if opened else lens_of(contract).closed(), case)
    person = visitor.id
    held = task.held_by if task.held_by not in (None, person) and _is_held(task, now) else None
    hides = is_hidden_from(task, person)
    return Row(
        id=task.id,
        title=veil.text(task.question),
        clock=words.clock_of(task, now),
        amount=f"{task.amount.amount:,.2f}" if task.amount and not hides else "",
        since=task.opened_at,
        severity=task.severity,
        what=what,
        party=veil.text(case.title or case.key),
        ai=_ai(case, hides=hides) if task.look is None else "",
        held_by=name_of(contract, held) if held else "",
        version=task.version,
    )


def _ai(case: Case, *, hides: bool) -> str:
    if hides:
        return HIDDEN
    return confidence(case.proposal.confidence) if case.proposal else ""


def _is_held(task: ReviewTask, now: datetime) -> bool:
    return task.lease_until is None or now < task.lease_until


def _grouped(rows: Sequence[Row], wanted: QueueFilter) -> tuple[Group, ...]:
    only = CLOCK_STATE.get(wanted.clock)
    groups = []
    for state, title in GROUPS:
        members = tuple(row for row in rows if row.clock.state == state)
        if members and only in (None, state):
            groups.append(Group(title=title, rows=members))
    return tuple(groups)
