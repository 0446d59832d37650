"""What does not add up is named with the rule, the fields and both values."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interlock.systems.einvoice import (
    EInvoice,
    Party,
    Tax,
    Unreadable,
    arithmetic_problems,
    read_document,
)
from tests.systems.einvoice.samples import a_line, an_invoice, cii, ubl

D = Decimal


def _rules(invoice: EInvoice) -> list[str]:
    return [problem.rule for problem in arithmetic_problems(invoice)]


@pytest.mark.parametrize("content", [ubl(), cii()])
def test_a_right_invoice_has_no_problems(content: bytes) -> None:
    """Otherwise every invoice would wait."""
    assert arithmetic_problems(an_invoice()) == ()
    assert arithmetic_problems(read_document("a.xml", content)[0]) == ()


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"number": None}, "BR-02"),
        ({"issue_date": None}, "BR-03"),
        ({"type_code": None}, "BR-04"),
        ({"currency": None}, "BR-05"),
        ({"seller": Party()}, "BR-06"),
        ({"buyer": Party(id="B")}, "BR-07"),
        ({"net": None}, "BR-13"),
        ({"gross": None}, "BR-14"),
        ({"payable": None}, "BR-15"),
        ({"line_total": D("150.01"), "net": D("145.01"), "gross": D("166.56")}, "BR-CO-10"),
        ({"allowances": D("10.01")}, "BR-CO-11"),
        ({"charges": D("5.01")}, "BR-CO-12"),
        ({"net": D("145.01")}, "BR-CO-13"),
        ({"tax": D("21.56")}, "BR-CO-14"),
        ({"gross": D("166.54")}, "BR-CO-15"),
        ({"payable": D("160.01")}, "BR-CO-16"),
        ({"prepaid": None}, "BR-CO-16"),
    ],
)
def test_each_rule_names_what_is_wrong(changes: dict[str, Any], rule: str) -> None:
    """One cent or one missing name is enough; these rules have no tolerance."""
    problems = arithmetic_problems(an_invoice(**changes))

    (found,) = [problem for problem in problems if problem.rule == rule]
    assert found.fatal
    assert changes.keys() & {field.split(".")[0] for field in found.fields}


def test_the_sentence_holds_both_values() -> None:
    """A reviewer decides on the difference, so both sides must be there."""
    (problem,) = arithmetic_problems(an_invoice(payable=D("160.01")))

    assert problem.text == (
        "the amount due for payment is stated as 160.01, but the parts give 160.00"
    )


def test_missing_lines_are_named() -> None:
    """Totals alone cannot be matched against an order."""
    problems = arithmetic_problems(an_invoice(lines=(), line_total=None))

    assert [problem.text for problem in problems] == ["the list of invoice lines is missing"]


def test_what_a_line_lacks_is_named_with_the_line() -> None:
    """By the number the seller gave it."""
    bare = a_line(number="7", quantity=None, net=None, unit_price=None, description=None)

    problems = arithmetic_problems(an_invoice(lines=(bare,)))

    assert [problem.text for problem in problems] == [
        "line 7 has no quantity",
        "line 7 has no net amount",
        "line 7 has no item name",
        "line 7 has no unit price",
    ]


def test_an_unreadable_value_is_named_once_and_not_as_missing() -> None:
    """It is there; it is only no number."""
    seen = (Unreadable(field="gross", seen="abc"),)

    problems = arithmetic_problems(an_invoice(gross=None, unreadable=seen))

    assert [(problem.rule, problem.text) for problem in problems] == [
        ("unreadable-value", "gross holds 'abc', which cannot be read")
    ]


@pytest.mark.parametrize(("off", "wrong"), [("0.99", False), ("1.00", True), ("-0.99", False)])
def test_tax_of_a_category_may_differ_by_less_than_one_unit(off: str, wrong: bool) -> None:
    """The official tolerance: some round each line, some the total."""
    first, second = an_invoice().tax_breakdown
    assert first.amount is not None
    taxes = (replace(first, amount=first.amount + D(off)), second)

    invoice = an_invoice(
        tax_breakdown=taxes,
        tax=D("21.55") + D(off),
        gross=D("166.55") + D(off),
        payable=D("160.00") + D(off),
    )

    assert _rules(invoice) == (["BR-CO-17"] if wrong else [])


def test_the_base_of_a_category_is_held_against_its_lines() -> None:
    """Tax on the wrong base is wrong tax, even when the multiplication is right."""
    taxes = (
        Tax(category="S", rate=D(19), base=D("50.00"), amount=D("9.50")),
        Tax(category="S", rate=D(7), base=D("95.00"), amount=D("6.65")),
    )
    changes = {"tax": D("16.15"), "gross": D("161.15"), "payable": D("154.60")}

    assert _rules(an_invoice(tax_breakdown=taxes, **changes)) == ["BR-S-08", "BR-S-08"]


def test_without_a_breakdown_the_tax_is_held_against_the_lines() -> None:
    """CSV has no breakdown; the rates on its lines still say what the tax must be."""
    base = {
        "tax_breakdown": (),
        "allowance_charges": (),
        "allowances": None,
        "charges": None,
        "net": D("150.00"),
    }
    right = {"tax": D("22.50"), "gross": D("172.50"), "payable": D("165.95")}
    wrong = {"tax": D("28.50"), "gross": D("178.50"), "payable": D("171.95")}

    assert _rules(an_invoice(**base, **right)) == []
    assert _rules(an_invoice(**base, **wrong)) == ["BR-CO-14"]


def test_half_a_cent_is_rounded_up() -> None:
    """As the standard says, and not to the even digit."""
    lines = (a_line(quantity=D(1), unit_price=D("0.125"), net=D("0.125")),)
    total = D("0.13")

    invoice = EInvoice(
        format="csv",
        number="R-1",
        issue_date=date(2024, 3, 5),
        type_code="380",
        currency="EUR",
        seller=Party(name="A"),
        buyer=Party(name="B"),
        lines=lines,
        line_total=total,
        net=total,
        gross=total,
        payable=total,
    )

    assert arithmetic_problems(invoice) == ()


@pytest.mark.parametrize(("type_code", "hints"), [("380", 1), ("381", 0), ("384", 0)])
def test_a_negative_quantity_is_a_hint_in_an_invoice_only(type_code: str, hints: int) -> None:
    """The standard allows it, for returns; a person may still want to know."""
    lines = (*an_invoice().lines, a_line(quantity=D(-1), net=D(0), unit_price=D(0)))

    problems = arithmetic_problems(an_invoice(lines=lines, type_code=type_code))

    assert [(one.rule, one.fatal) for one in problems] == [("negative-quantity", False)] * hints


def test_a_negative_unit_price_is_wrong() -> None:
    """A credit is a negative quantity, never a negative price."""
    lines = tuple(replace(line, unit_price=D("-50.00")) for line in an_invoice().lines)

    assert "BR-27" in _rules(an_invoice(lines=lines))


@pytest.mark.parametrize(("price", "hints"), [("50.00", 0), ("49.90", 1), ("50.004", 0)])
def test_a_line_that_is_not_quantity_times_price_is_a_hint(price: str, hints: int) -> None:
    """Prices are printed rounded, so this can only be a hint."""
    first, second = an_invoice().lines

    problems = arithmetic_problems(an_invoice(lines=(replace(first, unit_price=D(price)), second)))

    assert [(one.rule, one.fatal) for one in problems] == [("line-net", False)] * hints


def test_price_base_allowances_and_charges_of_a_line_are_counted() -> None:
    """4 pieces at 50.50 for two, less 4, plus 3, are 100."""
    first, second = an_invoice().lines
    line = replace(
        first,
        quantity=D(4),
        unit_price=D("50.50"),
        price_base_quantity=D(2),
        allowances=D(4),
        charges=D(3),
    )

    assert _rules(an_invoice(lines=(line, second))) == []


_money = st.none() | st.decimals(min_value=-(10**17), max_value=10**17, places=4)


@given(
    values=st.fixed_dictionaries(
        dict.fromkeys(
            ("line_total", "net", "tax", "gross", "payable", "prepaid", "rounding"), _money
        )
    ),
    lines=st.lists(
        st.builds(
            a_line, quantity=_money, unit_price=_money, net=_money, price_base_quantity=_money
        ),
        max_size=3,
    ),
)
def test_no_readable_values_make_the_checks_fail(values: dict[str, Any], lines: list[Any]) -> None:
    """The checks judge whatever was read; they may not crash on it."""
    for problem in arithmetic_problems(an_invoice(**values, lines=tuple(lines))):
        assert problem.text
        assert problem.fields


@given(
    nets=st.lists(st.decimals(min_value=0, max_value=10**6, places=2), min_size=1, max_size=5),
    off=st.sampled_from(["0", "0.01", "-3.50"]),
)
def test_a_total_is_wrong_exactly_when_it_differs_from_its_lines(
    nets: list[Decimal], off: str
) -> None:
    """For any lines: no false alarm, and no miss."""
    total = sum(nets, D(0)) + D(off)
    lines = tuple(a_line(quantity=D(1), unit_price=net, net=net, tax_rate=None) for net in nets)

    invoice = EInvoice(
        format="json", lines=lines, line_total=total, net=total, gross=total, payable=total
    )

    assert [r for r in _rules(invoice) if "CO" in r] == ([] if D(off) == 0 else ["BR-CO-10"])
