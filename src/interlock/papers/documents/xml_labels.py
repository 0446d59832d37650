"""What the elements of electronic invoices are called by people who pay them.

One rule: a name that is not listed is spelt out from the element's own name, never guessed.
Source: EN 16931-1 business terms; UNTDID 1001, 4461, 5305; UN/ECE recommendation 20.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Final

# An element that opens a section of its own, wherever it stands.
SECTIONS: Final = MappingProxyType(
    {
        "AccountingSupplierParty": "Seller",
        "AccountingCustomerParty": "Buyer",
        "PayeeParty": "Payee",
        "TaxRepresentativeParty": "Seller's tax representative",
        "Delivery": "Delivery",
        "PaymentMeans": "Payment",
        "PaymentTerms": "Payment terms",
        "TaxTotal": "Tax",
        "LegalMonetaryTotal": "Totals",
        "SellerTradeParty": "Seller",
        "BuyerTradeParty": "Buyer",
        "PayeeTradeParty": "Payee",
        "ShipToTradeParty": "Delivered to",
        "InvoiceeTradeParty": "Invoiced to",
        "SellerTaxRepresentativeTradeParty": "Seller's tax representative",
        "ApplicableHeaderTradeDelivery": "Delivery",
        "SpecifiedTradeSettlementPaymentMeans": "Payment",
        "SpecifiedTradePaymentTerms": "Payment terms",
        "SpecifiedTradeSettlementHeaderMonetarySummation": "Totals",
        "CedentePrestatore": "Seller",
        "CessionarioCommittente": "Buyer",
    }
)
# An element of which each one is a line of a table, even when there is only one.
LINES: Final = MappingProxyType(
    {
        "InvoiceLine": "Lines",
        "CreditNoteLine": "Lines",
        "IncludedSupplyChainTradeLineItem": "Lines",
        "TaxSubtotal": "Tax by rate",
        "DettaglioLinee": "Lines",
    }
)
LABELS: Final = MappingProxyType(
    {
        "ActualAmount": "Amount",
        "ActualDeliverySupplyChainEvent": "Delivered on",
        "ActualDeliveryDate": "Delivered on",
        "AdditionalStreetName": "Address line 2",
        "AllowanceCharge": "Allowance or charge",
        "AllowanceChargeReason": "Reason",
        "AllowanceTotalAmount": "Allowances",
        "ApplicableTradeTax": "Tax",
        "AssociatedDocumentLineDocument": "Line",
        "BaseQuantity": "Price is for",
        "BasisAmount": "Taxable amount",
        "BasisQuantity": "Price is for",
        "BilledQuantity": "Quantity",
        "BuyerAssignedID": "Buyer's item number",
        "BuyerOrderReferencedDocument": "Order",
        "BuyerReference": "Buyer's reference",
        "BuyersItemIdentification": "Buyer's item number",
        "CalculatedAmount": "Tax amount",
        "CategoryCode": "Tax category",
        "ChargeAmount": "Price",
        "ChargeTotalAmount": "Charges",
        "CityName": "Town",
        "CompanyID": "Registration number",
        "CountryID": "Country",
        "CountrySubentity": "Region",
        "CountrySubDivisionName": "Region",
        "CreditedQuantity": "Quantity",
        "CustomizationID": "Specification",
        "DocumentCurrencyCode": "Currency",
        "DueDate": "Due",
        "DueDateDateTime": "Due",
        "DuePayableAmount": "To pay",
        "EndpointID": "Electronic address",
        "GlobalID": "Global number",
        "GrandTotalAmount": "Total with tax",
        "GuidelineSpecifiedDocumentContextParameter": "Specification",
        "IBANID": "Bank account (IBAN)",
        "ID": "Number",
        "IdentificationCode": "Country",
        "IncludedNote": "Note",
        "InvoiceCurrencyCode": "Currency",
        "InvoiceTypeCode": "Kind of document",
        "CreditNoteTypeCode": "Kind of document",
        "InvoicedQuantity": "Quantity",
        "IssueDate": "Date",
        "IssueDateTime": "Date",
        "IssuerAssignedID": "Number",
        "LineExtensionAmount": "Net amount",
        "LineID": "Line",
        "LineOne": "Street",
        "LineTotalAmount": "Net amount",
        "LineTwo": "Address line 2",
        "NetPriceProductTradePrice": "Price",
        "GrossPriceProductTradePrice": "Price before discount",
        "OccurrenceDateTime": "Delivered on",
        "OrderLineReference": "Order line",
        "OrderReference": "Order",
        "PayableAmount": "To pay",
        "PayableRoundingAmount": "Rounding",
        "PayeeFinancialAccount": "Bank account",
        "PayeePartyCreditorFinancialAccount": "Bank account",
        "PaymentID": "Payment reference",
        "PaymentMeansCode": "Way of payment",
        "PaymentReference": "Payment reference",
        "Percent": "Rate in %",
        "PostalAddress": "Address",
        "PostalTradeAddress": "Address",
        "PostalZone": "Postcode",
        "PostcodeCode": "Postcode",
        "PrepaidAmount": "Already paid",
        "PriceAmount": "Price",
        "ProfileID": "Process",
        "RateApplicablePercent": "Rate in %",
        "RegistrationName": "Name",
        "RoundingAmount": "Rounding",
        "SellerAssignedID": "Seller's item number",
        "SellersItemIdentification": "Seller's item number",
        "SpecifiedLegalOrganization": "Legal registration",
        "SpecifiedTaxRegistration": "Tax number",
        "SpecifiedTradeAllowanceCharge": "Allowance or charge",
        "StandardItemIdentification": "Standard item number",
        "StreetName": "Street",
        "TaxBasisTotalAmount": "Total without tax",
        "TaxCurrencyCode": "Tax currency",
        "TaxExclusiveAmount": "Total without tax",
        "TaxInclusiveAmount": "Total with tax",
        "TaxTotalAmount": "Tax",
        "TaxableAmount": "Taxable amount",
        "TotalPrepaidAmount": "Already paid",
        "URIID": "Electronic address",
        "URIUniversalCommunication": "Electronic address",
    }
)
ROOTS: Final = MappingProxyType(
    {
        "Invoice": "Invoice",
        "CreditNote": "Credit note",
        "CrossIndustryInvoice": "Invoice",
        "FatturaElettronica": "Invoice (FatturaPA)",
        "Order": "Order",
        "DespatchAdvice": "Delivery note",
    }
)
# An element that only groups others, and says nothing to a reader.
WRAPPERS: Final = frozenset(
    {
        "ApplicableHeaderTradeAgreement",
        "ApplicableHeaderTradeSettlement",
        "DatiGenerali",
        "ExchangedDocument",
        "ExchangedDocumentContext",
        "FatturaElettronicaBody",
        "FatturaElettronicaHeader",
        "Party",
        "SupplyChainTradeTransaction",
    }
)
# A leaf whose own name says less than its parent's.
GENERIC: Final = frozenset(
    {
        "Amount",
        "ChargeAmount",
        "CompanyID",
        "Content",
        "Date",
        "DateTime",
        "DateTimeString",
        "Description",
        "IBANID",
        "ID",
        "IdentificationCode",
        "Indicator",
        "IssuerAssignedID",
        "LineID",
        "Name",
        "Note",
        "PriceAmount",
        "Text",
        "URIID",
        "Value",
    }
)
# Of a line with too many columns, those that are never left out.
KEY_COLUMNS: Final = frozenset(
    {"Line", "Name", "Quantity", "Price", "Net amount", "Rate in %", "Tax amount", "Taxable amount"}
)
CODES: Final = MappingProxyType(
    {
        "InvoiceTypeCode": {
            "326": "partial invoice",
            "380": "invoice",
            "384": "corrected invoice",
            "389": "self-billed invoice",
            "875": "partial construction invoice",
        },
        "CreditNoteTypeCode": {"381": "credit note", "396": "factored credit note"},
        "PaymentMeansCode": {
            "10": "cash",
            "30": "credit transfer",
            "48": "card",
            "49": "direct debit",
            "57": "standing agreement",
            "58": "SEPA credit transfer",
            "59": "SEPA direct debit",
        },
        "CategoryCode": {
            "AE": "reverse charge",
            "E": "exempt",
            "G": "export",
            "K": "within the EU",
            "O": "outside tax",
            "S": "standard rate",
            "Z": "zero rate",
        },
    }
)
UNITS: Final = MappingProxyType(
    {
        "C62": "×",
        "H87": "pieces",
        "XPP": "pieces",
        "HUR": "hours",
        "DAY": "days",
        "MON": "months",
        "ANN": "years",
        "KGM": "kg",
        "KWH": "kWh",
        "KMT": "km",
        "LTR": "l",
        "MTR": "m",
        "MTK": "m²",
        "MTQ": "m³",
        "MIN": "minutes",
        "SET": "sets",
    }
)
_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def label_of(name: str) -> str:
    """What people call an element: its business label, else its name spelt out."""
    return LABELS.get(name) or SECTIONS.get(name) or LINES.get(name) or spelt_out(name)


def spelt_out(name: str) -> str:
    """A name in words, as in `Issue date` for IssueDate."""
    words = _HUMP.split(name.replace("_", " ").replace("-", " "))
    text = " ".join(word if word.isupper() and len(word) > 1 else word.lower() for word in words)
    return text[:1].upper() + text[1:]
