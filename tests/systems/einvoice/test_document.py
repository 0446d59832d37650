"""Anything may arrive; it is an invoice we know, or it is refused in one sentence, quickly."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from interlock.domain.exceptions import CaseException, SchemaChange
from interlock.systems.einvoice import document, read_document
from tests.systems.einvoice.samples import CII, UBL, cii, pdf, ubl

OTHER_KINDS = [
    (b"", "an empty file"),
    (b" \r\n\x00", "an empty file"),
    (b"PK\x03\x04rest", "a ZIP archive"),
    (b"\x89PNG\r\n\x1a\nrest", "an image (PNG)"),
    (b"\xff\xd8\xff\xe0rest", "an image (JPEG)"),
    (b"\x1f\x8brest", "a gzip archive"),
    (b"\xd0\xcf\x11\xe0rest", "an old Office document"),
    (b"0\x82\x10\x00rest", "a signed envelope"),
    (b"UNA:+.? 'UNB+UNOC", "an EDIFACT message"),
    (b"From: a@example.org\r\nSubject: invoice\r\n\r\nSee below", "an e-mail message"),
    (b"Received: from a\n by b\nTo: c\n\nText", "an e-mail message"),
    (b"a\x00\x01\x02\x03", "binary data of an unknown kind"),
    (b"%PDF-1.7 and no more", "a PDF that is broken"),
    (pdf(), "a PDF without an embedded invoice"),
    (pdf(("terms.xml", b"<terms/>")), "XML of an unknown kind (root element terms)"),
    (b"<html><body/></html>", "a web page (HTML)"),
    (b"<p:FatturaElettronica xmlns:p='urn:it'/>", "an Italian FatturaPA invoice"),
    (b"<CrossIndustryDocument/>", "a ZUGFeRD 1.0 invoice"),
    (b"<Invoice xmlns='urn:other'/>", "an XML invoice, but not UBL 2"),
    (b"<a>\n<b>\n</a>", "XML that is broken"),
    (b"<!-- only words -->", "XML that is broken"),
    (b"Hello", "text of an unknown kind, beginning 'Hello'"),
]


@pytest.mark.parametrize(("content", "says"), OTHER_KINDS, ids=[says for _, says in OTHER_KINDS])
def test_another_kind_is_refused_by_its_name(content: bytes, says: str) -> None:
    """Whatever the file is called; the reviewer must know what came in."""
    with pytest.raises(SchemaChange) as refusal:
        read_document("invoice.xml", content)

    assert says in refusal.value.detail
    assert "invoice.xml" in refusal.value.detail
    assert refusal.value.evidence["found"] in refusal.value.detail


def test_truncated_xml_is_refused_with_its_line() -> None:
    """A broken transfer is the commonest trouble, and the line proves it."""
    lines = UBL.splitlines()

    with pytest.raises(SchemaChange, match="line 30"):
        read_document("a.xml", "\n".join(lines[:30]).encode())


@pytest.mark.parametrize("name", ["factur-x.xml", "ZUGFeRD-invoice.xml", "data.xml", "no-ending"])
def test_the_invoice_inside_a_pdf_is_read(name: str) -> None:
    """Under any name; the standards had three."""
    assert read_document("a.pdf", pdf((name, cii()))) == read_document("a.xml", cii())


def test_the_standards_name_wins_over_other_xml_in_the_pdf() -> None:
    """An attachment may be a supporting document, even another invoice."""
    content = pdf(("a.xml", ubl((" R-1 ", "OTHER"))), ("b.xml", b"<b/>"), ("factur-x.xml", cii()))

    assert read_document("a.pdf", content)[0].number == "R-1"


LAUGHS = "".join(
    f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' if n else '<!ENTITY a0 "ha">' for n in range(12)
)
HOSTILE = {
    "billion laughs": f"<!DOCTYPE x [{LAUGHS}]><x>&a11;</x>".encode(),
    "laughs in an attribute": f"<!DOCTYPE x [{LAUGHS}]><x a='&a11;'/>".encode(),
    "external entity": b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
    "external definition": b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><x/>',
    "parameter entity": b'<!DOCTYPE x [<!ENTITY % e SYSTEM "file:///etc/passwd"> %e;]><x/>',
    "deep nesting": b"<a>" * 200_000,
    "deep and closed": b"<a>" * 200_000 + b"</a>" * 200_000,
    "utf-16 laughs": f"<!DOCTYPE x [{LAUGHS}]><x>&a11;</x>".encode("utf-16"),
    "undeclared entity": ubl((" R-1 ", "&secret;")),
    "unknown encoding": b"<?xml version='1.0' encoding='klingon'?><a/>",
    "millions of elements": b"<a>" + b"<a/>" * 5_000_000,
    "very deep nesting": b"<a>" * 3_500_000 + b"</a>",
    "millions of attributes": b"<a " + b"a=''" * 5_000_000,
    "millions of lists": b"[" + b"[]," * 5_000_000,
    "millions of cells": b"number" + b";" * 5_000_000,
    "many attributes": b"<a " + b" ".join(b"a%d=''" % n for n in range(100_000)) + b"/>",
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_content_is_refused_quickly(content: bytes) -> None:
    """A stranger's file must cost no memory, no network and no time."""
    started = time.process_time()

    with pytest.raises(SchemaChange):
        read_document("a.xml", content)

    assert time.process_time() - started < 2


def test_a_file_outside_the_document_is_never_read(tmp_path: Path) -> None:
    """Neither by inclusion, which is not followed, nor by entity, which is refused."""
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET")
    include = f'<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="{secret}" parse="text"/>'

    (invoice,) = read_document("a.xml", ubl((" R-1 ", include)))

    assert invoice.number is None


def test_a_large_attachment_is_no_trouble() -> None:
    """Scans inside invoices run to megabytes, above libxml2's own limit for one text."""
    attachment = (
        "<agg:AdditionalDocumentReference><bas:ID>1</bas:ID><agg:Attachment>"
        f'<bas:EmbeddedDocumentBinaryObject mimeCode="application/pdf">{"QUJD" * 3_000_000}'
        "</bas:EmbeddedDocumentBinaryObject></agg:Attachment></agg:AdditionalDocumentReference>"
    )

    (invoice,) = read_document(
        "a.xml",
        ubl(("<agg:AccountingSupplierParty>", f"{attachment}<agg:AccountingSupplierParty>")),
    )

    assert invoice.number == "R-1"


def test_a_document_over_the_limit_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when it only grows large inside a PDF."""
    content = pdf(("factur-x.xml", cii((" xmlns:g", " " * 2_000_000 + " xmlns:g"))))
    monkeypatch.setattr(document, "MAX_DOCUMENT_BYTES", 1_000_000)

    for large in (b"x" * 1_000_001, content):
        with pytest.raises(SchemaChange, match="1 MB is the limit"):
            read_document("a.pdf", large)


def _only_refusals(content: bytes) -> None:
    try:
        read_document("a", content)
    except CaseException as refusal:
        assert refusal.detail.isprintable()


@given(content=st.binary(max_size=400))
@example(b"\xff\xfe<\x00")
@example(b"%PDF-1.4\n1 0 obj<</Root 1 0 R>>\ntrailer<</Root 1 0 R>>")
def test_no_bytes_whatever_crash_the_reader(content: bytes) -> None:
    """A crash would be an incident and retried; strange input is a case for a person."""
    _only_refusals(content)


@given(
    start=st.sampled_from([b"%PDF-1.7\n", b"<", b"{", b"[", b"number;gross\n", b"\xff\xfe"]),
    rest=st.binary(max_size=200),
)
def test_no_bytes_after_a_known_beginning_crash_the_reader(start: bytes, rest: bytes) -> None:
    """Each format's own reader gets its share of nonsense."""
    _only_refusals(start + rest)


@given(
    whole=st.sampled_from([UBL.encode(), CII.encode(), pdf(("factur-x.xml", cii()))]),
    data=st.data(),
)
def test_a_damaged_invoice_is_read_or_refused(whole: bytes, data: st.DataObject) -> None:
    """Cut off, or with some bytes replaced."""
    cut = data.draw(st.integers(0, len(whole)))
    place = data.draw(st.integers(0, len(whole)))
    patch = data.draw(st.binary(max_size=8))

    _only_refusals(whole[:cut])
    _only_refusals(whole[:place] + patch + whole[place + len(patch) :])


@given(text=st.text(max_size=200), header=st.sampled_from(["number;gross", "number,line_net"]))
def test_no_text_crashes_the_csv_reader(text: str, header: str) -> None:
    """Quotes and line breaks in odd places included."""
    _only_refusals(f"{header}\n{text}".encode("utf-8", "replace"))
