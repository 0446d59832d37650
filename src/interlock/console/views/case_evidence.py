"""Evidence as reviewers of a case were shown it, each package with its seal.

One rule: what is shown is what was frozen; nothing is looked up again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from interlock.console import words
from interlock.domain.case import Case
from interlock.domain.review import ReviewState, ReviewTask
from interlock.domain.rules.lens import Lens
from interlock.domain.rules.shown import shown_package
from interlock.storage import Store, TaskQuery, TaskUnknown

MOST_TASKS: Final = 50
SEAL_LETTERS: Final = 8
WIDTH: Final = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One named piece. is_missing: it was asked for and was not there."""

    name: str
    text: str
    is_missing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What one task showed, and the seal over it. `found` of `required` items were there."""

    question: str
    made_at: datetime
    seal: str
    items: tuple[Item, ...]
    required: int
    found: int


def tasks_of(store: Store, case: Case) -> tuple[ReviewTask, ...]:
    """Every task of the case, in the order they were asked."""
    tasks = store.tasks(TaskQuery(case_id=case.id, states=tuple(ReviewState), limit=MOST_TASKS))
    return tuple(sorted(tasks, key=lambda each: each.opened_at))


def shown_evidence(
    store: Store, tasks: Sequence[ReviewTask], lens: Lens, person: str
) -> tuple[Shown, ...]:
    """The evidence of these tasks, as this person may see it now."""
    shown = []
    for task in tasks:
        try:
            package = shown_package(task, store.evidence(task.id), person)
        except TaskUnknown:
            continue
        shown.append(
            Shown(
                question=task.question,
                made_at=package.made_at,
                seal=f"{package.digest[:4]} {package.digest[4:SEAL_LETTERS]}",
                items=_items(package.content, task, lens),
                required=len(task.required),
                found=len(task.required) - len(task.missing),
            )
        )
    return tuple(shown)


def _items(content: Mapping[str, Any], task: ReviewTask, lens: Lens) -> tuple[Item, ...]:
    named = [*content.get("required", {}).items()]
    if content.get("source") and "source_document" not in task.required:
        named.insert(0, ("source_document", content["source"]))
    if content.get("proposal") and "proposal" not in task.required:
        named.append(("proposal", content["proposal"].get("value")))
    missing = [
        Item(name=words.sentence(name), text="was not there", is_missing=True)
        for name in task.missing
    ]
    return (
        *(
            Item(name=words.sentence(str(name)), text=_text(name, value, lens))
            for name, value in named
        ),
        *missing,
    )


def _text(name: str, value: Any, lens: Lens) -> str:
    if name == "source_document" and isinstance(value, Mapping):
        return str(value.get("name", ""))
    return lens.brief({str(name): value}, WIDTH)
