"""`interlock pause` and `interlock resume`: the kill switch, on the command line.

One rule: nothing is guessed. Exactly one scope is named, and the reason is asked for.
"""

from __future__ import annotations

from typing import Annotated

import typer

from interlock.bootstrap import Services
from interlock.cli import options
from interlock.cli.failures import UsageWrong
from interlock.cli.screen import document, marked, out
from interlock.cli.session import acting, open_services
from interlock.domain.pause import Pause, PauseId, PauseScope, ScopeKind
from interlock.papers.words import counted, moment

app = typer.Typer(
    help="Stop AI: everything, a workflow, a step, an action or an agent. People carry on.",
    add_completion=False,
    invoke_without_command=True,
)

Everything = Annotated[bool, typer.Option("--everything", help="All AI work, in every workflow.")]
InWorkflow = Annotated[
    str | None, typer.Option("--workflow", "-w", metavar="NAME", help="All AI work of a workflow.")
]
Step = Annotated[
    str | None,
    typer.Option("--step", metavar="WORKFLOW.STEP", help="One step's AI, and what rests on it."),
]
Action = Annotated[
    str | None,
    typer.Option("--action", metavar="WORKFLOW.ACTION", help="One action, whoever decided it."),
]
Agent = Annotated[
    str | None,
    typer.Option("--agent", metavar="NAME", help="One agent, in every workflow that uses it."),
]
Reason = Annotated[
    str | None,
    typer.Option("--reason", metavar="TEXT", help="Why; everyone affected sees it."),
]


@app.callback()
def pause(
    context: typer.Context,
    *,
    everything: Everything = False,
    workflow: InWorkflow = None,
    step: Step = None,
    action: Action = None,
    agent: Agent = None,
    reason: Reason = None,
    also_actions: Annotated[
        bool,
        typer.Option("--also-actions", help="Hold the actions that people or rules decided, too."),
    ] = False,
    database: options.Database = None,
    person: options.Person = None,
    as_json: options.Json = False,
) -> None:
    """Stop AI work at the next durable point of every case; people and fixed rules carry on."""
    if context.invoked_subcommand is not None:
        return
    scope = _scope(everything, workflow, step, action, agent, also_actions=also_actions)
    from interlock.runtime.commands import pausing

    with open_services(database, None) as services:
        by = acting(person, [each.contract for each in services.workflows])
        stops = pausing.affected(services.context, scope)
        found = pausing.pause(services.context, scope, by, _given(reason))
    if as_json:
        document({"ok": True, "pause": _plain(found), "affected": stops})
        return
    at_once = counted(stops, "case") + (" stops" if stops == 1 else " stop")
    text = f"{found.scope} is paused by {found.by} since {moment(found.at)}: {found.reason}"
    out().print(marked("ok", text))
    out().print(f"  {at_once} before the next AI step or action that rests on AI.", style="dim")


@app.command("list")
def list_pauses(
    every: Annotated[bool, typer.Option("--all", help="The lifted ones, too.")] = False,
    database: options.Database = None,
    as_json: options.Json = False,
) -> None:
    """Say what is paused, by whom, since when and why, and how many cases wait on it."""
    from interlock.cli.session import open_record

    with open_record(database) as (store, _):
        found = store.latest_pauses() if every else store.pauses_in_force()
        held = store.held_counts()
    if as_json:
        rows = [{**_plain(each), "cases": held.get(each.id, 0)} for each in found]
        document({"ok": True, "pauses": rows})
        return
    if not found:
        out().print(marked("ok", "nothing is paused"))
    for each in found:
        out().print(_line(each, held))


def resume(
    *,
    everything: Everything = False,
    workflow: InWorkflow = None,
    step: Step = None,
    action: Action = None,
    agent: Agent = None,
    reason: Reason = None,
    database: options.Database = None,
    person: options.Person = None,
    as_json: options.Json = False,
) -> None:
    """Let what was paused go on; a worker takes the waiting cases on at once."""
    scope = _scope(everything, workflow, step, action, agent)
    from interlock.runtime.commands import pausing

    with open_services(database, None) as services:
        by = acting(person, [each.contract for each in services.workflows])
        found = pausing.resume(services.context, scope, by, _given(reason))
        waiting = _waiting(services, found)
    if as_json:
        document({"ok": True, "pause": _plain(found), "waiting": waiting})
        return
    text = f"{found.scope} goes on; {counted(waiting, 'case')} waited for it"
    out().print(marked("ok", text))


def _waiting(services: Services, lifted: Pause) -> int:
    return services.store.held_counts().get(lifted.id, 0)


def _scope(
    everything: bool,
    workflow: str | None,
    step: str | None,
    action: str | None,
    agent: str | None,
    *,
    also_actions: bool = False,
) -> PauseScope:
    """The one scope that is named. Raises: UsageWrong for none or several."""
    named = {
        ScopeKind.EVERYTHING: "" if everything else None,
        ScopeKind.WORKFLOW: workflow,
        ScopeKind.STEP: step,
        ScopeKind.ACTION: action,
        ScopeKind.AGENT: agent,
    }
    given = [(kind, text) for kind, text in named.items() if text is not None]
    if len(given) != 1:
        seen = "no scope is named" if not given else f"{len(given)} scopes are named"
        raise UsageWrong(seen, "name one: --everything, --workflow, --step, --action or --agent")
    [(kind, text)] = given
    match kind:
        case ScopeKind.EVERYTHING:
            return PauseScope(kind=kind, also_actions=also_actions)
        case ScopeKind.WORKFLOW:
            return PauseScope(kind=kind, workflow=text, also_actions=also_actions)
        case ScopeKind.AGENT:
            return PauseScope(kind=kind, name=text, also_actions=also_actions)
    owner, dot, name = text.partition(".")
    if not (owner and dot and name):
        raise UsageWrong(f"--{kind} {text!r} names no {kind}", f"write WORKFLOW.{kind.upper()}")
    return PauseScope(kind=kind, workflow=owner, name=name, also_actions=also_actions)


def _given(reason: str | None) -> str:
    if reason is None:
        raise UsageWrong(
            "no reason is given", 'say why with --reason "…"; everyone affected sees it'
        )
    return reason


def _plain(found: Pause) -> dict[str, object]:
    return {
        "id": found.id,
        "scope": str(found.scope),
        "kind": found.scope.kind,
        "workflow": found.scope.workflow,
        "name": found.scope.name,
        "also_actions": found.scope.also_actions,
        "by": found.by,
        "reason": found.reason,
        "at": found.at,
        "lifted_at": found.lifted_at,
        "lifted_by": found.lifted_by,
        "lifted_because": found.lifted_because,
    }


def _line(each: Pause, held: dict[PauseId, int]) -> object:
    more = ", actions too" if each.scope.also_actions else ""
    text = f"{each.scope}{more}: {each.by} at {moment(each.at)}, {each.reason}"
    if each.lifted_at is not None:
        lifted = f"lifted by {each.lifted_by} at {moment(each.lifted_at)}: {each.lifted_because}"
        return marked("ok", f"{text}; {lifted}")
    waits = held.get(each.id, 0)
    return marked("warn", f"{text}; {counted(waits, 'case')} {'waits' if waits == 1 else 'wait'}")
