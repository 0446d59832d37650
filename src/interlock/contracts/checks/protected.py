"""Protected cases: files that can be played, that name what exists and whom they belong to.

Whether one is past its last day is said here too, for `check` runs often.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from interlock.clock import SystemClock
from interlock.contracts.draft import Draft
from interlock.contracts.problem import Problem, did_you_mean
from interlock.contracts.protected_files import (
    label,
    missing_keys,
    protected_files,
    read_protected,
    unfit_input,
)
from interlock.contracts.reading import Document as Lines
from interlock.contracts.shape_protected import ProtectedShape
from interlock.domain.exceptions import BUILT_IN


def problems(draft: Draft) -> Iterator[Problem]:
    """What is wrong with `protected_cases` and with each of its files."""
    named = draft.shape.protected_cases
    if named is None:
        return
    place = draft.folder / named
    if not place.resolve().is_relative_to(draft.folder.resolve()):
        message = f'protected_cases is "{named}", which is outside this folder'
        yield draft.problem(("protected_cases",), message, "write a folder below the contract")
        return
    files = protected_files(draft.folder, named)
    if not files:
        message = f'protected_cases names "{named}" and no case is there'
        remedy = "write a case there, or make a closed one a protected case in the console"
        yield draft.warning(("protected_cases",), message, remedy)
    seen: dict[str, Path] = {}
    today = SystemClock().now().date()
    for file in files:
        shape, lines, found = read_protected(file)
        yield from found
        if shape is not None:
            yield from missing_keys(shape, lines, label(file))
            yield from _about(draft, shape, lines, file, today)
            if shape.name and seen.setdefault(shape.name, file) != file:
                said = f'"{shape.name}" is the name of {label(seen[shape.name])} too'
                yield _problem(file, lines.line("name"), said, "give each its own name")


def _about(
    draft: Draft, shape: ProtectedShape, lines: Lines, file: Path, today: date
) -> Iterator[Problem]:
    people = list(draft.shape.people)
    yield from _names(file, lines, ("owner",), shape.owner, people, "no person of this contract")
    if shape.expires and shape.expires < today:
        said = f"it expired on {shape.expires}, so it protects nothing any more"
        remedy = "look at it again and write a later day, or delete the file"
        warned = _problem(file, lines.line("expires"), said, remedy)
        yield Problem(
            file=warned.file,
            line=warned.line,
            message=warned.message,
            remedy=remedy,
            severity="warning",
        )
    if shape.document and not (file.parent / shape.document).is_file():
        said = f'document is "{shape.document}", and no such file is beside it'
        yield _problem(file, lines.line("document"), said, "put the file there")
    unfit = unfit_input(draft, shape)
    if unfit:
        said = f"its input is no case of this workflow: {unfit}"
        yield _problem(file, lines.line("input"), said, "write its fields as real input has them")
    yield from _expected_names(draft, shape, lines, file)
    yield from _frozen_names(draft, shape, lines, file)


def _expected_names(
    draft: Draft, shape: ProtectedShape, lines: Lines, file: Path
) -> Iterator[Problem]:
    expected = shape.expected
    if expected is None:
        return
    steps, actions = list(draft.step_names), list(draft.shape.actions)
    kinds = _exception_types(draft)
    at = "expected"
    yield from _names(file, lines, (at, "waits_at"), expected.waits_at, steps, "no step")
    yield from _names(file, lines, (at, "exception"), expected.exception, kinds, "no exception")
    queues = list(draft.shape.queues)
    yield from _names(file, lines, (at, "route"), expected.route, queues, "no queue")
    for key in ("outputs", "wrong_outputs"):
        for name in getattr(expected, key):
            yield from _names(file, lines, (at, key, name), name, steps, "no step")
    said = (each if isinstance(each, str) else next(iter(each), "") for each in expected.actions)
    for place, name in enumerate(said):
        yield from _names(file, lines, (at, "actions", place), name, actions, "no action")
    for place, name in enumerate(expected.never):
        yield from _names(file, lines, (at, "never", place), name, actions, "no action")


def _frozen_names(
    draft: Draft, shape: ProtectedShape, lines: Lines, file: Path
) -> Iterator[Problem]:
    systems = list(draft.shape.systems)
    for name in shape.systems:
        yield from _names(file, lines, ("systems", name), name, systems, "no system")
    if shape.systems and draft.functions and draft.functions.frozen_systems is None:
        said = "it says what systems hold, and the code cannot make such systems"
        remedy = "write def frozen_systems(said, folder) beside systems(), as the docs show"
        yield _problem(file, lines.line("systems"), said, remedy)
    functions = list(draft.functions.steps) if draft.functions else list(shape.answers)
    for name in shape.answers:
        yield from _names(file, lines, ("answers", name), name, functions, "no step function")
    actions = list(draft.shape.actions)
    for name in shape.receipts:
        yield from _names(file, lines, ("receipts", name), name, actions, "no action")
    asked = [*draft.step_names, *_exception_types(draft), *actions]
    for place, each in enumerate(shape.decisions):
        where = ("decisions", place, "about")
        yield from _names(file, lines, where, each.about, asked, "nothing anybody is asked about")


def _exception_types(draft: Draft) -> list[str]:
    routed = [each.exception_type for each in draft.shape.exceptions if each.exception_type]
    coded = [each.name for each in draft.functions.raises] if draft.functions else []
    return list(dict.fromkeys([*routed, *coded, *BUILT_IN]))


def _names(
    file: Path,
    lines: Lines,
    where: tuple[str | int, ...],
    name: str | None,
    known: Iterable[str],
    otherwise: str,
) -> Iterator[Problem]:
    have = [each for each in known if each != "*"]
    if name and name not in have:
        place = ".".join(str(each + 1 if isinstance(each, int) else each) for each in where)
        said = f'{place} is "{name}", {otherwise}'
        listed = f"there are: {', '.join(have) or 'none'}"
        yield _problem(file, lines.line(*where), said, did_you_mean(name, have, listed))


def _problem(file: Path, line: int, message: str, remedy: str) -> Problem:
    return Problem(file=label(file), line=line, message=message, remedy=remedy)
