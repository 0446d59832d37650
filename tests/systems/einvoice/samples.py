"""Small made-up invoices in every format, each with every field that is read."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from pypdf import PdfWriter

from interlock.systems.einvoice import AllowanceCharge, EInvoice, Line, Party, Tax

REPOSITORY: Final = Path(__file__).resolve().parents[3]
DATA: Final = REPOSITORY.parent / "shared" / "data"
NO_DATA: Final = "the real invoices (../shared/data) are not beside the repository"

_UBL: Final = "urn:oasis:names:specification:ubl:schema:xsd:"
UBL: Final = f"""<?xml version="1.0" encoding="UTF-8"?>
<x:Invoice xmlns:x="{_UBL}Invoice-2" xmlns:agg="{_UBL}CommonAggregateComponents-2"
    xmlns:bas="{_UBL}CommonBasicComponents-2">
  <bas:CustomizationID>urn:cen.eu:en16931:2017</bas:CustomizationID>
  <bas:ID> R-1 </bas:ID><bas:IssueDate>2024-03-05</bas:IssueDate>
  <bas:DueDate>2024-04-04</bas:DueDate>
  <bas:InvoiceTypeCode>380</bas:InvoiceTypeCode>
  <bas:Note>First note</bas:Note><bas:Note>Second note</bas:Note>
  <bas:DocumentCurrencyCode>EUR</bas:DocumentCurrencyCode>
  <bas:TaxCurrencyCode>SEK</bas:TaxCurrencyCode>
  <agg:OrderReference><bas:ID>PO-7</bas:ID></agg:OrderReference>
  <agg:BillingReference><agg:InvoiceDocumentReference><bas:ID>R-0</bas:ID>
  </agg:InvoiceDocumentReference></agg:BillingReference>
  <agg:DespatchDocumentReference><bas:ID>D-9</bas:ID></agg:DespatchDocumentReference>
  <agg:ReceiptDocumentReference><bas:ID>W-9</bas:ID></agg:ReceiptDocumentReference>
  <agg:AccountingSupplierParty><agg:Party>
    <bas:EndpointID schemeID="0088">4000001000005</bas:EndpointID>
    <agg:PartyIdentification><bas:ID>S-100</bas:ID></agg:PartyIdentification>
    <agg:PartyName><bas:Name>Nordlicht</bas:Name></agg:PartyName>
    <agg:PostalAddress><bas:CityName>Kiel</bas:CityName>
      <agg:Country><bas:IdentificationCode>DE</bas:IdentificationCode></agg:Country>
    </agg:PostalAddress>
    <agg:PartyTaxScheme><bas:CompanyID>11/222</bas:CompanyID>
      <agg:TaxScheme><bas:ID>FC</bas:ID></agg:TaxScheme></agg:PartyTaxScheme>
    <agg:PartyTaxScheme><bas:CompanyID>DE123456789</bas:CompanyID>
      <agg:TaxScheme><bas:ID>VAT</bas:ID></agg:TaxScheme></agg:PartyTaxScheme>
    <agg:PartyLegalEntity><bas:RegistrationName>Nordlicht GmbH</bas:RegistrationName>
      <bas:CompanyID>HRB 1</bas:CompanyID></agg:PartyLegalEntity>
  </agg:Party></agg:AccountingSupplierParty>
  <agg:AccountingCustomerParty><agg:Party>
    <bas:EndpointID schemeID="0088">4000001000012</bas:EndpointID>
    <agg:PostalAddress><agg:Country><bas:IdentificationCode>SE</bas:IdentificationCode>
    </agg:Country></agg:PostalAddress>
    <agg:PartyLegalEntity><bas:RegistrationName>Kontor AB</bas:RegistrationName>
    </agg:PartyLegalEntity>
  </agg:Party></agg:AccountingCustomerParty>
  <agg:PayeeParty><agg:PartyName><bas:Name>Factor Bank</bas:Name></agg:PartyName></agg:PayeeParty>
  <agg:Delivery><bas:ActualDeliveryDate>2024-03-01</bas:ActualDeliveryDate></agg:Delivery>
  <agg:PaymentMeans><bas:PaymentMeansCode>58</bas:PaymentMeansCode>
    <agg:PayeeFinancialAccount><bas:ID>DE02 1203 0000 0000 2020 51</bas:ID>
    </agg:PayeeFinancialAccount></agg:PaymentMeans>
  <agg:PaymentTerms><bas:Note>#SKONTO#TAGE=14#PROZENT=2.00#</bas:Note></agg:PaymentTerms>
  <agg:AllowanceCharge><bas:ChargeIndicator>false</bas:ChargeIndicator>
    <bas:AllowanceChargeReason>Regular customer</bas:AllowanceChargeReason>
    <bas:Amount currencyID="EUR">10.00</bas:Amount>
    <agg:TaxCategory><bas:ID>S</bas:ID><bas:Percent>19</bas:Percent>
      <agg:TaxScheme><bas:ID>VAT</bas:ID></agg:TaxScheme></agg:TaxCategory></agg:AllowanceCharge>
  <agg:AllowanceCharge><bas:ChargeIndicator>true</bas:ChargeIndicator>
    <bas:AllowanceChargeReason>Freight</bas:AllowanceChargeReason>
    <bas:Amount currencyID="EUR">5.00</bas:Amount>
    <agg:TaxCategory><bas:ID>S</bas:ID><bas:Percent>19</bas:Percent>
      <agg:TaxScheme><bas:ID>VAT</bas:ID></agg:TaxScheme></agg:TaxCategory></agg:AllowanceCharge>
  <agg:TaxTotal><bas:TaxAmount currencyID="SEK">213.75</bas:TaxAmount></agg:TaxTotal>
  <agg:TaxTotal><bas:TaxAmount currencyID="EUR">18.05</bas:TaxAmount>
    <agg:TaxSubtotal><bas:TaxableAmount currencyID="EUR">95.00</bas:TaxableAmount>
      <bas:TaxAmount currencyID="EUR">18.05</bas:TaxAmount>
      <agg:TaxCategory><bas:ID>S</bas:ID><bas:Percent>19</bas:Percent>
        <agg:TaxScheme><bas:ID>VAT</bas:ID></agg:TaxScheme></agg:TaxCategory>
    </agg:TaxSubtotal></agg:TaxTotal>
  <agg:LegalMonetaryTotal>
    <bas:LineExtensionAmount currencyID="EUR">100.00</bas:LineExtensionAmount>
    <bas:TaxExclusiveAmount currencyID="EUR">95.00</bas:TaxExclusiveAmount>
    <bas:TaxInclusiveAmount currencyID="EUR">113.05</bas:TaxInclusiveAmount>
    <bas:AllowanceTotalAmount currencyID="EUR">10.00</bas:AllowanceTotalAmount>
    <bas:ChargeTotalAmount currencyID="EUR">5.00</bas:ChargeTotalAmount>
    <bas:PrepaidAmount currencyID="EUR">13.00</bas:PrepaidAmount>
    <bas:PayableRoundingAmount currencyID="EUR">-0.05</bas:PayableRoundingAmount>
    <bas:PayableAmount currencyID="EUR">100.00</bas:PayableAmount>
  </agg:LegalMonetaryTotal>
  <agg:InvoiceLine><bas:ID>1</bas:ID>
    <bas:InvoicedQuantity unitCode="H87">4</bas:InvoicedQuantity>
    <bas:LineExtensionAmount currencyID="EUR">100.00</bas:LineExtensionAmount>
    <agg:OrderLineReference><bas:LineID>10</bas:LineID></agg:OrderLineReference>
    <agg:AllowanceCharge><bas:ChargeIndicator>false</bas:ChargeIndicator>
      <bas:AllowanceChargeReason>Sale</bas:AllowanceChargeReason>
      <bas:Amount currencyID="EUR">4.00</bas:Amount></agg:AllowanceCharge>
    <agg:AllowanceCharge><bas:ChargeIndicator>true</bas:ChargeIndicator>
      <bas:AllowanceChargeReason>Packing</bas:AllowanceChargeReason>
      <bas:Amount currencyID="EUR">3.00</bas:Amount></agg:AllowanceCharge>
    <agg:Item><bas:Name>Lamp</bas:Name>
      <agg:BuyersItemIdentification><bas:ID>B-1</bas:ID></agg:BuyersItemIdentification>
      <agg:SellersItemIdentification><bas:ID>L-1</bas:ID></agg:SellersItemIdentification>
      <agg:StandardItemIdentification><bas:ID schemeID="0160">4012345000009</bas:ID>
      </agg:StandardItemIdentification>
      <agg:ClassifiedTaxCategory><bas:ID>S</bas:ID><bas:Percent>19</bas:Percent>
        <agg:TaxScheme><bas:ID>VAT</bas:ID></agg:TaxScheme></agg:ClassifiedTaxCategory></agg:Item>
    <agg:Price><bas:PriceAmount currencyID="EUR">50.50</bas:PriceAmount>
      <bas:BaseQuantity unitCode="H87">2</bas:BaseQuantity></agg:Price>
  </agg:InvoiceLine>
</x:Invoice>"""

_CII: Final = "urn:un:unece:uncefact:data:standard:"
CII: Final = f"""<?xml version="1.0" encoding="UTF-8"?>
<CrossIndustryInvoice xmlns="{_CII}CrossIndustryInvoice:100"
    xmlns:g="{_CII}ReusableAggregateBusinessInformationEntity:100"
    xmlns:t="{_CII}UnqualifiedDataType:100">
  <ExchangedDocumentContext><g:GuidelineSpecifiedDocumentContextParameter>
    <g:ID>urn:cen.eu:en16931:2017</g:ID></g:GuidelineSpecifiedDocumentContextParameter>
  </ExchangedDocumentContext>
  <ExchangedDocument><g:ID>R-1</g:ID><g:TypeCode>380</g:TypeCode>
    <g:IssueDateTime><t:DateTimeString format="102">20240305</t:DateTimeString></g:IssueDateTime>
    <g:IncludedNote><g:Content>First note</g:Content></g:IncludedNote>
    <g:IncludedNote><g:Content>Second note</g:Content></g:IncludedNote>
  </ExchangedDocument>
  <SupplyChainTradeTransaction>
    <g:IncludedSupplyChainTradeLineItem>
      <g:AssociatedDocumentLineDocument><g:LineID>1</g:LineID></g:AssociatedDocumentLineDocument>
      <g:SpecifiedTradeProduct><g:GlobalID schemeID="0160">4012345000009</g:GlobalID>
        <g:SellerAssignedID>L-1</g:SellerAssignedID><g:BuyerAssignedID>B-1</g:BuyerAssignedID>
        <g:Name>Lamp</g:Name></g:SpecifiedTradeProduct>
      <g:SpecifiedLineTradeAgreement>
        <g:BuyerOrderReferencedDocument><g:LineID>10</g:LineID></g:BuyerOrderReferencedDocument>
        <g:NetPriceProductTradePrice><g:ChargeAmount>50.50</g:ChargeAmount>
          <g:BasisQuantity unitCode="H87">2</g:BasisQuantity></g:NetPriceProductTradePrice>
      </g:SpecifiedLineTradeAgreement>
      <g:SpecifiedLineTradeDelivery><g:BilledQuantity unitCode="H87">4</g:BilledQuantity>
      </g:SpecifiedLineTradeDelivery>
      <g:SpecifiedLineTradeSettlement>
        <g:ApplicableTradeTax><g:TypeCode>VAT</g:TypeCode><g:CategoryCode>S</g:CategoryCode>
          <g:RateApplicablePercent>19</g:RateApplicablePercent></g:ApplicableTradeTax>
        <g:SpecifiedTradeAllowanceCharge>
          <g:ChargeIndicator><t:Indicator>false</t:Indicator></g:ChargeIndicator>
          <g:ActualAmount>4.00</g:ActualAmount><g:Reason>Sale</g:Reason>
        </g:SpecifiedTradeAllowanceCharge>
        <g:SpecifiedTradeAllowanceCharge>
          <g:ChargeIndicator><t:Indicator>true</t:Indicator></g:ChargeIndicator>
          <g:ActualAmount>3.00</g:ActualAmount><g:Reason>Packing</g:Reason>
        </g:SpecifiedTradeAllowanceCharge>
        <g:SpecifiedTradeSettlementLineMonetarySummation>
          <g:LineTotalAmount>100.00</g:LineTotalAmount>
        </g:SpecifiedTradeSettlementLineMonetarySummation>
      </g:SpecifiedLineTradeSettlement>
    </g:IncludedSupplyChainTradeLineItem>
    <g:ApplicableHeaderTradeAgreement>
      <g:SellerTradeParty><g:ID>S-100</g:ID><g:Name>Nordlicht GmbH</g:Name>
        <g:SpecifiedLegalOrganization><g:ID>HRB 1</g:ID>
          <g:TradingBusinessName>Nordlicht</g:TradingBusinessName></g:SpecifiedLegalOrganization>
        <g:PostalTradeAddress><g:CityName>Kiel</g:CityName><g:CountryID>DE</g:CountryID>
        </g:PostalTradeAddress>
        <g:URIUniversalCommunication><g:URIID schemeID="0088">4000001000005</g:URIID>
        </g:URIUniversalCommunication>
        <g:SpecifiedTaxRegistration><g:ID schemeID="FC">11/222</g:ID></g:SpecifiedTaxRegistration>
        <g:SpecifiedTaxRegistration><g:ID schemeID="VA">DE123456789</g:ID>
        </g:SpecifiedTaxRegistration></g:SellerTradeParty>
      <g:BuyerTradeParty><g:Name>Kontor AB</g:Name>
        <g:PostalTradeAddress><g:CountryID>SE</g:CountryID></g:PostalTradeAddress>
        <g:URIUniversalCommunication><g:URIID schemeID="0088">4000001000012</g:URIID>
        </g:URIUniversalCommunication></g:BuyerTradeParty>
      <g:BuyerOrderReferencedDocument><g:IssuerAssignedID>PO-7</g:IssuerAssignedID>
      </g:BuyerOrderReferencedDocument>
    </g:ApplicableHeaderTradeAgreement>
    <g:ApplicableHeaderTradeDelivery>
      <g:ActualDeliverySupplyChainEvent><g:OccurrenceDateTime>
        <t:DateTimeString format="102">20240301</t:DateTimeString>
      </g:OccurrenceDateTime></g:ActualDeliverySupplyChainEvent>
      <g:DespatchAdviceReferencedDocument><g:IssuerAssignedID>D-9</g:IssuerAssignedID>
      </g:DespatchAdviceReferencedDocument>
    </g:ApplicableHeaderTradeDelivery>
    <g:ApplicableHeaderTradeSettlement>
      <g:TaxCurrencyCode>SEK</g:TaxCurrencyCode>
      <g:InvoiceCurrencyCode>EUR</g:InvoiceCurrencyCode>
      <g:PayeeTradeParty><g:Name>Factor Bank</g:Name></g:PayeeTradeParty>
      <g:SpecifiedTradeSettlementPaymentMeans><g:TypeCode>58</g:TypeCode>
        <g:PayeePartyCreditorFinancialAccount><g:IBANID>DE02 1203 0000 0000 2020 51</g:IBANID>
        </g:PayeePartyCreditorFinancialAccount></g:SpecifiedTradeSettlementPaymentMeans>
      <g:ApplicableTradeTax><g:CalculatedAmount>18.05</g:CalculatedAmount>
        <g:TypeCode>VAT</g:TypeCode><g:BasisAmount>95.00</g:BasisAmount>
        <g:CategoryCode>S</g:CategoryCode><g:RateApplicablePercent>19</g:RateApplicablePercent>
      </g:ApplicableTradeTax>
      <g:SpecifiedTradeAllowanceCharge>
        <g:ChargeIndicator><t:Indicator>false</t:Indicator></g:ChargeIndicator>
        <g:ActualAmount>10.00</g:ActualAmount><g:Reason>Regular customer</g:Reason>
        <g:CategoryTradeTax><g:TypeCode>VAT</g:TypeCode><g:CategoryCode>S</g:CategoryCode>
          <g:RateApplicablePercent>19</g:RateApplicablePercent></g:CategoryTradeTax>
      </g:SpecifiedTradeAllowanceCharge>
      <g:SpecifiedTradeAllowanceCharge>
        <g:ChargeIndicator><t:Indicator>true</t:Indicator></g:ChargeIndicator>
        <g:ActualAmount>5.00</g:ActualAmount><g:Reason>Freight</g:Reason>
        <g:CategoryTradeTax><g:TypeCode>VAT</g:TypeCode><g:CategoryCode>S</g:CategoryCode>
          <g:RateApplicablePercent>19</g:RateApplicablePercent></g:CategoryTradeTax>
      </g:SpecifiedTradeAllowanceCharge>
      <g:SpecifiedTradePaymentTerms><g:Description>#SKONTO#TAGE=14#PROZENT=2.00#</g:Description>
        <g:DueDateDateTime><t:DateTimeString format="102">20240404</t:DateTimeString>
        </g:DueDateDateTime></g:SpecifiedTradePaymentTerms>
      <g:SpecifiedTradeSettlementHeaderMonetarySummation>
        <g:LineTotalAmount>100.00</g:LineTotalAmount>
        <g:ChargeTotalAmount>5.00</g:ChargeTotalAmount>
        <g:AllowanceTotalAmount>10.00</g:AllowanceTotalAmount>
        <g:TaxBasisTotalAmount>95.00</g:TaxBasisTotalAmount>
        <g:TaxTotalAmount currencyID="SEK">213.75</g:TaxTotalAmount>
        <g:TaxTotalAmount currencyID="EUR">18.05</g:TaxTotalAmount>
        <g:RoundingAmount>-0.05</g:RoundingAmount>
        <g:GrandTotalAmount>113.05</g:GrandTotalAmount>
        <g:TotalPrepaidAmount>13.00</g:TotalPrepaidAmount>
        <g:DuePayableAmount>100.00</g:DuePayableAmount>
      </g:SpecifiedTradeSettlementHeaderMonetarySummation>
      <g:InvoiceReferencedDocument><g:IssuerAssignedID>R-0</g:IssuerAssignedID>
      </g:InvoiceReferencedDocument>
    </g:ApplicableHeaderTradeSettlement>
  </SupplyChainTradeTransaction>
</CrossIndustryInvoice>"""


def ubl(*changes: tuple[str, str]) -> bytes:
    """The UBL sample with texts replaced; each must be there."""
    return _changed(UBL, changes)


def cii(*changes: tuple[str, str]) -> bytes:
    """The CII sample with texts replaced; each must be there."""
    return _changed(CII, changes)


def _changed(text: str, changes: tuple[tuple[str, str], ...]) -> bytes:
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text.encode()


def ubl_credit_note() -> bytes:
    """The UBL sample as a CreditNote, which has its own names for some elements."""
    text = UBL.replace("InvoiceLine>", "CreditNoteLine>").replace("x:Invoice", "x:CreditNote")
    text = text.replace("Invoice-2", "CreditNote-2").replace("InvoicedQ", "CreditedQ")
    text = text.replace(">380</bas:InvoiceTypeCode>", ">381</bas:CreditNoteTypeCode>")
    text = text.replace("<bas:InvoiceTypeCode", "<bas:CreditNoteTypeCode")
    return text.replace("<bas:DueDate>2024-04-04</bas:DueDate>", "").encode()


def pdf(*attachments: tuple[str, bytes]) -> bytes:
    """A PDF of one empty page with files embedded."""
    writer = PdfWriter()
    writer.add_blank_page(width=100, height=100)
    for name, content in attachments:
        writer.add_attachment(name, content)
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def json_bytes(found: Any) -> bytes:
    """The value as JSON text; decimals and days as text."""
    return json.dumps(found, default=str).encode()


def an_invoice(**changes: Any) -> EInvoice:
    """A correct invoice over two lines and two tax rates."""
    invoice = EInvoice(
        format="json",
        number="R-1",
        issue_date=date(2024, 3, 5),
        type_code="380",
        currency="EUR",
        seller=Party(name="Nordlicht GmbH"),
        buyer=Party(name="Kontor AB"),
        line_total=Decimal("150.00"),
        allowances=Decimal("10.00"),
        charges=Decimal("5.00"),
        net=Decimal("145.00"),
        tax=Decimal("21.55"),
        gross=Decimal("166.55"),
        prepaid=Decimal("6.50"),
        rounding=Decimal("-0.05"),
        payable=Decimal("160.00"),
        lines=(
            a_line(number="1"),
            a_line(number="2", quantity=Decimal(1), net=Decimal("50.00"), tax_rate=Decimal(7)),
        ),
        allowance_charges=(
            _extra(is_charge=False, amount=Decimal("10.00")),
            _extra(is_charge=True, amount=Decimal("5.00")),
        ),
        tax_breakdown=(
            Tax(category="S", rate=Decimal(19), base=Decimal("95.00"), amount=Decimal("18.05")),
            Tax(category="S", rate=Decimal(7), base=Decimal("50.00"), amount=Decimal("3.50")),
        ),
    )
    return replace(invoice, **changes)


def a_line(**changes: Any) -> Line:
    """Two lamps at 50.00."""
    line = Line(
        number="1",
        description="Lamp",
        quantity=Decimal(2),
        unit="H87",
        unit_price=Decimal("50.00"),
        net=Decimal("100.00"),
        tax_category="S",
        tax_rate=Decimal(19),
    )
    return replace(line, **changes)


def _extra(*, is_charge: bool, amount: Decimal) -> AllowanceCharge:
    return AllowanceCharge(
        is_charge=is_charge, amount=amount, tax_category="S", tax_rate=Decimal(19)
    )
