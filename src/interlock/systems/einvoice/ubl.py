"""UBL 2.1 Invoice and CreditNote to EInvoice.

One rule: elements are found by namespace and name, never by prefix or position. Source: the
UBL 2.1 binding of EN 16931-1 in CEN/TS 16931-3-2.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final

from lxml import etree

from interlock.systems.einvoice.early_payment import by_deadline, days_after, discounts_in_text
from interlock.systems.einvoice.invoice import (
    AllowanceCharge,
    EarlyPaymentDiscount,
    EInvoice,
    Line,
    Party,
    Tax,
)
from interlock.systems.einvoice.values import Reading
from interlock.systems.einvoice.xml_view import View, total

_UBL: Final = "urn:oasis:names:specification:ubl:schema:xsd:"
INVOICE_ROOT: Final = f"{{{_UBL}Invoice-2}}Invoice"
CREDIT_NOTE_ROOT: Final = f"{{{_UBL}CreditNote-2}}CreditNote"
NAMES: Final = {
    "a": f"{_UBL}CommonAggregateComponents-2",
    "b": f"{_UBL}CommonBasicComponents-2",
}


def read_ubl(root: etree._Element) -> EInvoice:
    """The invoice in a UBL root element; absent fields are None."""
    reading = Reading()
    document = View(root, NAMES, reading)
    reading.currency = document.text("b:DocumentCurrencyCode")
    head = _with_payment(_head(document), document)
    whole = _with_parts(_with_totals(head, document), document)
    return replace(whole, unreadable=reading.unreadable)


def _head(document: View) -> EInvoice:
    notes = document.all("b:Note")
    return EInvoice(
        format="ubl",
        profile=document.text("b:CustomizationID"),
        number=document.text("b:ID"),
        issue_date=document.date("b:IssueDate", "issue_date"),
        type_code=document.text("b:InvoiceTypeCode", "b:CreditNoteTypeCode"),
        currency=document.reading.currency,
        order_reference=document.text("a:OrderReference/b:ID"),
        receipt_reference=document.text(
            "a:DespatchDocumentReference/b:ID", "a:ReceiptDocumentReference/b:ID"
        ),
        preceding_invoice=document.text("a:BillingReference/a:InvoiceDocumentReference/b:ID"),
        seller=_party(document.first("a:AccountingSupplierParty/a:Party")),
        buyer=_party(document.first("a:AccountingCustomerParty/a:Party")),
        payee_name=document.text("a:PayeeParty/a:PartyName/b:Name"),
        delivery_date=document.date("a:Delivery/b:ActualDeliveryDate", "delivery_date"),
        notes=tuple(note.own_text for note in notes if note.own_text),
    )


def _with_payment(invoice: EInvoice, document: View) -> EInvoice:
    due = document.text(
        "b:DueDate", "a:PaymentMeans/b:PaymentDueDate", "a:PaymentTerms/b:PaymentDueDate"
    )
    account = document.text("a:PaymentMeans/a:PayeeFinancialAccount/b:ID")
    return replace(
        invoice,
        due_date=document.reading.date(due, "due_date"),
        payment_terms=document.joined("a:PaymentTerms/b:Note"),
        early_payment=_early_payment(document, invoice.issue_date),
        seller_iban=account and "".join(account.split()),
    )


def _with_totals(invoice: EInvoice, document: View) -> EInvoice:
    totals = document.first("a:LegalMonetaryTotal")
    return replace(
        invoice,
        line_total=totals.money("b:LineExtensionAmount", "line_total"),
        allowances=totals.money("b:AllowanceTotalAmount", "allowances"),
        charges=totals.money("b:ChargeTotalAmount", "charges"),
        net=totals.money("b:TaxExclusiveAmount", "net"),
        tax=_tax_total_in_document_currency(document).money("b:TaxAmount", "tax"),
        gross=totals.money("b:TaxInclusiveAmount", "gross"),
        prepaid=totals.money("b:PrepaidAmount", "prepaid"),
        rounding=totals.money("b:PayableRoundingAmount", "rounding"),
        payable=totals.money("b:PayableAmount", "payable"),
    )


def _with_parts(invoice: EInvoice, document: View) -> EInvoice:
    lines = document.all("a:InvoiceLine") or document.all("a:CreditNoteLine")
    extras = document.all("a:AllowanceCharge")
    taxes = _tax_total_in_document_currency(document).all("a:TaxSubtotal")
    return replace(
        invoice,
        lines=tuple(_line(one, f"lines[{index}]") for index, one in enumerate(lines)),
        allowance_charges=tuple(
            _allowance_charge(one, f"allowance_charges[{index}]")
            for index, one in enumerate(extras)
        ),
        tax_breakdown=tuple(
            _tax(one, f"tax_breakdown[{index}]") for index, one in enumerate(taxes)
        ),
    )


def _tax_total_in_document_currency(document: View) -> View:
    """The tax total to be paid; a second one, in the accounting currency, is for the tax office."""
    unmarked = View(None, NAMES, document.reading)
    for entry in document.all("a:TaxTotal"):
        stated = entry.first("b:TaxAmount").attribute("currencyID")
        if stated and document.reading.currency in (None, stated):
            return entry
        if not stated and not unmarked:
            unmarked = entry
    return unmarked


def _party(party: View) -> Party:
    name = party.text("a:PartyLegalEntity/b:RegistrationName")
    trading_name = party.text("a:PartyName/b:Name")
    return Party(
        name=name or trading_name,
        trading_name=trading_name,
        id=party.text("a:PartyIdentification/b:ID"),
        legal_id=party.text("a:PartyLegalEntity/b:CompanyID"),
        tax_id=_tax_id(party),
        endpoint=party.text("b:EndpointID"),
        country=party.text("a:PostalAddress/a:Country/b:IdentificationCode"),
    )


def _tax_id(party: View) -> str | None:
    """The VAT number; a local tax number only when there is no VAT number."""
    other = None
    for scheme in party.all("a:PartyTaxScheme"):
        number = scheme.text("b:CompanyID")
        if number and (scheme.text("a:TaxScheme/b:ID") or "").upper() == "VAT":
            return number
        other = other or number
    return other


def _early_payment(document: View, issued: date | None) -> tuple[EarlyPaymentDiscount, ...]:
    """Discounts from the XRechnung statement and from UBL's own elements."""
    found: list[EarlyPaymentDiscount] = []
    for index, terms in enumerate(document.all("a:PaymentTerms")):
        field = f"early_payment[{index}]"
        found += discounts_in_text(terms.text("b:Note"), issued)
        percent = terms.number("b:SettlementDiscountPercent", f"{field}.percent")
        if percent is not None:
            until = _discount_until(terms.first("a:SettlementPeriod"), issued, field)
            found.append(EarlyPaymentDiscount(percent=percent, until=until))
    return by_deadline(found)


def _discount_until(period: View, issued: date | None, field: str) -> date | None:
    last_day = period.date("b:EndDate", f"{field}.until")
    if last_day is not None:
        return last_day
    length = period.first("b:DurationMeasure")
    days = period.reading.decimal(length.own_text, f"{field}.until")
    return days_after(issued, days, length.attribute("unitCode"))


def _allowance_charge(entry: View, field: str) -> AllowanceCharge:
    return AllowanceCharge(
        is_charge=_is_charge(entry),
        amount=entry.money("b:Amount", f"{field}.amount"),
        reason=entry.text("b:AllowanceChargeReason", "b:AllowanceChargeReasonCode"),
        tax_category=entry.text("a:TaxCategory/b:ID"),
        tax_rate=entry.number("a:TaxCategory/b:Percent", f"{field}.tax_rate"),
    )


def _is_charge(entry: View) -> bool:
    return (entry.text("b:ChargeIndicator") or "").lower() in ("true", "1")


def _tax(entry: View, field: str) -> Tax:
    return Tax(
        category=entry.text("a:TaxCategory/b:ID"),
        rate=entry.number("a:TaxCategory/b:Percent", f"{field}.rate"),
        base=entry.money("b:TaxableAmount", f"{field}.base"),
        amount=entry.money("b:TaxAmount", f"{field}.amount"),
    )


def _line(line: View, field: str) -> Line:
    item, price = line.first("a:Item"), line.first("a:Price")
    quantity = line.first("b:InvoicedQuantity", "b:CreditedQuantity")
    extras = line.all("a:AllowanceCharge")
    amounts = [
        (_is_charge(extra), extra.money("b:Amount", f"{field}.allowance_charges[{index}].amount"))
        for index, extra in enumerate(extras)
    ]
    return Line(
        number=line.text("b:ID"),
        item_id=item.text("a:SellersItemIdentification/b:ID"),
        buyer_item_id=item.text("a:BuyersItemIdentification/b:ID"),
        standard_item_id=item.text("a:StandardItemIdentification/b:ID"),
        description=item.text("b:Name", "b:Description"),
        quantity=line.reading.decimal(quantity.own_text, f"{field}.quantity"),
        unit=quantity.attribute("unitCode"),
        unit_price=price.money("b:PriceAmount", f"{field}.unit_price"),
        price_base_quantity=price.number("b:BaseQuantity", f"{field}.price_base_quantity"),
        allowances=total([amount for is_charge, amount in amounts if not is_charge]),
        charges=total([amount for is_charge, amount in amounts if is_charge]),
        net=line.money("b:LineExtensionAmount", f"{field}.net"),
        tax_category=item.text("a:ClassifiedTaxCategory/b:ID"),
        tax_rate=item.number("a:ClassifiedTaxCategory/b:Percent", f"{field}.tax_rate"),
        order_line_reference=line.text("a:OrderLineReference/b:LineID"),
    )
