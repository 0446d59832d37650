"""Bills as UN/CEFACT Cross Industry Invoice XML, to the rules of EN 16931."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Final

from .bills import BUYER, REVERSE_CHARGE, Bill, BillLine, Seller
from .write_ubl import PIECE
from .xml_parts import Node, node, write

_URN: Final = "urn:un:unece:uncefact:data:standard:"
SPACES: Final[dict[str | None, str]] = {
    "rsm": f"{_URN}CrossIndustryInvoice:100",
    "ram": f"{_URN}ReusableAggregateBusinessInformationEntity:100",
    "udt": f"{_URN}UnqualifiedDataType:100",
    "qdt": f"{_URN}QualifiedDataType:100",
}


def cii(bill: Bill) -> bytes:
    """The bill as a CII document."""
    guideline = [node("ram:ID", "urn:cen.eu:en16931:2017")]
    context = [node("ram:GuidelineSpecifiedDocumentContextParameter", guideline)]
    header = [
        node("ram:ID", bill.number) if bill.says("number") else None,
        node("ram:TypeCode", "381" if bill.is_credit_note else "380"),
        _date("ram:IssueDateTime", bill.issued) if bill.says("issue_date") else None,
    ]
    deal = [
        *(_line(bill, line) for line in bill.lines),
        node("ram:ApplicableHeaderTradeAgreement", _agreement(bill)),
        node("ram:ApplicableHeaderTradeDelivery", []),
        node("ram:ApplicableHeaderTradeSettlement", _settlement(bill)),
    ]
    parts = [
        node("rsm:ExchangedDocumentContext", context),
        node("rsm:ExchangedDocument", header),
        node("rsm:SupplyChainTradeTransaction", deal),
    ]
    return write(node("rsm:CrossIndustryInvoice", parts), SPACES)


def _line(bill: Bill, line: BillLine) -> Node:
    ordered = node("ram:BuyerOrderReferencedDocument", [node("ram:LineID", line.number)])
    price = node("ram:NetPriceProductTradePrice", [_amount("ram:ChargeAmount", line.unit_price)])
    quantity = node("ram:BilledQuantity", str(line.quantity), unitCode=PIECE)
    total = node(
        "ram:SpecifiedTradeSettlementLineMonetarySummation",
        [_amount("ram:LineTotalAmount", line.net)],
    )
    tax = node(
        "ram:ApplicableTradeTax",
        [
            node("ram:TypeCode", "VAT"),
            node("ram:CategoryCode", bill.tax_category),
            node("ram:RateApplicablePercent", str(bill.tax_rate)),
        ],
    )
    return node(
        "ram:IncludedSupplyChainTradeLineItem",
        [
            node("ram:AssociatedDocumentLineDocument", [node("ram:LineID", line.number)]),
            node("ram:SpecifiedTradeProduct", [node("ram:Name", line.description)]),
            node(
                "ram:SpecifiedLineTradeAgreement",
                [ordered if bill.says("order") else None, price],
            ),
            node("ram:SpecifiedLineTradeDelivery", [quantity]),
            node("ram:SpecifiedLineTradeSettlement", [tax, total]),
        ],
    )


def _agreement(bill: Bill) -> Iterator[Node | None]:
    yield node("ram:SellerTradeParty", _party(bill.seller, named=bill.says("seller")))
    yield node("ram:BuyerTradeParty", _party(BUYER, named=True))
    if bill.says("order"):
        number = node("ram:IssuerAssignedID", bill.order)
        yield node("ram:BuyerOrderReferencedDocument", [number])


def _party(party: Seller, *, named: bool) -> Iterator[Node | None]:
    yield node("ram:Name", party.name) if named else None
    yield node(
        "ram:PostalTradeAddress",
        [
            node("ram:PostcodeCode", party.postcode),
            node("ram:CityName", party.city),
            node("ram:CountryID", party.country),
        ],
    )
    if named:
        yield node("ram:SpecifiedTaxRegistration", [node("ram:ID", party.id, schemeID="VA")])


def _settlement(bill: Bill) -> Iterator[Node | None]:
    if bill.says("currency"):
        yield node("ram:InvoiceCurrencyCode", bill.currency)
    account = node("ram:PayeePartyCreditorFinancialAccount", [node("ram:IBANID", bill.seller.iban)])
    means = [node("ram:TypeCode", "30"), account]
    yield node("ram:SpecifiedTradeSettlementPaymentMeans", means)
    yield _tax(bill)
    terms = [node("ram:Description", bill.terms), _date("ram:DueDateDateTime", bill.due)]
    yield node("ram:SpecifiedTradePaymentTerms", terms)
    yield node("ram:SpecifiedTradeSettlementHeaderMonetarySummation", _totals(bill))
    if bill.preceding:
        number = node("ram:IssuerAssignedID", bill.preceding)
        yield node("ram:InvoiceReferencedDocument", [number])


def _tax(bill: Bill) -> Node:
    reason = node("ram:ExemptionReason", REVERSE_CHARGE)
    return node(
        "ram:ApplicableTradeTax",
        [
            _amount("ram:CalculatedAmount", bill.tax),
            node("ram:TypeCode", "VAT"),
            reason if bill.tax_category == "AE" else None,
            _amount("ram:BasisAmount", bill.net),
            node("ram:CategoryCode", bill.tax_category),
            node("ram:RateApplicablePercent", str(bill.tax_rate)),
        ],
    )


def _totals(bill: Bill) -> Iterator[Node | None]:
    yield _amount("ram:LineTotalAmount", bill.net)
    yield _amount("ram:TaxBasisTotalAmount", bill.net)
    yield node("ram:TaxTotalAmount", str(bill.tax), currencyID=bill.currency)
    yield _amount("ram:GrandTotalAmount", bill.gross)
    yield _amount("ram:DuePayableAmount", bill.payable) if bill.says("payable") else None


def _amount(tag: str, value: Decimal) -> Node:
    return node(tag, str(value))


def _date(tag: str, day: date) -> Node:
    return node(tag, [node("udt:DateTimeString", day.strftime("%Y%m%d"), format="102")])
