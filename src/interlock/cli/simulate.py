"""`interlock simulate`: a contract against a supposed future; nothing is done but to keep
the result.

One rule: every share is printed with what it is a share of, and where the suppositions come from.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console

from interlock.cli import options
from interlock.cli.backtest import stage_named
from interlock.cli.failures import UsageWrong
from interlock.cli.looking_ahead import Keep, keep
from interlock.cli.screen import as_json as to_json
from interlock.cli.screen import document, facts, heading, marked, out
from interlock.cli.session import refuse_missing_file, settings_for
from interlock.contracts import load_workflow
from interlock.contracts.baseline_volume import BaselineUnusable, volume_per_month
from interlock.domain.contract import Stage
from interlock.errors import MissingExtra
from interlock.foresight import KeptVersions, ReplayedCase, replayed_cases
from interlock.foresight.forecast import SAMPLE, SimulationReport
from interlock.foresight.stated import Stated, read_stated
from interlock.foresight.wording import budget_lines, part_text, queue_text
from interlock.papers.words import counted
from interlock.runtime.workflow import Workflow, Workflows
from interlock.storage import open_store

STATED_FILE: Final = "simulation.yaml"
MOST_A_DAY: Final = 100_000
MOST_CASES: Final = 3_000_000
WORKING_DAYS: Final = 21  # of a month, when a volume a month is spread over days


def simulate_command(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The workflow's folder.")],
    *,
    volume: Annotated[
        float | None,
        typer.Option("--volume", metavar="N", min=0.1, max=MOST_A_DAY, help="Cases a day."),
    ] = None,
    days: Annotated[int, typer.Option("--days", metavar="N", min=1, max=366)] = 5,
    seed: Annotated[
        int, typer.Option("--seed", metavar="N", min=0, help="Same seed, same answer.")
    ] = 1,
    stated: Annotated[
        Path | None,
        typer.Option("--stated", metavar="FILE", help="What is supposed, as YAML."),
    ] = None,
    from_record: Annotated[
        bool, typer.Option("--from-record", help="Suppose what the cases on record show.")
    ] = False,
    sample: Annotated[
        int,
        typer.Option(
            "--sample", metavar="N", min=0, help="Cases taken through the contract; 0: every one."
        ),
    ] = SAMPLE,
    stage: options.Stage = None,
    keep_it: Keep = True,
    database: options.Database = None,
    person: options.Person = None,
    as_json: options.Json = False,
) -> None:
    """What to expect: waits, lateness, staff, error budget, days until the gate decides."""
    at = stage_named(stage) or Stage.AUTONOMOUS
    try:
        from interlock.foresight.simulate import Plan, simulate
    except ImportError:  # numpy is heavy, and only needed here
        raise MissingExtra("numpy", "foresight") from None
    candidate = Workflow(loaded=load_workflow(folder), systems={})
    supposed, source = _stated(candidate, stated, from_record)
    recorded = _recorded(candidate, folder, database, sample) if from_record else ()
    if from_record:
        source = f"the record, {counted(len(recorded), 'case')}"
    a_day = volume or supposed.volume_per_day or _volume(candidate)
    if a_day * days > MOST_CASES:
        raise UsageWrong(f"{a_day:g} cases a day over {days} days are too many", "take fewer days")
    report = simulate(
        candidate,
        Plan(
            volume_per_day=a_day,
            days=days,
            seed=seed,
            stage=at,
            sample=sample,
            stated=supposed,
            recorded=recorded,
            source=source,
        ),
    )
    _tell(report, as_json=as_json)
    if keep_it:
        keep(report, settings_for(database, [folder]), person)


def _tell(report: SimulationReport, *, as_json: bool) -> None:
    if as_json:
        document({"ok": True, **to_json(report)})
    else:
        _print(out(), report)


def _stated(candidate: Workflow, file: Path | None, from_record: bool) -> tuple[Stated, str]:
    """What is stated, and in which file. Raises: StatedUnusable, UsageWrong."""
    beside = candidate.loaded.folder / STATED_FILE
    if file is None and not from_record and beside.is_file():
        file = beside
    if file is not None:
        return read_stated(file), file.name
    if not from_record:
        raise UsageWrong(
            f"nothing says what to suppose: there is no {STATED_FILE} beside the contract",
            "write one (see docs/looking-ahead.md), or use --from-record",
        )
    return Stated(), "the record"


def _recorded(
    candidate: Workflow, folder: Path, database: str | None, sample: int
) -> tuple[ReplayedCase, ...]:
    """The newest cases on record. Raises: UsageWrong when there are none."""
    settings = settings_for(database, [folder])
    refuse_missing_file(settings)
    with (
        open_store(settings.database_url) as store,
        tempfile.TemporaryDirectory(prefix="interlock-simulate-") as place,
    ):
        store.require_current_schema()
        versions = KeptVersions(store, Workflows([candidate]), Path(place))
        name = candidate.contract.workflow
        found = replayed_cases(store, versions, name, limit=sample or None)
        recorded = tuple(each for each in found if isinstance(each, ReplayedCase))
    if not recorded:
        raise UsageWrong(
            f"there is no case of {name} on record", f"state what to suppose in {STATED_FILE}"
        )
    return recorded


def _volume(candidate: Workflow) -> float:
    """Cases a day from the baseline. Raises: UsageWrong; it is never guessed."""
    name = candidate.contract.baseline
    try:
        if name:
            return volume_per_month(candidate.loaded.folder, name) / WORKING_DAYS
    except BaselineUnusable:
        pass
    raise UsageWrong(
        "nothing says how many cases come",
        f"give --volume N, or write volume_per_day in {STATED_FILE} or volume_per_month in "
        "the baseline",
    )


def _print(console: Console, report: SimulationReport) -> None:
    console.print(
        heading(
            f"{report.workflow} {report.fingerprint[:12]} at stage {report.stage}: "
            f"{report.volume_per_day:,.0f} cases a day for {counted(report.days, 'day')}"
        )
    )
    console.print(
        facts(
            [
                ("supposed", f"{report.source}; seed {report.seed}"),
                ("taken through it", f"{report.paths:,} paths for {report.cases:,} cases"),
                ("by the machine", part_text(report.machine, "cases")),
                ("by people", part_text(report.people, "cases")),
                (
                    "neither",
                    part_text(report.unsettled, "cases") if report.unsettled.hits else None,
                ),
                *((f"  {why}", counted(n, "case")) for why, n in report.unsettled_why.items()),
                ("exception rate", part_text(report.exception_rate, "cases that met the AI")),
                ("override rate", part_text(report.human_override_rate, "proposals decided")),
            ]
        )
    )
    console.print(heading("\nQueues (minutes of their open hours)"))
    for queue in report.queues:
        bad = queue.growing or (queue.late.value or 0) > 0.05  # noqa: PLR2004  (one in twenty)
        console.print(marked("warn" if bad else "ok", f"{queue.queue}: {queue_text(queue)}"))
    if not report.queues:
        console.print("  nobody is asked anything")
    _print_ahead(console, report)


def _print_ahead(console: Console, report: SimulationReport) -> None:
    if report.budget is not None:
        console.print(heading("\nError budget"))
        console.print(facts(budget_lines(report)))
    if report.gate:
        console.print(heading("\nGate, at the canary's share"))
        console.print(
            facts(
                (each.text, f"{part_text(each.rate, 'cases')} in the canary: {each.words}")
                for each in report.gate
            )
        )
