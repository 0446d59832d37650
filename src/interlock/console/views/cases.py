"""Searching cases: what was asked, what was found, and what to try when nothing was.

One rule: an answer that does not fit a filter's choices is treated as not given, never as an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final, TypeVar
from urllib.parse import urlencode

from interlock.console import words
from interlock.console.views.scope import Scope, name_of, scope_of
from interlock.domain.case import CaseState, ClosingOutcome, Handling, WaitsFor
from interlock.identity import Visitor
from interlock.runtime.context import Context
from interlock.storage.case_search import FOUND_A_PAGE, CaseSearch, FoundCase
from interlock.web.keeping import found_for

STATES: Final = MappingProxyType(
    {
        "": ("Anywhere", ()),
        "open": ("Open", (CaseState.READY, CaseState.WAITING)),
        "ready": ("On its way", (CaseState.READY,)),
        "waiting": ("Waiting", (CaseState.WAITING,)),
        "closed": ("Closed", (CaseState.CLOSED,)),
    }
)
WAITS: Final = MappingProxyType(
    {
        WaitsFor.REVIEW: "a decision",
        WaitsFor.ANSWER: "an answer",
        WaitsFor.RETRY: "its next try",
        WaitsFor.HOLD: "the end of its hold",
        WaitsFor.BUDGET: "a new budget",
        WaitsFor.PAUSE: "the end of a pause",
    }
)
OUTCOMES: Final = MappingProxyType(
    {
        ClosingOutcome.COMPLETED: "completed",
        ClosingOutcome.REJECTED: "rejected",
        ClosingOutcome.CANCELLED: "cancelled",
        ClosingOutcome.COMPENSATED: "undone",
    }
)
HANDLINGS: Final = MappingProxyType(
    {
        Handling.AUTONOMOUS: "nobody decided",
        Handling.ASSISTED: "a person approved or edited",
        Handling.HUMAN: "a person did the work",
        Handling.FALLBACK: "fixed rules, without AI",
    }
)
M = TypeVar("M", WaitsFor, ClosingOutcome, Handling)

FILTERS: Final[tuple[str, ...]] = (
    *("q", "workflow", "state", "waits_for", "exception"),
    *("step", "outcome", "handling", "since"),
)
WINDOWS: Final = MappingProxyType({"": "Any time", "1": "Today", "7": "7 days", "30": "30 days"})
OUTCOME_STATE: Final = MappingProxyType(
    {
        ClosingOutcome.COMPLETED: "ok",
        ClosingOutcome.REJECTED: "",
        ClosingOutcome.CANCELLED: "",
        ClosingOutcome.COMPENSATED: "warn",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One value of a filter."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """One filter of the form."""

    name: str
    label: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLine:
    """One case of the list. state: late, risk, ok, warn or empty; where: the same in words."""

    id: str
    name: str
    key: str
    workflow: str
    exception: str
    where: str
    state: str
    amount: str
    by: str
    opened_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Cases:
    """What the page shows. next_href: the next page, empty on the last. searched: None unless
    nothing was found; `asked`: what was looked for, in words. query: the same as an address
    says it, from the first page.
    """

    text: str
    filters: tuple[Filter, ...]
    lines: tuple[CaseLine, ...]
    next_href: str
    is_first_page: bool
    is_filtered: bool
    asked: str
    query: str
    searched: int | None


def cases_of(context: Context, visitor: Visitor, query: Mapping[str, str]) -> Cases:
    """The cases that fit the address of the page, among those the visitor may see."""
    scope = scope_of(context, visitor)
    given = {name: value.strip() for name, value in query.items() if value.strip()}
    search = _search(given, visitor, scope)
    found = context.store.search_cases(replace(search, limit=FOUND_A_PAGE + 1))
    page = found[:FOUND_A_PAGE]
    shown = found_for(context.directory, page, search, visitor.id, scope.now)
    chosen = {name: value for name, value in given.items() if name not in ("after", "q")}
    is_filtered = bool(chosen) or bool(search.text)
    return Cases(
        text=search.text,
        filters=_filters(scope, given),
        lines=tuple(_line(each, scope) for each in shown),
        next_href=_next(given, page) if len(found) > FOUND_A_PAGE else "",
        is_first_page="after" not in given,
        is_filtered=is_filtered,
        asked=_asked(given),
        query=urlencode({name: given[name] for name in FILTERS if name in given}),
        searched=None if shown else context.store.visible_cases(tenants=scope.tenants),
    )


def _search(given: Mapping[str, str], visitor: Visitor, scope: Scope) -> CaseSearch:
    workflow = given.get("workflow")
    allowed = visitor.workflows
    if workflow is not None and (allowed is None or workflow in allowed):
        allowed = frozenset({workflow})
    elif workflow is not None:
        allowed = frozenset()  # one the visitor may not see: nothing is found there
    days = given.get("since", "")
    search = CaseSearch(
        text=given.get("q", ""),
        workflows=allowed,
        tenants=scope.tenants,
        states=STATES.get(given.get("state", ""), STATES[""])[1],
        waits_for=_member(WaitsFor, given.get("waits_for")),
        exception_type=given.get("exception"),
        step=given.get("step"),
        outcome=_member(ClosingOutcome, given.get("outcome")),
        handling=_member(Handling, given.get("handling")),
    )
    if days in WINDOWS and days:
        search = replace(search, since=scope.today - timedelta(days=int(days) - 1))
    place = _place(given.get("after", ""))
    return replace(search, before=place) if place else search


def _member(kind: type[M], text: str | None) -> M | None:
    return kind(text) if text in set(kind) else None


def _place(text: str) -> tuple[datetime, str] | None:
    moment, mark, case_id = text.partition("_")
    try:
        opened = datetime.fromisoformat(moment)
    except ValueError:
        return None
    return (opened, case_id) if mark and opened.tzinfo else None


def _next(given: Mapping[str, str], shown: list[FoundCase]) -> str:
    last = shown[-1]
    kept = {name: value for name, value in given.items() if name != "after"}
    return "/cases?" + urlencode({**kept, "after": f"{last.opened_at.isoformat()}_{last.id}"})


def _filters(scope: Scope, given: Mapping[str, str]) -> tuple[Filter, ...]:
    kinds = {
        route.exception_type: words.sentence(route.exception_type)
        for contract in scope.contracts.values()
        for route in contract.exceptions
        if route.exception_type != "*"
    }
    wanted: list[tuple[str, str, Mapping[str, str]]] = [
        ("workflow", "Workflow", {n: c.title for n, c in scope.contracts.items()}),
        ("state", "Where it is", {n: label for n, (label, _) in STATES.items() if n}),
        ("waits_for", "Waits for", {str(kind): label for kind, label in WAITS.items()}),
        ("exception", "Exception", dict(sorted(kinds.items(), key=lambda each: each[1]))),
        ("outcome", "Outcome", {str(kind): label for kind, label in OUTCOMES.items()}),
        ("handling", "Handled", {str(kind): label for kind, label in HANDLINGS.items()}),
        ("since", "Received", {days: label for days, label in WINDOWS.items() if days}),
    ]
    return tuple(
        Filter(
            name=name,
            label=label,
            choices=(
                Choice(value="", label="All", is_chosen=given.get(name, "") not in choices),
                *(
                    Choice(value=value, label=said, is_chosen=given.get(name) == value)
                    for value, said in choices.items()
                ),
            ),
        )
        for name, label, choices in wanted
    )


def _line(case: FoundCase, scope: Scope) -> CaseLine:
    contract = scope.contracts.get(case.workflow)
    where, state = where_is(case, scope.now)
    return CaseLine(
        id=case.id,
        name=case.title or case.key,
        key=case.key,
        workflow=contract.title if contract else words.sentence(case.workflow),
        exception=words.spaced(case.exception_type) if case.exception_type else "",
        where=where,
        state=state,
        amount=str(case.amount) if case.amount else "",
        by=_by(case, name_of(contract, case.held_by) if case.held_by else ""),
        opened_at=case.opened_at,
    )


def where_is(case: FoundCase, now: datetime) -> tuple[str, str]:
    """Where a case is in a few words, and the state that colours them."""
    if case.outcome is not None:
        return OUTCOMES[case.outcome].capitalize(), OUTCOME_STATE[case.outcome]
    if case.state is CaseState.READY or case.waits_for is None:
        return "On its way", ""
    if case.due_at is not None and not case.is_clock_stopped and case.due_at <= now:
        return f"Late {words.left(now - case.due_at)}", "bad"
    until = f" until {words.clock(case.wake_at, now)}" if case.wake_at else ""
    return f"Waits for {WAITS[case.waits_for]}{until}", ""


def _by(case: FoundCase, holder: str) -> str:
    if holder:
        return f"{holder} holds it"
    if case.queue:
        return words.spaced(case.queue)
    return HANDLINGS[case.handling].capitalize() if case.handling else ""


def _asked(given: Mapping[str, str]) -> str:
    parts = [f"“{given['q']}”"] if "q" in given else []
    parts += [
        words.spaced(value)
        for name, value in given.items()
        if name not in ("q", "after", "since", "view")
    ]
    return ", ".join(parts)
