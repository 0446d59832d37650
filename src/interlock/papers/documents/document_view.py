"""Any document as a view: `document_view` always answers, whatever the bytes.

One rule: a document that cannot be shown is still a view, which says what is wrong with it.
"""

from __future__ import annotations

import mimetypes
import re
from functools import cache
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from interlock.errors import InterlockError
from interlock.papers.documents.reading import MOST_BYTES, Places, Reading, clean
from interlock.papers.documents.view import DocumentKind, DocumentView, Part

LOOKED_AT: Final = 4_096  # first bytes that tell the kind
_MAIL: Final = re.compile(
    rb"\A(?:[A-Za-z][A-Za-z0-9-]{0,60}:[^\n]*\r?\n(?:[ \t][^\n]*\r?\n)*){2,}", re.ASCII
)
_MAIL_HEADER: Final = re.compile(
    rb"^(?:From|To|Subject|MIME-Version|Received|Message-ID):", re.IGNORECASE | re.MULTILINE
)
_BY_NAME: Final = {
    "csv": DocumentKind.TABLE,
    "tsv": DocumentKind.TABLE,
    "eml": DocumentKind.MAIL,
    "json": DocumentKind.JSON,
    "md": DocumentKind.TEXT,
    "txt": DocumentKind.TEXT,
    "log": DocumentKind.TEXT,
    "xml": DocumentKind.XML,
}


def document_view(
    name: str, content: bytes, channel: str = "", *, prefix: str = "src"
) -> DocumentView:
    """The document, readable; never raises for what the bytes hold.

    prefix: what ids in its HTML begin with, so that several can stand on one page.
    """
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    kind = kind_of(name, content)
    places = Places(prefix=prefix)
    if len(content) > MOST_BYTES:
        reading = _unshown(media_type, f"it has {len(content):,} bytes, too many to be shown")
    else:
        reading = _read(kind, content, places, media_type)
    return DocumentView(
        kind=reading.kind,
        title=clean(reading.title),
        html=parts_html(reading.parts),
        name=clean(name),
        channel=channel,
        media_type=reading.media_type,
        size=len(content),
        pages=reading.pages,
        attachments=reading.attachments,
        parts=reading.parts,
        note=_sentence(reading.notes),
    )


def kind_of(name: str, content: bytes) -> DocumentKind:
    """What the document is by its first bytes, then by its name."""
    start = content[:LOOKED_AT].lstrip(b"\xef\xbb\xbf \t\r\n")
    ending = name.rpartition(".")[2].lower()
    if b"%PDF-" in content[:1024]:
        return DocumentKind.PDF
    if start.startswith((b"\x89PNG\r\n", b"\xff\xd8\xff")):
        return DocumentKind.IMAGE
    if start.startswith(b"<?xml") or (
        ending == "xml" and start.startswith((b"<", b"\xff", b"\xfe"))
    ):
        return DocumentKind.XML
    if ending == "eml" or (_MAIL.match(start) and len(_MAIL_HEADER.findall(start)) > 1):
        return DocumentKind.MAIL
    if start[:1] in (b"{", b"[") and ending in ("json", "", name.lower()):
        return DocumentKind.JSON
    if _is_binary(content[:LOOKED_AT]):
        return DocumentKind.UNKNOWN
    return _BY_NAME.get(ending, DocumentKind.TEXT)


def parts_html(parts: tuple[Part, ...]) -> Markup:
    """The parts of a view as HTML, every text escaped."""
    return Markup(_templates().get_template("document.html").render(parts=parts))


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("interlock.papers.documents"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _read(kind: DocumentKind, content: bytes, places: Places, media_type: str) -> Reading:
    """The edge to the parsers of others: what they raise becomes a sentence in the view."""
    try:
        return _read_as(kind, content, places, media_type)
    except InterlockError as problem:
        return _unshown(media_type, str(problem))
    except RecursionError:
        return _instead(content, places, "it is nested too deeply to be shown")
    except Exception as problem:  # noqa: BLE001 - hostile bytes meet parsers that are not ours
        said = str(problem) if type(problem).__name__.endswith("Refused") else ""
        return _instead(content, places, said or f"it cannot be read ({type(problem).__name__})")


def _read_as(kind: DocumentKind, content: bytes, places: Places, media_type: str) -> Reading:
    match kind:
        case DocumentKind.XML:
            from interlock.papers.documents.xml_reading import read_xml

            return read_xml(content, places)
        case DocumentKind.PDF:
            from interlock.papers.documents.pdf_reading import read_pdf

            return read_pdf(content, places)
        case DocumentKind.IMAGE:
            from interlock.papers.documents.picture import read_picture

            return read_picture(content)
        case DocumentKind.MAIL:
            from interlock.papers.documents.mail_reading import read_mail

            return read_mail(content, places)
        case DocumentKind.UNKNOWN:
            return _unshown(media_type, "files of this kind are not shown; they can be downloaded")
    from interlock.papers.documents.plain_reading import read_json, read_table, read_text

    readers = {DocumentKind.TABLE: read_table, DocumentKind.JSON: read_json}
    return readers.get(kind, read_text)(content, places)


def _instead(content: bytes, places: Places, why: str) -> Reading:
    """What can be shown of a document that is not what it says: its plain text, if it has any."""
    if _is_binary(content[:LOOKED_AT]) or not content.strip():
        return _unshown("application/octet-stream", why)
    from interlock.papers.documents.plain_reading import read_text

    fresh = Places(prefix=places.prefix, most=400)
    reading = read_text(content, fresh)
    return Reading(
        kind=DocumentKind.TEXT,
        title="Shown as it is written",
        media_type="text/plain",
        parts=reading.parts,
        notes=(why, *reading.notes),
    )


def _unshown(media_type: str, why: str) -> Reading:
    return Reading(
        kind=DocumentKind.UNKNOWN, title="Not shown", media_type=media_type, notes=(why,)
    )


def _is_binary(start: bytes) -> bool:
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):  # UTF-16 says so itself
        return False
    controls = sum(1 for byte in start if byte < 32 and byte not in (9, 10, 12, 13))  # noqa: PLR2004
    return b"\0" in start or controls * 20 > max(len(start), 1)


def _sentence(notes: tuple[str, ...]) -> str:
    text = "; ".join(note.rstrip(".") for note in notes)
    return clean(f"{text[:1].upper()}{text[1:]}." if text else "")
