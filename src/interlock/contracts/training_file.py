"""A queue's training file, read and held against the contract.

Its one rule: it is part of the fingerprint, because it says who may approve; a changed training
is passed anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from interlock.canonical import content_digest
from interlock.contracts.draft import Draft
from interlock.contracts.problem import Problem
from interlock.contracts.reading import Document, described, read_document
from interlock.contracts.shape_training import ExerciseShape, TrainingShape
from interlock.domain.training import Exercise, Training

LARGEST_BYTES: Final = 1_000_000


def training_of(draft: Draft, queue: str) -> Training | None:
    """The training of a queue of a draft without problems; None when it asks for none."""
    name = draft.shape.queues[queue].training
    if name is None:
        return None
    file = draft.folder / name
    shape = _read(file)[0]
    assert shape is not None  # the draft has no problems, so the file is one
    return Training(
        digest=content_digest(file.read_bytes()),
        exercises=tuple(map(_exercise, shape.exercises)),
        pass_at=shape.pass_at,
        valid_days=shape.valid_days,
    )


def training_digests(draft: Draft) -> dict[str, str]:
    """The digest of every training file of a draft without problems, by its path."""
    named = {each.training for each in draft.shape.queues.values() if each.training}
    return {name: content_digest((draft.folder / name).read_bytes()) for name in sorted(named)}


def training_problems(draft: Draft, queue: str) -> Iterator[Problem]:
    """What is wrong with a queue's training, in the contract or in the file."""
    name = draft.shape.queues[queue].training
    if name is None:
        return
    file = draft.folder / name
    if not file.resolve().is_relative_to(draft.folder.resolve()) or not file.is_file():
        message = f'training of queue "{queue}" is "{name}", which is no file of this folder'
        remedy = "write the file's path below the contract, as in training/clerks.yaml"
        yield draft.problem(("queues", queue, "training"), message, remedy)
        return
    if file.stat().st_size > LARGEST_BYTES:
        yield _problem(file, 1, f"it has {file.stat().st_size:,} bytes", "keep exercises short")
        return
    shape, document, found = _read(file)
    yield from found
    if shape is None:
        return
    if not shape.exercises:
        yield _problem(file, 1, 'it has no "exercises"', TrainingShape.REQUIRED["exercises"])
    for place, exercise in enumerate(shape.exercises):
        line = document.line("exercises", place)
        said = f'exercise "{exercise.title or place + 1}"'
        for message, remedy in _missing(exercise):
            yield _problem(file, line, f"{said} {message}", remedy)


def _missing(exercise: ExerciseShape) -> Iterator[tuple[str, str]]:
    for key, remedy in ExerciseShape.REQUIRED.items():
        if getattr(exercise, key) in (None, ""):
            yield f'has no "{key}"', remedy
    shown = (exercise.fields, exercise.document, exercise.proposal)
    if all(each in (None, "", {}) for each in shown):
        yield "shows nothing", "write fields:, document: or proposal:"
    codes, right = exercise.reason_codes, exercise.reason_code
    if right and right not in codes:
        yield f'has the right reason "{right}", which cannot be chosen', "add it to reason_codes"
    if codes and not right:
        yield "offers reasons and says not which is right", "write reason_code:"


def _read(file: Path) -> tuple[TrainingShape | None, Document, list[Problem]]:
    text = file.read_bytes()[:LARGEST_BYTES].decode("utf-8-sig", errors="replace")
    document, problems = read_document(text, file.name)
    try:
        return TrainingShape.model_validate(document.data), document, problems
    except ValidationError as wrong:
        problems += [_unfit(file, document, each) for each in wrong.errors()]
        return None, document, problems


def _unfit(file: Path, document: Document, error: Any) -> Problem:
    place = ".".join(str(part + 1 if isinstance(part, int) else part) for part in error["loc"])
    message = f"{place} is {described(error['input'])}"
    facts = error.get("ctx", {})
    remedy = str(facts.get("error") or f"write {facts.get('expected', 'it as documented')}")
    return _problem(file, document.line(*error["loc"]), message, remedy)


def _problem(file: Path, line: int, message: str, remedy: str) -> Problem:
    return Problem(file=file.name, line=line, message=message, remedy=remedy)


def _exercise(shape: ExerciseShape) -> Exercise:
    return Exercise(
        title=shape.title,
        question=shape.question,
        verb=shape.right or "",
        why=shape.why,
        reason_code=shape.reason_code or "",
        fields=shape.fields,
        document=shape.document or "",
        proposal=shape.proposal,
        reason_codes=tuple(shape.reason_codes),
    )
