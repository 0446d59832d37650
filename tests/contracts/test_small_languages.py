"""The two small texts a contract contains: gate lines and business hours."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interlock.contracts.checks.people import is_machine
from interlock.contracts.gate_expression import OPERATORS, parsed
from interlock.contracts.opening_hours import business_hours


@given(
    operator=st.sampled_from(OPERATORS),
    value=st.decimals(0, 10**6, places=4).map(str),
    space=st.sampled_from(["", " ", "   "]),
)
def test_a_gate_line_keeps_its_three_parts(operator: str, value: str, space: str) -> None:
    """What the author wrote is what is measured, however it is spaced."""
    criterion = parsed(f"exception_rate{space}{operator}{space}{value}")

    assert (criterion.metric, criterion.op) == ("exception_rate", operator)
    assert criterion.value == float(value)


@given(text=st.text(max_size=40))
def test_a_gate_line_is_read_or_refused_with_a_remedy(text: str) -> None:
    """S002-88: operator and number or boolean; nothing else is ever run."""
    try:
        criterion = parsed(text)
    except ValueError as refused:
        assert str(refused)
    else:
        assert criterion.op in OPERATORS


@pytest.mark.parametrize("text", ["a <= b", "a <= 4%", "a < true", "a = 1", "a <= nan", "<= 1"])
def test_a_gate_line_outside_the_grammar_is_refused(text: str) -> None:
    """A line that is nearly right must not be read as something else."""
    with pytest.raises(ValueError, match=r"write|end|compared"):
        parsed(text)


def test_hours_without_days_are_every_day() -> None:
    """A round-the-clock desk still has a time zone."""
    hours = business_hours("08:00-24:00 America/New_York", ["2026-12-24"])

    assert {opening.weekday for opening in hours.openings} == set(range(7))
    assert all(opening.end is None for opening in hours.openings)


@given(text=st.text(max_size=40), day=st.text(max_size=8))
def test_hours_are_read_or_refused_with_a_remedy(text: str, day: str) -> None:
    """A queue with unreadable hours would have no deadline at all."""
    try:
        business_hours(text, [day])
    except ValueError as refused:
        assert str(refused)


@pytest.mark.parametrize(
    ("name", "machine"),
    [
        ("ai_team", True),
        ("The AI Team", True),
        ("agent", True),
        ("coding-agents", False),
        ("support_agents", False),
        ("gpt4o", True),
        ("invoice_bot", True),
        ("model", True),
        ("model_risk", False),
        ("ai_governance_board", False),
        ("assistant", True),
        ("copilot", True),
        ("ap_lead", False),
        ("team", False),
    ],
)
def test_a_machine_is_told_from_a_person(name: str, machine: bool) -> None:
    """S000-44, S000-45: an agent can act, but cannot own the consequence."""
    assert is_machine(name) is machine
