"""Decisions that are made and not in force yet: their maker can still take them back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from interlock.console import words
from interlock.runtime.context import Context
from interlock.storage import TaskQuery


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldShown:
    """One decision that can be undone until `until`."""

    task: str
    title: str
    done: str
    until: datetime
    left: str


def held_decisions(context: Context, person: str, now: datetime) -> tuple[HeldShown, ...]:
    """What this person decided and can still undo, the next to take effect first."""
    in_hand = context.store.tasks(TaskQuery(held_by=person, limit=200))
    held = [
        (task, task.held_decision, task.takes_effect_at)
        for task in in_hand
        if task.held_decision is not None and task.held_decision.by == person
    ]
    cases = {each.id: each for each in context.store.load([task.case_id for task, _, _ in held])}
    shown = [
        HeldShown(
            task=task.id,
            title=cases[task.case_id].title or cases[task.case_id].key,
            done=words.DONE[decision.verb],
            until=until,
            left=words.left(until - now),
        )
        for task, decision, until in held
        if until is not None and until > now and task.case_id in cases
    ]
    return tuple(sorted(shown, key=lambda each: each.until))
