"""Every real invoice of the answer sheet is read as it says, and judged as it says.

The documents are not ours to ship; where they are absent, these tests are skipped.
"""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from interlock.domain.exceptions import SchemaChange
from interlock.systems.einvoice import arithmetic_problems, read_document, violations
from tests.systems.einvoice.samples import DATA, NO_DATA

SHEETS = DATA / "einvoice_reference"


def _sheet(name: str) -> list[dict[str, str]]:
    path = SHEETS / name
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


XML_ROWS = _sheet("en16931_results_give.csv")
PDF_ROWS = _sheet("pdf_embedded_gold_give.csv")
OTHER_ROWS = [row for row in XML_ROWS if row["kind"] not in ("ubl", "cii")]
INVOICE_ROWS = [row for row in XML_ROWS if row["kind"] in ("ubl", "cii")] + PDF_ROWS

pytestmark = pytest.mark.skipif(not XML_ROWS, reason=NO_DATA)


def _each(rows: list[dict[str, str]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("row", rows, ids=[Path(row["file"]).name for row in rows])


def _content(row: dict[str, str]) -> bytes:
    path = DATA / row["file"]
    if not path.exists():
        pytest.skip(f"{row['file']} is on the sheet but not on this disk")
    return path.read_bytes()


@_each(INVOICE_ROWS)
def test_the_fields_read_equal_the_sheet(row: dict[str, str]) -> None:
    """Also for invalid invoices: what is wrong is judged later, on what is written."""
    (invoice,) = read_document(row["file"], _content(row))

    assert invoice.issue_date is not None
    assert invoice.unreadable == ()
    assert {
        "number": invoice.number,
        "issue_date": f"{invoice.issue_date:%Y%m%d}",
        "type": invoice.type_code,
        "currency": invoice.currency,
        "order_ref": invoice.order_reference or "",
        "receipt_ref": invoice.receipt_reference or "" if "receipt_ref" in row else None,
        "seller": invoice.seller.name,
        "buyer": invoice.buyer.name,
        "lines": len(invoice.lines),
    } == {
        "number": row["number"],
        "issue_date": row["issue_date"].replace("-", ""),
        "type": row["type"],
        "currency": row["currency"],
        "order_ref": row["order_ref"],
        "receipt_ref": row.get("receipt_ref"),
        "seller": row["seller"],
        "buyer": row["buyer"],
        "lines": int(row["lines"]),
    }
    for name in ("net", "tax", "gross", "payable"):
        expected = Decimal(row[name]) if row[name] else None
        assert getattr(invoice, name) == expected, name


@_each(INVOICE_ROWS)
def test_the_rules_broken_equal_the_sheet(row: dict[str, str]) -> None:
    """Exactly the fatal rules, and exactly the warnings where the sheet lists them."""
    pytest.importorskip("saxonche", reason="the extra einvoice is not installed")

    found = violations(_content(row), row["file"])

    assert sorted({one.rule for one in found if one.fatal}) == row["fatal_rules"].split()
    if "warning_rules" in row:
        warnings = sorted({one.rule for one in found if not one.fatal})
        assert warnings == row["warning_rules"].split()


@_each(INVOICE_ROWS)
def test_our_arithmetic_agrees_with_the_official_rules(row: dict[str, str]) -> None:
    """No false alarm on a valid invoice, and never a rule the official ones do not report."""
    (invoice,) = read_document(row["file"], _content(row))

    found = {one.rule for one in arithmetic_problems(invoice) if one.fatal}

    assert found == {rule for rule in row["fatal_rules"].split() if rule.startswith("BR-CO-")}


@_each(OTHER_ROWS)
def test_what_is_no_known_invoice_is_refused(row: dict[str, str]) -> None:
    """A new format waits for a person, with its name; a broken file with its line."""
    says = "FatturaPA" if row["kind"] == "FatturaElettronica" else "line 102"

    with pytest.raises(SchemaChange, match=says):
        read_document(row["file"], _content(row))
