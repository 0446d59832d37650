"""The flow: every step can be reached, and every way ends."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from interlock.contracts.draft import Draft
from interlock.contracts.problem import Problem, did_you_mean

END: Final = "end"  # `next: end` finishes the case


def problems(draft: Draft) -> Iterator[Problem]:
    """Jumps to nowhere or backward, and steps no way leads to."""
    places = {step.step_name: place for place, step in draft.steps}
    for place, step in draft.steps:
        target = step.next
        if target is None or target == END:
            continue
        path = ("steps", place, "next")
        if target not in places:
            later = [name for name, where in places.items() if where > place]
            message = f'next of step "{step.step_name}" is "{target}", which is no step'
            yield draft.problem(
                path, message, did_you_mean(target, [*later, END], "name a later step, or end")
            )
        elif places[target] <= place:
            message = f'next of step "{step.step_name}" goes back to "{target}", without end'
            yield draft.problem(path, message, "name a later step, or end")
    yield from _unreachable(draft, places)


def _unreachable(draft: Draft, places: dict[str, int]) -> Iterator[Problem]:
    reached = _reached(draft, places)
    for place, step in draft.steps:
        if place not in reached:
            message = f'no way leads to step "{step.step_name}"'
            remedy = "remove it, or the next: that jumps over it"
            yield draft.problem(("steps", place), message, remedy)
        elif (step.when or "").strip() == "false":
            message = f'step "{step.step_name}" never runs, because its condition is false'
            yield draft.warning(("steps", place, "when"), message, "remove it, or its condition")


def _reached(draft: Draft, places: dict[str, int]) -> set[int]:
    steps = dict(draft.steps)
    order = sorted(steps)
    after = dict(zip(order, [*order[1:], None], strict=False))
    reached: set[int] = set()
    waiting = order[:1]
    while waiting:
        place = waiting.pop()
        if place in reached:
            continue
        reached.add(place)
        step, below = steps[place], after[place]
        target = places.get(step.next or "")
        ahead = target is not None and target > place
        jumps = ahead or step.next == END
        targets = [target] if target is not None and ahead else []
        if below is not None and (not jumps or step.when is not None):
            targets.append(below)
        waiting += targets
    return reached
