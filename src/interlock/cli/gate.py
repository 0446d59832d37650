"""`interlock gate`: how a release stands at its gate, what was said before, and whether that holds.

One rule: looking records nothing; verdicts are recorded by the workers' sweep alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Annotated, Any, Final

import typer
from rich.console import RenderableType
from rich.text import Text

from interlock.cli import options
from interlock.cli.failures import REFUSED, UsageWrong
from interlock.cli.screen import DIM, document, hanging, heading, marked, out
from interlock.cli.session import open_record, open_services, the_workflow
from interlock.domain.gate import Finding, GateDecision, GateVerdict
from interlock.domain.release import ReleaseId
from interlock.papers.words import moment

app = typer.Typer(
    help="How a release stands at its gate, and on what evidence.", add_completion=False
)

SIGNS: Final = {
    Finding.PASS: ("✓ pass", "green"),
    Finding.FAIL: ("✗ fail", "red"),
    Finding.NOT_YET: ("· not yet", "yellow"),
    Finding.BROKEN: ("! broken", "red"),
}
WATCH_SIGNS: Final = {
    Finding.PASS: ("✓ clear", "green"),
    Finding.FAIL: ("✗ met", "red"),
    Finding.NOT_YET: ("· watched", "dim"),
    Finding.BROKEN: ("! broken", "red"),
}
MARKS: Final = {
    GateDecision.PROMOTE: "ok",
    GateDecision.HOLD: "warn",
    GateDecision.ROLL_BACK: "bad",
}
WIDTH: Final = 11

Name = Annotated[
    str | None, typer.Argument(help="The workflow's name; not needed when there is one.")
]
Segment = Annotated[
    str | None, typer.Option("--segment", metavar="NAME", help="Only this segment.")
]


@app.command()
def show(
    workflow: Name = None,
    *,
    segment: Segment = None,
    folder: options.Workflow = None,
    database: options.Database = None,
    as_json: options.Json = False,
) -> None:
    """Say how the running release stands now: each line, condition and the error budget."""
    with open_services(database, folder) as services:
        from interlock.release import gate_now
        from interlock.release.chores import segments_to_judge

        found = services.workflows.named(workflow) if workflow else the_workflow(services)
        release = gate_now.running(services.store, found.contract.workflow)
        asked = segments_to_judge(services.context, release)
        names = asked if segment is None else (segment,)
        looks = [gate_now.look(services.context, release, name) for name in names]
    if as_json:
        document({"ok": True, "release": release, "gates": looks})
        return
    for each in looks:
        _print(_shown(each.verdict))
        if each.budget is not None:
            from interlock.domain.rules.error_budget import in_words

            _print((heading("\nError budget"), Text(f"  {in_words(each.budget)}")))


@app.command()
def history(
    release: Annotated[str, typer.Argument(help="The release's id.")],
    *,
    segment: Segment = None,
    limit: Annotated[
        int, typer.Option("--limit", metavar="N", min=1, max=1000, help="At most N of them.")
    ] = 20,
    database: options.Database = None,
    as_json: options.Json = False,
) -> None:
    """List what the gate said of a release, the newest first."""
    with open_record(database) as (store, _):
        found = store.verdicts(ReleaseId(release), limit, segment=segment)
    if as_json:
        document({"ok": True, "verdicts": found})
        return
    if not found:
        out().print(marked("warn", f"the gate has said nothing of {release}"))
    for each in found:
        seen = each.evidence
        where = f"{seen.era} at {seen.stage}" + (f", {seen.segment}" if seen.segment else "")
        out().print(marked(MARKS[each.decision], f"{each.id}  {moment(seen.at)}  {where}"))
        out().print(hanging("", each.words, width=1))


@app.command()
def replay(
    number: Annotated[
        int | None, typer.Argument(metavar="[VERDICT]", help="The id of one verdict.")
    ] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="Every verdict of every release.")] = False,
    database: options.Database = None,
    as_json: options.Json = False,
) -> None:
    """Judge stored evidence again; says so when evidence or verdict are not what is on record."""
    if (number is None) != every:
        raise UsageWrong("it is not clear which verdicts", "name one by its id, or write --all")
    from interlock.release import replay as again

    with open_record(database) as (store, _):
        if number is not None:
            verdict = store.verdict(number)
            if verdict is None:
                raise UsageWrong(
                    f"there is no verdict {number}", "list them: interlock gate history"
                )
            results = [again.replay(store, verdict)]
        else:
            ids = store.releases()
            results = list(chain.from_iterable(again.replay_all(store, one.id) for one in ids))
    wrong = [each for each in results if not each.is_same]
    if as_json:
        rows = [
            {"verdict": each.verdict.id, "same": each.is_same, "differences": each.differences}
            for each in results
        ]
        document({"ok": not wrong, "replayed": rows})
    else:
        _print(_replayed(results, wrong))
    if wrong:
        raise typer.Exit(REFUSED)


@app.command()
def verify(
    workflow: Name = None,
    *,
    folder: options.Workflow = None,
    database: options.Database = None,
    as_json: options.Json = False,
) -> None:
    """Count every fact of the running release anew, and hold its tally against that."""
    with open_services(database, folder) as services:
        from interlock.release import gate_now
        from interlock.release.chores import segments_to_judge

        found = services.workflows.named(workflow) if workflow else the_workflow(services)
        release = gate_now.running(services.store, found.contract.workflow)
        segments = segments_to_judge(services.context, release)
        checked = gate_now.check_tallies(services.context, release, segments)
    wrong = any(each.faults for each in checked)
    if as_json:
        document({"ok": not wrong, "release": release.id, "tallies": checked})
    else:
        _print(map(_checked, checked))
    if wrong:
        raise typer.Exit(REFUSED)


def _checked(each: Any) -> RenderableType:
    where = each.era + (f", {each.segment}" if each.segment else "")
    if each.faults is None:
        return marked("ok", f"{where}: no tally serves now; a look counts every fact")
    if each.faults:
        return marked("bad", f"{where}: {'; '.join(each.faults)}")
    return marked("ok", f"{where}: the tally is what the facts come to")


def _replayed(results: list[Any], wrong: list[Any]) -> Iterator[RenderableType]:
    for each in wrong:
        yield marked("bad", f"verdict {each.verdict.id}: {'; '.join(each.differences)}")
    same = len(results) - len(wrong)
    text = f"{same} of {len(results)} verdicts come out the same from their evidence"
    yield marked("ok" if not wrong else "warn", text)


def _shown(verdict: GateVerdict) -> Iterator[RenderableType]:
    seen = verdict.evidence
    where = f", segment {seen.segment}" if seen.segment else ""
    yield heading(
        f"{seen.workflow}: {seen.release} at {seen.stage}{where}, since {moment(seen.since)}"
    )
    yield marked(MARKS[verdict.decision], str(verdict.decision).replace("_", " "))
    yield heading("\nMust hold")
    for each in verdict.criteria:
        yield _line(SIGNS[each.finding], each.text, each.words)
    yield heading("\nTakes it back")
    for each in verdict.watched:
        yield _line(WATCH_SIGNS[each.finding], each.text, each.words)
    yield heading("\nAlso needed")
    for condition in verdict.conditions:
        name = str(condition.condition).replace("_", " ")
        yield _line(SIGNS[condition.finding], name, condition.words)
    yield Text(
        f"\n  judged by {verdict.method}; evidence {verdict.evidence_digest[:12]}", style=DIM
    )


def _line(sign: tuple[str, str], text: str, words: str) -> RenderableType:
    said = Text.assemble(text, (f"\n{words}", DIM))
    return hanging(Text(*sign), said, width=WIDTH)


def _print(lines: Iterable[RenderableType]) -> None:
    console = out()
    for line in lines:
        console.print(line)
