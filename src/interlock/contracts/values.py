"""Values of the wrong kind, in a person's words and never in Pydantic's.

A wrong value is reported and taken out, so that everything else is still checked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from interlock.contracts.places import NAMED_SECTIONS, named
from interlock.contracts.problem import Problem, did_you_mean, one_of
from interlock.contracts.reading import Document, Path, described
from interlock.contracts.shape import ContractShape

ROUNDS: Final = 200  # every round takes at least one wrong value out; a contract has fewer


@dataclass(frozen=True, slots=True, kw_only=True)
class Validated:
    """The shape of what is right, the document it was read from, and what was taken out of it."""

    shape: ContractShape
    document: Document
    problems: tuple[Problem, ...] = ()
    refused: frozenset[Path] = frozenset()


def validated(document: Document, file: str) -> Validated:
    """The contract's values, without those of the wrong kind."""
    problems: list[Problem] = []
    refused_paths: set[Path] = set()
    document = _without_empty(document)
    for _ in range(ROUNDS):
        try:
            shape = ContractShape.model_validate(document.data)
        except ValidationError as refused:
            paths = {_path(document, error): error for error in refused.errors()}
            problems += [_problem(document, file, p, e) for p, e in paths.items()]
            for path in sorted(paths, key=_last_first):
                document = document.without(path)
            refused_paths |= set(paths)
        else:
            return Validated(
                shape=shape,
                document=document,
                problems=tuple(problems),
                refused=frozenset(refused_paths),
            )
    return Validated(shape=ContractShape(), document=document, problems=tuple(problems))


def _without_empty(document: Document) -> Document:
    """Keys written with nothing after them count as not written; `keys.py` reports them."""
    for path in sorted(_empty_paths(document.data, ()), key=_last_first):
        document = document.without(path)
    return document


def _empty_paths(data: Any, path: Path) -> list[Path]:
    if isinstance(data, list):
        parts = [(place, item) for place, item in enumerate(data) if item is not None]
        return [found for place, item in parts for found in _empty_paths(item, (*path, place))]
    if isinstance(data, dict):
        return [found for key in data for found in _empty_paths(data[key], (*path, key))]
    an_entry = len(path) == 2 and path[0] in NAMED_SECTIONS  # noqa: PLR2004  (section, name)
    return [path] if data is None and path and not an_entry else []


def _last_first(path: Path) -> tuple[tuple[int, str], ...]:
    """Sorts so that later items of a list are taken out before earlier ones move."""
    return tuple((-part, "") if isinstance(part, int) else (0, part) for part in path)


def _path(document: Document, error: ErrorDetails) -> Path:
    path = tuple(error["loc"])
    while path and not document.has(*path):
        path = path[:-1]
    return path


def _problem(document: Document, file: str, path: Path, error: ErrorDetails) -> Problem:
    about_key = error["loc"][-1:] == ("[key]",)
    seen = described(error["input"])
    message = f"{named(document, path)} is {seen}"
    if about_key:
        message = f"the name {seen} cannot be used"
    return Problem(file=file, line=document.line(*path), message=message, remedy=_remedy(error))


def _remedy(error: ErrorDetails) -> str:
    facts = error.get("ctx", {})
    kind = error["type"]
    if kind == "value_error":
        return str(facts["error"])
    if kind in ("enum", "literal_error"):
        return _choice(str(facts.get("expected", "")), error["input"])
    if kind in BOUNDS:
        return BOUNDS[kind].format(**facts)
    return KINDS.get(kind, "write it as in the documentation of the contract")


def _choice(expected: str, seen: Any) -> str:
    allowed = [name.strip(" '") for name in expected.replace(" or ", ", ").split(",")]
    return did_you_mean(str(seen), allowed, one_of(allowed))


BOUNDS: Final = {
    "greater_than": "write a number above {gt:g}",
    "greater_than_equal": "write {ge:g} or more",
    "less_than": "write a number below {lt:g}",
    "less_than_equal": "write {le:g} or less",
    "too_short": "write {min_length} of them",
    "too_long": "write {max_length} of them",
}
KINDS: Final = {
    "bool_type": "write true or false, without quotes",
    "list_type": "write a list, as in [first, second]",
    "dict_type": "write keys below it, as in name: value",
    "model_type": "write keys below it, as in name: value",
    "model_attributes_type": "write keys below it, as in name: value",
    "string_type": "write a text",
}
