"""The exceptions of a contract and where they go, with how often they came."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from interlock.console import words
from interlock.domain.contract import ExceptionRoute, WorkflowContract
from interlock.domain.exceptions import CATCH_ALL
from interlock.storage.overview import ExceptionCount

HOUR: Final = 60
DAY: Final = 24 * HOUR
MARKED: Final = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionLine:
    """One route. `ai`: what may be tried before a person is asked, in words."""

    type: str
    name: str
    question: str
    severity: str
    route_to: str
    clock: str
    ai: str
    evidence: str
    today: int
    month: int


def exception_lines(
    contract: WorkflowContract, counts: Sequence[ExceptionCount]
) -> tuple[ExceptionLine, ...]:
    """Every route of the contract in its order; what no route names counts for the catch-all."""
    named = {route.exception_type for route in contract.exceptions}
    return tuple(
        _line(route, [c for c in counts if _is_of(c, route, named)])
        for route in (contract.exceptions)
    )


def _line(route: ExceptionRoute, counts: Sequence[ExceptionCount]) -> ExceptionLine:
    is_last = route.exception_type == CATCH_ALL
    remedy = f"Tries “{words.spaced(route.remedy)}” first" if route.remedy else "May try first"
    return ExceptionLine(
        type=route.exception_type,
        name="Anything else" if is_last else words.sentence(route.exception_type),
        question=without_marks(route.question),
        severity=route.severity,
        route_to=words.spaced(route.route_to),
        clock=minutes_in_words(route.sla_minutes),
        ai=remedy if route.automation_allowed else "No",
        evidence=words.listed(tuple(words.spaced(name) for name in route.reviewer_evidence)),
        today=sum(each.today for each in counts),
        month=sum(each.times for each in counts),
    )


def minutes_in_words(minutes: int) -> str:
    """A contract's minutes as people say them: `45 min`, `4 h`, `1 h 30 min`, `2 days`."""
    if minutes < HOUR:
        return f"{minutes} min"
    if minutes >= DAY and minutes % DAY == 0:
        return words.counted(minutes // DAY, "day")
    hours, rest = divmod(minutes, HOUR)
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def without_marks(text: str) -> str:
    """A contract's sentence with its places in words, each between marks."""
    return MARKED.sub(lambda found: f"\u2039{words.spaced(found[1])}\u203a", text)


def _is_of(count: ExceptionCount, route: ExceptionRoute, named: set[str]) -> bool:
    if route.exception_type == CATCH_ALL:
        return count.exception_type not in named
    return count.exception_type == route.exception_type
