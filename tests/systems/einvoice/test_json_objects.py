"""JSON uses our own names, so it can be held to them exactly."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date
from decimal import Decimal

import pytest

from interlock.domain.exceptions import SchemaChange
from interlock.systems.einvoice import EarlyPaymentDiscount, read_document
from tests.systems.einvoice.samples import an_invoice, json_bytes


def test_an_invoice_written_out_is_read_back_the_same() -> None:
    """Every field has its place, so nothing gets lost between two systems of ours."""
    discount = EarlyPaymentDiscount(percent=Decimal(2), until=date(2024, 3, 19))
    invoice = an_invoice(notes=("one", "two"), early_payment=(discount,), due_date=date(2024, 4, 4))

    assert read_document("a.json", json_bytes(asdict(invoice))) == (invoice,)


def test_a_list_holds_several_invoices() -> None:
    """In the order they were written."""
    found = [asdict(an_invoice()), asdict(an_invoice(number="R-2"))]

    assert [one.number for one in read_document("a.json", json_bytes(found))] == ["R-1", "R-2"]


@pytest.mark.parametrize(
    ("written", "value"),
    [("19.99", "19.99"), ('"19.99"', "19.99"), ("1.5e3", "1500"), ("0.1", "0.1"), ("-5", "-5")],
)
def test_numbers_are_read_as_written_and_never_as_binary_floats(written: str, value: str) -> None:
    """A tenth has no binary float."""
    (invoice,) = read_document("a.json", f'{{"number": 7, "gross": {written}}}'.encode())

    assert (invoice.number, invoice.gross) == ("7", Decimal(value))


@pytest.mark.parametrize("written", ["1e99", '"1,5"', '"ten"', "1e-99", '"1e.5"', "9" * 5000])
def test_a_number_off_the_form_is_noted_and_left_out(written: str) -> None:
    """Not guessed, and no exponent may blow up memory later."""
    (invoice,) = read_document("a.json", f'{{"number": "R-1", "gross": {written}}}'.encode())

    assert invoice.gross is None
    assert [one.field for one in invoice.unreadable] == ["gross"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"number": "R-1",', "JSON that is broken"),
        ('{"numer": "R-1"}', "unknown name 'numer' (did you mean 'number'?)"),
        ('{"number": 1, "lines": [{"qty": 1}]}', "unknown name 'lines[0].qty'"),
        ('{"number": 1, "lines": {}}', "lines is not a list"),
        ('{"number": 1, "seller": "A"}', "seller is not an object"),
        ('{"number": [1]}', "number is neither text nor a number"),
        ('{"number": 1, "gross": true}', "gross is neither text nor a number"),
        ('{"number": 1, "gross": NaN}', "JSON with NaN"),
        ('{"number": 1, "allowance_charges": [{"is_charge": 1}]}', "is not true or false"),
        ('{"currency": "EUR"}', "without the names of an invoice"),
        ("[]", "an empty JSON list"),
        ("[1]", "the invoice is not an object"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_what_is_not_our_json_is_refused_with_the_reason(text: str, says: str) -> None:
    """The sentence names the place, and the nearest right name."""
    with pytest.raises(SchemaChange) as refusal:
        read_document("a.json", text.encode())

    assert says in refusal.value.detail


def test_characters_no_database_stores_are_left_out_of_text() -> None:
    """A NUL from a stranger's file must not stop a transaction of ours."""
    (invoice,) = read_document("a.json", b'{"number": "R\\u0000-\\ud8001"}')

    assert invoice == replace(invoice, number="R-1")
