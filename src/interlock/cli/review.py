"""`interlock review`: what needs a person, and the person's answer.

One rule: nothing is decided here; each command asks the one function that decides for all paths.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import typer

from interlock.bootstrap import Services
from interlock.cli import options
from interlock.cli.asking import ask_changes, ask_evidence, ask_reason, choose
from interlock.cli.failures import UsageWrong
from interlock.cli.review_report import report, who
from interlock.cli.screen import document, is_terminal, out
from interlock.cli.session import acting, contracts_of, open_record, open_services
from interlock.cli.task_file import print_task, task_document, task_row
from interlock.cli.task_hands import add_to
from interlock.cli.task_list import print_tasks
from interlock.cli.values import pairs, texts
from interlock.domain.case import Case
from interlock.domain.contract import WorkflowContract
from interlock.domain.review import ReviewKind, ReviewTask, Verb
from interlock.domain.rules.assign import DECIDING
from interlock.papers.words import short
from interlock.runtime.commands import (
    answer_question,
    ask_question,
    claim_task,
    decide_task,
    escalate_task,
    evidence_shown,
    give_own_answer,
    release_task,
)
from interlock.storage import TaskQuery

app = typer.Typer(
    help="See what needs a person, and answer it.", no_args_is_help=True, add_completion=False
)

TaskName = Annotated[str, typer.Argument(metavar="TASK", help="Id of the task, or its start.")]
add_to(app)  # takeover, hand-back, reassign, undo, next, bulk
Later = Annotated[bool, typer.Option("--later", help="Record it only; a worker takes the case on.")]
SEEN_LETTERS = 8  # of a seal that are enough to name it


@app.command("list")
def list_tasks(
    *,
    queue: Annotated[
        list[str] | None, typer.Option("--queue", "-q", metavar="QUEUE", help="Only this queue.")
    ] = None,
    kind: Annotated[ReviewKind | None, typer.Option("--kind", help="Only of this kind.")] = None,
    mine: Annotated[
        bool, typer.Option("--mine", help="Only the queues of the person who acts.")
    ] = False,
    limit: options.Limit = 50,
    person: options.Person = None,
    workflow: options.Workflow = None,
    database: options.Database = None,
    as_json: options.Json = False,
) -> None:
    """List what needs a person, the most urgent first."""
    with open_record(database) as (store, ticking):
        contracts = contracts_of(store, workflow)
        queues = tuple(queue or ())
        if mine:
            queues = _queues_of(acting(person, [*contracts.values()]), contracts, queues)
        tasks = store.tasks(TaskQuery(queues=queues, kind=kind, limit=limit))
        cases = {each.id: each for each in store.load([task.case_id for task in tasks])}
        now = ticking.now()
    hours = {(name, each.name): each for name, c in contracts.items() for each in c.queues.values()}
    rows = [
        (task, cases.get(task.case_id), hours.get((task.workflow, task.queue))) for task in tasks
    ]
    if as_json:
        document({"tasks": [task_row(task, case, hour, now) for task, case, hour in rows]})
    else:
        print_tasks(out(), rows, now)


@app.command()
def show(
    task: TaskName,
    person: options.Person = None,
    workflow: options.Workflow = None,
    database: options.Database = None,
    as_json: options.Json = False,
) -> None:
    """Show one task: the question, why it came, the evidence, and what each decision causes."""
    with open_services(database, workflow) as services:
        found, case, contract = _look(services, task)
        evidence = evidence_shown(services.context, found.id, person or "")
        now = services.clock.now()
    if as_json:
        document(task_document(found, case, contract, evidence, now))
    else:
        print_task(out(), found, case, contract, evidence, now)


@app.command()
def claim(
    task: TaskName,
    person: options.Person = None,
    workflow: options.Workflow = None,
    database: options.Database = None,
    as_json: options.Json = False,
) -> None:
    """Hold a task for the length of its queue's lease, so that nobody else starts on it."""
    with open_services(database, workflow) as services:
        by = who(services, person)
        done = claim_task(services.context, task, by)
        until = done.task.lease_until
        report(services, done, as_json, f"{by} holds it until {until:%H:%M} UTC")


@app.command()
def release(
    task: TaskName,
    person: options.Person = None,
    workflow: options.Workflow = None,
    database: options.Database = None,
    as_json: options.Json = False,
) -> None:
    """Give a task back to its queue."""
    with open_services(database, workflow) as services:
        done = release_task(services.context, task, who(services, person))
        report(services, done, as_json, f"it is back in {done.task.queue}")


@app.command()
def decide(
    task: TaskName,
    verb: Annotated[
        str | None, typer.Argument(metavar="[approve|edit|reject]", help="The decision.")
    ] = None,
    *,
    reason: Annotated[
        str, typer.Option("--reason", "-r", metavar="CODE", help="A reason code of the task.")
    ] = "",
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="For the record.")] = "",
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="FIELD=VALUE", help="With edit: a new value, JSON or text."),
    ] = None,
    evidence: Annotated[
        list[str] | None,
        typer.Option("--evidence", metavar="NAME=TEXT", help="Required evidence you add."),
    ] = None,
    seen: Annotated[
        str | None,
        typer.Option("--seen", metavar="SEAL", help="Seal of the evidence you looked at."),
    ] = None,
    hold: Annotated[
        bool, typer.Option("--hold", help="Let it wait for the queue's undo window.")
    ] = False,
    later: Later = False,
    person: options.Person = None,
    workflow: options.Workflow = None,
    database: options.Database = None,
    as_json: options.Json = False,
) -> None:
    """Decide a task: approve, edit or reject. The case goes on from there, at once."""
    given, supplied = pairs("--set", changes), texts("--evidence", evidence)
    with open_services(database, workflow) as services:
        by = who(services, person)
        found = services.store.task(task)
        asks = verb is None and is_terminal() and not as_json
        chosen = _verb(found, verb, asks=asks)
        if asks and chosen is Verb.EDIT and not given:
            given = ask_changes()
        done = decide_task(
            services.context,
            found.id,
            by,
            chosen,
            reason_code=reason or (ask_reason(found) if asks else ""),
            note=note,
            changes=given or None,
            supplied=supplied or (ask_evidence(found) if asks else None),
            seen_evidence=_seal(found, seen),
            hold=hold,
        )
        report(services, done, as_json, "", later=later)


@app.command()
def own(
    task: TaskName,
    *,
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="FIELD=VALUE", help="Your value, JSON or text."),
    ] = None,
    text: Annotated[str, typer.Option("--note", metavar="TEXT", help="Your answer in words.")] = "",
    person: options.Person = None,
    workflow: options.Workflow = None,
    database: options.Database = None,
    as_json: options.Json = False,
) -> None:
    """In a blind queue: say what you would decide; then you see what the AI suggests."""
    given = pairs("--set", changes)
    with open_services(database, workflow) as services:
        by = who(services, person)
        done = give_own_answer(services.context, task, by, changes=given or None, text=text)
        report(services, done, as_json, f"see it: interlock review show {short(done.task.id)}")


@app.command()
def ask(
    task: TaskName,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The question.")],
    person: options.Person = None,
    workflow: options.Workflow = None,
    database: options.Database = None,
    as_json: options.Json = False,
) -> None:
    """Ask somebody something; the task's clock stands still until the answer is recorded."""
    with open_services(database, workflow) as services:
        done = ask_question(services.context, task, who(services, person), text)
        answer = f"record the answer with: interlock review answer {short(done.task.id)} TEXT"
        report(services, done, as_json, f"the clock stands still; {answer}")


@app.command()
def answer(
    task: TaskName,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The answer.")],
    person: options.Person = None,
    workflow: options.Workflow = None,
    database: options.Database = None,
    as_json: options.Json = False,
) -> None:
    """Record the answer to an open question; the clock runs again."""
    with open_services(database, workflow) as services:
        done = answer_question(services.context, task, who(services, person), text)
        report(services, done, as_json, "the clock runs again")


@app.command()
def escalate(
    task: TaskName,
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="For the record.")] = "",
    person: options.Person = None,
    workflow: options.Workflow = None,
    database: options.Database = None,
    as_json: options.Json = False,
) -> None:
    """Pass the same question on to the next queue of the chain."""
    with open_services(database, workflow) as services:
        done = escalate_task(services.context, task, who(services, person), note=note)
        report(services, done, as_json, f"it is now task {short(done.task.id)}")


def _look(services: Services, text: str) -> tuple[ReviewTask, Case, WorkflowContract]:
    found = services.store.task(text)
    case = services.store.load([found.case_id])[0]
    return found, case, services.workflows.of(case.fingerprint).contract


def _queues_of(
    person: str, contracts: Mapping[str, WorkflowContract], wanted: tuple[str, ...]
) -> tuple[str, ...]:
    """The queues a person works, of those wanted. Raises: UsageWrong when there are none."""
    own = tuple(
        name
        for contract in contracts.values()
        for name in contract.queues
        if person in contract.members_of(name) and (not wanted or name in wanted)
    )
    if not own:
        raise UsageWrong(f"{person} works none of these queues", "leave out --mine, or --queue")
    return own


def _verb(task: ReviewTask, given: str | None, *, asks: bool) -> Verb:
    """The verb given, or asked for. Raises: UsageWrong."""
    offered = [str(each) for each in task.verbs if each in DECIDING]
    if given is None and asks:
        return Verb(choose("Decision", offered))
    if given is None:
        raise UsageWrong("no decision was given", f"write one of: {', '.join(offered)}")
    if given not in [str(each) for each in DECIDING]:
        other = f"use: interlock review {given} {short(task.id)}"
        known = given in (Verb.ASK, Verb.ESCALATE)
        raise UsageWrong(
            f"the decision is {given!r}", other if known else f"write one of: {', '.join(offered)}"
        )
    return Verb(given)


def _seal(task: ReviewTask, seen: str | None) -> str | None:
    """The whole seal that a start of it names; what names none is handed on and refused."""
    if seen and len(seen) >= SEEN_LETTERS and task.evidence_digest.startswith(seen):
        return task.evidence_digest
    return seen
