"""The workflow map: the contract's steps in lanes, with what is at each of them now.

One rule: what is drawn comes from the contract, what is counted from the store; neither guesses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from interlock.console import words
from interlock.console.views.exceptions import ExceptionLine, exception_lines
from interlock.console.views.scope import Scope, name_of
from interlock.console.views.spent import Spent, spent_of
from interlock.console.views.wires import COLUMN, HEIGHT, Place, Stop, Wire, wires
from interlock.domain.case import CaseState
from interlock.domain.contract import FallbackMode, StepMode, WorkflowContract, WorkflowStep
from interlock.domain.review import ReviewKind
from interlock.runtime.context import Context
from interlock.storage.overview import ExceptionCount, OpenCount, StepTasks

LANES: Final = (
    ("Fixed rules", "Deterministic controls"),
    ("AI work", "Suggests or acts"),
    ("People", "Decide, approve and look at exceptions"),
    ("Evaluation and release", "Checks on all of it"),
)
LANE_OF: Final = {
    StepMode.DETERMINISTIC: 0,
    StepMode.ASSISTIVE: 1,
    StepMode.AGENTIC: 1,
    StepMode.HUMAN_OWNED: 2,
}
PEOPLE: Final = 2
MONTH: Final = timedelta(days=30)
END: Final = "end"  # `next: end` finishes the case


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One card of the map. row and column count from 1, as the grid does.

    counts: (label, number, class) in order. asked: what becomes of it, in words. href: where its
    cases are listed.
    """

    id: str
    row: int
    column: int
    title: str
    owner: str
    mode: StepMode | None = None
    counts: tuple[tuple[str, int, str], ...] = ()
    longest: str = ""
    is_late: bool = False
    is_flat: bool = False
    notes: tuple[str, ...] = ()
    href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Map:
    """Everything the map page shows."""

    columns: int
    width: int
    height: int
    cards: tuple[Card, ...]
    wires: tuple[Wire, ...]
    exceptions: tuple[ExceptionLine, ...]
    spent: Spent
    received: int
    closed_today: int
    lanes: tuple[tuple[str, str], ...] = LANES


@dataclass(frozen=True, slots=True, kw_only=True)
class _Counted:
    """What the store counted for one workflow."""

    open: Sequence[OpenCount]
    tasks: Sequence[StepTasks]
    exceptions: Sequence[ExceptionCount]
    now: datetime
    today: dict[str, int] = field(default_factory=dict)


def map_of(context: Context, scope: Scope, contract: WorkflowContract) -> Map:
    """The map of one workflow, as the visitor's tenants make it."""
    store, name, tenants = context.store, contract.workflow, scope.tenants
    exceptions = store.exception_counts(
        since=scope.now - MONTH, today=scope.today, workflow=name, tenants=tenants
    )
    today: dict[str, int] = {}
    for row in exceptions:
        today[row.step] = today.get(row.step, 0) + row.today
    counted = _Counted(
        open=store.step_counts(name, tenants=tenants),
        tasks=store.step_tasks(name, now=scope.now, tenants=tenants),
        exceptions=exceptions,
        now=scope.now,
        today=today,
    )
    closed = store.closed_since(scope.today, tenants=tenants)
    steps = [
        _step_card(contract, step, number, counted) for number, step in enumerate(contract.steps)
    ]
    people = _people_cards(contract, counted)
    instead = _instead_cards(contract)
    gather = _exception_card(contract, people, counted)
    cards = (*steps, *people.values(), *instead.values(), *([gather] if gather else []))
    return Map(
        columns=len(contract.steps),
        width=COLUMN * len(contract.steps),
        height=HEIGHT,
        cards=tuple(sorted(cards, key=lambda each: (each.column, each.row))),
        wires=_lines(contract, people, instead, gather, exceptions),
        exceptions=exception_lines(contract, exceptions),
        spent=spent_of(context, scope, contract),
        received=store.opened_since(scope.today, tenants=tenants).get(name, 0),
        closed_today=sum(row.cases for row in closed if row.workflow == name),
    )


def _step_card(
    contract: WorkflowContract, step: WorkflowStep, number: int, counted: _Counted
) -> Card:
    here = [row for row in counted.open if row.step == step.step_name]
    ready = sum(row.cases for row in here if row.state is CaseState.READY)
    waits = sum(row.cases for row in here if row.state is CaseState.WAITING)
    tasks = [row for row in counted.tasks if row.step == step.step_name]
    return Card(
        id=f"step-{step.step_name}",
        row=LANE_OF[step.mode] + 1,
        column=number + 1,
        title=f"{number + 1}. {step.title or words.sentence(step.step_name)}",
        owner=name_of(contract, step.owner),
        mode=step.mode,
        counts=(
            ("now", ready, ""),
            ("waiting", waits, "w"),
            ("exc.", counted.today.get(step.step_name, 0), ""),
        ),
        longest=_longest(tasks, counted.now),
        is_late=any(row.late for row in tasks),
        notes=_notes(step),
        href=f"/cases?workflow={contract.workflow}&step={step.step_name}",
    )


def _notes(step: WorkflowStep) -> tuple[str, ...]:
    notes = ["not every case"] if step.when is not None else []
    if step.next == END:
        notes.append("then the case ends")
    elif step.next:
        notes.append(f"then {words.spaced(step.next)}")
    if step.fallback and step.fallback.mode is FallbackMode.HUMAN_REVIEW:
        notes.append("without AI: a person")
    elif step.fallback and step.fallback.mode is FallbackMode.PREVIOUS_VERSION:
        notes.append("without AI: the version before")
    return tuple(notes)


def _longest(tasks: Sequence[StepTasks], now: datetime) -> str:
    if not tasks:
        return ""
    return f"longest {words.left(now - min(row.oldest for row in tasks))}"


def _people_cards(contract: WorkflowContract, counted: _Counted) -> dict[int, Card]:
    """Who is asked at a step that is not a person's own, by column."""
    found: dict[int, Card] = {}
    for number, step in enumerate(contract.steps):
        if step.mode is StepMode.HUMAN_OWNED:
            continue
        tiers = [tier for tier in contract.approvals if tier.action in step.actions]
        if not tiers and not step.is_ai:
            continue
        kinds = (ReviewKind.PROPOSAL, ReviewKind.APPROVAL)
        tasks = [t for t in counted.tasks if t.step == step.step_name and t.kind in kinds]
        asked = list(dict.fromkeys(person for tier in tiers for person in tier.tier))
        queue = step.queue or (asked[0] if asked else step.owner)
        who = asked if tiers else [queue]
        found[number] = Card(
            id=f"people-{step.step_name}",
            row=PEOPLE + 1,
            column=number + 1,
            title="Decide on the proposal" if step.is_ai else "Approve",
            owner=words.listed(tuple(words.spaced(name_of(contract, each)) for each in who)),
            mode=StepMode.HUMAN_OWNED,
            counts=_task_counts(tasks),
            longest=_longest(tasks, counted.now),
            is_late=any(row.late for row in tasks),
            notes=(words.counted(len(tiers), "approval tier"),) if tiers else (),
            href=f"/work?queue={tasks[0].queue if tasks else queue}",
        )
    return found


def _instead_cards(contract: WorkflowContract) -> dict[int, Card]:
    """What takes an AI step's place when the AI is off, by column."""
    return {
        number: Card(
            id=f"instead-{step.step_name}",
            row=1,
            column=number + 1,
            title=words.sentence(step.fallback.step),
            owner="instead, when AI is off",
            is_flat=True,
        )
        for number, step in enumerate(contract.steps)
        if step.is_ai and step.fallback is not None and step.fallback.step
    }


def _exception_card(
    contract: WorkflowContract, people: dict[int, Card], counted: _Counted
) -> Card | None:
    """Where exceptions are looked at: the first free place among the people."""
    taken = {number for number, step in enumerate(contract.steps) if LANE_OF[step.mode] == PEOPLE}
    free = [n for n in range(len(contract.steps)) if n not in taken and n not in people]
    if not free or not contract.exceptions:
        return None
    tasks = [row for row in counted.tasks if row.kind is ReviewKind.EXCEPTION]
    queues = list(dict.fromkeys(words.spaced(r.route_to) for r in contract.exceptions))
    return Card(
        id="exceptions-card",
        row=PEOPLE + 1,
        column=free[0] + 1,
        title="Review exceptions",
        owner=words.listed(tuple(queues[:3])) + (" and others" if len(queues) > 3 else ""),  # noqa: PLR2004
        mode=StepMode.HUMAN_OWNED,
        counts=_task_counts(tasks),
        longest=_longest(tasks, counted.now),
        is_late=any(row.late for row in tasks),
        href=f"/cases?workflow={contract.workflow}&waits_for=review",
    )


def _task_counts(tasks: Sequence[StepTasks]) -> tuple[tuple[str, int, str], ...]:
    return (
        ("tasks", sum(row.tasks for row in tasks), "w"),
        ("late", sum(row.late for row in tasks), ""),
    )


def _lines(
    contract: WorkflowContract,
    people: dict[int, Card],
    instead: dict[int, Card],
    gather: Card | None,
    exceptions: Sequence[ExceptionCount],
) -> tuple[Wire, ...]:
    names = [str(step.step_name) for step in contract.steps]
    stops = [
        Stop(
            place=Place(column=number, lane=LANE_OF[step.mode]),
            goes_to=_after(step, number, names),
            may_be_skipped=step.when is not None,
        )
        for number, step in enumerate(contract.steps)
    ]
    raising = sorted({names.index(row.step) for row in exceptions if row.step in names})
    return wires(
        stops,
        beside={number: _place(card) for number, card in people.items()},
        instead={number: _place(card) for number, card in instead.items()},
        exceptions=_place(gather) if gather else None,
        raising=raising,
    )


def _after(step: WorkflowStep, number: int, names: Sequence[str]) -> int | None:
    if step.next == END:
        return None
    if step.next is not None and step.next in names:
        return list(names).index(step.next)
    return number + 1 if number + 1 < len(names) else None


def _place(card: Card) -> Place:
    return Place(column=card.column - 1, lane=card.row - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A card of the lowest lane: what will watch over the whole flow. css: where it stands."""

    title: str
    text: str
    href: str
    css: str


def checks_of(contract: WorkflowContract) -> tuple[Check, ...]:
    """What checks all of it, said as far as it is measured today."""
    page = f"/workflows/{contract.workflow}"
    wanted = [
        ("Protected cases", "not run yet" if contract.protected_cases else "none named", "release"),
        ("Quality sample", f"{contract.quality_sample:.0%} of what no person decided", "release"),
        (
            "Release gate",
            "not measured yet" if contract.gate else "none in the contract",
            "release",
        ),
    ]
    span = min(max(len(contract.steps) // len(wanted), 1), 3)
    shown = wanted[: len(contract.steps)]
    return tuple(
        Check(
            title=title,
            text=text,
            href=f"{page}/{place}",
            css=f"c{number * span + 1}{f' s{span}' if span > 1 else ''}",
        )
        for number, (title, text, place) in enumerate(shown)
    )
