"""Looks ahead as the API gives them: what backtests and simulations of a version found."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from interlock.api.shapes.plain import Shape, as_plain
from interlock.domain.ahead import AheadKind, LookAhead


class AheadLineShape(Shape):
    """One line of the report as it was printed."""

    name: str
    words: str


class LookAheadShape(Shape):
    """What one look found. by: empty when nobody was named. numbers: as `--json` gave them, without
    single cases, in the form that `form` names."""

    kind: AheadKind
    at: datetime
    by: str
    terms: Annotated[str, Field(examples=["the AI's answers on record, at stage canary"])]
    lines: list[AheadLineShape]
    numbers: dict[str, Any]
    form: int


class LooksAheadShape(Shape):
    """The latest look of each kind; null: there was none yet."""

    backtest: LookAheadShape | None
    simulate: LookAheadShape | None


def looks_ahead_shape(found: dict[AheadKind, LookAhead]) -> LooksAheadShape:
    backtest, simulate = found.get(AheadKind.BACKTEST), found.get(AheadKind.SIMULATE)
    return LooksAheadShape(
        backtest=_look(backtest) if backtest else None,
        simulate=_look(simulate) if simulate else None,
    )


def _look(found: LookAhead) -> LookAheadShape:
    return LookAheadShape(
        kind=found.kind,
        at=found.at,
        by=found.by,
        terms=found.terms,
        lines=[AheadLineShape(name=name, words=text) for name, text in found.lines],
        numbers=as_plain(found.numbers),
        form=found.form,
    )
