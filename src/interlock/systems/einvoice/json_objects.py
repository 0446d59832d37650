"""JSON to EInvoice: one object, or a list of them, with the names of the EInvoice fields.

One rule: an unknown name is refused, since it may be the one that matters. Numbers are read
from their written form, as text or as JSON numbers, and never pass through binary floats.
"""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal
from typing import Any, Final, TypeVar

from interlock.systems.einvoice.early_payment import by_deadline
from interlock.systems.einvoice.fields import nearest, plain_fields
from interlock.systems.einvoice.invoice import (
    AllowanceCharge,
    EarlyPaymentDiscount,
    EInvoice,
    Line,
    Party,
    Tax,
)
from interlock.systems.einvoice.refusals import shortened, unknown_shape
from interlock.systems.einvoice.values import Reading, clean, parse_decimal

PARTS: Final = {
    "lines": Line,
    "allowance_charges": AllowanceCharge,
    "tax_breakdown": Tax,
    "early_payment": EarlyPaymentDiscount,
}
PARTIES: Final = ("seller", "buyer")
IGNORED: Final = ("format", "unreadable")  # what we write ourselves when an EInvoice is dumped
MARKS: Final = ("number", "lines", "seller", "gross", "payable")  # one of them makes it an invoice
_SMALL_EXPONENT: Final = re.compile(r"[+-]?[0-9]{1,2}")
_Part = TypeVar("_Part")


class _Misshapen(Exception):
    """The JSON is not shaped like an invoice; the text completes "it is ..."."""


def read_json(name: str, text: str) -> tuple[EInvoice, ...]:
    """The invoices in the text. Raises SchemaChange when it is not JSON or not invoices."""
    try:
        parsed = json.loads(text, parse_float=_Written, parse_int=_Written, parse_constant=_refuse)
        found = parsed if isinstance(parsed, list) else [parsed]
        if not found:
            raise _Misshapen("an empty JSON list")
        return tuple(_invoice(one) for one in found)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise unknown_shape(name, f"JSON that is broken ({error.msg}, {where})") from error
    except RecursionError as error:
        raise unknown_shape(name, "JSON nested too deeply") from error
    except _Misshapen as error:
        raise unknown_shape(name, str(error)) from error


class _Written(str):
    """A JSON number as it was written."""

    __slots__ = ()


def _refuse(word: str) -> None:
    raise _Misshapen(f"JSON with {word}, which is not a number")


def _invoice(found: Any) -> EInvoice:
    plain = plain_fields(EInvoice)
    known = [*plain, *PARTS, *PARTIES, "notes", *IGNORED]
    values = _object(found, "", known)
    if not any(mark in values for mark in MARKS):
        raise _Misshapen("JSON without the names of an invoice")
    reading = Reading()
    fields: dict[str, Any] = _plain(values, plain, "", reading)
    for party in PARTIES:
        fields[party] = _part(Party, values.get(party) or {}, party, reading)
    for part, kind in PARTS.items():
        entries = _list(values, part)
        fields[part] = tuple(
            _part(kind, entry, f"{part}[{index}]", reading) for index, entry in enumerate(entries)
        )
    fields["early_payment"] = by_deadline(list(fields["early_payment"]))
    notes = [_text(note, f"notes[{index}]") for index, note in enumerate(_list(values, "notes"))]
    fields["notes"] = tuple(note for note in notes if note)
    return EInvoice(format="json", **fields, unreadable=reading.unreadable)


def _part(kind: type[_Part], found: Any, where: str, reading: Reading) -> _Part:
    plain = plain_fields(kind)
    flags = ["is_charge"] if kind is AllowanceCharge else []
    values = _object(found, where, [*plain, *flags])
    fields: dict[str, Any] = _plain(values, plain, f"{where}.", reading)
    for flag in flags:
        given = values.get(flag, False)
        if not isinstance(given, bool):
            raise _Misshapen(f"JSON in which {where}.{flag} is not true or false")
        fields[flag] = given
    return kind(**fields)


def _object(found: Any, where: str, known: list[str]) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise _Misshapen(f"JSON in which {where or 'the invoice'} is not an object")
    for key in found:
        if key not in known:
            place = f"{where}.{key}" if where else key
            hint = nearest(key, known)
            raise _Misshapen(f"JSON with the unknown name {shortened(place)!r}{hint}")
    return found


def _list(values: dict[str, Any], name: str) -> list[Any]:
    found = values.get(name)
    if found is None:
        return []
    if not isinstance(found, list):
        raise _Misshapen(f"JSON in which {name} is not a list")
    return found


def _plain(
    values: dict[str, Any], plain: dict[str, Any], prefix: str, reading: Reading
) -> dict[str, str | date | Decimal | None]:
    fields: dict[str, str | date | Decimal | None] = {}
    for name, kind in plain.items():
        text = _text(values.get(name), f"{prefix}{name}")
        if kind == "text":
            fields[name] = text
        elif kind == "date":
            fields[name] = reading.date(text, f"{prefix}{name}")
        else:
            fields[name] = reading.decimal(_positional(text), f"{prefix}{name}")
    return fields


def _positional(text: str | None) -> str | None:
    """1.5e3 as 1500, when it is small enough to be written out."""
    if text is None or "e" not in text.lower() or parse_decimal(text) is not None:
        return text
    mantissa, _, exponent = text.lower().partition("e")
    number = parse_decimal(mantissa)
    if number is None or not _SMALL_EXPONENT.fullmatch(exponent):
        return text
    return f"{number.scaleb(int(exponent)):f}"


def _text(found: Any, where: str) -> str | None:
    if found is None:
        return None
    if isinstance(found, str):
        return clean(str(found))
    raise _Misshapen(f"JSON in which {where} is neither text nor a number")
