"""`interlock check`: everything that is wrong with a contract, at once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from interlock.cli import options
from interlock.cli.failures import REFUSED
from interlock.cli.screen import as_json, document, facts, heading, marked, out
from interlock.contracts import CheckReport, check_contract
from interlock.contracts.problem import Problem
from interlock.domain.contract import StepMode, WorkflowContract
from interlock.papers.words import MODES, counted, listed


def check(
    folder: Annotated[
        Path, typer.Argument(help="A workflow's folder, or its contract file.", metavar="[FOLDER]")
    ] = Path(),
    as_json: options.Json = False,
) -> None:
    """Check a contract and its code: every problem at once, with its line and what to write."""
    report = check_contract(folder)
    if as_json:
        document(_as_document(report))
    else:
        _show(report)
    if not report.ok:
        raise typer.Exit(REFUSED)


def _as_document(report: CheckReport) -> dict[str, object]:
    contract = report.workflow.contract if report.workflow else None
    return {
        "ok": report.ok,
        "workflow": contract.workflow if contract else None,
        "fingerprint": contract.fingerprint if contract else None,
        "problems": [
            {
                "file": each.file,
                "line": each.line,
                "severity": each.severity,
                "message": each.message,
                "remedy": each.remedy,
            }
            for each in report.problems
        ],
        "capacity": [
            {**as_json(each), "holds": each.holds, "words": each.words} for each in report.capacity
        ],
        "capacity_needs": report.capacity_needs,
    }


def _show(report: CheckReport) -> None:
    """Each problem in a line of its own, so that an editor can jump to it."""
    console = out()
    for problem in report.problems:
        console.print(_line(problem), soft_wrap=True)
    if report.problems:
        console.print()
    console.print(marked("ok" if report.ok else "bad", report.closing_line()))
    if report.workflow is not None:
        _show_what_is_there(report.workflow.contract)
        _show_capacity(report)


def _line(problem: Problem) -> Text:
    place = f"{problem.file}:{problem.line}" if problem.line else problem.file
    kind = ("", "") if problem.is_error else ("warning: ", "yellow")
    return Text.assemble((place, "bold"), "  ", kind, f"{problem.message}; {problem.remedy}")


def _show_what_is_there(contract: WorkflowContract) -> None:
    console = out()
    console.print()
    console.print(f"[bold]{contract.title}[/bold]  {contract.outcome.statement}")
    console.print(
        facts(
            [
                ("steps", listed(f"{n} {mode}" for mode, n in _by_mode(contract).items())),
                ("actions", listed(contract.actions)),
                ("approvals", counted(len(contract.approvals), "tier")),
                ("exceptions", f"{len(contract.exceptions)} routes, a catch-all among them"),
                ("queues", listed(contract.queues)),
                ("never automated", listed(contract.never_automate)),
                ("fingerprint", contract.fingerprint[:16]),
            ]
        )
    )


def _show_capacity(report: CheckReport) -> None:
    console = out()
    console.print(heading("\nReviewer capacity"))
    if not report.capacity:
        console.print(f"  not reckoned: {report.capacity_needs}")
    for each in report.capacity:
        console.print(marked("ok" if each.holds else "warn", each.words))


def _by_mode(contract: WorkflowContract) -> dict[str, int]:
    """How many steps of each mode, in the words people use."""
    counts = {MODES[mode]: sum(step.mode is mode for step in contract.steps) for mode in StepMode}
    return {mode: count for mode, count in counts.items() if count}
