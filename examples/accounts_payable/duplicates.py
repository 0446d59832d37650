"""When two bills of one supplier are probably the same bill.

Either the numbers differ only in how they are written, or amount and date are the same. Equal
amounts on different days are no sign: rent is the same every month.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from .cases import Invoice
from .money import cents, in_words

NEAR_DAYS: Final = 370  # suppliers start their numbers anew each year
_SEPARATOR: Final = re.compile(r"[^0-9A-Z]+")
_ZEROS: Final = re.compile(r"(?<![0-9])0+(?=[0-9])")
_LOOKALIKES: Final = str.maketrans("OIL", "011")
_SUFFIX: Final = re.compile(r"[^0-9A-Z]*(COPY|KOPIE|DUPLICATE|DUPLIKAT|REV[0-9]?|NEW|NEU|[A-Z])$")


def number_key(number: str) -> str:
    """The invoice number without case, separators, leading zeros, look-alikes and copy marks."""
    text = _SUFFIX.sub("", number.upper()) or number.upper()
    text = _ZEROS.sub("", text.translate(_LOOKALIKES))
    return _SEPARATOR.sub("", text)


def similar_to(invoice: Invoice, posting: Mapping[str, Any] | Any) -> str:
    """Why a posting may be the same bill, in words; empty when it is another one.

    posting: number, issue_date (ISO text), document_cents and currency.
    """
    if posting["currency"] != invoice.currency:
        return ""
    day = date.fromisoformat(posting["issue_date"])
    same_amount = posting["document_cents"] == cents(invoice.gross)
    near = abs((day - invoice.issue_date).days) <= NEAR_DAYS
    if near and posting["number"] == invoice.number:
        return "the number is the same"
    if near and number_key(posting["number"]) == number_key(invoice.number):
        return f"the number {posting['number']} is the same but for its spelling"
    if same_amount and day == invoice.issue_date:
        return f"same day and amount ({in_words(invoice.gross, invoice.currency)})"
    return ""
