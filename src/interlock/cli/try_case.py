"""`interlock try`: one case from its input to its end, told step by step; nothing is kept.

It runs on a database in memory and on a copy of the workflow's data folder, with a clock of its
own that jumps over waits. What it shows is what `run` would do.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final

import typer

from interlock.bootstrap import build
from interlock.cli import options
from interlock.cli.documents import found_documents
from interlock.cli.failures import UsageWrong
from interlock.cli.rehearsal import Rehearsal, Told, Verdict
from interlock.cli.screen import document, facts, is_terminal, marked, out
from interlock.cli.session import settings_for, the_workflow
from interlock.cli.timeline import print_entry
from interlock.domain.case import Case
from interlock.domain.review import ReviewTask, Verb
from interlock.papers.words import OUTCOMES, WAITS, span
from interlock.settings import load_settings

DECISIONS: Final = ("approve", "reject")
INLINE: Final = "inline"
IN_MEMORY: Final = "sqlite://"


def try_case(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The workflow's folder.")],
    source: Annotated[Path, typer.Argument(metavar="INPUT", help="One file to try.")],
    *,
    decide: Annotated[
        str | None,
        typer.Option("--decide", metavar="VERB", help="Answer every question: approve or reject."),
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Approve everything, as whoever may.")
    ] = False,
    no_input: Annotated[
        bool, typer.Option("--no-input", help="Ask nothing; stop where a person is asked.")
    ] = False,
    stage: options.Stage = None,
    as_json: options.Json = False,
) -> None:
    """Try one case: every step, guard, policy answer and decision in words. Leaves no trace."""
    verb = _verb(decide, yes)
    asks = not (verb or no_input or as_json) and is_terminal()
    with _rehearsal(folder, stage) as rehearsal:
        told: list[Told] = []
        if not as_json:
            rehearsal.listen(lambda each: print_entry(out(), each, asides=True))
        rehearsal.listen(told.append)
        ends = [
            rehearsal.play(each, Verdict(verb=verb, asks=asks)) for each in found_documents(source)
        ]
        cases = [case for end in ends for case in end]
        asked = {case.id: rehearsal.asked(case) for case in cases}
    if as_json:
        document({"ok": True, "cases": [_as_document(case, told) for case in cases]})
        return
    for case in cases:
        _show_end(case, asked[case.id])


def _verb(decide: str | None, yes: bool) -> Verb | None:
    if decide is not None and decide not in DECISIONS:
        raise UsageWrong(
            f"--decide is {decide!r}", "write approve or reject; to edit, answer on a terminal"
        )
    if decide == "reject" and yes:
        raise UsageWrong("--yes approves and --decide reject rejects", "give one of them")
    return Verb(decide) if decide else Verb.APPROVE if yes else None


@contextmanager
def _rehearsal(folder: Path, stage: str | None) -> Iterator[Rehearsal]:
    """A workflow in memory, on a copy of its data that is thrown away."""
    if not folder.exists():
        raise UsageWrong(f"there is no folder {folder}", "name the one that holds contract.yaml")
    with tempfile.TemporaryDirectory(prefix="interlock-try-") as place:
        data = Path(place) / "data"
        kept = load_settings().data
        if kept.is_dir():
            shutil.copytree(kept, data)
        settings = settings_for(IN_MEMORY, [folder], stage=stage, engine=INLINE)
        services = build(settings.model_copy(update={"data": data}))
        try:
            yield Rehearsal(services, the_workflow(services))
        finally:
            services.close()


def _show_end(case: Case, task: ReviewTask | None) -> None:
    console = out()
    console.print()
    name = case.title or case.key
    if case.outcome is not None:
        mark = "ok" if OUTCOMES[case.outcome] == "completed" else "bad"
        console.print(marked(mark, f"{name}: {OUTCOMES[case.outcome]}, {case.handling}"))
    else:
        console.print(marked("warn", f"{name}: {_stop(case, task)}"))
    took = (case.closed_at or case.updated_at) - case.opened_at
    console.print(
        facts(
            [
                ("amount", case.amount),
                ("time in it", span(took)),
                ("actions", ", ".join(f"{each.name} {each.state}" for each in case.actions)),
            ]
        )
    )
    console.print("[dim]Nothing was kept: memory only, and a copy of the data.[/dim]")


def _stop(case: Case, task: ReviewTask | None) -> str:
    """Where it stops, and what would take it on."""
    if task is None:
        return (
            f"it stops here, waiting for {WAITS[case.waits_for]}" if case.waits_for else "stopped"
        )
    verbs = ", ".join(task.verbs)
    return f"it stops here; {task.queue} is asked “{task.question}” and may: {verbs}"


def _as_document(case: Case, told: list[Told]) -> dict[str, object]:
    return {
        "case": case.id,
        "key": case.key,
        "title": case.title,
        "state": case.state,
        "waits_for": case.waits_for,
        "outcome": case.outcome,
        "handling": case.handling,
        "amount": case.amount,
        "told": [
            {"at": each.at, "actor": each.actor, "says": each.text, "asides": list(each.asides)}
            for each in told
        ],
    }
