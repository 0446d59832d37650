"""The training of a queue: exercises with known answers, before one may approve there.

One rule: nothing here touches a real case; what was right is said after each answer, never before.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from interlock.console import words
from interlock.console.guard import Form, text
from interlock.console.shell import page
from interlock.domain.people import Right
from interlock.domain.review import Verb
from interlock.runtime.commands.training import (
    Told,
    TrainingState,
    answer_exercise,
    start_training,
    training_state,
)
from interlock.web.boundary import Caller, needs

router = APIRouter()

Worker = Annotated[Caller, Depends(needs(Right.DECIDE))]


@router.get("/training/{queue}")
def show_training(request: Request, queue: str, caller: Worker) -> Response:
    """How the reader stands with the queue's training, and the exercise that is open."""
    return _page(request, training_state(caller.context, queue, caller.id))


@router.post("/training/{queue}")
def go_on(request: Request, queue: str, form: Form, caller: Worker) -> Response:
    """A new beginning, or the answer to the open exercise."""
    place = text(form, "place", most=6)
    if not place.isdecimal():
        return _page(request, start_training(caller.context, queue, caller.id))
    told = answer_exercise(
        caller.context,
        queue,
        caller.id,
        int(place),
        text(form, "verb", most=40),
        reason_code=text(form, "reason", most=80),
    )
    return _page(request, told.state, told)


def _page(request: Request, state: TrainingState, told: Told | None = None) -> Response:
    view: dict[str, Any] = {
        "state": state,
        "told": told,
        "verbs": [(str(verb), words.VERBS[verb]) for verb in Verb],
        "fields": _fields(state),
    }
    return page(request, "training.html", section="work", **view)


def _fields(state: TrainingState) -> list[tuple[str, str]]:
    shown = state.exercise.fields if state.exercise else {}
    return [(words.sentence(name), str(value)) for name, value in shown.items()]
