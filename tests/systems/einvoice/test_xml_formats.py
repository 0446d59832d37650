"""UBL and CII say the same things in other words; both are read to the same invoice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from interlock.systems.einvoice import (
    AllowanceCharge,
    EarlyPaymentDiscount,
    EInvoice,
    Line,
    Party,
    Tax,
    read_document,
)
from tests.systems.einvoice.samples import CII, UBL, cii, ubl, ubl_credit_note

EXPECTED = EInvoice(
    format="ubl",
    profile="urn:cen.eu:en16931:2017",
    number="R-1",
    issue_date=date(2024, 3, 5),
    type_code="380",
    currency="EUR",
    order_reference="PO-7",
    receipt_reference="D-9",
    preceding_invoice="R-0",
    seller=Party(
        name="Nordlicht GmbH",
        trading_name="Nordlicht",
        id="S-100",
        legal_id="HRB 1",
        tax_id="DE123456789",
        endpoint="4000001000005",
        country="DE",
    ),
    buyer=Party(name="Kontor AB", endpoint="4000001000012", country="SE"),
    payee_name="Factor Bank",
    due_date=date(2024, 4, 4),
    delivery_date=date(2024, 3, 1),
    payment_terms="#SKONTO#TAGE=14#PROZENT=2.00#",
    early_payment=(EarlyPaymentDiscount(percent=Decimal("2.00"), until=date(2024, 3, 19)),),
    seller_iban="DE02120300000000202051",
    line_total=Decimal("100.00"),
    allowances=Decimal("10.00"),
    charges=Decimal("5.00"),
    net=Decimal("95.00"),
    tax=Decimal("18.05"),
    gross=Decimal("113.05"),
    prepaid=Decimal("13.00"),
    rounding=Decimal("-0.05"),
    payable=Decimal("100.00"),
    lines=(
        Line(
            number="1",
            item_id="L-1",
            buyer_item_id="B-1",
            standard_item_id="4012345000009",
            description="Lamp",
            quantity=Decimal(4),
            unit="H87",
            unit_price=Decimal("50.50"),
            price_base_quantity=Decimal(2),
            allowances=Decimal("4.00"),
            charges=Decimal("3.00"),
            net=Decimal("100.00"),
            tax_category="S",
            tax_rate=Decimal(19),
            order_line_reference="10",
        ),
    ),
    allowance_charges=(
        AllowanceCharge(
            amount=Decimal("10.00"),
            reason="Regular customer",
            tax_category="S",
            tax_rate=Decimal(19),
        ),
        AllowanceCharge(
            is_charge=True,
            amount=Decimal("5.00"),
            reason="Freight",
            tax_category="S",
            tax_rate=Decimal(19),
        ),
    ),
    tax_breakdown=(
        Tax(category="S", rate=Decimal(19), base=Decimal("95.00"), amount=Decimal("18.05")),
    ),
    notes=("First note", "Second note"),
)


def test_every_field_of_a_ubl_invoice_is_read() -> None:
    """Under prefixes of its own, since prefixes mean nothing."""
    (invoice,) = read_document("a.xml", ubl())

    assert invoice == EXPECTED


def test_every_field_of_a_cii_invoice_is_read() -> None:
    """The same invoice in the other syntax is the same values."""
    (invoice,) = read_document("a.xml", cii())

    assert invoice == replace(EXPECTED, format="cii")


def test_a_ubl_credit_note_is_read_by_its_own_element_names() -> None:
    """Its root, lines, quantities and type code have other names than an invoice's."""
    (note,) = read_document("a.xml", ubl_credit_note())

    assert note == replace(EXPECTED, type_code="381", due_date=None)
    assert note.is_credit_note


def test_a_credit_note_may_come_in_an_invoice_root() -> None:
    """What a document is, its type code says; some senders keep the root element."""
    (note,) = read_document("a.xml", ubl((">380<", ">381<")))

    assert note.is_credit_note


@pytest.mark.parametrize("content", [ubl(), cii()])
def test_the_tax_in_the_accounting_currency_is_never_taken_for_the_documents(
    content: bytes,
) -> None:
    """It comes first in the samples, and it is money in another currency."""
    only_foreign = content.replace(b'currencyID="EUR">18.05</', b'currencyID="NOK">18.05</')

    assert read_document("a.xml", content)[0].tax == Decimal("18.05")
    assert read_document("a.xml", only_foreign)[0].tax is None


def test_an_amount_in_a_foreign_currency_is_not_read_as_the_documents() -> None:
    """100 kronor are not 100 euros, so the amount is noted and left out."""
    payable = '<bas:PayableAmount currencyID="EUR">100.00<'
    (invoice,) = read_document("a.xml", ubl((payable, payable.replace("EUR", "SEK"))))

    assert invoice.payable is None
    assert [(one.field, one.seen) for one in invoice.unreadable] == [("payable", "100.00 SEK")]


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2024-03-05", date(2024, 3, 5)),
        ("2024-03-05Z", date(2024, 3, 5)),
        ("2024-03-05+01:00", date(2024, 3, 5)),
        ("20240305", date(2024, 3, 5)),
        ("202403051530", date(2024, 3, 5)),
        ("2024-03-05T12:00:00", date(2024, 3, 5)),
        ("2024-02-31", None),
        ("5 March", None),
        ("202403", None),
    ],
)
def test_days_are_read_in_the_forms_of_the_standards(written: str, day: date | None) -> None:
    """A day that is none is noted, never bent into one."""
    (from_ubl,) = read_document("a.xml", ubl((">2024-03-05<", f">{written}<")))
    (from_cii,) = read_document("a.xml", cii((">20240305<", f">{written}<")))

    assert from_ubl.issue_date == from_cii.issue_date == day
    assert [one.field for one in from_ubl.unreadable] == ([] if day else ["issue_date"])


@pytest.mark.parametrize("amount", ["abc", "1,5", "1e5", "NaN", "0x1", "9" * 40, "1.2.3"])
def test_an_amount_that_is_no_decimal_is_noted_and_left_out(amount: str) -> None:
    """A wrong figure is worse than none; the reviewer sees what was written."""
    (invoice,) = read_document("a.xml", ubl((">113.05<", f">{amount}<")))

    assert invoice.gross is None
    assert [(one.field, one.seen) for one in invoice.unreadable] == [("gross", amount)]


@pytest.mark.parametrize("whole", [UBL, CII])
def test_an_invoice_without_anything_is_read_as_one_with_nothing(whole: str) -> None:
    """Missing fields are for the checks to name, not for the reader to refuse."""
    root = whole.split("\n", 1)[1]
    opening = root[: root.index(">") + 1]
    name = opening[1:].split()[0]

    (invoice,) = read_document("a.xml", f"{opening}</{name}>".encode())

    assert invoice == EInvoice(format=invoice.format)


def test_cii_discount_terms_give_percent_and_last_day() -> None:
    """The structured form counts from its own basis date."""
    terms = """<g:ApplicableTradePaymentDiscountTerms>
      <g:BasisDateTime><t:DateTimeString format="102">20240310</t:DateTimeString></g:BasisDateTime>
      <g:BasisPeriodMeasure unitCode="DAY">10</g:BasisPeriodMeasure>
      <g:BasisAmount>113.05</g:BasisAmount><g:CalculationPercent>3</g:CalculationPercent>
      </g:ApplicableTradePaymentDiscountTerms></g:SpecifiedTradePaymentTerms>"""
    (invoice,) = read_document(
        "a.xml",
        cii(("#SKONTO#TAGE=14#PROZENT=2.00#", "-"), ("</g:SpecifiedTradePaymentTerms>", terms)),
    )

    assert invoice.early_payment == (
        EarlyPaymentDiscount(percent=Decimal(3), until=date(2024, 3, 20), base=Decimal("113.05")),
    )


def test_ubl_settlement_discounts_give_percent_and_last_day() -> None:
    """UBL has elements of its own beside the statement in words; the earliest comes first."""
    terms = """<agg:PaymentTerms><bas:SettlementDiscountPercent>3</bas:SettlementDiscountPercent>
      <agg:SettlementPeriod><bas:EndDate>2024-03-10</bas:EndDate></agg:SettlementPeriod>
      </agg:PaymentTerms><agg:LegalMonetaryTotal>"""
    (invoice,) = read_document("a.xml", ubl(("<agg:LegalMonetaryTotal>", terms)))

    assert [(one.percent, one.until) for one in invoice.early_payment] == [
        (Decimal(3), date(2024, 3, 10)),
        (Decimal("2.00"), date(2024, 3, 19)),
    ]
    assert invoice.early_payment_discount == invoice.early_payment[0]


def test_an_invoice_in_a_business_document_envelope_is_found() -> None:
    """Peppol messages arrive wrapped."""
    inner = UBL.split("\n", 1)[1]
    wrapped = f"<StandardBusinessDocument xmlns='urn:e'><Header/>{inner}</StandardBusinessDocument>"

    (invoice,) = read_document("a.xml", wrapped.encode())

    assert invoice == EXPECTED


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "iso-8859-1"])
def test_xml_is_read_in_the_encoding_it_declares(encoding: str) -> None:
    """Umlauts are part of names, and names are compared."""
    declared = encoding.removesuffix("-sig")
    text = UBL.replace('encoding="UTF-8"', f'encoding="{declared}"').replace("Lamp", "Höhenlicht")

    (invoice,) = read_document("a.xml", text.encode(encoding))

    assert invoice.lines[0].description == "Höhenlicht"
