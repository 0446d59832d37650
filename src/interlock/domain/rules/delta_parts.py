"""Parts of a contract that need more than a scale: modes, confidence lines, gate lines, fallbacks.

Its one rule: where a change spares a person's answer in one case and asks for one in another, it
is unjudged.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import inf
from typing import Any, Final, TypeAlias

from interlock.domain.contract import Confidence, Criterion, Fallback, FallbackMode, StepMode
from interlock.domain.delta import Change
from interlock.domain.rules.differences import ABSENT, Difference
from interlock.domain.rules.weighing import (
    NARROWS,
    UNJUDGED,
    WIDENS,
    Weigh,
    change,
    is_there,
    place,
    told,
)

WHO_DECIDES: Final = {
    StepMode.HUMAN_OWNED: "a person does it",
    StepMode.ASSISTIVE: "the AI proposes and a person decides",
    StepMode.AGENTIC: "the AI decides inside its limits",
    StepMode.DETERMINISTIC: "fixed rules decide",
}
# how much is left to the machine; fixed rules and an AI decide different things, neither more
MODES: Final = (StepMode.HUMAN_OWNED, StepMode.ASSISTIVE, StepMode.AGENTIC)
Looser: TypeAlias = Callable[[float, float], bool]
# what takes over from the AI: how much is left to people, the most first
FALLBACKS: Final = (
    FallbackMode.HUMAN_REVIEW,
    FallbackMode.DETERMINISTIC_PATH,
    FallbackMode.PREVIOUS_VERSION,
)
NO_LINE: Final = inf  # nobody drew a line, so no confidence reaches it


def mode(found: Difference) -> tuple[Change, ...]:
    """Who decides in a step. Between an AI and fixed rules it cannot be told."""
    before, after = found.before, found.after
    words = f"{place(found.path[:2], WHO_DECIDES[after])}, where {WHO_DECIDES[before]} until now"
    if StepMode.HUMAN_OWNED in (before, after):
        return (change(found, WIDENS if before is StepMode.HUMAN_OWNED else NARROWS, words),)
    if before in MODES and after in MODES:
        more = MODES.index(after) > MODES.index(before)
        return (change(found, WIDENS if more else NARROWS, words),)
    return (change(found, UNJUDGED, words),)


def step_itself(found: Difference) -> tuple[Change, ...]:
    """A whole step that came or went. Only one that is a person's, and changes nothing around
    it, can be weighed."""
    came = found.before is ABSENT
    step = found.after if came else found.before
    plain = step.mode is StepMode.HUMAN_OWNED and not step.actions and step.next is None
    said = "comes" if came else "goes"
    words = f"step {step.step_name} {said}: {WHO_DECIDES[step.mode]}"
    if plain and step.when is None:
        return (change(found, NARROWS if came else WIDENS, words),)
    return (change(found, UNJUDGED, words),)


def when(found: Difference) -> tuple[Change, ...]:
    """The condition under which a step is done at all."""
    words = f"{place(found.path, 'is done')} {_said(found.after)}, until now {_said(found.before)}"
    return (change(found, UNJUDGED, words),)


def confidence(found: Difference) -> list[Change]:
    """The lines a proposal must reach, segment by segment."""
    changes: list[Change] = []
    for segment in (None, *_segments(found.before, found.after)):
        before, after = _line(found.before, segment), _line(found.after, segment)
        if before == after:
            continue
        of = f" for {segment}" if segment else ""
        verb = "lowered" if after < before else "raised"
        words = f"{place(found.path, 'confidence line')}{of} {verb} from {_level(before)}"
        words += f" to {_level(after)}"
        changes.append(change(found, WIDENS if after < before else NARROWS, words, segment))
    return changes


def fallback(found: Difference) -> tuple[Change, ...]:
    """Where a step goes when its AI fails; without a fallback, people do the step."""
    before, after = _takes_over(found.before), _takes_over(found.after)
    words = f"{place(found.path, 'when its AI fails')}: {_falls_to(found.after)}"
    words += f", until now {_falls_to(found.before)}"
    if before == after:
        return (change(found, UNJUDGED, words),) if found.before and found.after else ()
    return (change(found, WIDENS if after > before else NARROWS, words),)


def governance(found: Difference) -> tuple[Change, ...]:
    """The governance owner signs what widens; another one is for the old one to sign."""
    words = f"the governance owner is {told(found.after)}, until now {told(found.before)}"
    return (change(found, UNJUDGED, words),)


def part_reached(kind: str, comes: str, goes: str) -> Weigh:
    """A weigher for something within the machine's reach that came or went as a whole."""

    def weigh(found: Difference) -> tuple[Change, ...]:
        came = found.before is ABSENT
        words = f"{kind} {found.path[-1]} {comes if came else goes}"
        return (change(found, WIDENS if came else NARROWS, words),)

    return weigh


def training(found: Difference) -> tuple[Change, ...]:
    """A queue's training, which reviewers pass before they may approve."""
    before, after = found.before, found.after
    if before is None or after is None:
        direction = WIDENS if after is None else NARROWS
        words = (
            f"{place(found.path, 'training')} {'is asked no more' if after is None else 'is asked'}"
        )
        return (change(found, direction, words),)
    return (change(found, UNJUDGED, f"{place(found.path, 'training')} is another one"),)


def waiver(found: Difference) -> tuple[Change, ...]:
    """A precondition of promotion that is done without, or asked for again."""
    came = found.before is ABSENT
    said = "is done without" if came else "is asked for again"
    words = f"promotion: {found.path[-1]} {said}"
    return (change(found, WIDENS if came else NARROWS, words),)


def tolerance(found: Difference) -> tuple[Change, ...]:
    """A band a number has to stay in; a band that reaches further anywhere widens."""
    name = f"tolerance of {found.path[-1]}"
    if not is_there(found.before) or not is_there(found.after):
        gone = not is_there(found.after)
        words = f"{name} {'is watched no more' if gone else 'is watched'}"
        return (change(found, WIDENS if gone else NARROWS, words),)
    (low, high), (new_low, new_high) = found.before, found.after
    words = f"{name} is {new_low:g} to {new_high:g}, was {low:g} to {high:g}"
    if new_low <= low and new_high >= high:
        return (change(found, WIDENS, words),)
    inside = new_low >= low and new_high <= high
    return (change(found, NARROWS if inside else UNJUDGED, words),)


def alerts(found: Difference) -> list[Change]:
    """Lines that pause an agent which behaves unlike itself; one that changed went and came."""
    before, after = map(_alerts, (found.before, found.after))
    gone = [each for each in before if each not in after]
    come = [each for each in after if each not in before]
    return [
        *(change(found, WIDENS, f"alert is watched no more: {each}") for each in gone),
        *(change(found, NARROWS, f"alert is watched: {each}") for each in come),
    ]


def _alerts(part: Any) -> list[str]:
    lines = [] if part is ABSENT else part
    return [
        ", ".join(f"{key} {told(value)}" for key, value in sorted(line.items()) if value)
        for line in lines
    ]


def criteria_met(found: Difference) -> list[Change]:
    """Lines a release must reach: easier to reach widens."""
    return _lines(found, "success line", {"<": _up, "<=": _up, ">": _down, ">=": _down})


def criteria_tripped(found: Difference) -> list[Change]:
    """Lines that take a release back: harder to trip widens."""
    return _lines(found, "rollback line", {">": _up, ">=": _up, "<": _down, "<=": _down})


def _lines(found: Difference, name: str, loosened: Mapping[str, Looser]) -> list[Change]:
    before, after = _left(found.before, found.after), _left(found.after, found.before)
    changes: list[Change] = []
    for line in before:
        pair = _pair(line, before, after)
        if pair is None:
            changes.append(change(found, WIDENS, f"{name} is gone: {_written(line)}"))
            continue
        words = f"{name} is {_written(pair)}, was {_written(line)}"
        looser = loosened.get(line.op)
        if looser is None:
            changes.append(change(found, UNJUDGED, words))
        else:
            direction = WIDENS if looser(line.value, pair.value) else NARROWS
            changes.append(change(found, direction, words))
    new = [line for line in after if _pair(line, after, before) is None]
    return changes + [change(found, NARROWS, f"{name} is new: {_written(line)}") for line in new]


def _left(mine: Sequence[Criterion], theirs: Sequence[Criterion]) -> list[Criterion]:
    there = {(line.metric, line.op, line.value) for line in theirs}
    return [line for line in mine if (line.metric, line.op, line.value) not in there]


def _pair(
    line: Criterion, mine: Sequence[Criterion], theirs: Sequence[Criterion]
) -> Criterion | None:
    """The one line of the other contract that took this one's place, when that is clear."""

    def alike(lines: Sequence[Criterion]) -> list[Criterion]:
        return [each for each in lines if (each.metric, each.op) == (line.metric, line.op)]

    others = alike(theirs)
    return others[0] if len(others) == 1 and len(alike(mine)) == 1 else None


def _up(before: float, after: float) -> bool:
    return after > before


def _down(before: float, after: float) -> bool:
    return after < before


def _written(line: Criterion) -> str:
    value = str(line.value).lower() if isinstance(line.value, bool) else f"{line.value:g}"
    return f"{line.metric} {line.op} {value}"


def _segments(*lines: Confidence | None) -> list[str]:
    return list(dict.fromkeys(name for each in lines if each for name in each.segments))


def _line(lines: Confidence | None, segment: str | None) -> float:
    if lines is None:
        return NO_LINE
    return lines.accept_at if segment is None else lines.line_for(segment)


def _level(line: float) -> str:
    return "none, where nothing is accepted" if line == NO_LINE else f"{line:g}"


def _said(condition: Any) -> str:
    return "always" if condition is None else f"when {condition.text}"


def _takes_over(part: Fallback | None) -> int:
    """The place of a fallback on the scale from people to the machine."""
    return FALLBACKS.index(part.mode if part else FallbackMode.HUMAN_REVIEW)


def _falls_to(part: Fallback | None) -> str:
    if part is None or part.step is None:
        return "people do it"
    return f"{part.mode}, {part.step}"
