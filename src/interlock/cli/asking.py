"""Questions on the terminal. Each has an option that answers it, so none is ever required."""

from __future__ import annotations

from collections.abc import Sequence

import typer

from interlock.cli.screen import notes
from interlock.cli.values import pairs
from interlock.domain.review import ReviewTask, Verb
from interlock.domain.rules.assign import DECIDING
from interlock.runtime.commands import DecisionRefused, decide_task
from interlock.runtime.commands.editing import EditRefused
from interlock.runtime.context import Context

STOP = "stop"


def ask_on_terminal(context: Context, task: ReviewTask, people: Sequence[str]) -> bool:
    """Asks for a decision until one is recorded. False: the person wants to stop here."""
    console = notes()
    console.print(f"\n[bold]{task.question}[/bold]  {task.queue}; may decide: {', '.join(people)}")
    while True:
        verb = choose("Decision", [*(str(v) for v in task.verbs if v in DECIDING), STOP])
        if verb == STOP:
            return False
        by = choose("As", people) if len(people) > 1 else next(iter(people), "")
        try:
            decide_task(
                context,
                task.id,
                by,
                Verb(verb),
                reason_code=ask_reason(task),
                changes=ask_changes() if verb == Verb.EDIT else None,
                supplied=ask_evidence(task),
                seen_evidence=task.evidence_digest,
                via="try",
            )
        except (DecisionRefused, EditRefused) as refused:
            console.print(str(refused), style="red")
            continue
        return True


def choose(what: str, choices: Sequence[str]) -> str:
    """One of the choices, asked until it is one of them; the first is the default."""
    offered = "/".join(choices)
    while True:
        said: str = typer.prompt(f"{what} [{offered}]", default=choices[0], err=True)
        fits = [each for each in choices if each == said] or [
            each for each in choices if each.startswith(said)
        ]
        if len(fits) == 1:
            return fits[0]


def ask_reason(task: ReviewTask) -> str:
    """A reason code, when the task wants one."""
    return choose("Reason", task.reason_codes) if task.reason_codes else ""


def ask_evidence(task: ReviewTask) -> dict[str, str]:
    """A text for each piece of required evidence the package does not hold."""
    return {
        name: typer.prompt(f"Evidence missing, {name}", default="", err=True)
        for name in task.missing
    }


def ask_changes() -> dict[str, object]:
    """What changes, as FIELD=VALUE; an empty line ends it."""
    given: list[str] = []
    while line := typer.prompt("Change FIELD=VALUE", default="", err=True, show_default=False):
        given.append(line)
    return pairs("--set", given)
