"""From a document to cases: what an invoice must carry before anybody can work on it.

Nothing is guessed: a document that names no number, seller, date, currency or amount waits.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from pydantic import ValidationError

from interlock import Document, MissingData, reader
from interlock.systems.einvoice import EInvoice, Line, Party, read_document

from .cases import BY_NAME, Invoice, InvoiceLine, name_key

# The 27 members of the European Union, by ISO 3166-1; Greece also as EL, its code in VAT ids.
_EU: Final = "AT BE BG CY CZ DE DK EE EL ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
EU: Final = frozenset(_EU.split())
REQUIRED: Final = {  # our word for the reader, and where the e-invoice has it
    "invoice number": "number",
    "issue date": "issue_date",
    "currency": "currency",
    "amount to pay": "payable",
}
UNKNOWN_BUYER: Final = "unknown"


@reader
def read_invoice(document: Document) -> list[Invoice]:
    """The invoices in a document. Raises: MissingData, SchemaChange."""
    found = read_document(document.name, document.content)
    return [_invoice(one, document) for one in found]


def seller_id_of(seller: Party) -> str:
    """The seller's VAT id, else electronic address, register number, other id, or name.

    Some sellers write a remark where their VAT id belongs, such as the Swedish "Godkänd för
    F-skatt". Without a digit it is none; else two of them would become one supplier.
    """
    tax_id = seller.tax_id if any(map(str.isdigit, seller.tax_id or "")) else None
    registered = tax_id or seller.endpoint or seller.legal_id or seller.id
    if registered:
        return "".join(registered.split()).upper()
    name = name_key(seller.name or seller.trading_name or "")
    return f"{BY_NAME}{name}" if name else ""


def _invoice(one: EInvoice, document: Document) -> Invoice:
    _require(one, document)
    try:
        return Invoice.model_validate(_fields(one, document))
    except ValidationError as problem:
        named = tuple(_place(each["loc"]) for each in problem.errors())
        said = "; ".join(f"{_place(e['loc'])} {_words(e['msg'])}" for e in problem.errors())
        raise MissingData(*named, detail=f"{document.name} cannot be used: {said}") from problem


def _require(one: EInvoice, document: Document) -> None:
    missing = [word for word, field in REQUIRED.items() if getattr(one, field) is None]
    if not seller_id_of(one.seller):
        missing.append("seller")
    if not missing:
        return
    unreadable = {each.field: each.seen for each in one.unreadable}
    known = {word: unreadable.get(field) for word, field in REQUIRED.items()}
    said = [f"{word} ({known[word]!r} is none)" if known.get(word) else word for word in missing]
    is_are = "is" if len(missing) == 1 else "are"
    raise MissingData(
        *missing,
        detail=f"{document.name}: {', '.join(said)} {is_are} missing",
        evidence={"missing_fields": list(missing), "read_so_far": _read_so_far(one)},
    )


def _fields(one: EInvoice, document: Document) -> dict[str, Any]:
    discount = one.early_payment_discount
    return {
        "seller_id": seller_id_of(one.seller),
        "seller_name": one.seller.name or one.seller.trading_name or "",
        "seller_class": _seller_class(one.seller, one.buyer),
        "buyer_id": _buyer_id(one.buyer),
        "buyer_name": one.buyer.name or one.buyer.trading_name or "",
        "number": one.number,
        "issue_date": one.issue_date,
        "type": "credit_note" if one.is_credit_note else "invoice",
        "currency": one.currency,
        "order": one.order_reference,
        "receipt": one.receipt_reference,
        "preceding_invoice": one.preceding_invoice,
        "net": one.net,
        "tax": one.tax,
        "gross": one.gross if one.gross is not None else _gross(one),
        "payable": one.payable,
        "seller_iban": one.seller_iban or "",
        "delivery_date": one.delivery_date,
        "due_date": one.due_date,
        "discount_percent": discount.percent if discount else None,
        "discount_until": discount.until if discount else None,
        "channel": document.channel,
        "format": one.format,
        "document": document.name,
        "lines": tuple(_line(line, n) for n, line in enumerate(one.lines, start=1)),
    }


def _gross(one: EInvoice) -> Decimal:
    return (one.payable or Decimal(0)) + (one.prepaid or Decimal(0)) - (one.rounding or Decimal(0))


def _line(line: Line, position: int) -> InvoiceLine:
    quantity = line.quantity if line.quantity is not None else Decimal(1)
    net = line.net if line.net is not None else Decimal(0)
    return InvoiceLine(
        number=line.number or str(position),
        description=line.description or "",
        quantity=quantity,
        unit=line.unit or "",
        unit_price=_unit_price(line, net, quantity),
        net=net,
        tax_category=line.tax_category or "",
        tax_rate=line.tax_rate,
        order_line=line.order_line_reference or "",
    )


def _unit_price(line: Line, net: Decimal, quantity: Decimal) -> Decimal:
    """The price of one piece; some suppliers state it for a hundred."""
    if line.unit_price is None:
        return net / quantity if quantity else net
    return line.unit_price / (line.price_base_quantity or Decimal(1))


def _buyer_id(buyer: Party) -> str:
    found = buyer.tax_id or buyer.endpoint or buyer.legal_id or buyer.id or buyer.name
    return "".join(found.split()).upper() if found else UNKNOWN_BUYER


def _seller_class(seller: Party, buyer: Party) -> str:
    theirs, ours = _country(seller), _country(buyer)
    if not theirs or theirs == ours:
        return "domestic"
    return "eu" if theirs in EU else "foreign"


def _country(party: Party) -> str:
    if party.country:
        return party.country.upper()
    prefix = (party.tax_id or "")[:2].upper()
    return prefix if prefix.isalpha() else ""


def _read_so_far(one: EInvoice) -> dict[str, str]:
    parts = {
        "seller": one.seller.name,
        "number": one.number,
        "issue_date": one.issue_date,
        "currency": one.currency,
        "payable": one.payable,
        "order": one.order_reference,
    }
    return {name: str(value) for name, value in parts.items() if value is not None}


def _place(where: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in where) or "invoice"


def _words(message: str) -> str:
    return message.removeprefix("Value error, ")
