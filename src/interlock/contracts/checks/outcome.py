"""The outcome: a business result one can be wrong about. An unclear one is an error."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from interlock.contracts.draft import Draft
from interlock.contracts.metrics import METRICS, NEVER_AN_OUTCOME, MetricKind
from interlock.contracts.problem import Problem

FEWEST_WORDS: Final = 4  # "Better invoices" says nothing; a result needs who, what and how
_TOOL: Final = re.compile(
    r"\b(use|using|adopt|introduce|leverage|deploy|roll out)\b"
    r".{0,30}\b(AI|LLM|GPT|agents?|models?)\b",
    re.IGNORECASE,
)
_UNIT: Final = re.compile(r"\d\s*(%|[A-Za-z€$£/])")


def problems(draft: Draft) -> Iterator[Problem]:
    """What is unclear about the outcome."""
    outcome = draft.shape.outcome
    if outcome.statement:
        yield from _statement_problems(draft, outcome.statement)
    if outcome.metric in NEVER_AN_OUTCOME:
        message = f'outcome.metric "{outcome.metric}" counts activity, not a result'
        yield draft.problem(
            ("outcome", "metric"), message, "name what the business gets, as in cycle_time"
        )
    if outcome.target:
        yield from _target_problems(draft, outcome.metric, outcome.target)


def _statement_problems(draft: Draft, statement: str) -> Iterator[Problem]:
    path = ("outcome", "statement")
    if len(statement.split()) < FEWEST_WORDS:
        message = f'outcome.statement "{statement}" is too short to be judged'
        yield draft.problem(path, message, "say who gets what, and how much better")
    elif _TOOL.search(statement):
        message = "outcome.statement names a tool"
        yield draft.problem(path, message, "say what the business gets from it")


def _target_problems(draft: Draft, metric: str, target: str) -> Iterator[Problem]:
    path = ("outcome", "target")
    example = 'write how far it shall move, as in "-40%" or "under 2 days"'
    if not any(letter.isdigit() for letter in target):
        yield draft.problem(path, f'outcome.target "{target}" has no number', example)
    elif not _UNIT.search(target) and METRICS.get(metric) in (None, MetricKind.AMOUNT):
        yield draft.problem(path, f'outcome.target "{target}" has no unit', example)
