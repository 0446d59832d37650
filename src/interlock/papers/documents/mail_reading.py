"""A mail made readable: who, when, what about, its text and what hangs on it.

One rule: nothing a mail names is ever fetched, and HTML in it is read as text only.
"""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Final

from interlock.papers.documents.plain_reading import decoded, prose
from interlock.papers.documents.reading import Places, Reading, clean
from interlock.papers.documents.view import Attachment, DocumentKind, Row, Rows

HEADERS: Final = ("From", "To", "Cc", "Reply-To", "Date", "Subject")
MOST_ATTACHMENTS: Final = 100
LARGEST_ATTACHMENT: Final = 20_000_000  # bytes
SILENT: Final = ("script", "style", "head", "title", "noscript", "template", "svg", "object")
BREAKS: Final = frozenset(
    ("p", "div", "br", "tr", "li", "blockquote", "table", "hr", "ul", "ol", "pre", "h1", "h2", "h3")
)


def read_mail(content: bytes, places: Places) -> Reading:
    """The mail's headers, text and attachments."""
    mail = message_from_bytes(content, policy=policy.default)
    assert isinstance(mail, EmailMessage)  # what policy.default makes
    body, is_html = _body(mail)
    notes = ["its text is HTML and is shown without its looks"] if is_html else []
    if mail.defects:
        notes.append(f"it is not written as mail should be ({type(mail.defects[0]).__name__})")
    attachments = tuple(_attachments(mail))
    rows = [
        Row(label=name, value=places.value(_header(mail, name), name))
        for name in HEADERS
        if _header(mail, name)
    ]
    return Reading(
        kind=DocumentKind.MAIL,
        title=_header(mail, "Subject") or "Mail without a subject",
        media_type="message/rfc822",
        parts=(Rows(title="Mail", rows=tuple(rows)), prose("Text", body, places)),
        attachments=attachments,
        notes=(*notes, *places.notes()),
    )


def _header(mail: EmailMessage, name: str) -> str:
    try:
        return " ".join(str(mail.get(name, "")).split())
    except Exception:  # noqa: BLE001 - the header parser fails in many ways on broken headers
        raw = dict(mail.raw_items()).get(name, "")
        return " ".join(str(raw).split())


def _body(mail: EmailMessage) -> tuple[str, bool]:
    """The text of the mail, and whether it came from HTML."""
    html = ""
    for part in _leaves(mail):
        if part.get_content_disposition() == "attachment":
            continue
        kind = part.get_content_type()
        if kind == "text/plain" and (text := _text(part)).strip():
            return text, False
        if kind == "text/html" and not html:
            html = _text(part)
    return (text_of_html(html), True) if html.strip() else ("", False)


def _leaves(mail: EmailMessage) -> Iterator[EmailMessage]:
    for part in mail.walk():
        if not part.is_multipart() and isinstance(part, EmailMessage):
            yield part


def _text(part: EmailMessage) -> str:
    payload = part.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) else b""
    charset = part.get_content_charset() or ""
    try:
        return raw.decode(charset) if charset else decoded(raw)[0]
    except (LookupError, UnicodeDecodeError, ValueError):
        return decoded(raw)[0]


def _attachments(mail: EmailMessage) -> Iterator[Attachment]:
    found = 0
    for part in _leaves(mail):
        name = _file_name(part)
        is_text = part.get_content_maintype() == "text" and not name
        if is_text and part.get_content_disposition() != "attachment":
            continue
        found += 1
        if found > MOST_ATTACHMENTS:
            return
        payload = part.get_payload(decode=True)
        raw = payload if isinstance(payload, bytes) else b""
        yield Attachment(
            name=clean(name) or f"part {found}",
            media_type=part.get_content_type(),
            size=len(raw),
            content=raw if len(raw) <= LARGEST_ATTACHMENT else None,
        )


def _file_name(part: EmailMessage) -> str:
    try:
        return str(part.get_filename() or "")
    except Exception:  # noqa: BLE001 - as for headers
        return ""


def text_of_html(html: str) -> str:
    """What a person would read of the HTML; links, pictures and code are not in it."""
    from lxml import etree  # an extra, and only HTML mail needs it
    from lxml import html as parser

    try:
        root = parser.document_fromstring(html.encode("utf-8", "replace"))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return ""
    parts: list[str] = []
    for event, element in etree.iterwalk(root, events=("start", "end")):
        name = element.tag if isinstance(element.tag, str) else ""
        hidden = not name or name in SILENT or any(a.tag in SILENT for a in element.iterancestors())
        if event == "start":
            parts.append("\n" if name in BREAKS else "")
            parts.append("" if hidden else " ".join((element.text or "").split()) + " ")
        else:
            parts.append("\n" if name in BREAKS - {"br"} else "")
            outside = any(a.tag in SILENT for a in element.iterancestors())
            parts.append("" if outside else " ".join((element.tail or "").split()) + " ")
    lines = [" ".join(line.split()) for line in "".join(parts).splitlines()]
    return "\n".join(line for at, line in enumerate(lines) if line or (at and lines[at - 1]))
