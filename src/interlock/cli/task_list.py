"""The queue on the terminal: two lines a task, the question first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from interlock.cli.screen import BAD, BOLD, DIM, WARN
from interlock.cli.task_file import due_words
from interlock.domain.case import Case
from interlock.domain.contract import Queue
from interlock.domain.one_line import spaced
from interlock.domain.review import ReviewKind, ReviewTask
from interlock.papers.words import KINDS, counted, short

INDENT: Final = 15  # a short task id and two spaces

Row = tuple[ReviewTask, Case | None, Queue | None]


def print_tasks(console: Console, rows: Sequence[Row], now: datetime) -> None:
    """Prints the tasks in their order, and how many are late or at risk."""
    if not rows:
        console.print("Nothing needs a person here.")
        return
    for task, case, queue in rows:
        console.print(_first_line(task))
        due, colour = due_words(task, queue, now)
        second = Text.assemble((due, colour or DIM), (f" · {_about(task, case)}", DIM))
        console.print(Padding(second, (0, 0, 0, INDENT)))
    console.print()
    console.print(_counts([task for task, _, _ in rows], now))


def _first_line(task: ReviewTask) -> Table:
    grid = Table.grid(padding=(0, 2), expand=True)
    grid.add_column(width=INDENT - 2, no_wrap=True)
    grid.add_column(ratio=1, overflow="fold")
    grid.add_column(justify="right", no_wrap=True)
    grid.add_row(short(task.id), Text(task.question, style=BOLD), str(task.amount or ""))
    return grid


def _about(task: ReviewTask, case: Case | None) -> str:
    kind = KINDS[task.kind]
    if task.kind is ReviewKind.EXCEPTION and task.exception_type:
        kind = spaced(task.exception_type)
    title = case.title if case and case.title and case.title not in task.question else ""
    held = f"held by {task.held_by}" if task.held_by else ""
    missing = f"{len(task.missing)} evidence missing" if task.missing else ""
    return " · ".join(part for part in (task.queue, kind, title, held, missing) if part)


def _counts(tasks: Sequence[ReviewTask], now: datetime) -> Text:
    late = sum(task.is_overdue(now) for task in tasks)
    at_risk = sum(task.is_at_risk(now) for task in tasks)
    parts = Text(counted(len(tasks), "task"), style=DIM)
    if late:
        parts.append(f", {late:,} late", style=BAD)
    if at_risk:
        parts.append(f", {at_risk:,} at risk", style=WARN)
    return parts
