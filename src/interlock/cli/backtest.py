"""`interlock backtest`: a changed contract over the cases on record; nothing is done but to keep
the result.

One rule: what the record does not say is shown as unknown, with its reason.
"""

from __future__ import annotations

import tempfile
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console

from interlock.cli import options
from interlock.cli.failures import UsageWrong
from interlock.cli.looking_ahead import Keep, keep
from interlock.cli.screen import as_json as to_json
from interlock.cli.screen import document, facts, heading, marked, notes, out
from interlock.cli.session import refuse_missing_file, settings_for
from interlock.contracts import load_workflow
from interlock.domain.contract import Stage
from interlock.foresight import (
    AnswersFrom,
    BacktestReport,
    KeptVersions,
    LiveSteps,
    backtest,
    replayed_cases,
)
from interlock.foresight.wording import DIFFERENCES, backtest_terms, tally_text
from interlock.papers.words import counted
from interlock.runtime.workflow import Workflow, Workflows
from interlock.storage import open_store

SHOWN: Final = 20


def backtest_command(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="The changed workflow's folder.")
    ],
    *,
    answers: Annotated[
        AnswersFrom,
        typer.Option("--answers", help="What the AI said then, or what it says now."),
    ] = AnswersFrom.RECORD,
    since: Annotated[
        datetime | None, typer.Option("--since", help="Cases opened from then on.")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option("--until", help="Cases opened before then.")
    ] = None,
    stage: options.Stage = None,
    workflow: options.Workflow = None,
    limit: options.Limit = 10_000,
    show: Annotated[
        int, typer.Option("--show", metavar="N", min=0, help="Name at most so many cases.")
    ] = SHOWN,
    keep_it: Keep = True,
    database: options.Database = None,
    person: options.Person = None,
    as_json: options.Json = False,
) -> None:
    """What would have differed had past cases met this contract, in cases and money."""
    loaded = load_workflow(folder)
    at = stage_named(stage)
    settings = settings_for(database, [folder])
    refuse_missing_file(settings)
    factory = loaded.functions.systems if answers is AnswersFrom.LIVE else None
    told = {"folder": str(settings.data), "data": str(settings.data)}
    candidate = Workflow(loaded=loaded, systems=factory(told) if factory else {})
    with (
        open_store(settings.database_url) as store,
        tempfile.TemporaryDirectory(prefix="interlock-backtest-") as place,
        ThreadPoolExecutor(2) as threads,
    ):
        store.require_current_schema()
        earlier = [Workflow(loaded=load_workflow(each), systems={}) for each in workflow or ()]
        versions = KeptVersions(store, Workflows([candidate, *earlier]), Path(place))
        live = LiveSteps(workflow=candidate, store=store, threads=threads)
        since, until = aware(since), aware(until)
        name = loaded.contract.workflow
        cases = replayed_cases(store, versions, name, since=since, until=until, limit=limit)
        report = backtest(
            candidate,
            cases,
            stage=at,
            live=live if answers is AnswersFrom.LIVE else None,
            since=since,
            until=until,
        )
    _tell(report, show, as_json=as_json)
    if keep_it:
        keep(report, settings, person)


def stage_named(text: str | None) -> Stage | None:
    """The stage a person wrote, or None. Raises: UsageWrong."""
    if text is None:
        return None
    try:
        return Stage(text)
    except ValueError:
        stages = ", ".join(Stage)
        raise UsageWrong(f"--stage is {text!r}", f"write one of: {stages}") from None


def aware(moment: datetime | None) -> datetime | None:
    """A moment without a zone is UTC."""
    if moment is None or moment.tzinfo:
        return moment
    return moment.replace(tzinfo=UTC)


def _tell(report: BacktestReport, show: int, *, as_json: bool) -> None:
    if as_json:
        document({"ok": True, **to_json(report)})
        return
    _print(out(), report, show)
    if report.compared == 0:
        notes().print("no case could be looked at; is this the database, and the time you mean?")


def _print(console: Console, report: BacktestReport, show: int) -> None:
    title = f"{report.workflow} {report.fingerprint[:12]}: {backtest_terms(report)}"
    console.print(heading(title))
    console.print(
        facts(
            [
                ("compared", counted(report.compared, "case")),
                *((f"left out: {why}", counted(n, "case")) for why, n in report.left_out.items()),
                ("nobody asked", f"{report.was.machine} → {report.would_be.machine}"),
                ("a person asked", f"{report.was.person} → {report.would_be.person}"),
                ("open or not known", f"{report.was.neither_yet} → {report.would_be.neither_yet}"),
            ]
        )
    )
    if not report.differs:
        if report.compared:
            console.print(marked("ok", "nothing would have differed"))
        return
    console.print(heading("\nWhat would have differed"))
    console.print(
        facts(
            [
                (DIFFERENCES[kind], tally_text(each, report.compared))
                for kind, each in report.kinds.items()
            ]
        )
    )
    if len(report.segments) > 1:
        for segment in report.segments:
            console.print(
                heading(f"\n{segment.segment or 'no segment'}, {counted(segment.compared, 'case')}")
            )
            rows = [
                (DIFFERENCES[kind], tally_text(each, segment.compared))
                for kind, each in segment.kinds.items()
            ]
            console.print(facts(rows or [("differs", "nothing")]))
    console.print(heading("\nQuestions to people"))
    console.print(
        facts(
            (
                each.queue,
                f"{each.was} → {each.would_be}, {each.minutes_was / 60:.1f} h → "
                f"{each.minutes_would_be / 60:.1f} h",
            )
            for each in report.queues
        )
    )
    if report.unknown:
        console.print(heading("\nNot known"))
        console.print(facts((counted(n, "case"), why) for why, n in report.unknown.items()))
    if report.older_code:
        console.print(
            marked("warn", f"answers come from older code of: {', '.join(report.older_code)}")
        )
    _print_cases(console, report, show)


def _print_cases(console: Console, report: BacktestReport, show: int) -> None:
    console.print(heading("\nCases"))
    for case in report.differing[:show]:
        amount = f", {case.amount}" if case.amount else ""
        console.print(f"  {case.title or case.key}{amount}")
        console.print(
            facts(
                [
                    (DIFFERENCES[each.difference], f"{each.was} → {each.would_be}")
                    for each in case.changes
                ],
                indent=4,
            )
        )
    left = len(report.differing) - show
    if left > 0:
        console.print(f"  and {left} more; --show {len(report.differing)} or --json names them all")
