"""The autonomy delta as the API gives it: what a release moves, and how much that touches."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from interlock.api.shapes.plain import MoneyShape, Shape, money_shape
from interlock.domain.delta import DeltaLine, Direction, Touched
from interlock.release.widening import KeptDelta


class TouchedShape(Shape):
    """Recorded cases a change bears on. unknown: those of which the record cannot tell.

    money: by currency. smallest, largest: of the amounts touched, in the currency most are in.
    """

    cases: int
    unknown: int
    money: list[MoneyShape]
    segments: dict[str, int]
    smallest: MoneyShape | None
    largest: MoneyShape | None


class DeltaLineShape(Shape):
    """One change. touched: null when it is about no case in particular."""

    direction: Direction
    words: Annotated[
        str, Field(examples=["step sort: confidence line for new lowered from 0.9 to 0.8"])
    ]
    where: Annotated[str, Field(examples=["steps.sort.confidence"])]
    segment: str | None
    touched: TouchedShape | None


class DeltaShape(Shape):
    """What a version moves, as it was counted when it was proposed; a signature is given for this.

    old: the version in force then; null: none was. touched: by all that widens, a case once.
    is_as_signed: false when what is on record was changed since.
    """

    old: str | None
    new: str
    at: datetime
    days: int
    cases: int
    lines: list[DeltaLineShape]
    touched: TouchedShape
    digest: str
    is_as_signed: bool


def delta_shape(kept: KeptDelta, digest: str) -> DeltaShape:
    """digest: the one the release names."""
    delta = kept.delta
    return DeltaShape(
        old=delta.old,
        new=delta.new,
        at=delta.at,
        days=delta.days,
        cases=delta.cases,
        lines=[_line(each) for each in delta.lines],
        touched=_touched(delta.touched),
        digest=digest,
        is_as_signed=kept.is_as_signed,
    )


def _line(each: DeltaLine) -> DeltaLineShape:
    return DeltaLineShape(
        direction=each.direction,
        words=each.words,
        where=each.where,
        segment=each.segment,
        touched=_touched(each.touched) if each.touched else None,
    )


def _touched(found: Touched) -> TouchedShape:
    return TouchedShape(
        cases=found.cases,
        unknown=found.unknown,
        money=[shown for each in found.money if (shown := money_shape(each)) is not None],
        segments=dict(found.segments),
        smallest=money_shape(found.smallest),
        largest=money_shape(found.largest),
    )
