"""Where two contracts differ, part by part, down to the smallest thing that was agreed.

Its one rule: nothing is left out. Two contracts without a difference say the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Final

from interlock.domain.contract import (
    Budget,
    Confidence,
    ExceptionRoute,
    Fallback,
    Intake,
    WorkflowStep,
)
from interlock.domain.hours import BusinessHours
from interlock.domain.money import Money
from interlock.domain.rollout import Waiver
from interlock.domain.training import Training

Path = tuple[str, ...]


class Absent:
    """Stands for a part that one of the two contracts does not have."""

    def __repr__(self) -> str:
        return "nothing"


ABSENT: Final = Absent()
WHOLE: Final = (Money, BusinessHours, Confidence, Fallback, Training)  # compared as one
WATCHED: Final = ("monitoring",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One part that differs; ABSENT stands where one contract has no such part."""

    path: Path
    before: Any
    after: Any


def differences(before: Any, after: Any, path: Path = ()) -> Iterator[Difference]:
    """Every difference between two parts of the same kind, in the order of the contract."""
    if _same(before, after):
        return
    before, after = _filled(before, after, path), _filled(after, before, path)
    if _is_open(before) and type(before) is type(after):
        for each in fields(before):
            name = each.name
            yield from differences(getattr(before, name), getattr(after, name), (*path, name))
        return
    left, right = _by_name(before), _by_name(after)
    if left is None or right is None:
        yield Difference(path=path, before=before, after=after)
        return
    for name in [*left, *(name for name in right if name not in left)]:
        mine, theirs = left.get(name, ABSENT), right.get(name, ABSENT)
        yield from differences(mine, theirs, (*path, str(name)))
    yield from _order(path, left, right, before)


def _order(
    path: Path, left: Mapping[Any, Any], right: Mapping[Any, Any], part: Any
) -> Iterator[Difference]:
    """A list whose common parts stand in another order; of a mapping the order means nothing."""
    if isinstance(part, Mapping):
        return
    common = [name for name in left if name in right]
    moved = [name for name in right if name in left]
    if common != moved:
        yield Difference(path=(*path, "order"), before=tuple(common), after=tuple(moved))


def _same(before: Any, after: Any) -> bool:
    text = _condition_text(before)
    if text is not None:
        return text == _condition_text(after)
    if isinstance(before, BusinessHours) and isinstance(after, BusinessHours):
        return (before.text, before.zone) == (after.text, after.zone)
    return type(before) is type(after) and bool(before == after)


def _condition_text(part: Any) -> str | None:
    """The text of a condition. One is known by what it can do; a system also `holds` something,
    but in words."""
    return str(part.text) if callable(getattr(part, "holds", None)) else None


def _is_open(part: Any) -> bool:
    return is_dataclass(part) and not isinstance(part, WHOLE) and _condition_text(part) is None


def _filled(part: Any, other: Any, path: Path) -> Any:
    """Nothing, written out where it means the same: no budget is one without limits."""
    if part is None and isinstance(other, Budget):
        return Budget()
    nothing_watched = part is ABSENT and isinstance(other, Mapping) and path[:1] == WATCHED
    return {} if nothing_watched else part


def _by_name(part: Any) -> Mapping[Any, Any] | None:
    """A mapping, or a list of parts that have names; None for anything else."""
    if isinstance(part, Mapping):
        return part
    if not isinstance(part, tuple):
        return None
    named = {_name(each): each for each in part}
    return named if None not in named and len(named) == len(part) else None


def _name(part: Any) -> str | None:
    match part:
        case WorkflowStep():
            return part.step_name
        case ExceptionRoute():
            return part.exception_type
        case Intake():
            return part.channel
        case Waiver():
            return str(part.condition)
        case Mapping() if "milestone" in part:
            return str(part["milestone"])
    return None
