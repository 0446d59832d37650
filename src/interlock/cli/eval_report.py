"""What `interlock eval` found, as a table a lead can read and a difference for each failure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from interlock.cli.screen import BAD, DIM, OK, facts, heading, marked
from interlock.domain.protected import CaseFinding, Finding
from interlock.measure.paired import Paired
from interlock.papers.words import counted
from interlock.release.protected import Evaluation

MARKS: Final = {
    Finding.PASSED: "ok",
    Finding.FAILED: "bad",
    Finding.COULD_NOT: "bad",
    Finding.EXPIRED: "warn",
}
WORDS: Final = {
    Finding.PASSED: "passed",
    Finding.FAILED: "failed",
    Finding.COULD_NOT: "could not",
    Finding.EXPIRED: "expired",
}
KINDS: Final = {
    "exceptions": "exceptions",
    "actions": "actions",
    "never_automate": "never automated",
    "approvals": "approvals",
    "segments": "segments",
}
Against = tuple[str, Paired, Sequence[CaseFinding]]


def print_report(
    console: Console,
    done: Evaluation,
    missing: Mapping[str, tuple[str, ...]],
    against: Against | None,
    *,
    kept: bool,
) -> None:
    """Prints it: the table, what is different where, what is not covered, and the result."""
    if done.findings:
        console.print(_table(done.findings))
    for each in done.findings:
        if each.finding in (Finding.FAILED, Finding.COULD_NOT):
            _print_failure(console, each)
    if against is not None:
        _print_against(console, *against)
    if missing:
        console.print(heading("\nNo protected case touches"))
        rows = [(KINDS[kind], _listed(names)) for kind, names in missing.items()]
        console.print(facts(rows))
    _print_result(console, done, kept=kept)


def _table(findings: Sequence[CaseFinding]) -> Table:
    table = Table(box=None, pad_edge=False)
    for name in ("", "case", "severity", "owner", "result", "from record", "ms"):
        table.add_column(name, justify="right" if name == "ms" else "left", overflow="fold")
    for each in findings:
        sign = marked(MARKS[each.finding], "")
        record = counted(len(each.from_record), "answer") if each.from_record else ""
        row = (each.name, each.severity, each.owner, WORDS[each.finding], record)
        table.add_row(sign, *row, str(each.took_ms))
    return table


def _print_failure(console: Console, found: CaseFinding) -> None:
    console.print()
    console.print(marked("bad", f"{found.name}  ({found.severity}, {found.owner})"))
    console.print(Text(f"  {found.reason}", style=DIM))
    if found.why:
        console.print(Text(f"  {found.why}"))
    for each in found.differences:
        console.print(Text(f"  {each.what}"))
        console.print(Text(f"    - {each.expected}", style=BAD))
        console.print(Text(f"    + {each.got}", style=OK))
    for note in found.notes:
        console.print(Text(f"  {note}", style=DIM))


def _print_against(
    console: Console, fingerprint: str, paired: Paired, _: Sequence[CaseFinding]
) -> None:
    console.print(heading(f"\nAgainst version {fingerprint[:12]}, on the same cases"))
    console.print(
        facts(
            [
                ("both pass", f"{paired.both} of {paired.cases}"),
                ("only the old passes", ", ".join(paired.worse) or "none"),
                ("only the new passes", ", ".join(paired.better) or "none"),
                ("difference", _difference(paired)),
            ]
        )
    )


def _difference(paired: Paired) -> str:
    if not paired.worse and not paired.better:
        return "none on these cases"
    return (
        f"{paired.difference:+.1%} passed, 95% interval {paired.low:+.1%} to {paired.high:+.1%}; "
        f"chance alone would differ as much in {paired.p_value:.0%} of comparisons"
    )


def _listed(names: Sequence[str]) -> str:
    return ", ".join(each.removeprefix("approval:") for each in names)


def _print_result(console: Console, done: Evaluation, *, kept: bool) -> None:
    result = done.result
    parts = [f"{result.passed} passed"]
    parts += [f"{result.failed} failed"] if result.failed else []
    parts += [f"{result.could_not} could not be played"] if result.could_not else []
    parts += [f"{result.expired} expired, renew or retire"] if result.expired else []
    good = result.passed and not result.failing
    console.print()
    if not done.findings:
        console.print(marked("warn", "there are no protected cases, so nothing was found"))
        return
    console.print(marked("ok" if good else "bad", ", ".join(parts)))
    if result.failing_critical:
        names = ", ".join(result.failing_critical)
        console.print(Text(f"  no promotion while these critical ones fail: {names}"))
    tail = "The result is kept for the gate." if kept else "The result was not kept."
    console.print(Text(f"No action was done. {tail}", style=DIM))
