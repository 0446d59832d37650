"""Bands of an amount that approvals speak of: between two of them nobody may be left out.

Its one rule: only what can be read for certain is judged. A condition of another form, or an
approval without a condition, may cover anything, and then nothing is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from interlock.contracts.draft import Draft
from interlock.contracts.problem import Problem
from interlock.contracts.shape_parts import ApprovalShape

_NUMBER: Final = r"(-?\d{1,15}(?:\.\d{1,15})?)"
_FIELD: Final = r"([A-Za-z_][\w.]*)"
_FIELD_FIRST: Final = re.compile(rf"\s*{_FIELD}\s*(<=?|>=?)\s*{_NUMBER}\s*\Z")
_NUMBER_FIRST: Final = re.compile(rf"\s*{_NUMBER}\s*(<=?|>=?)\s*{_FIELD}\s*\Z")
_TURNED: Final = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """The amounts of one field in which an approval asks. low, high: None where it has no end."""

    field: str
    place: int
    low: Decimal | None = None
    takes_low: bool = False  # the line itself belongs to it
    high: Decimal | None = None
    takes_high: bool = False


def band_of(tier: ApprovalShape, place: int) -> Band | None:
    """The band of an approval whose condition bounds one field by numbers, else None."""
    field, lows, highs = "", list[tuple[Decimal, bool]](), list[tuple[Decimal, bool]]()
    for term in (tier.when or "").split("&&"):
        found = _comparison(term)
        if found is None or field not in ("", found[0]):
            return None
        field, operator, line = found
        (lows if operator.startswith(">") else highs).append((line, operator.endswith("=")))
    # Of several lines of a kind the tightest counts; of two alike, the one without the line itself.
    low, takes_low = max(lows, key=lambda each: (each[0], not each[1]), default=(None, False))
    high, takes_high = min(highs, default=(None, False))
    return Band(
        field=field, place=place, low=low, takes_low=takes_low, high=high, takes_high=takes_high
    )


def gap_problems(draft: Draft) -> Iterator[Problem]:
    """Amounts that no approval of an action asks about, though others below and above do."""
    bands: dict[tuple[str, str], list[Band]] = {}
    open_ended: set[str] = set()
    for place, tier in enumerate(draft.shape.approvals):
        band = band_of(tier, place)
        if band is None:
            open_ended.add(tier.action)
        else:
            bands.setdefault((tier.action, band.field), []).append(band)
    for (action, _), found in bands.items():
        if action not in open_ended:
            yield from (_told(draft, action, before, after) for before, after in gaps(found))


def gaps(bands: Iterable[Band]) -> list[tuple[Band, Band | None]]:
    """Where nobody asks: (the band that ends, the next one that begins, or None for no next).

    What lies below the lowest band is no gap: small amounts are meant to need nobody.
    """
    found: list[tuple[Band, Band | None]] = []
    reached: Band | None = None
    for band in sorted(bands, key=_where_it_begins):
        if reached is not None and _is_apart(reached, band):
            found.append((reached, band))
        if reached is None or _reaches_further(band, reached):
            reached = band
    if reached is not None and reached.high is not None:
        found.append((reached, None))
    return found


def _told(draft: Draft, action: str, before: Band, after: Band | None) -> Problem:
    message = f'nobody approves "{action}" where {before.field} is {_end(before)}'
    if after is None:
        message += ", though somebody does for less"
        remedy = "leave the upper end of the highest approval out, or add one above it"
        return draft.problem(("approvals", before.place, "when"), message, remedy)
    message += f" and {_begin(after)}, though somebody does below and above"
    remedy = f"let this approval begin where that one ends, at {before.high}"
    return draft.problem(("approvals", after.place, "when"), message, remedy)


def _comparison(term: str) -> tuple[str, str, Decimal] | None:
    """(field, operator, number) of one comparison, the field first."""
    found = _FIELD_FIRST.match(term)
    if found:
        return found[1], found[2], Decimal(found[3])
    found = _NUMBER_FIRST.match(term)
    return (found[3], _TURNED[found[2]], Decimal(found[1])) if found else None


def _where_it_begins(band: Band) -> tuple[bool, Decimal, bool]:
    return (band.low is not None, band.low or Decimal(), not band.takes_low)


def _is_apart(before: Band, after: Band) -> bool:
    if before.high is None or after.low is None:
        return False
    touches = before.takes_high or after.takes_low
    return after.low > before.high or (after.low == before.high and not touches)


def _reaches_further(one: Band, other: Band) -> bool:
    if other.high is None or one.high is None:
        return other.high is not None
    return (one.high, one.takes_high) > (other.high, other.takes_high)


def _end(band: Band) -> str:
    return f"above {band.high}" if band.takes_high else f"{band.high} or more"


def _begin(band: Band) -> str:
    return f"below {band.low}" if band.takes_low else f"at most {band.low}"
