"""`interlock quality`: how good review is, each number with what it is a share of.

One rule: a number nobody can know yet is said to be unknown, never shown as zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Final

import typer
from rich.console import Console

from interlock.cli import options
from interlock.cli.screen import document, facts, heading, out
from interlock.cli.session import contracts_of, open_record
from interlock.measure import Kappa, QualityReport, Rate, SampleError, Thinking, quality_of
from interlock.papers.words import counted

DAYS: Final = 30


def quality(
    days: Annotated[
        int, typer.Option("--days", metavar="N", min=1, max=3660, help="Over the last N days.")
    ] = DAYS,
    workflow: options.Workflow = None,
    database: options.Database = None,
    as_json: options.Json = False,
) -> None:
    """How good review is: what samples found, what probes showed, how far reviewers agree."""
    with open_record(database) as (store, clock):
        names = sorted(contracts_of(store, workflow))
        now = clock.now()
        since = now - timedelta(days=days)
        reports = [quality_of(store, name, since=since) for name in names]
    if as_json:
        document({"since": since, "until": now, "workflows": reports})
        return
    for report in reports:
        _print(out(), report, since, now)


def _print(console: Console, report: QualityReport, since: datetime, now: datetime) -> None:
    console.print(heading(f"{report.workflow}, {since:%d %b %Y} to {now:%d %b %Y}"))
    console.print(heading("\nQuality sample"))
    console.print(facts(_sample(report.sample)))
    console.print(heading("\nPlanted questions"))
    console.print(
        facts(
            [
                ("errors caught", _rate(report.probes.caught)),
                ("false alarms", _rate(report.probes.false_alarms)),
                ("passed on", report.probes.passed_on or None),
                ("not answered in time", report.probes.unanswered or None),
            ]
        )
    )
    console.print(heading("\nTwo reviewers"))
    console.print(facts(_agreement(report)))
    console.print(heading("\nThinking time"))
    console.print(facts([("all queues", _thinking(report.thinking)), *_by_queue(report)]))
    console.print(heading("\nHow often reviewers took the suggestion as it was"))
    rows = [
        (
            f"{each.step}, {each.band.low:.0%} to {each.band.high:.0%} sure",
            f"{each.agreed} of {each.of}, {_between(each.low, each.high)}"
            + (" (the confidence says something else)" if each.is_off else ""),
        )
        for each in report.calibration
    ]
    console.print(facts(rows or [("suggestions decided", "none yet")]))


def _sample(sample: SampleError) -> list[tuple[str, str | None]]:
    looked = f"{sample.checked} of {counted(sample.population, 'autonomous case')}"
    if sample.rate is None:
        return [("checked", looked), ("error rate", "unknown: nobody has checked one yet")]
    said = f"{sample.rate:.1%}, {_between(sample.low, sample.high)}"
    unseen = None if sample.covered >= 1 else f"{1 - sample.covered:.0%} of all cases"
    return [
        ("checked", f"{looked}; {sample.wrong} wrong"),
        ("error rate", said),
        ("in segments nobody checked", unseen),
    ]


def _agreement(report: QualityReport) -> list[tuple[str, str]]:
    if not report.agreement.pairs:
        return [("pairs", "none yet")]
    rows = [("all", _kappa(report.agreement))]
    rows += _kappas("queue", report.agreement_by_queue)
    return rows + _kappas("step", report.agreement_by_step)


def _kappas(what: str, found: Mapping[str, Kappa]) -> list[tuple[str, str]]:
    return [(f"{what} {name or 'before the first one'}", _kappa(k)) for name, k in found.items()]


def _kappa(found: Kappa) -> str:
    same = f"the same answer in {found.observed:.0%} of {counted(found.pairs, 'pair')}"
    if found.value is None:
        return f"{same}; kappa is not defined while all answers are one"
    rough = ", rough: fewer than 30 pairs" if found.is_rough else ""
    return f"{same}, kappa {found.value:.2f}, {found.low:.2f} to {found.high:.2f}{rough}"


def _by_queue(report: QualityReport) -> list[tuple[str, str]]:
    return [(name, _thinking(each)) for name, each in report.thinking_by_queue.items()]


def _thinking(found: Thinking) -> str:
    untimed = f"; {found.untimed} decided without being taken first" if found.untimed else ""
    if found.median_seconds is None:
        return f"unknown{untimed}"
    quick = f"; {found.too_quick} too quick" if found.too_quick else ""
    return f"median {found.median_seconds:.0f} s of {found.timed}{quick}{untimed}"


def _rate(rate: Rate) -> str:
    if rate.value is None:
        return "none answered yet"
    return f"{rate.hits} of {rate.of}, {_between(rate.low, rate.high)}"


def _between(low: float, high: float) -> str:
    return f"95% interval {low:.1%} to {high:.1%}"
