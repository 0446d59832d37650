"""Decisions from the desk: one form, one command, and nothing typed is ever lost.

One rule: the form says which version and which evidence it was made from; when either is another
by now, nothing is recorded, and the reader sees what changed with all they typed.
"""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import Annotated, Final
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from interlock.console.desk import AskedLink, desk_page
from interlock.console.guard import Form, text, texts
from interlock.console.refusals import FormUnfit
from interlock.console.views.fields import PREFIX, changes_from, shown_values
from interlock.console.views.queue import queue_view
from interlock.console.views.queue_filter import QueueFilter
from interlock.console.views.task import Typed, first_problem
from interlock.console.words import sentence_of
from interlock.domain.people import Right
from interlock.domain.review import ReviewTask, Verb
from interlock.domain.rules.shown import shown_package
from interlock.errors import InterlockError
from interlock.papers.veil import Veil
from interlock.runtime.commands.editing import EditRefused
from interlock.runtime.commands.quality import give_own_answer
from interlock.runtime.commands.questions import THE_PARTY, ask_question, question_link
from interlock.runtime.commands.review import decide_task, escalate_task
from interlock.runtime.commands.task_record import TaskMoved
from interlock.web.boundary import Caller, needs
from interlock.web.problems import status_of

router = APIRouter()

Reader = Annotated[Caller, Depends(needs(Right.SEE))]
VIA: Final = "console"
NO_CHANGE: Final = "no field was changed; change a field first, or approve it as it is"


@router.post("/work/decide")
def decide(request: Request, form: Form, caller: Reader) -> Response:
    """What the form says, done; or the desk again with why it was not."""
    task = caller.task(text(form, "task"))
    wanted = QueueFilter.parse(dict(parse_qsl(text(form, "back"))))
    verb = _verb(text(form, "confirm") or text(form, "decision"))
    typed = _typed(form, verb)
    if not text(form, "confirm"):  # the first press, without a script: it only opens the panel
        return desk_page(request, caller, wanted, task=task, typed=typed)
    try:
        _still(form, task)
        if verb is Verb.ASK:
            return _ask(request, caller, wanted, task, typed)
        _record(caller, task, verb, typed, form)
    except TaskMoved:
        return _changed(request, caller, wanted, task, typed)
    except EditRefused as refused:
        said = replace(typed, problems=refused.problems)
        return _again(request, caller, wanted, task, said, refused)
    except InterlockError as refused:
        return _again(request, caller, wanted, task, typed, refused)
    return RedirectResponse(_onward(caller, wanted, task), HTTPStatus.SEE_OTHER)


@router.post("/work/own-answer")
def own_answer(request: Request, form: Form, caller: Reader) -> Response:
    """The reader's own answer on record; from then on the AI's is shown."""
    task = caller.task(text(form, "task"))
    wanted = QueueFilter.parse(dict(parse_qsl(text(form, "back"))))
    typed = replace(_typed(form, Verb.EDIT), panel="")
    try:
        _still(form, task)
        changes = _changed_fields(caller, task, typed)
        own = text(form, "own")
        give_own_answer(caller.context, task.id, caller.id, changes=changes or None, text=own)
    except TaskMoved:
        return _changed(request, caller, wanted, task, typed)
    except EditRefused as refused:
        said = replace(typed, problems=refused.problems)
        return _again(request, caller, wanted, task, said, refused)
    except InterlockError as refused:
        return _again(request, caller, wanted, task, typed, refused)
    return RedirectResponse(wanted.link(task=task.id, said="own"), HTTPStatus.SEE_OTHER)


def _record(caller: Caller, task: ReviewTask, verb: Verb, typed: Typed, form: FormData) -> None:
    """The decision on record. Raises: what the command raises."""
    note = typed.notes.get(verb, "")
    if verb is Verb.ESCALATE:
        escalate_task(caller.context, task.id, caller.id, note=note)
        return
    decide_task(
        caller.context,
        task.id,
        caller.id,
        verb,
        reason_code=typed.reasons.get(verb, ""),
        note=note,
        changes=_changes(caller, task, typed) if verb is Verb.EDIT else None,
        supplied={name: said for name, said in typed.supplied.items() if said} or None,
        seen_evidence=text(form, "evidence"),
        via=VIA,
        hold=True,
    )


def _changes(caller: Caller, task: ReviewTask, typed: Typed) -> dict[str, object]:
    """What the form changes. Raises: EditRefused when that is nothing."""
    changes = _changed_fields(caller, task, typed)
    if not changes:
        raise EditRefused((NO_CHANGE,))
    return changes


def _changed_fields(caller: Caller, task: ReviewTask, typed: Typed) -> dict[str, object]:
    """What the form changes, by field; a field shown in part only cannot be changed."""
    [case] = caller.store.load([task.case_id])
    workflow = caller.services.workflows.of(case.fingerprint)
    content = shown_package(task, caller.store.evidence(task.id), caller.id).content
    shown, _ = shown_values(workflow, task, content)
    masked = Veil(caller.lens(case), case).fields(shown)
    open_ones = {name: value for name, value in shown.items() if masked.get(name) == value}
    return changes_from(typed.values, open_ones)


def _ask(
    request: Request, caller: Caller, wanted: QueueFilter, task: ReviewTask, typed: Typed
) -> Response:
    """The question on record, and once the address at which the other side can answer."""
    answered = ask_question(caller.context, task.id, caller.id, typed.notes.get(Verb.ASK, ""))
    party = typed.party or THE_PARTY
    token = question_link(caller.context, answered.task.id, party=party)
    public = request.app.state.web.public_url or str(request.base_url).rstrip("/")
    link = AskedLink(party=party, url=f"{public}/answer/{token}")
    now = caller.task(answered.task.id)
    return desk_page(request, caller, wanted, task=now, link=link)


def _changed(
    request: Request, caller: Caller, wanted: QueueFilter, task: ReviewTask, typed: Typed
) -> Response:
    """409: the task as it is now, and everything that was typed."""
    now = caller.task(task.id)
    who = f"{now.held_by} has it now. " if now.held_by not in (None, caller.id) else ""
    what = f"It is {now.state} by now." if not now.is_live else "Nothing of yours was recorded."
    again = replace(typed, refused=f"{who}{what}", changed=True)
    return desk_page(request, caller, wanted, task=now, typed=again, status=HTTPStatus.CONFLICT)


def _again(
    request: Request,
    caller: Caller,
    wanted: QueueFilter,
    task: ReviewTask,
    typed: Typed,
    refused: InterlockError,
) -> Response:
    """The desk with the reason, the open panel and everything that was typed."""
    reason = sentence_of(str(getattr(refused, "reason", refused)))
    again = replace(typed, refused=first_problem(typed.problems) or f"{reason}.")
    return desk_page(
        request, caller, wanted, task=caller.task(task.id), typed=again, status=status_of(refused)
    )


def _still(form: FormData, task: ReviewTask) -> None:
    """Nothing, when the task is what the form was made from. Raises: TaskMoved."""
    if text(form, "version") != str(task.version):
        raise TaskMoved(task.id)
    if text(form, "evidence") != task.evidence_digest:
        raise TaskMoved(task.id)


def _typed(form: FormData, verb: Verb) -> Typed:
    return Typed(
        panel=verb,
        values=texts(form, PREFIX),
        notes=texts(form, "note-"),
        reasons=texts(form, "reason-"),
        supplied=texts(form, "supply-"),
        party=text(form, "party", most=200),
    )


def _verb(given: str) -> Verb:
    if given not in set(Verb):
        raise FormUnfit("decision", given)
    return Verb(given)


def _onward(caller: Caller, wanted: QueueFilter, done: ReviewTask) -> str:
    """The address of what comes next: the most urgent of the rest, or the queue."""
    now = caller.services.clock.now()
    rows = queue_view(caller.context, caller.visitor, wanted, now).rows
    following = next((row.id for row in rows if row.id != done.id and not row.held_by), "")
    return wanted.link(task=following, done=done.id)
