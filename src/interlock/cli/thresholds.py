"""`interlock thresholds`: the confidence lines the record supports, as a change to be proposed.

One rule: it never applies anything; it prints a change, or writes it into another file.
"""

from __future__ import annotations

from difflib import unified_diff
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.table import Table

from interlock.cli import options
from interlock.cli.failures import UsageWrong
from interlock.cli.screen import document, heading, marked, out
from interlock.cli.session import open_record
from interlock.measure.thresholds import (
    CONFIDENCE,
    RATE,
    LinePoint,
    Threshold,
    choose_lines,
    curve_svg,
)

SHOWN: Final = (0.999, 0.99, 0.95, 0.9, 0.8, 0.7, 0.6, 0.5)  # lines of the printed curve
Step = Annotated[str | None, typer.Option("--step", metavar="STEP", help="One AI step.")]
Rate = Annotated[
    float,
    typer.Option("--rate", metavar="SHARE", min=0.0001, max=0.5, help="Errors allowed, of 1."),
]
Sure = Annotated[
    float,
    typer.Option("--confidence", metavar="SHARE", min=0.5, max=0.9999, help="How sure, of 1."),
]


def thresholds(
    *,
    folder: Annotated[Path, typer.Argument(metavar="WORKFLOW", help="The workflow's folder.")],
    step: Step = None,
    rate: Rate = RATE,
    confidence: Sure = CONFIDENCE,
    write: Annotated[
        Path | None, typer.Option("--write", metavar="FILE", help="The changed contract goes here.")
    ] = None,
    svg: Annotated[
        Path | None, typer.Option("--svg", metavar="FILE", help="The curves as a picture.")
    ] = None,
    database: options.Database = None,
    as_json: options.Json = False,
) -> None:
    """Choose, per segment, the lowest confidence line that is provably safe, and propose it."""
    from interlock.contracts import load_workflow
    from interlock.contracts.confidence_patch import with_segment_lines
    from interlock.measure.reviewed_cases import reviewed_cases

    loaded = load_workflow(folder)
    chosen = _step(loaded.contract.steps, step)
    with open_record(database) as (store, _):
        reviewed = reviewed_cases(store, loaded.contract, chosen)
    found = choose_lines(reviewed, rate=rate, confidence=confidence)
    lines = {each.segment: each.chosen.line for each in found if each.chosen is not None}
    text = with_segment_lines(loaded.source, chosen.step_name, lines) if lines else loaded.source
    if write is not None:
        _write(write, text)
    if svg is not None:
        svg.write_text(curve_svg(found), encoding="utf-8")
    if as_json:
        document({"ok": True, "step": chosen.step_name, "lines": lines, "segments": found})
        return
    _print(out(), chosen.step_name, found)
    _print_change(out(), loaded.source, text)


def _step(steps: Any, name: str | None) -> Any:
    """The AI step named, or the only one with a line. Raises: UsageWrong."""
    with_line = [each for each in steps if each.is_ai and each.confidence is not None]
    found = [each for each in with_line if name in (None, each.step_name)]
    if len(found) != 1:
        names = ", ".join(each.step_name for each in with_line) or "none"
        raise UsageWrong(
            f"{len(found)} AI steps with a confidence line fit", f"name one with --step: {names}"
        )
    return found[0]


def _write(file: Path, text: str) -> None:
    """Raises: UsageWrong for a file that is there: the contract itself is changed by people."""
    if file.exists():
        raise UsageWrong(f"{file} is there already", "name a new file; nothing is applied by us")
    file.write_text(text, encoding="utf-8")


def _print(console: Console, step: str, found: tuple[Threshold, ...]) -> None:
    if not found:
        console.print(marked("warn", f"no proposal of {step} was reviewed yet; no line is known"))
    for each in found:
        console.print(heading(f"{step}, {each.segment or 'all cases'}: {each.reviewed} reviewed"))
        curve = Table("line", "share", "error", "at most", "", box=None)
        for point in each.points:
            if point.line in SHOWN:
                curve.add_row(*_row(point))
        console.print(curve)
        console.print(marked(*_said(each)))


def _row(point: LinePoint) -> list[str]:
    share = "unknown" if point.share is None else f"{point.share:.1%}"
    error = "unknown" if point.error is None else f"{point.error:.2%}"
    of = f"{error} ({point.wrong} of {point.accepted})"
    return [f"{point.line:g}", share, of, f"{point.upper:.2%}", "safe" if point.safe else ""]


def _said(found: Threshold) -> tuple[str, str]:
    if found.chosen is None:
        return "warn", (
            f"no line is known to keep errors under {found.rate:.1%} with {found.confidence:.0%} "
            f"confidence; without any error it takes {found.needed} reviewed cases at least"
        )
    share = "" if found.chosen.share is None else f", {found.chosen.share:.1%} of cases"
    return "ok", (
        f"line {found.chosen.line:g}{share}: errors under {found.rate:.1%} with "
        f"{found.confidence:.0%} confidence"
    )


def _print_change(console: Console, before: str, after: str) -> None:
    rows = unified_diff(
        before.splitlines(), after.splitlines(), "contract.yaml", "proposed", lineterm="", n=1
    )
    for row in rows:
        console.print(row, markup=False)
