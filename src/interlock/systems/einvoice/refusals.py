"""How a document that is not an invoice we know is refused.

One rule: the sentence says which document, what it is, and what can be read instead.
"""

from __future__ import annotations

from typing import Final

from interlock.domain.exceptions import SchemaChange

MAX_NAME_CHARACTERS: Final = 120
MAX_SEEN_CHARACTERS: Final = 80
CAN_READ: Final = (
    "send UBL 2.1 or UN/CEFACT CII XML, a PDF with one of them embedded, "
    "or CSV or JSON with the documented names"
)


def unknown_shape(name: str, what: str) -> SchemaChange:
    """The refusal of a document: `what` completes the sentence "this is ..." ."""
    document = shortened(name, MAX_NAME_CHARACTERS) or "the document"
    return SchemaChange(
        f"{document} cannot be read as an invoice: it is {what}; {CAN_READ}",
        evidence={"document": document, "found": what},
    )


def shortened(text: str, limit: int = MAX_SEEN_CHARACTERS) -> str:
    """The text on one line, printable, and no longer than `limit` characters."""
    one_line = "".join(mark if mark.isprintable() else " " for mark in text)
    one_line = " ".join(one_line.split())
    return one_line if len(one_line) <= limit else one_line[: limit - 1] + "…"
