"""Keys nobody knows and keys that are not there, each with what to write.

One walk over the data beside the models of `shape.py`; the models themselves forgive both.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

from interlock.contracts.places import named
from interlock.contracts.problem import Problem, did_you_mean, nearest
from interlock.contracts.reading import Document, Path
from interlock.contracts.shape import ContractShape
from interlock.contracts.shape_keys import Shape


def problems(document: Document, file: str) -> Iterator[Problem]:
    """Every unknown and every missing key of the contract."""
    yield from _walk(document, file, ContractShape, document.data, ())


def _walk(
    document: Document, file: str, shape: type[Shape], data: Any, path: Path
) -> Iterator[Problem]:
    if not isinstance(data, dict):
        return
    fields = {field.alias or name: field for name, field in shape.model_fields.items()}
    place = named(document, path)
    meant = {nearest(key, fields) for key in data if key not in fields}
    for key in data:
        if key not in fields:
            remedy = did_you_mean(key, fields, f"write one of: {', '.join(fields)}")
            message = f'{place} has the unknown key "{key}"'
            yield _problem(file, document.line(*path, key), message, remedy)
    for key, remedy in shape.REQUIRED.items():
        if data.get(key) in (None, "", [], {}) and key not in meant:
            message = f'{place} has no "{key}"'
            line = document.line(*path, key) if key in data else document.line(*path)
            yield _problem(file, line, message, remedy)
    for key, field in fields.items():
        yield from _below(document, file, field.annotation, data.get(key), (*path, key))


def _below(
    document: Document, file: str, annotation: Any, data: Any, path: Path
) -> Iterator[Problem]:
    shape = _shape_in(annotation)
    if shape is None:
        return
    if isinstance(data, list):
        for place, item in enumerate(data):
            yield from _walk(document, file, shape, {} if item is None else item, (*path, place))
    elif isinstance(data, dict) and "dict" in str(annotation):
        for key, item in data.items():
            yield from _walk(document, file, shape, {} if item is None else item, (*path, key))
    else:
        yield from _walk(document, file, shape, data, path)


def _shape_in(annotation: Any) -> type[Shape] | None:
    if isinstance(annotation, type) and issubclass(annotation, Shape):
        return annotation
    inside = (_shape_in(each) for each in get_args(annotation))
    return next((shape for shape in inside if shape is not None), None)


def _problem(file: str, line: int, message: str, remedy: str) -> Problem:
    return Problem(file=file, line=line, message=message, remedy=remedy)
