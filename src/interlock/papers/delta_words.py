"""How much of the record a change touches, in words.

One rule: what the record cannot tell is said to be unknown; it is never left out.
"""

from __future__ import annotations

from typing import Final

from interlock.domain.delta import Touched
from interlock.domain.one_line import spaced
from interlock.papers.words import counted

MOST_SEGMENTS: Final = 3


def touched_words(touched: Touched, cases: int, days: int) -> str:
    """As in `15 of 120 cases of the last 30 days, EUR 4,100.00 (from EUR 90.00 to EUR 800.00)`.

    cases: how many recorded ones the change was held against. days: how far back they reach.
    """
    if not cases:
        return "how many cases this touches is unknown: none is on record"
    said = f"{touched.cases:,} of {counted(cases, 'case')} of the last {counted(days, 'day')}"
    if touched.money:
        said += f", {' and '.join(map(str, touched.money))}"
    if touched.smallest is not None and touched.smallest != touched.largest:
        said += f" (from {touched.smallest} to {touched.largest})"
    named = [(name, count) for name, count in touched.segments if name][:MOST_SEGMENTS]
    if named:
        said += "; " + ", ".join(f"{spaced(name)}: {count:,}" for name, count in named)
    return said + (f"; {touched.unknown:,} unknown" if touched.unknown else "")
