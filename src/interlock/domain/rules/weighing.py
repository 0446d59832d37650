"""How one difference is weighed: lower, higher, more names, fewer names, on, off, a rank.

Each of these makes a function from a difference to the changes it is. Its one rule: what fits no
scale is unjudged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import inf, isnan
from typing import Any

from interlock.domain.delta import Change, Direction
from interlock.domain.money import Money
from interlock.domain.rules.differences import ABSENT, Difference, Path

Weigh = Callable[[Difference], Iterable[Change]]
WIDENS, NARROWS, UNJUDGED = Direction.WIDENS, Direction.NARROWS, Direction.UNJUDGED


def silent(_: Difference) -> tuple[Change, ...]:
    """It bears on who is asked, or on words; never on whether a person is asked."""
    return ()


def unjudged(found: Difference) -> tuple[Change, ...]:
    """It changed, and reading alone does not tell which way."""
    words = f"{place(found.path)} changed from {told(found.before)} to {told(found.after)}"
    return (change(found, UNJUDGED, f"{words}: not judged by reading"),)


def lower_widens(name: str, *, none: float = -inf) -> Weigh:
    """A number whose lowering widens. none: what no number at all stands for."""
    return _scale(name, lambda before, after: after < before, none)


def higher_widens(name: str, *, none: float = inf) -> Weigh:
    """A number or an amount whose raising widens. none: what no number at all stands for."""
    return _scale(name, lambda before, after: after > before, none)


def off_widens(name: str) -> Weigh:
    """A safeguard; switching it off widens."""
    return _switch(name, widening=False)


def on_widens(name: str) -> Weigh:
    """A permission; switching it on widens."""
    return _switch(name, widening=True)


def gone_widens(name: str, *, by_changing: Direction = UNJUDGED) -> Weigh:
    """A safeguard that is there or not; another one in its place is unjudged."""

    def weigh(found: Difference) -> tuple[Change, ...]:
        had, has = is_there(found.before), is_there(found.after)
        if had and has:
            words = f"{place(found.path, name)} is {told(found.after)} instead of "
            words = f"{words}{told(found.before)}: not judged by reading"
            return (change(found, by_changing, words),)
        said = "is there no more" if had else "is there now"
        return (change(found, WIDENS if had else NARROWS, f"{place(found.path, name)} {said}"),)

    return weigh


def fewer_widen(name: str) -> Weigh:
    """A list of safeguards: each one taken out widens."""
    return _names(name, gone=WIDENS, come=NARROWS)


def more_widen(name: str) -> Weigh:
    """A list of permissions: each one added widens."""
    return _names(name, gone=NARROWS, come=WIDENS)


def ranked(name: str, ranks: Sequence[Any]) -> Weigh:
    """A choice; going on in the list, which begins with the safest, widens."""

    def weigh(found: Difference) -> tuple[Change, ...]:
        if found.before not in ranks or found.after not in ranks:
            return unjudged(found)
        widens = ranks.index(found.after) > ranks.index(found.before)
        words = f"{place(found.path, name)} is {told(found.after)}, was {told(found.before)}"
        return (change(found, WIDENS if widens else NARROWS, words),)

    return weigh


def where_both(weigh: Weigh) -> Weigh:
    """Weighed only where both contracts say something; what is missing is told elsewhere."""

    def only(found: Difference) -> Iterable[Change]:
        return () if ABSENT in (found.before, found.after) else weigh(found)

    return only


def change(
    found: Difference, direction: Direction, words: str, segment: str | None = None
) -> Change:
    """The change a difference is."""
    return Change(
        direction=direction,
        path=found.path,
        words=words,
        before=None if found.before is ABSENT else found.before,
        after=None if found.after is ABSENT else found.after,
        segment=segment,
    )


def is_there(part: Any) -> bool:
    """False for a part that is absent, none or empty."""
    return part is not ABSENT and part is not None and part not in ((), "")


def told(value: Any) -> str:
    """A value in words, for a sentence."""
    if value is None or value is ABSENT:
        return "nothing"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, tuple | list):
        return ", ".join(map(told, value)) or "nothing"
    text = getattr(value, "text", None)
    return text if isinstance(text, str) else str(value)


def place(path: Path, name: str | None = None) -> str:
    """Where a difference stands, in words: the step or other named part, then what of it."""
    kind, *rest = path
    last = name or " ".join(rest[1:] or [kind]).replace("_", " ")
    if kind in NAMED and rest:
        return f"{NAMED[kind]} {rest[0]}: {last}"
    return name or " ".join(path).replace("_", " ")


NAMED = {
    "steps": "step",
    "actions": "action",
    "queues": "queue",
    "systems": "system",
    "people": "person",
    "intake": "channel",
    "exceptions": "exception",
}


def _scale(name: str, is_wider: Callable[[Any, Any], bool], none: float) -> Weigh:
    def weigh(found: Difference) -> tuple[Change, ...]:
        before, after = _number(found.before, none), _number(found.after, none)
        if before is None or after is None or _currency(found.before, found.after):
            return unjudged(found)
        if before == after:  # both stand for the same
            return ()
        verb = "raised" if after > before else "lowered"
        words = f"{place(found.path, name)} {verb} from {_limit(found.before)} to "
        words += _limit(found.after)
        return (change(found, WIDENS if is_wider(before, after) else NARROWS, words),)

    return weigh


def _number(value: Any, none: float) -> float | None:
    if value is None or value is ABSENT:
        return none
    if isinstance(value, Money):
        return value.micros
    known = isinstance(value, int | float) and not isinstance(value, bool) and not isnan(value)
    return value if known else None


def _currency(before: Any, after: Any) -> bool:
    """True for two amounts that cannot be compared."""
    both = isinstance(before, Money) and isinstance(after, Money)
    return both and before.currency != after.currency


def _limit(value: Any) -> str:
    return "none" if value is None or value is ABSENT else told(value)


def _switch(name: str, *, widening: bool) -> Weigh:
    def weigh(found: Difference) -> tuple[Change, ...]:
        if not isinstance(found.before, bool) or not isinstance(found.after, bool):
            return unjudged(found)
        words = f"{place(found.path, name)} switched {told(found.after)}"
        return (change(found, WIDENS if found.after is widening else NARROWS, words),)

    return weigh


def _names(name: str, *, gone: Direction, come: Direction) -> Weigh:
    def weigh(found: Difference) -> list[Change]:
        before, after = _listed(found.before), _listed(found.after)
        where = place(found.path, name)
        out = [change(found, gone, f"{where} no longer has {n}") for n in _left(before, after)]
        return out + [change(found, come, f"{where} now has {n}") for n in _left(after, before)]

    return weigh


def _listed(part: Any) -> tuple[str, ...]:
    return tuple(map(str, part)) if isinstance(part, tuple | list) else ()


def _left(mine: Sequence[str], theirs: Sequence[str]) -> list[str]:
    return [each for each in dict.fromkeys(mine) if each not in theirs]
