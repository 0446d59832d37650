"""CSV is what people export by hand, so what it does not say plainly is not read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from interlock.domain.exceptions import SchemaChange
from interlock.systems.einvoice import EarlyPaymentDiscount, EInvoice, Party, read_document
from interlock.systems.einvoice.csv_rows import COLUMNS, INVOICE_COLUMNS, LINE_COLUMNS

HEAD = "number,issue_date,seller_id,currency,gross,line_quantity,line_unit_price,line_net"


def test_every_column_reaches_its_field() -> None:
    """A column that is accepted and then lost would be worse than one refused."""
    samples = {"text": "x", "date": "2024-03-05", "decimal": "12.50"}
    row = ",".join(samples[kind] for kind in COLUMNS.values())

    (invoice,) = read_document("a.csv", f"{','.join(COLUMNS)}\n{row}\n".encode())

    assert invoice.number == "x"
    assert invoice.issue_date == date(2024, 3, 5)
    assert invoice.payable == Decimal("12.50")
    assert invoice.seller == invoice.buyer == Party(**dict.fromkeys(Party.__slots__, "x"))
    assert invoice.early_payment == (
        EarlyPaymentDiscount(percent=Decimal("12.50"), until=date(2024, 3, 5)),
    )
    assert invoice.notes == ("x",)
    assert all(getattr(invoice, name, "x") is not None for name in INVOICE_COLUMNS)
    assert all(
        getattr(invoice.lines[0], name.removeprefix("line_")) is not None for name in LINE_COLUMNS
    )
    assert invoice.unreadable == ()


def test_rows_with_one_number_and_seller_are_one_invoice() -> None:
    """Two sellers may use the same number; their invoices must not flow together."""
    rows = ["R-1,2024-03-05,A,EUR,30,1,10,10", "R-1,,A,,,2,10,20", "R-1,2024-03-06,B,EUR,5,1,5,5"]

    first, second = read_document("a.csv", "\n".join([HEAD, *rows]).encode())

    assert [line.net for line in first.lines] == [Decimal(10), Decimal(20)]
    assert (second.seller.id, second.gross) == ("B", Decimal(5))


def test_rows_that_disagree_about_the_invoice_leave_the_value_unread() -> None:
    """Which of two totals is right is not for a reader to choose."""
    rows = ["R-1,2024-03-05,A,EUR,30,1,10,10", "R-1,2024-03-05,A,EUR,31,2,10,20"]

    (invoice,) = read_document("a.csv", "\n".join([HEAD, *rows]).encode())

    assert invoice.gross is None
    assert [(one.field, one.seen) for one in invoice.unreadable] == [("gross", "'30' and '31'")]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16"])
def test_delimiter_and_encoding_are_found_out(delimiter: str, encoding: str) -> None:
    """Spreadsheets of different countries write different files for the same table."""
    text = delimiter.join(["number", "seller_name", "gross"]) + "\n"
    text += delimiter.join(["R-1", "Müller", '"1234,50"'])

    (invoice,) = read_document("a.csv", text.encode(encoding))

    assert (invoice.seller.name, invoice.gross) == ("Müller", Decimal("1234.50"))


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["1.234,56", "1.234"], ["1234.56", "1234"]),
        (["1,234.56", "1,234"], ["1234.56", "1234"]),
        (["12.5", "1.234"], ["12.5", "1.234"]),
        (["12,5", "1,234"], ["12.5", "1.234"]),
        (["1 234,56", "7"], ["1234.56", "7"]),
        (["1'234.56", "7"], ["1234.56", "7"]),
        (["1.234.567", "1,5"], ["1234567", "1.5"]),
        (["5", "-7"], ["5", "-7"]),
        (["1.234", "7"], [None, "7"]),
        (["1,234", "7"], [None, "7"]),
        (["1,5", "1.5"], ["1.5", "1.5"]),
        (["12.5 EUR", "7"], [None, "7"]),
        (["1.23.4", "1.5"], [None, "1.5"]),
    ],
)
def test_a_number_that_can_be_read_two_ways_needs_another_to_decide(
    cells: list[str], values: list[str | None]
) -> None:
    """A thousand euros and one euro differ by one mark; guessing costs the difference."""
    text = f"number;net;gross\nR-1;{cells[0]};{cells[1]}"

    (invoice,) = read_document("a.csv", text.encode())

    expected = [Decimal(value) if value is not None else None for value in values]
    assert [invoice.net, invoice.gross] == expected
    assert [one.field for one in invoice.unreadable] == (["net"] if values[0] is None else [])


@pytest.mark.parametrize(
    ("written", "day"),
    [("2024-03-05", True), ("20240305", True), ("5.3.2024", True), ("03/05/2024", False)],
)
def test_days_are_read_only_where_their_order_is_sure(written: str, day: bool) -> None:
    """03/05 is March or May, depending on who wrote it."""
    (invoice,) = read_document("a.csv", f"number;issue_date\nR-1;{written}".encode())

    assert invoice.issue_date == (date(2024, 3, 5) if day else None)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("number;gros;net\nR-1;1;1", "unknown columns: 'gros' (did you mean 'gross'?)"),
        ("gross;net\n1;1", "without the column 'number'"),
        ("number;gross;gross\nR-1;1;2", "column 'gross' more than once"),
        ("number;gross\nR-1;1;2", "3 cells in row 2 and 2 in the header"),
        ('number;gross\n"R-1;1', "CSV that is broken"),
        ("Dear Sir, please find\nthe invoice", "text of an unknown kind, beginning 'Dear Sir'"),
        ('""', "text of an unknown kind"),
    ],
)
def test_what_is_not_our_csv_is_refused_with_the_reason(text: str, says: str) -> None:
    """The sentence is what the reviewer reads first."""
    with pytest.raises(SchemaChange) as refusal:
        read_document("a.csv", text.encode())

    assert says in refusal.value.detail


def test_a_header_without_rows_holds_no_invoice() -> None:
    """An export of nothing is not an error in itself."""
    assert read_document("a.csv", f"{HEAD}\n\n".encode()) == ()


def test_a_row_without_line_values_adds_no_line() -> None:
    """An invoice may be stated with its totals alone; the check then names the lines."""
    (invoice,) = read_document("a.csv", b"number;gross\nR-1;5")

    assert invoice == EInvoice(format="csv", number="R-1", gross=Decimal(5))
