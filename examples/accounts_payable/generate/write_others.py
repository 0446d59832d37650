"""Bills as hybrid PDF, CSV and JSON, and as documents no reader here knows.

A hybrid PDF shows the bill on a page and carries it as CII XML inside (Factur-X).
"""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, time, timedelta
from typing import Any
from xml.sax.saxutils import escape

from .bills import BUYER, Bill
from .write_cii import cii


def pdf(bill: Bill) -> bytes:
    """The bill as Factur-X, level EN 16931."""
    from facturx import generate_from_binary  # both are slow to load; few runs write a PDF
    from fpdf import FPDF

    page = FPDF()
    page.set_creation_date(datetime.combine(bill.issued, time(), UTC))
    page.add_page()
    page.set_font("Helvetica", size=11)
    for text in _page(bill):
        if text:
            page.cell(text=text)
        page.ln(7)
    return bytes(
        generate_from_binary(
            bytes(page.output()),
            cii(bill),
            flavor="factur-x",
            level="en16931",
            check_xsd=False,  # our own test holds the XML to the official rules
            lang="en-GB",
        )
    )


def as_csv(bill: Bill) -> bytes:
    """The bill as CSV, one row a line, with decimal points."""
    header = {**_header(bill), **_discount(bill)}
    rows = [
        header
        | {
            "line_number": line.number,
            "line_description": line.description,
            "line_quantity": f"{line.quantity:.1f}",
            "line_unit": "C62",
            "line_unit_price": f"{line.unit_price:.2f}",
            "line_net": f"{line.net:.2f}",
            "line_tax_category": bill.tax_category,
            "line_tax_rate": f"{bill.tax_rate:.1f}",
            "line_order_line_reference": line.number if bill.says("order") else "",
        }
        for line in bill.lines
    ]
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, fieldnames=list(rows[0]), delimiter=";")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def as_json(bill: Bill) -> bytes:
    """The bill as JSON with the names of the e-invoice's fields."""
    flat = _header(bill)
    plain = {k: v for k, v in flat.items() if not k.startswith(("seller_", "buyer_"))}
    found: dict[str, Any] = {key: value for key, value in plain.items() if value}
    found["seller_iban"] = flat["seller_iban"]
    for party in ("seller", "buyer"):
        parts = ("name", "tax_id", "country")
        found[party] = {p: flat[f"{party}_{p}"] for p in parts if flat[f"{party}_{p}"]}
    if bill.discount_percent is not None:
        discount = _discount(bill)
        found["early_payment"] = [
            {"percent": discount["discount_percent"], "until": discount["discount_until"]}
        ]
    found["lines"] = [
        {
            "number": line.number,
            "description": line.description,
            "quantity": str(line.quantity),
            "unit": "C62",
            "unit_price": str(line.unit_price),
            "net": str(line.net),
            "tax_category": bill.tax_category,
            "tax_rate": str(bill.tax_rate),
            **({"order_line_reference": line.number} if bill.says("order") else {}),
        }
        for line in bill.lines
    ]
    return json.dumps(found, indent=1, ensure_ascii=False).encode()


def unknown_xml(bill: Bill) -> bytes:
    """A bill in an XML format this workflow was never told about."""
    items = "".join(
        f"<Item><What>{escape(line.description)}</What><Sum>{line.net}</Sum></Item>"
        for line in bill.lines
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<BillMessage version="3">'
        f"<From>{escape(bill.seller.name)}</From><Ref>{escape(bill.number)}</Ref>"
        f"<Total currency='{bill.currency}'>{bill.gross}</Total>{items}</BillMessage>\n"
    ).encode()


def mail(bill: Bill) -> bytes:
    """A bill as somebody types it into a mail."""
    lines = "\n".join(f"- {line.description}: {line.net} {bill.currency}" for line in bill.lines)
    return (
        f"From: billing@example.com\nTo: invoices@example.com\nSubject: Our bill {bill.number}\n\n"
        f"Dear all,\n\nplease find our bill {bill.number} below.\n{lines}\n"
        f"Total {bill.gross} {bill.currency}.\n\nKind regards\n{bill.seller.name}\n"
    ).encode()


def _page(bill: Bill) -> list[str]:
    kind = "Credit note" if bill.is_credit_note else "Invoice"
    return [
        bill.seller.name,
        f"{bill.seller.postcode} {bill.seller.city} - VAT id {bill.seller.id}",
        "",
        f"{kind} {bill.number} of {bill.issued.isoformat()}",
        f"for {BUYER.name}, your order {bill.order}" if bill.says("order") else BUYER.name,
        "",
        *(
            f"{line.number}. {line.description}: {line.quantity} x {line.unit_price} = {line.net}"
            for line in bill.lines
        ),
        "",
        f"Net {bill.net}, tax {bill.tax}, total {bill.gross} {bill.currency}",
    ]


def _header(bill: Bill) -> dict[str, str]:
    seller = bill.seller if bill.says("seller") else None
    return {
        "number": bill.number if bill.says("number") else "",
        "issue_date": bill.issued.isoformat() if bill.says("issue_date") else "",
        "type_code": "381" if bill.is_credit_note else "380",
        "currency": bill.currency if bill.says("currency") else "",
        "order_reference": bill.order if bill.says("order") else "",
        "preceding_invoice": bill.preceding,
        "due_date": bill.due.isoformat(),
        "seller_name": seller.name if seller else "",
        "seller_tax_id": seller.id if seller else "",
        "seller_country": bill.seller.country,
        "seller_iban": bill.seller.iban,
        "buyer_name": BUYER.name,
        "buyer_tax_id": BUYER.id,
        "buyer_country": BUYER.country,
        "net": f"{bill.net:.2f}",
        "tax": f"{bill.tax:.2f}",
        "gross": f"{bill.gross:.2f}",
        "payable": f"{bill.payable:.2f}" if bill.says("payable") else "",
    }


def _discount(bill: Bill) -> dict[str, str]:
    if bill.discount_percent is None:
        return {"discount_percent": "", "discount_until": ""}
    until = bill.issued + timedelta(days=bill.discount_days)
    return {
        "discount_percent": f"{bill.discount_percent:.1f}",
        "discount_until": until.isoformat(),
    }
