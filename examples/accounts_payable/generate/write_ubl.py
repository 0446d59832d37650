"""Bills as UBL 2.1 XML, invoice or credit note, to the rules of EN 16931."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from .bills import BUYER, REVERSE_CHARGE, Bill, BillLine, Seller
from .xml_parts import Node, node, write

_URN: Final = "urn:oasis:names:specification:ubl:schema:xsd:"
PIECE: Final = "C62"  # UN/ECE Recommendation 20: one


def ubl(bill: Bill) -> bytes:
    """The bill as a UBL document."""
    kind = "CreditNote" if bill.is_credit_note else "Invoice"
    spaces: dict[str | None, str] = {
        None: f"{_URN}{kind}-2",
        "cac": f"{_URN}CommonAggregateComponents-2",
        "cbc": f"{_URN}CommonBasicComponents-2",
    }
    return write(node(kind, _document(bill)), spaces)


def _document(bill: Bill) -> Iterator[Node | None]:
    yield node("cbc:CustomizationID", "urn:cen.eu:en16931:2017")
    yield node("cbc:ID", bill.number) if bill.says("number") else None
    yield node("cbc:IssueDate", bill.issued.isoformat()) if bill.says("issue_date") else None
    if bill.is_credit_note:
        yield node("cbc:CreditNoteTypeCode", "381")
    else:
        yield node("cbc:DueDate", bill.due.isoformat())
        yield node("cbc:InvoiceTypeCode", "380")
    if bill.says("currency"):
        yield node("cbc:DocumentCurrencyCode", bill.currency)
    if bill.says("order"):
        yield node("cac:OrderReference", [node("cbc:ID", bill.order)])
    if bill.preceding:
        reference = node("cac:InvoiceDocumentReference", [node("cbc:ID", bill.preceding)])
        yield node("cac:BillingReference", [reference])
    yield node("cac:AccountingSupplierParty", [_party(bill.seller, named=bill.says("seller"))])
    yield node("cac:AccountingCustomerParty", [_party(BUYER, named=True)])
    yield _payment_means(bill)
    yield node("cac:PaymentTerms", [node("cbc:Note", bill.terms)])
    yield _tax_total(bill)
    yield _totals(bill)
    for line in bill.lines:
        yield _line(bill, line)


def _party(party: Seller, *, named: bool) -> Node:
    address = [
        node("cbc:CityName", party.city),
        node("cbc:PostalZone", party.postcode),
        node("cac:Country", [node("cbc:IdentificationCode", party.country)]),
    ]
    tax = [node("cbc:CompanyID", party.id), node("cac:TaxScheme", [node("cbc:ID", "VAT")])]
    legal = [node("cbc:RegistrationName", party.name)]
    return node(
        "cac:Party",
        [
            node("cac:PostalAddress", address),
            node("cac:PartyTaxScheme", tax) if named else None,
            node("cac:PartyLegalEntity", legal) if named else None,
        ],
    )


def _payment_means(bill: Bill) -> Node:
    account = node("cac:PayeeFinancialAccount", [node("cbc:ID", bill.seller.iban)])
    return node("cac:PaymentMeans", [node("cbc:PaymentMeansCode", "30"), account])


def _tax_total(bill: Bill) -> Node:
    reason = node("cbc:TaxExemptionReason", REVERSE_CHARGE)
    category = [
        node("cbc:ID", bill.tax_category),
        node("cbc:Percent", str(bill.tax_rate)),
        reason if bill.tax_category == "AE" else None,
        node("cac:TaxScheme", [node("cbc:ID", "VAT")]),
    ]
    part = [
        _amount("cbc:TaxableAmount", bill.net, bill),
        _amount("cbc:TaxAmount", bill.tax, bill),
        node("cac:TaxCategory", category),
    ]
    total = _amount("cbc:TaxAmount", bill.tax, bill)
    return node("cac:TaxTotal", [total, node("cac:TaxSubtotal", part)])


def _totals(bill: Bill) -> Node:
    payable = _amount("cbc:PayableAmount", bill.payable, bill) if bill.says("payable") else None
    return node(
        "cac:LegalMonetaryTotal",
        [
            _amount("cbc:LineExtensionAmount", bill.net, bill),
            _amount("cbc:TaxExclusiveAmount", bill.net, bill),
            _amount("cbc:TaxInclusiveAmount", bill.gross, bill),
            payable,
        ],
    )


def _line(bill: Bill, line: BillLine) -> Node:
    kind = "CreditNote" if bill.is_credit_note else "Invoice"
    counted = "CreditedQuantity" if bill.is_credit_note else "InvoicedQuantity"
    category = [
        node("cbc:ID", bill.tax_category),
        node("cbc:Percent", str(bill.tax_rate)),
        node("cac:TaxScheme", [node("cbc:ID", "VAT")]),
    ]
    item = [node("cbc:Name", line.description), node("cac:ClassifiedTaxCategory", category)]
    ordered = node("cac:OrderLineReference", [node("cbc:LineID", line.number)])
    return node(
        f"cac:{kind}Line",
        [
            node("cbc:ID", line.number),
            node(f"cbc:{counted}", str(line.quantity), unitCode=PIECE),
            _amount("cbc:LineExtensionAmount", line.net, bill),
            ordered if bill.says("order") else None,
            node("cac:Item", item),
            node("cac:Price", [_amount("cbc:PriceAmount", line.unit_price, bill)]),
        ],
    )


def _amount(tag: str, value: Decimal, bill: Bill) -> Node:
    return node(tag, str(value), currencyID=bill.currency)
