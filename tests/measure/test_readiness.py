"""Readiness: one level, reached only when everything up to it is there and was measured."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

from hypothesis import given
from hypothesis.strategies import integers

from interlock.contracts import load_workflow
from interlock.domain.contract import WorkflowContract
from interlock.measure.readiness import Found, Level, Telemetry, readiness

FOLDER = Path(__file__).parents[2] / "examples" / "accounts_payable"
AT_WORK = Telemetry(closed=500, decided=80, on_time=79, late=1, pauses_lifted=1)


@cache
def contract() -> WorkflowContract:
    return load_workflow(FOLDER).contract


def failing(found: WorkflowContract, seen: Telemetry = AT_WORK) -> list[str]:
    return [check.name for check in readiness(found, seen).open]


def test_the_example_is_controlled_and_says_what_it_lacks() -> None:
    """Its gates and its protected cases were never measured, so it is not production-ready."""
    found = readiness(contract(), AT_WORK)

    assert found.level is Level.CONTROLLED
    assert "Protected cases pass and the gate has decided" in failing(contract())
    assert found.next_action


def test_a_workflow_without_a_catch_all_is_not_even_mapped() -> None:
    """A level stands on all the levels below it."""
    routes = tuple(r for r in contract().exceptions if r.exception_type != "*")

    found = readiness(replace(contract(), exceptions=routes), AT_WORK)

    assert found.level is Level.UNSTRUCTURED
    assert found.open[0].level is Level.MAPPED


def test_an_ai_step_without_a_way_round_it_keeps_a_workflow_at_mapped() -> None:
    """The business goes on when the AI is off, or the workflow is not controlled."""
    steps = tuple(replace(step, fallback=None) for step in contract().steps)

    found = readiness(replace(contract(), steps=steps), AT_WORK)

    assert found.level is Level.MAPPED
    assert "Every AI step can be done without AI" in failing(replace(contract(), steps=steps))


def test_an_action_that_cannot_be_undone_needs_an_approval() -> None:
    """Nothing irreversible runs unapproved."""
    actions = {
        name: replace(rule, reversible=name != "post_invoice")
        for name, rule in contract().actions.items()
    }

    open_checks = failing(replace(contract(), actions=actions))

    assert "Nothing irreversible happens unapproved" in open_checks


def test_too_few_decisions_are_not_yet_a_failure() -> None:
    """Grey is honest: nothing is wrong, and nothing is proven."""
    few = replace(AT_WORK, on_time=3, late=0)

    checks = {check.name: check for check in readiness(contract(), few).checks}
    in_time = next(check for name, check in checks.items() if "decide in time" in name)

    assert in_time.found is Found.NOT_YET
    assert "3 of 3 tasks" in in_time.seen


@given(closed=integers(0, 10_000), on_time=integers(0, 500), late=integers(0, 500))
def test_telemetry_alone_never_makes_a_workflow_production_ready(
    closed: int, on_time: int, late: int
) -> None:
    """Volume is no proof that results are right."""
    seen = Telemetry(closed=closed, on_time=on_time, late=late, pauses_lifted=3)

    assert readiness(contract(), seen).level <= Level.CONTROLLED


def test_a_contract_with_problems_is_not_controlled() -> None:
    """What does not pass its own check cannot be relied on."""
    found = readiness(contract(), replace(AT_WORK, contract_errors=2))

    assert found.level is Level.MAPPED
