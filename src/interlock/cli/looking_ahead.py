"""Keeps what `backtest` and `simulate` found, for the release board.

One rule: a result that cannot be kept is still printed; why it was not kept is said beside it.
"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from interlock.cli.screen import as_json, notes
from interlock.cli.session import clock_of, has_database
from interlock.domain.ahead import AheadKind, LookAhead
from interlock.errors import InterlockError
from interlock.foresight import BacktestReport, SimulationReport
from interlock.foresight.wording import (
    backtest_lines,
    backtest_terms,
    simulation_lines,
    simulation_terms,
)
from interlock.settings import Settings
from interlock.storage import open_store

Keep = Annotated[
    bool,
    typer.Option("--keep/--no-keep", help="Put the result on record, for the release board."),
]
SINGLE_CASES = ("differing",)  # what no summary has


def keep(report: BacktestReport | SimulationReport, settings: Settings, person: str | None) -> None:
    """Puts the result on record where there is a database; else says why not."""
    if not has_database(settings):
        notes().print("not kept: there is no database; name one with --database", style="dim")
        return
    found = _found(report, settings, person)
    try:
        with open_store(settings.database_url) as store:
            store.require_current_schema()
            store.keep_look_ahead(found)
    except InterlockError as unable:
        notes().print(f"not kept: {unable}", style="dim")
        return
    notes().print("kept for the release board; leave it out with --no-keep", style="dim")


def _found(
    report: BacktestReport | SimulationReport, settings: Settings, person: str | None
) -> LookAhead:
    if isinstance(report, BacktestReport):
        kind, terms, lines = AheadKind.BACKTEST, backtest_terms(report), backtest_lines(report)
    else:
        kind, terms = AheadKind.SIMULATE, simulation_terms(report)
        lines = simulation_lines(report)
    numbers: dict[str, Any] = as_json(report)
    return LookAhead(
        workflow=report.workflow,
        fingerprint=report.fingerprint,
        kind=kind,
        at=clock_of(settings).now(),
        by=person or settings.user or "",
        terms=terms,
        lines=lines,
        numbers={name: each for name, each in numbers.items() if name not in SINGLE_CASES},
    )
