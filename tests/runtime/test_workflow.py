"""A workflow's case schema: what fits becomes a case, what does not is said field by field."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interlock.contracts import load_workflow
from interlock.runtime.workflow import CaseUnfit, Workflow, Workflows, WorkflowUnknown
from tests.runtime.office import REFUNDS

WHOLE = {"number": "R-1", "amount": "99.95"}
LONG = "x" * 99
FORMS = "input should be a valid"


@pytest.fixture(scope="module")
def refunds() -> Workflow:
    """The refunds, with no systems: a schema needs none."""
    return Workflow(loaded=load_workflow(REFUNDS), systems={})


BAD: list[tuple[Any, tuple[str, ...], tuple[str, ...]]] = [
    ({}, ("number is missing", "amount is missing"), ("number", "amount")),
    ({"amount": 5}, ("number is missing",), ("number",)),
    ({"number": "R-1"}, ("amount is missing",), ("amount",)),
    ({**WHOLE, "number": ""}, ("without number the case has no key",), ("number",)),
    ({**WHOLE, "number": None}, (f"number is None: {FORMS} string",), ()),
    ({**WHOLE, "number": 7}, (f"number is 7: {FORMS} string",), ()),
    ({**WHOLE, "number": ["R-1"]}, (f"number is ['R-1']: {FORMS} string",), ()),
    ({**WHOLE, "amount": "ten"}, (f"amount is 'ten': {FORMS} decimal",), ()),
    ({**WHOLE, "amount": "1,50"}, (f"amount is '1,50': {FORMS} decimal",), ()),
    ({**WHOLE, "amount": 0}, ("amount is 0: input should be greater than 0",), ()),
    ({**WHOLE, "amount": -5}, ("amount is -5: input should be greater than 0",), ()),
    ({**WHOLE, "amount": float("nan")}, ("amount is nan: input should be a finite number",), ()),
    ({**WHOLE, "amount": float("inf")}, ("amount is inf: input should be a finite number",), ()),
    (
        {**WHOLE, "amount": None},
        ("amount is None: decimal input should be an integer, float, string or Decimal object",),
        (),
    ),
    (
        {**WHOLE, "amount": 10**12},
        ("amount is 1000000000000; write a number under a million million",),
        (),
    ),
    (
        {**WHOLE, "currency": "euro"},
        ("currency is 'euro'; write its three capital letters, as in EUR",),
        (),
    ),
    (
        {**WHOLE, "currency": "eur"},
        ("currency is 'eur'; write its three capital letters, as in EUR",),
        (),
    ),
    ({**WHOLE, "currency": 978}, (f"currency is 978: {FORMS} string",), ()),
    (
        {**WHOLE, "promised_on": "soon"},
        ("promised_on is 'soon': input should be a valid date or datetime, input is too short",),
        (),
    ),
    (
        {**WHOLE, "promised_on": "2026-02-30"},
        (
            "promised_on is '2026-02-30': input should be a valid date or datetime, "
            "day value is outside expected range",
        ),
        (),
    ),
    (
        {"number": 7, "amount": LONG},
        (
            f"number is 7: {FORMS} string",
            f"amount is '{LONG[:56]}…: {FORMS} decimal",
        ),
        (),
    ),
    ("R-1", (f"the case is 'R-1': {FORMS} dictionary or instance of Refund",), ()),
    (None, (f"the case is None: {FORMS} dictionary or instance of Refund",), ()),
    ([WHOLE], None, ()),  # type: ignore[list-item]  # the text repeats the whole input
]


@pytest.mark.parametrize(("data", "problems", "absent"), BAD)
def test_a_case_that_does_not_fit_is_refused_in_exactly_these_words(
    refunds: Workflow, data: Any, problems: tuple[str, ...] | None, absent: tuple[str, ...]
) -> None:
    """The person who sent it reads this: the field, the value seen, what it should be."""
    with pytest.raises(CaseUnfit) as refused:
        refunds.fit(data)

    assert problems is None or refused.value.problems == problems
    assert refused.value.absent == absent
    assert str(refused.value).endswith("; correct the fields and try again")


def test_what_fits_says_everything_the_contract_asks_of_a_case(refunds: Workflow) -> None:
    """Key, title, amount and deadline are read from its fields."""
    fitted = refunds.fit({**WHOLE, "promised_on": "2026-03-05"})

    assert (fitted.key, fitted.title) == ("R-1", "Refund R-1")
    assert (fitted.amount_micros, fitted.amount_currency) == (99_950_000, "EUR")
    assert fitted.deadline == datetime(2026, 3, 5, 23, 59, 59, tzinfo=UTC)
    assert fitted.data["order"] is None


@given(number=st.text(min_size=1), amount=st.decimals("0.000001", "999999999999", places=6))
def test_whatever_fits_fits_again(refunds: Workflow, number: str, amount: Any) -> None:
    """An edit starts from the stored fields; they must still be a case."""
    once = refunds.fit({"number": number, "amount": amount})

    assert refunds.fit(once.data) == once
    assert once.amount_micros == amount * 1_000_000


@pytest.mark.parametrize("title", ["{number.__class__}", "{0}", "{number!r:>1000000000}", "{"])
def test_text_in_a_case_fills_no_placeholder(refunds: Workflow, title: str) -> None:
    """A title is the contract's sentence; what a customer writes is never one."""
    fitted = refunds.fit({**WHOLE, "number": title})

    assert fitted.title == f"Refund {title}"


def test_a_workflow_is_found_by_name_or_the_loaded_ones_are_named(refunds: Workflow) -> None:
    """The first thing to look at is whether the right folder was loaded."""
    both = Workflows([refunds])

    assert both.named("refunds") is refunds
    assert both.of(refunds.contract.fingerprint) is refunds
    assert list(both) == [refunds]
    with pytest.raises(WorkflowUnknown, match=r"not loaded here \(loaded: refunds\); name"):
        both.named("refund")
    with pytest.raises(WorkflowUnknown, match=r"\(loaded: none\)"):
        Workflows([]).named("refunds")
