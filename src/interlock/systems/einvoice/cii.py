"""UN/CEFACT Cross Industry Invoice (D16B and later) to EInvoice.

One rule: elements are found by namespace and name, never by prefix or position. Source: the
CII binding of EN 16931-1 in CEN/TS 16931-3-3; Factur-X and XRechnung use the same elements.
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

_CII: Final = "urn:un:unece:uncefact:data:standard:"
ROOT: Final = f"{{{_CII}CrossIndustryInvoice:100}}CrossIndustryInvoice"
NAMES: Final = {
    "r": f"{_CII}CrossIndustryInvoice:100",
    "a": f"{_CII}ReusableAggregateBusinessInformationEntity:100",
    "u": f"{_CII}UnqualifiedDataType:100",
    "q": f"{_CII}QualifiedDataType:100",
}


_TRADE: Final = "r:SupplyChainTradeTransaction"


def read_cii(root: etree._Element) -> EInvoice:
    """The invoice in a CII root element; absent fields are None."""
    reading = Reading()
    document = View(root, NAMES, reading)
    settlement = document.first(f"{_TRADE}/a:ApplicableHeaderTradeSettlement")
    reading.currency = settlement.text("a:InvoiceCurrencyCode")
    head = _with_payment(_head(document, settlement), settlement)
    whole = _with_parts(_with_totals(head, settlement), document, settlement)
    return replace(whole, unreadable=reading.unreadable)


def _head(document: View, settlement: View) -> EInvoice:
    header = document.first("r:ExchangedDocument")
    agreement = document.first(f"{_TRADE}/a:ApplicableHeaderTradeAgreement")
    delivery = document.first(f"{_TRADE}/a:ApplicableHeaderTradeDelivery")
    delivered = "a:ActualDeliverySupplyChainEvent/a:OccurrenceDateTime"
    guideline = "a:GuidelineSpecifiedDocumentContextParameter/a:ID"
    notes = header.all("a:IncludedNote/a:Content")
    return EInvoice(
        format="cii",
        profile=document.text(f"r:ExchangedDocumentContext/{guideline}"),
        number=header.text("a:ID"),
        issue_date=_day(header, "a:IssueDateTime", "issue_date"),
        type_code=header.text("a:TypeCode"),
        currency=document.reading.currency,
        order_reference=agreement.text("a:BuyerOrderReferencedDocument/a:IssuerAssignedID"),
        receipt_reference=delivery.text(
            "a:DespatchAdviceReferencedDocument/a:IssuerAssignedID",
            "a:ReceivingAdviceReferencedDocument/a:IssuerAssignedID",
        ),
        preceding_invoice=settlement.text("a:InvoiceReferencedDocument/a:IssuerAssignedID"),
        seller=_party(agreement.first("a:SellerTradeParty")),
        buyer=_party(agreement.first("a:BuyerTradeParty")),
        payee_name=settlement.text("a:PayeeTradeParty/a:Name"),
        delivery_date=_day(delivery, delivered, "delivery_date"),
        notes=tuple(note.own_text for note in notes if note.own_text),
    )


def _with_payment(invoice: EInvoice, settlement: View) -> EInvoice:
    means = "a:SpecifiedTradeSettlementPaymentMeans/a:PayeePartyCreditorFinancialAccount"
    account = settlement.text(f"{means}/a:IBANID", f"{means}/a:ProprietaryID")
    return replace(
        invoice,
        due_date=_day(settlement, "a:SpecifiedTradePaymentTerms/a:DueDateDateTime", "due_date"),
        payment_terms=settlement.joined("a:SpecifiedTradePaymentTerms/a:Description"),
        early_payment=_early_payment(settlement, invoice.issue_date),
        seller_iban=account and "".join(account.split()),
    )


def _with_totals(invoice: EInvoice, settlement: View) -> EInvoice:
    totals = settlement.first("a:SpecifiedTradeSettlementHeaderMonetarySummation")
    return replace(
        invoice,
        line_total=totals.money("a:LineTotalAmount", "line_total"),
        allowances=totals.money("a:AllowanceTotalAmount", "allowances"),
        charges=totals.money("a:ChargeTotalAmount", "charges"),
        net=_in_document_currency(totals, "a:TaxBasisTotalAmount").money(".", "net"),
        tax=_in_document_currency(totals, "a:TaxTotalAmount").money(".", "tax"),
        gross=_in_document_currency(totals, "a:GrandTotalAmount").money(".", "gross"),
        prepaid=totals.money("a:TotalPrepaidAmount", "prepaid"),
        rounding=totals.money("a:RoundingAmount", "rounding"),
        payable=totals.money("a:DuePayableAmount", "payable"),
    )


def _with_parts(invoice: EInvoice, document: View, settlement: View) -> EInvoice:
    lines = document.all(f"{_TRADE}/a:IncludedSupplyChainTradeLineItem")
    extras = settlement.all("a:SpecifiedTradeAllowanceCharge")
    taxes = settlement.all("a:ApplicableTradeTax")
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


def _in_document_currency(totals: View, path: str) -> View:
    """The amount to be paid; a second one, in the accounting currency, is for the tax office."""
    amounts = totals.all(path)
    currency = totals.reading.currency
    unmarked = [amount for amount in amounts if amount.attribute("currencyID") is None]
    marked = [amount for amount in amounts if amount.attribute("currencyID") is not None]
    fitting = [amount for amount in marked if currency in (None, amount.attribute("currencyID"))]
    nothing = View(None, NAMES, totals.reading)
    return next(iter([*fitting, *unmarked]), nothing)


def _day(view: View, path: str, field: str) -> date | None:
    """A date in any of the wrappings the schema allows: 20240305 with a format, or ISO."""
    holder = view.first(path)
    text = holder.text(
        "u:DateTimeString", "u:DateString", "q:DateTimeString", "u:DateTime", "u:Date"
    )
    return view.reading.date(text, field)


def _party(party: View) -> Party:
    organisation = party.first("a:SpecifiedLegalOrganization")
    trading_name = organisation.text("a:TradingBusinessName")
    return Party(
        name=party.text("a:Name") or trading_name,
        trading_name=trading_name,
        id=party.text("a:ID", "a:GlobalID"),
        legal_id=organisation.text("a:ID"),
        tax_id=_tax_id(party),
        endpoint=party.text("a:URIUniversalCommunication/a:URIID"),
        country=party.text("a:PostalTradeAddress/a:CountryID"),
    )


def _tax_id(party: View) -> str | None:
    """The VAT number (VA); the local tax number (FC) only when there is no VAT number."""
    numbers = party.all("a:SpecifiedTaxRegistration/a:ID")
    numbers.sort(key=lambda number: number.attribute("schemeID") not in ("VA", "VAT"))
    return next((number.own_text for number in numbers if number.own_text), None)


def _early_payment(settlement: View, issued: date | None) -> tuple[EarlyPaymentDiscount, ...]:
    """Discounts from the XRechnung statement and from CII's own elements."""
    found: list[EarlyPaymentDiscount] = []
    for index, terms in enumerate(settlement.all("a:SpecifiedTradePaymentTerms")):
        for description in terms.all("a:Description"):
            found += discounts_in_text(description.own_text, issued)
        for stated in terms.all("a:ApplicableTradePaymentDiscountTerms"):
            found.append(_discount(stated, issued, f"early_payment[{index}]"))
    return by_deadline(found)


def _discount(stated: View, issued: date | None, field: str) -> EarlyPaymentDiscount:
    start = _day(stated, "a:BasisDateTime", f"{field}.until")
    length = stated.first("a:BasisPeriodMeasure")
    period = stated.reading.decimal(length.own_text, f"{field}.until")
    base = stated.money("a:BasisAmount", f"{field}.base")
    percent = stated.number("a:CalculationPercent", f"{field}.percent")
    # A basis date without a period is the deadline itself.
    until = (
        start
        if period is None
        else days_after(start or issued, period, length.attribute("unitCode"))
    )
    return EarlyPaymentDiscount(percent=percent, until=until, base=base)


def _allowance_charge(entry: View, field: str) -> AllowanceCharge:
    return AllowanceCharge(
        is_charge=_is_charge(entry),
        amount=entry.money("a:ActualAmount", f"{field}.amount"),
        reason=entry.text("a:Reason", "a:ReasonCode"),
        tax_category=entry.text("a:CategoryTradeTax/a:CategoryCode"),
        tax_rate=entry.number("a:CategoryTradeTax/a:RateApplicablePercent", f"{field}.tax_rate"),
    )


def _is_charge(entry: View) -> bool:
    return (entry.text("a:ChargeIndicator/u:Indicator") or "").lower() in ("true", "1")


def _tax(entry: View, field: str) -> Tax:
    return Tax(
        category=entry.text("a:CategoryCode"),
        rate=entry.number("a:RateApplicablePercent", f"{field}.rate"),
        base=entry.money("a:BasisAmount", f"{field}.base"),
        amount=entry.money("a:CalculatedAmount", f"{field}.amount"),
    )


def _line(line: View, field: str) -> Line:
    product = line.first("a:SpecifiedTradeProduct")
    agreement = line.first("a:SpecifiedLineTradeAgreement")
    price = agreement.first("a:NetPriceProductTradePrice")
    quantity = line.first("a:SpecifiedLineTradeDelivery/a:BilledQuantity")
    settlement = line.first("a:SpecifiedLineTradeSettlement")
    net = "a:SpecifiedTradeSettlementLineMonetarySummation/a:LineTotalAmount"
    amounts = [
        (
            _is_charge(extra),
            extra.money("a:ActualAmount", f"{field}.allowance_charges[{index}].amount"),
        )
        for index, extra in enumerate(settlement.all("a:SpecifiedTradeAllowanceCharge"))
    ]
    return Line(
        number=line.text("a:AssociatedDocumentLineDocument/a:LineID"),
        item_id=product.text("a:SellerAssignedID"),
        buyer_item_id=product.text("a:BuyerAssignedID"),
        standard_item_id=product.text("a:GlobalID"),
        description=product.text("a:Name", "a:Description"),
        quantity=line.reading.decimal(quantity.own_text, f"{field}.quantity"),
        unit=quantity.attribute("unitCode"),
        unit_price=price.money("a:ChargeAmount", f"{field}.unit_price"),
        price_base_quantity=price.number("a:BasisQuantity", f"{field}.price_base_quantity"),
        allowances=total([amount for is_charge, amount in amounts if not is_charge]),
        charges=total([amount for is_charge, amount in amounts if is_charge]),
        net=settlement.money(net, f"{field}.net"),
        tax_category=settlement.text("a:ApplicableTradeTax/a:CategoryCode"),
        tax_rate=settlement.number(
            "a:ApplicableTradeTax/a:RateApplicablePercent", f"{field}.tax_rate"
        ),
        order_line_reference=agreement.text("a:BuyerOrderReferencedDocument/a:LineID"),
    )
