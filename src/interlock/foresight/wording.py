"""What backtests and simulations found, in words.

One rule: every share stands with what it is a share of, and what is not known is said to be so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from interlock.domain.money import Money
from interlock.foresight.backtest import AnswersFrom, BacktestReport, Tally
from interlock.foresight.differences import Difference
from interlock.foresight.forecast import Part, QueueForecast, SimulationReport
from interlock.papers.words import counted

Line = tuple[str, str]  # what it is called, what is said of it

DIFFERENCES: Final[Mapping[Difference, str]] = {
    Difference.PERSON_TO_MACHINE: "from people to the machine",
    Difference.MACHINE_TO_PERSON: "from the machine to people",
    Difference.OTHER_OUTCOME: "another outcome",
    Difference.OTHER_QUEUE: "another queue",
    Difference.OTHER_TIER: "other approvers",
    Difference.OTHER_ACTIONS: "other actions",
    Difference.OTHER_EXCEPTIONS: "other exceptions",
    Difference.UNKNOWN: "not known how it goes on",
}


def backtest_terms(report: BacktestReport) -> str:
    """On what terms a backtest was made."""
    how = (
        "the AI's answers on record" if report.answers is AnswersFrom.RECORD else "the AI asked now"
    )
    at = f"at stage {report.stage}" if report.stage else "each case at its own stage"
    since = f", opened since {report.since:%Y-%m-%d}" if report.since else ""
    until = f", opened before {report.until:%Y-%m-%d}" if report.until else ""
    return f"{how}, {at}{since}{until}"


def backtest_lines(report: BacktestReport) -> tuple[Line, ...]:
    """A backtest in short: how many cases, in whose hands, and what would have differed."""
    return (
        ("compared", counted(report.compared, "case")),
        *((f"left out: {why}", counted(n, "case")) for why, n in report.left_out.items()),
        ("nobody asked", f"{report.was.machine:,} → {report.would_be.machine:,}"),
        ("a person asked", f"{report.was.person:,} → {report.would_be.person:,}"),
        ("open or not known", f"{report.was.neither_yet:,} → {report.would_be.neither_yet:,}"),
        *(
            (DIFFERENCES[kind], tally_text(each, report.compared))
            for kind, each in report.kinds.items()
        ),
        *_nothing_differs(report),
        *_code(report),
    )


def simulation_terms(report: SimulationReport) -> str:
    """On what terms a simulation was made."""
    return (
        f"{report.volume_per_day:,.0f} cases a day for {counted(report.days, 'day')} at stage "
        f"{report.stage}; supposed: {report.source}; seed {report.seed}"
    )


def simulation_lines(report: SimulationReport) -> tuple[Line, ...]:
    """A simulation in short: in whose hands, each queue, the error budget, the gate."""
    return (
        ("by the machine", part_text(report.machine, "cases")),
        ("by people", part_text(report.people, "cases")),
        *((("neither", part_text(report.unsettled, "cases")),) if report.unsettled.hits else ()),
        *((each.queue, queue_text(each)) for each in report.queues),
        *_budget(report),
        *(
            (each.text, f"{part_text(each.rate, 'cases')} in the canary: {each.words}")
            for each in report.gate
        ),
    )


def tally_text(each: Tally, of: int) -> str:
    """So many cases of so many, with their money."""
    money = f"; {money_text(each.money)}" if each.money else ""
    return f"{each.cases:,} of {counted(of, 'case')}{money}"


def money_text(money: tuple[Money, ...]) -> str:
    """Amounts of several currencies, side by side."""
    return ", ".join(map(str, money))


def part_text(part: Part, noun: str) -> str:
    """A share with its denominator."""
    if part.value is None:
        return f"unknown: no {noun}"
    return f"{part.value:.1%} ({part.hits:,} of {part.of:,} {noun})"


def queue_text(queue: QueueForecast) -> str:
    """One queue: what it is asked, how long that waits, how many people it needs."""
    waits = (
        f"waits {queue.wait_p50:,.0f} (p50), {queue.wait_p95:,.0f} (p95), "
        if queue.wait_p50 is not None and queue.wait_p95 is not None
        else ""
    )
    needed = f"needs {queue.needed}" if queue.needed else "no number of people is enough"
    grows = "; more comes than they can answer" if queue.growing else ""
    left = f"; {queue.unanswered:,} unanswered at the end" if queue.unanswered else ""
    return (
        f"{queue.asked:,} questions ({queue.share:.1%} of cases), {queue.minutes_each:.1f} "
        f"minutes each; {waits}late {part_text(queue.late, 'questions')}; {queue.people} people "
        f"busy {queue.busy:.0%}, {needed}{grows}{left}"
    )


def budget_lines(report: SimulationReport) -> tuple[Line, ...]:
    """The error budget: errors, how fast it burns, when it is spent."""
    budget = report.budget
    if budget is None:
        return ()
    burn = "unknown: nothing says which results are right"
    if budget.burn is not None:
        burn = f"{budget.burn:.2f} of the {budget.allowed:.1%} allowed"
    spent = (("spent after", f"{budget.days_to_spent:.0f} days"),) if budget.days_to_spent else ()
    judged = part_text(budget.errors, "results of the machine that were judged")
    return (("errors", judged), ("burn rate", burn), *spent)


def _budget(report: SimulationReport) -> Iterator[Line]:
    for name, text in budget_lines(report):
        yield f"error budget, {name}", text


def _nothing_differs(report: BacktestReport) -> Iterator[Line]:
    if report.compared and not report.differs:
        yield "differs", "nothing"


def _code(report: BacktestReport) -> Iterator[Line]:
    if report.older_code:
        yield "answers of older code", ", ".join(report.older_code)
