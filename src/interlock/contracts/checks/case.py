"""The case: every field the contract speaks of is a field of its model."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from interlock.contracts.draft import Draft
from interlock.contracts.functions import snake_case
from interlock.contracts.problem import Problem, did_you_mean
from interlock.contracts.reading import Path
from interlock.contracts.value_types import NAME

_PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")


def problems(draft: Draft) -> Iterator[Problem]:
    """Fields that do not exist, and segments that do not fit."""
    if draft.functions is not None:
        known = draft.case_fields
        for path, field in _fields(draft):
            if field not in known:
                message = f'{draft.named(*path)} is "{field}", which is no field of the case'
                otherwise = f"the case has: {', '.join(known)}"
                yield draft.problem(path, message, did_you_mean(field, known, otherwise))
    yield from _title_problems(draft)
    yield from _shown_protected(draft)
    yield from _segment_problems(draft)


def placeholders(text: str) -> list[str]:
    """The names in braces in a text, e.g. `{supplier.name}` gives supplier.name."""
    return [name.strip() for name in _PLACEHOLDER.findall(text)]


def named_by_schema(schema: str) -> str:
    """What the case is called when the contract does not say it: its model's or file's name."""
    last = re.split(r"[:/]", schema)[-1].removesuffix(".json").removesuffix(".schema")
    name = snake_case(re.sub(r"\W+", "_", last))
    return name if NAME.match(name) else "case"


def _fields(draft: Draft) -> Iterator[tuple[Path, str]]:
    case = draft.shape.case
    for key in ("key", "segment", "protected"):
        for place, field in enumerate(getattr(case, key)):
            yield (("case", key, place), field)
    for key in ("tenant", "deadline"):
        if getattr(case, key):
            yield (("case", key), getattr(case, key))
    if case.amount and case.amount.value:
        yield (("case", "amount", "value"), case.amount.value)
    if case.amount and case.amount.currency:
        yield (("case", "amount", "currency"), case.amount.currency)


def _title_problems(draft: Draft) -> Iterator[Problem]:
    known = draft.case_fields
    for name in placeholders(draft.shape.case.title or "") if draft.functions else ():
        if name not in known:
            message = f'case.title uses "{{{name}}}", which is no field of the case'
            otherwise = f"the case has: {', '.join(known)}"
            yield draft.problem(("case", "title"), message, did_you_mean(name, known, otherwise))


def _shown_protected(draft: Draft) -> Iterator[Problem]:
    """Titles, keys and segments stand in lists, logs and reports, where nothing is masked."""
    case = draft.shape.case
    used: list[tuple[Path, str]] = [
        *((("case", "key", place), field) for place, field in enumerate(case.key)),
        *((("case", "segment", place), field) for place, field in enumerate(case.segment)),
        *((("case", "title"), name) for name in placeholders(case.title or "")),
    ]
    for path, field in used:
        if field in case.protected:
            message = f'{draft.named(*path)} shows "{field}", which is protected'
            yield draft.problem(path, message, "use a field that everybody may see")


def _segment_problems(draft: Draft) -> Iterator[Problem]:
    parts = len(draft.shape.case.segment)
    for place, step in draft.steps:
        for segment in step.confidence.segments if step.confidence else ():
            if parts == 0 or len(segment.split("/")) != parts:
                path = ("steps", place, "confidence", "segments", segment)
                message = f'segment "{segment}" does not fit case.segment'
                fields = "/".join(draft.shape.case.segment)
                remedy = f"write a value for each of {fields}" if parts else "write case.segment"
                yield draft.problem(path, message, remedy)
