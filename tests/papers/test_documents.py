"""Whatever arrives is shown readable or said to be unreadable; it never runs and never breaks."""

from __future__ import annotations

import io
import tarfile
import zlib
from collections.abc import Iterator
from decimal import Decimal
from email.message import EmailMessage
from typing import Any

import pytest
from fpdf import FPDF
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as parser
from PIL import Image

from interlock.papers.documents import (
    DocumentKind,
    DocumentView,
    PageUnreadable,
    document_view,
    mark,
    page_image,
    pages_html,
)
from interlock.papers.documents.value_keys import keys_of, value_keys
from tests.systems.einvoice.samples import DATA, NO_DATA, cii, pdf, ubl

INVOICES = DATA / "zugferd_corpus" / "XML-Rechnung"
MAILS = DATA / "mime_emails" / "mime_give.tar.xz"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason=NO_DATA)

LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">
<!ENTITY lol1 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;">
<!ENTITY lol2 "&lol1;&lol1;&lol1;&lol1;&lol1;&lol1;&lol1;&lol1;">]><lolz>&lol2;</lolz>"""
OUTSIDE = (
    b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><x>&f;</x>"""
)
SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>"


def said(view: DocumentView) -> str:
    """The text a reader sees."""
    return parser.fromstring(f"<div>{view.html}</div>").text_content()


def is_calm(view: DocumentView) -> bool:
    """True when nothing in the HTML can run, load or style anything."""
    page = parser.fromstring(f"<div>{view.html}</div>")
    names = {n.lower() for each in page.iter() if isinstance(each.tag, str) for n in each.attrib}
    tags = {each.tag for each in page.iter()}
    allowed = {"div", "section", "h3", "dl", "dt", "dd", "span", "table", "thead", "tbody"}
    return tags <= allowed | {"tr", "th", "td", "p"} and names <= {
        "class",
        "id",
        "scope",
        "tabindex",
        "role",
        "aria-label",
    }


def a_pdf(*lines: str, width: float = 210, height: float = 297) -> bytes:
    """A PDF with these lines, one below the other."""
    paper = FPDF(format=(width, height))
    paper.add_page()
    paper.set_font("helvetica", size=11)
    for line in lines:
        paper.cell(0, 8, line, new_x="LMARGIN", new_y="NEXT")
    return bytes(paper.output())


def a_mail(text: str = "Please pay.", html: str = "", **headers: str) -> bytes:
    """A mail with a file on it."""
    mail = EmailMessage()
    for name, value in {"From": "a@b.example", "Subject": "Invoice 17", **headers}.items():
        mail[name] = value
    if text:
        mail.set_content(text)
    if html:
        (mail.add_alternative if text else mail.set_content)(html, subtype="html")
    mail.add_attachment(b"a,b\n1,2\n", maintype="text", subtype="csv", filename="lines.csv")
    return bytes(mail)


@pytest.mark.parametrize("content", [ubl(), cii()], ids=["ubl", "cii"])
def test_an_invoice_reads_like_one(content: bytes) -> None:
    """A clerk reads seller, lines and totals, not angle brackets."""
    view = document_view("r1.xml", content, "mail")

    assert (view.kind, view.title, view.note) == (DocumentKind.XML, "Invoice", "")
    text = said(view)
    for words in ("Seller", "Buyer", "Lines", "Totals", "To pay", "Lamp", "Kiel", "2024-03-05"):
        assert words in text, words
    assert is_calm(view)


@needs_data
@pytest.mark.parametrize("folder", ["CII", "UBL", "FX"])
def test_every_real_invoice_has_a_view_with_its_total(folder: str) -> None:
    """Built for real files, not for samples."""
    files = sorted((INVOICES / folder).iterdir())
    assert files

    for file in files:
        view = document_view(file.name, file.read_bytes(), "folder")
        assert view.kind is (DocumentKind.PDF if folder == "FX" else DocumentKind.XML), file.name
        assert "Totals" in said(view), file.name
        assert is_calm(view), file.name
        assert len({value.id for value in view.values}) == len(view.values)


@needs_data
def test_a_new_format_is_readable_too() -> None:
    """FatturaPA has no reader of ours, and a person must still see what it says."""
    files = sorted((DATA / "zugferd_corpus" / "fatturaPA").rglob("*.xml"))
    if not files:
        pytest.skip(NO_DATA)

    for file in files:
        view = document_view(file.name, file.read_bytes())
        assert view.kind is DocumentKind.XML or "broken" in view.note, file.name
        assert len(view.values) > 10, file.name


@needs_data
def test_read_fields_are_marked_on_the_page() -> None:
    """A reviewer compares a field with the very place it was read from."""
    content = (INVOICES / "FX" / "EN16931_Einfach.pdf").read_bytes()
    view = document_view("invoice.pdf", content)
    fields = {
        "number": "471102",
        "issue_date": "2018-03-05",
        "payable": 529.87,
        "seller_name": "Lieferant GmbH",
        "lines": [{"description": "Joghurt Banane", "net": Decimal("275.00")}],
        "order": "not in the document",
    }

    marks = {each.field: each for each in mark(view, fields)}

    assert {name: each.page for name, each in marks.items()} == {
        "number": 1,
        "issue_date": 1,
        "payable": 2,
        "seller_name": 1,
        "lines.1.description": 2,
    }
    assert marks["issue_date"].text == "05.03.2018"
    for each in marks.values():
        page, [box] = view.pages[each.page - 1], each.boxes
        assert 0 <= box.left < box.left + box.width <= page.width
        assert 0 <= box.top < box.top + box.height <= page.height


@needs_data
def test_real_mails_have_views() -> None:
    """Mail from the world is broken in ways nobody would think of."""
    if not MAILS.is_file():
        pytest.skip(NO_DATA)
    count = 0
    with tarfile.open(MAILS) as archive:
        for member in archive:
            file = archive.extractfile(member)
            if file is None:
                continue
            view = document_view(member.name.replace(".txt", ".eml"), file.read())
            count += view.kind is DocumentKind.MAIL
            assert is_calm(view), member.name
    assert count > 0


def test_a_mark_leads_to_its_place() -> None:
    """The field's link and the place it points to are one id."""
    view = document_view("r1.xml", ubl(), prefix="doc1")

    [found] = mark(view, {"payable": 100.0})

    page = parser.fromstring(f"<div>{view.html}</div>")
    assert found.anchor.startswith("doc1-")
    assert page.get_element_by_id(found.anchor).text == "100.00 EUR"


def test_pages_carry_the_marks() -> None:
    """Boxes lie on the page's own scale, so they fit at any width."""
    content = a_pdf("Invoice R-17", "Total 1.234,50 EUR")
    view = document_view("r.pdf", content)
    marks = mark(view, {"total": 1234.5, "number": "R-17"})

    shown = pages_html(view, marks, lambda number: f"/page/{number}.png")

    page = parser.fromstring(f"<div>{shown}</div>")
    assert page.xpath("//image/@href") == ["/page/1.png"]
    assert {str(each) for each in page.xpath("//g/@id")} == {each.anchor for each in marks}
    assert len(page.xpath("//rect")) == 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1.234,50", "1234.5"),
        ("1,234.50 EUR", "1234.50"),
        ("€ 1 234,50", "1234.5"),
        ("16'255.00", "16255"),
        ("-12,00", "-12"),
        ("05.03.2024", "2024-03-05"),
        ("5 March 2024", "2024-03-05"),
        ("5. März 2024", "2024-03-05"),
        ("03/05/2024", "2024-03-05"),
        ("20240305", "2024-03-05"),
        ("DE02 1203 0000", "DE0212030000"),
        ("Nordlicht  GmbH", "nordlicht gmbh"),
    ],
)
def test_two_spellings_of_one_value_are_known(one: str, other: str) -> None:
    """A document writes for people, a case for programs."""
    assert keys_of(one) & value_keys(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("16,255.00", "1625500"), ("0088", "88"), ("12.5", "125"), ("2024-03-05", "2024-03-06")],
)
def test_two_values_that_only_look_alike_are_kept_apart(one: str, other: str) -> None:
    """A mark on the wrong place is worse than none."""
    assert not keys_of(one) & value_keys(other)


def test_a_picture_of_a_page_is_as_wide_as_asked() -> None:
    """Our own PNG, whatever the document was."""
    picture = Image.open(io.BytesIO(page_image(a_pdf("R-17"), 1, 500)))

    assert (picture.format, picture.width) == ("PNG", 500)


@pytest.mark.parametrize("number", [0, 2, -1, 10**9])
def test_a_page_that_is_not_there_is_refused(number: int) -> None:
    with pytest.raises(PageUnreadable, match="there is no page"):
        page_image(a_pdf("R-17"), number, 500)


def test_a_huge_page_becomes_a_picture_of_bearable_size() -> None:
    """Five metres square at full scale would be gigabytes."""
    picture = Image.open(io.BytesIO(page_image(a_pdf("R", width=5000, height=5000), 1, 10**9)))

    assert picture.width * picture.height <= 12_000_000


def test_a_mail_is_read_with_what_hangs_on_it() -> None:
    view = document_view("m.eml", a_mail("Pay 12.50 please."))

    assert (view.kind, view.title) == (DocumentKind.MAIL, "Invoice 17")
    assert "Pay 12.50 please." in said(view)
    assert [(each.name, each.content) for each in view.attachments] == [
        ("lines.csv", b"a,b\n1,2\n")
    ]


def test_html_mail_is_text_and_fetches_nothing() -> None:
    """A picture from elsewhere tells its sender that somebody read the mail."""
    html = f'<p>Dear all</p><img src="https://x.example/t.gif">{SCRIPT}<p>Pay <b>now</b></p>'
    view = document_view("m.eml", a_mail("", html))

    assert is_calm(view)
    assert "x.example" not in view.html
    assert "alert(1)" not in said(view)
    assert "Dear all" in said(view)
    assert "Pay now" in said(view)
    assert "HTML" in view.note


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("t.csv", "näme;note\nA;1,5\nB;2".encode(), DocumentKind.TABLE),
        ("t.csv", "näme;note\nÄ;1".encode("cp1252"), DocumentKind.TABLE),
        ("t.txt", "Grüße".encode("utf-16"), DocumentKind.TEXT),
        ("t.json", b'{"a": [{"b": 1}, {"b": 2}], "c": {"d": null}}', DocumentKind.JSON),
        ("noname", b"plain words", DocumentKind.TEXT),
        ("m.msg", a_mail(), DocumentKind.MAIL),
        ("x.bin", b"\0\1\2\3", DocumentKind.UNKNOWN),
        ("x.zip", b"PK\3\4\0\0", DocumentKind.UNKNOWN),
        ("empty", b"", DocumentKind.TEXT),
    ],
)
def test_the_kind_is_what_the_bytes_say(name: str, content: bytes, kind: DocumentKind) -> None:
    view = document_view(name, content)

    assert view.kind is kind
    assert is_calm(view)


def hostile() -> Iterator[tuple[str, str, bytes]]:
    """Documents that were written to do harm, and what they are."""
    yield "laughs", "x.xml", LAUGHS
    yield "outside", "x.xml", OUTSIDE
    yield "utf7", "x.xml", b'<?xml version="1.0" encoding="utf-7"?><x>+ADw-script+AD4-</x>'
    yield "windows", "x.xml", b'<?xml version="1.0" encoding="windows-1252"?>' + LAUGHS[21:]
    yield "deep xml", "x.xml", b"<a>" * 200_000
    yield "deep xml closed", "x.xml", b"<a>" * 250 + b"1" + b"</a>" * 250
    yield "wide xml", "x.xml", b"<a>" + b"<b><c>1</c><d>2</d></b>" * 20_000 + b"</a>"
    yield "deep json", "x.json", b"[" * 200_000
    yield "long number", "x.json", b'{"a": ' + b"9" * 10_000 + b"}"
    yield "nan", "x.json", b'{"a": NaN, "b": 1e999}'
    yield "script xml", "x.xml", f"<a><b>{SCRIPT.replace('<', '&lt;')}</b></a>".encode()
    yield "script csv", "x.csv", f"{SCRIPT},b\n{SCRIPT},2".encode()
    yield "script json", "x.json", f'{{"{SCRIPT}": "{SCRIPT}"}}'.encode()
    yield "script text", f"{SCRIPT}.txt", SCRIPT.encode()
    yield "script mail", "m.eml", a_mail(SCRIPT, Subject=SCRIPT.replace("\n", ""))
    yield "half pdf", "x.pdf", a_pdf("R-17")[:600]
    yield "fake pdf", "x.pdf", b"%PDF-1.7 nothing"
    yield "fake png", "x.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 40
    yield "bomb png", "x.png", a_bomb()
    yield "wide csv", "x.csv", (b"a," * 5_000 + b"\n") * 50
    yield "long field csv", "x.csv", b'"' + b"a" * 300_000 + b'",1\n'
    yield "turned", "\u202efdp.exe", "a\u202eb\u0000c".encode()
    yield "surrogates", "x.json", b'{"a": "\\ud800"}'
    yield "headers", "m.eml", b"From: =?x?q?=FF?=\r\nSubject: =?utf-8?b?!!!?=\r\n\r\n\xff\xfe"
    yield "charset", "m.eml", b"From: a\nTo: b\nContent-Type: text/plain; charset=nope\n\n\xe4"
    yield "boundary", "m.eml", b"From: a\nTo: b\nContent-Type: multipart/mixed\n\nno boundary"


def a_bomb() -> bytes:
    """A PNG of a few bytes that says it is 50,000 pixels wide and high."""
    size = (50_000).to_bytes(4, "big") * 2
    head = b"IHDR" + size + bytes([8, 2, 0, 0, 0])
    chunk = (13).to_bytes(4, "big") + head + zlib.crc32(head).to_bytes(4, "big")
    return b"\x89PNG\r\n\x1a\n" + chunk + b"\0\0\0\0IDAT" + b"\0" * 4


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    ("name", "content"),
    [pytest.param(name, content, id=what) for what, name, content in hostile()],
)
def test_a_hostile_document_is_only_a_view(name: str, content: bytes) -> None:
    """It neither runs nor breaks nor costs more than a moment."""
    view = document_view(name, content)

    assert is_calm(view)
    assert "<script" not in view.html
    assert "root:" not in said(view)
    assert len(view.html) < 3_000_000
    assert "\u202e" not in view.name
    view.html.encode("utf-8")


def test_what_is_wrong_is_said() -> None:
    """A reviewer must know that a document was not shown, and why."""
    assert "declaration" in document_view("x.xml", LAUGHS).note
    assert "damaged" in document_view("x.pdf", b"%PDF-1.7 nothing").note
    assert "pixels" in document_view("x.png", a_bomb()).note
    assert "too many" in document_view("x.txt", b"a" * 21_000_000).note
    assert "left out" in document_view("x.csv", b"a,b\n" + b"1,2\n" * 9_000).note


def test_a_pdf_with_data_in_it_shows_both() -> None:
    view = document_view("r.pdf", pdf(("factur-x.xml", cii())))

    assert len(view.pages) == 1
    assert "Totals" in said(view)
    assert [each.name for each in view.attachments] == ["factur-x.xml"]


def test_bad_data_in_a_pdf_leaves_its_pages() -> None:
    view = document_view("r.pdf", pdf(("factur-x.xml", LAUGHS)))

    assert (view.kind, len(view.pages)) == (DocumentKind.PDF, 1)
    assert "factur-x.xml" in view.note


@given(content=st.binary(max_size=300), name=st.sampled_from(["a.xml", "a.pdf", "a.eml", "a"]))
def test_any_bytes_at_all_have_a_view(content: bytes, name: str) -> None:
    """There is no input for which the desk shows an error page."""
    assert is_calm(document_view(name, content))


@given(
    fields=st.recursive(
        st.text(max_size=8) | st.integers() | st.floats() | st.booleans() | st.none(),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
        ),
        max_leaves=6,
    )
)
def test_any_fields_can_be_looked_for(fields: Any) -> None:
    """What a model returned may be anything, and is only looked for."""
    view = document_view("r1.xml", ubl())

    for each in mark(view, {"field": fields}):
        assert each.anchor in {value.id for value in view.values}
