"""A queue's training: exercises with known answers, to be passed before one may approve there.

Its one rule: the right answer is told after the answer, never before it.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from interlock.domain.contract import WorkflowContract
from interlock.domain.ids import PersonId, QueueName
from interlock.domain.rules import seats
from interlock.domain.training import Exercise, Training, TrainingAnswer, TrainingRun, next_place
from interlock.errors import InterlockError
from interlock.runtime.context import Context
from interlock.storage import HouseNote


class TrainingRefused(InterlockError):
    """The training cannot be taken like this."""

    code = "training_refused"

    def __init__(self, queue: str, reason: str) -> None:
        super().__init__(queue, reason)
        self.queue, self.reason = queue, reason

    def __str__(self) -> str:
        return f"the training of {self.queue}: {self.reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExerciseShown:
    """An exercise without its answer. `number`: 1 for the first that is shown."""

    place: int
    number: int
    of: int
    title: str
    question: str
    fields: dict[str, object]
    document: str
    proposal: object
    reason_codes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingState:
    """How a person stands with a queue's training. `exercise` None: none is open.

    passed: they may approve in the queue now. valid_until: until then, None: without an end.
    """

    queue: QueueName
    needed: bool
    passed: bool = False
    valid_until: datetime | None = None
    pass_at: float = 1.0
    run: TrainingRun | None = None
    exercise: ExerciseShown | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What an answer was worth, and what would have been right."""

    right: bool
    verb: str
    reason_code: str
    why: str
    state: TrainingState


def start_training(context: Context, queue: str, by: str) -> TrainingState:
    """A new run through the queue's training, with its first exercise; an open run goes on.

    Raises: TrainingRefused.
    """
    contract, training = _training_of(context, queue, by)
    runs = context.store.training_runs(by, training.digest)
    if not any(each.finished_at is None for each in runs):
        run = TrainingRun(
            id=f"train_{secrets.token_hex(8)}",
            person=PersonId(by),
            workflow=contract.workflow,
            queue=QueueName(queue),
            digest=training.digest,
            started_at=context.clock.now(),
        )
        context.store.start_training(run)
    return training_state(context, queue, by)


def answer_exercise(
    context: Context, queue: str, by: str, place: int, verb: str, *, reason_code: str = ""
) -> Told:
    """Whether the answer to the open exercise is right, why, and what comes next.

    Raises: TrainingRefused when no run is open or another exercise is.
    """
    _, training = _training_of(context, queue, by)
    runs = context.store.training_runs(by, training.digest)
    run = next((each for each in runs if each.finished_at is None), None)
    if run is None:
        raise TrainingRefused(queue, "no run is open; start one")
    if next_place(training, run) != place:
        raise TrainingRefused(queue, "another exercise is open; look again")
    exercise, now = training.exercises[place], context.clock.now()
    right = exercise.is_right(verb, reason_code)
    answer = TrainingAnswer(
        place=place, verb=verb[:40], reason_code=reason_code[:80], right=right, at=now
    )
    answered = replace(run, answers=(*run.answers, answer))
    finished, note = None, None
    if next_place(training, answered) is None:
        finished = _finished(training, answered, now)
        body = {"queue": queue, "passed": finished.passed, "right": finished.right}
        note = HouseNote(at=now, actor=f"person:{by}", kind="training_finished", body=body)
    if not context.store.answer_exercise(run, answer, finished=finished, note=note):
        raise TrainingRefused(queue, "this exercise was answered already; look again")
    return Told(
        right=right,
        verb=exercise.verb,
        reason_code=exercise.reason_code,
        why=exercise.why,
        state=training_state(context, queue, by),
    )


def training_state(context: Context, queue: str, by: str) -> TrainingState:
    """How the person stands with the queue's training, and the exercise that is open for them.

    Raises: TrainingRefused when there is no such queue, or it is none of theirs.
    """
    contract = _contract_of(context, queue, by)
    training = contract.queues[QueueName(queue)].training
    if training is None:
        return TrainingState(queue=QueueName(queue), needed=False, passed=True)
    runs, now = context.store.training_runs(by, training.digest), context.clock.now()
    valid = [each for each in runs if each.passed and _is_valid(each, now)]
    current = next((each for each in runs if each.finished_at is None), None)
    ends = [each.valid_until for each in valid if each.valid_until is not None]
    endless = len(ends) < len(valid)
    return TrainingState(
        queue=QueueName(queue),
        needed=True,
        passed=bool(valid),
        valid_until=None if endless else max(ends, default=None),
        pass_at=training.pass_at,
        run=current or (runs[0] if runs else None),
        exercise=_shown(training, current) if current else None,
    )


def _finished(training: Training, run: TrainingRun, now: datetime) -> TrainingRun:
    passed = training.is_passed(run.right)
    ends = passed and training.valid_days is not None
    until = now + timedelta(days=training.valid_days or 0) if ends else None
    return replace(run, finished_at=now, passed=passed, valid_until=until)


def _is_valid(run: TrainingRun, now: datetime) -> bool:
    return run.valid_until is None or now < run.valid_until


def _shown(training: Training, run: TrainingRun) -> ExerciseShown | None:
    place = next_place(training, run)
    if place is None:
        return None
    exercise: Exercise = training.exercises[place]
    return ExerciseShown(
        place=place,
        number=len(run.answers) + 1,
        of=len(training.exercises),
        title=exercise.title,
        question=exercise.question,
        fields=dict(exercise.fields),
        document=exercise.document,
        proposal=exercise.proposal,
        reason_codes=exercise.reason_codes,
    )


def _contract_of(context: Context, queue: str, by: str) -> WorkflowContract:
    """The contract with this queue that the person works in, one with a training first."""
    standing = context.directory.standing(by, context.clock.now())
    found = [
        each.contract
        for each in context.workflows
        if queue in each.contract.queues
        and seats.is_member(each.contract, QueueName(queue), PersonId(by), standing)
    ]
    if not found:
        raise TrainingRefused(queue, f"{by} works in no queue of that name")
    return max(found, key=lambda each: each.queues[QueueName(queue)].training is not None)


def _training_of(context: Context, queue: str, by: str) -> tuple[WorkflowContract, Training]:
    contract = _contract_of(context, queue, by)
    training = contract.queues[QueueName(queue)].training
    if training is None:
        raise TrainingRefused(queue, "this queue asks for none")
    return contract, training
