"""Several tasks decided at once: each is one decision of its own, on record as such.

One rule: nothing is decided before the reader has seen the list of what it touches.
"""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from interlock.console import words
from interlock.console.guard import Form, text
from interlock.console.refusals import FormUnfit
from interlock.console.shell import page
from interlock.console.views.queue import Row, row_of
from interlock.domain.people import Right
from interlock.domain.review import ReviewTask, Verb
from interlock.domain.rules import assign
from interlock.errors import InterlockError
from interlock.runtime.commands.bulk import BulkRefused, BulkResult, decide_many
from interlock.storage import TaskUnknown
from interlock.web.boundary import Caller, needs
from interlock.web.problems import status_of

router = APIRouter()

Worker = Annotated[Caller, Depends(needs(Right.DECIDE))]
TOGETHER: Final = (Verb.APPROVE, Verb.REJECT)
MOST: Final = 200  # tasks on one page; the command has a limit of its own


@router.get("/work/bulk")
def choose(request: Request, caller: Worker) -> Response:
    """What was chosen, and what can be decided about all of it."""
    return _page(request, caller, request.query_params.getlist("t"))


@router.post("/work/bulk")
def decide_together(request: Request, form: Form, caller: Worker) -> Response:
    """Each of them decided or refused, with the reason, in order."""
    chosen = [each for each in form.getlist("t") if isinstance(each, str)]
    verb, reason, note = text(form, "verb"), text(form, "reason"), text(form, "note")
    if verb not in TOGETHER:
        raise FormUnfit("verb", verb[:40])
    tasks = _tasks(caller, chosen)
    try:
        results = decide_many(
            caller.context,
            [task.id for task in tasks],
            caller.id,
            Verb(verb),
            reason_code=reason,
            note=note,
            via="console",
            hold=True,
        )
    except BulkRefused as refused:
        return _page(request, caller, chosen, refused=refused, note=note)
    return page(
        request,
        "bulk_done.html",
        section="work",
        results=[_result(each, tasks) for each in results],
        done=sum(each.is_decided for each in results),
        verb=words.DONE[Verb(verb)],
    )


def _page(
    request: Request,
    caller: Caller,
    chosen: list[str],
    *,
    refused: InterlockError | None = None,
    note: str = "",
) -> Response:
    tasks = _tasks(caller, chosen)
    verbs = [verb for verb in TOGETHER if tasks and all(verb in task.verbs for task in tasks)]
    view: dict[str, Any] = {
        "rows": [_row(caller, task) for task in tasks],
        "verbs": [(str(verb), words.VERBS[verb]) for verb in verbs],
        "reasons": _reasons(tasks),
        "mixed": len({task.reason_codes for task in tasks}) > 1,
        "refused": words.sentence_of(str(refused)) if refused else "",
        "note": note,
        "status": status_of(refused) if refused else 200,
    }
    return page(request, "bulk.html", section="work", **view)


def _tasks(caller: Caller, chosen: list[str]) -> list[ReviewTask]:
    """Those that are there and the reader's to see, in the order given."""
    found = []
    for each in dict.fromkeys(chosen[:MOST]):
        try:
            found.append(caller.task(each))
        except TaskUnknown:
            continue
    return found


def _row(caller: Caller, task: ReviewTask) -> tuple[Row, str]:
    """The row, and why the reader may not decide it; empty when they may."""
    context, now = caller.context, caller.services.clock.now()
    [case] = context.store.load([task.case_id])
    contract = context.workflows.of(case.fingerprint).contract
    standing = context.directory.standing(caller.id, now)
    answer = assign.may_decide(
        contract,
        case,
        task,
        caller.id,
        Verb.REJECT,
        now,
        standing=standing,
        reason_code=next(iter(task.reason_codes), ""),
    )
    row = row_of(contract, case, task, now, caller.visitor)
    return row, "" if answer.allowed else answer.reason


def _reasons(tasks: list[ReviewTask]) -> tuple[tuple[str, str], ...]:
    """The reason codes that all of them know."""
    common = [set(task.reason_codes) for task in tasks if task.reason_codes]
    shared = set.intersection(*common) if common else set()
    order = tasks[0].reason_codes if tasks else ()
    return tuple((code, words.sentence(code)) for code in order if code in shared)


def _result(result: BulkResult, tasks: list[ReviewTask]) -> tuple[str, str, bool, str]:
    """(task, what it asks, whether it was decided, why not)."""
    task = next(each for each in tasks if each.id == result.task)
    return task.id, task.question, result.is_decided, words.sentence_of(result.reason)
