"""A document of unknown kind to the invoices in it.

One rule: the content decides what a document is; its name is only for the message. Everything
that is not an invoice we know is refused with SchemaChange, and with nothing else.
"""

from __future__ import annotations

import re
from typing import Final

from lxml import etree

from interlock.domain.exceptions import SchemaChange
from interlock.systems.einvoice import cii, ubl
from interlock.systems.einvoice.csv_rows import read_csv
from interlock.systems.einvoice.invoice import EInvoice
from interlock.systems.einvoice.json_objects import read_json
from interlock.systems.einvoice.pdf import embedded_xml
from interlock.systems.einvoice.refusals import shortened, unknown_shape
from interlock.systems.einvoice.safe_xml import parse
from interlock.systems.einvoice.signatures import BYTE_ORDER_MARKS, known_other_kind

MAX_DOCUMENT_BYTES: Final = 32 * 1024 * 1024  # 32 MiB; an invoice with scans attached is under 15
# Tags, attributes, cells: each costs a hundred times its bytes in memory once it is parsed. An
# invoice of 10,000 lines has under a million of these marks; Base64 attachments have none.
MAX_MARKS: Final = 4_000_000
MARKS: Final = (b"<", b'"', b"'", b"[", b"{", b",", b";", b"\t")
ENVELOPE: Final = "StandardBusinessDocument"  # the wrapper of Peppol messages
READERS: Final = {
    ubl.INVOICE_ROOT: ubl.read_ubl,
    ubl.CREDIT_NOTE_ROOT: ubl.read_ubl,
    cii.ROOT: cii.read_cii,
}
# Invoices of other standards, by root element: the sentence names them so that a person knows.
OTHER_ROOTS: Final = {
    "FatturaElettronica": "an Italian FatturaPA invoice",
    "CrossIndustryDocument": "a ZUGFeRD 1.0 invoice, older than CII D16B",
    "Facturae": "a Spanish Facturae invoice",
    "Invoice": "an XML invoice, but not UBL 2",
    "html": "a web page (HTML)",
}
_PDF: Final = b"%PDF-"
_PDF_HEADER_WITHIN_BYTES: Final = 1024  # Source: ISO 32000-1, annex H.3, note 13


def read_document(name: str, content: bytes) -> tuple[EInvoice, ...]:
    """The invoices in a document: one from XML or PDF, one or more from CSV or JSON.

    name: what to call the document in messages. Fields that are absent are None.
    Raises: SchemaChange, with one sentence saying what the document is.
    """
    root = xml_root(name, content)
    if root is not None:
        return (READERS[str(root.tag)](root),)
    text = _decoded(name, content)
    if text.lstrip().startswith(("{", "[")):
        return read_json(name, text)
    return read_csv(name, text)


def xml_root(name: str, content: bytes) -> etree._Element | None:
    """The invoice's root element, out of XML or a PDF; None when the content is neither.

    Raises: SchemaChange when it is XML or a PDF, but not with an invoice we know.
    """
    _refuse_size(name, content)
    other = known_other_kind(content)
    if other is not None:
        raise unknown_shape(name, other)
    if _looks_like_xml(content):
        return _invoice_root(name, content)
    if _PDF in content[:_PDF_HEADER_WITHIN_BYTES]:
        return _root_in_pdf(name, content)
    return None


def _refuse_size(name: str, content: bytes) -> None:
    if len(content) > MAX_DOCUMENT_BYTES:
        megabytes = len(content) // 1_000_000
        limit = MAX_DOCUMENT_BYTES // 1_000_000
        raise unknown_shape(name, f"{megabytes} MB large, and {limit} MB is the limit")
    if sum(content.count(mark) for mark in MARKS) > MAX_MARKS:
        what = f"made of more than {MAX_MARKS} tags, attributes or cells; send it in parts"
        raise unknown_shape(name, what)


def _looks_like_xml(content: bytes) -> bool:
    head = content[:256]
    for mark, encoding in BYTE_ORDER_MARKS:
        if head.startswith(mark):
            return head[len(mark) :].decode(encoding, "replace").lstrip().startswith("<")
    return head.replace(b"\x00", b"").lstrip().startswith(b"<")  # UTF-16 without a mark


def _root_in_pdf(name: str, content: bytes) -> etree._Element:
    """The first embedded file that is an invoice; the first refusal when none is."""
    refusal: SchemaChange | None = None
    for file_name, embedded in embedded_xml(name, content):
        inner = f"{name} ({file_name})"
        try:
            _refuse_size(inner, embedded)
            return _invoice_root(inner, embedded)
        except SchemaChange as error:
            refusal = refusal or error
    raise refusal or unknown_shape(name, "a PDF without an embedded invoice")


def _invoice_root(name: str, content: bytes) -> etree._Element:
    root = parse(name, content)
    candidates = [root]
    if etree.QName(root).localname == ENVELOPE:
        candidates += list(root)
    for candidate in candidates:
        if candidate.tag in READERS:
            return candidate
    raise unknown_shape(name, _described(root))


def _described(root: etree._Element) -> str:
    qualified = etree.QName(root)
    kind = OTHER_ROOTS.get(qualified.localname, "XML of an unknown kind")
    where = f" in namespace {shortened(qualified.namespace)}" if qualified.namespace else ""
    return f"{kind} (root element {shortened(qualified.localname)}{where})"


def _decoded(name: str, content: bytes) -> str:
    """The text in UTF-8, in UTF-16 with a mark, or in Latin-1, which old spreadsheets write."""
    for mark, encoding in BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding, "replace")
    if re.search(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]", content):
        raise unknown_shape(name, "binary data of an unknown kind")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("latin-1")
