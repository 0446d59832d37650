"""A PDF as pages with words in their places, and as pictures of its pages.

One rule: PDFium is not safe for threads, so everything that touches it waits for one lock.
"""

from __future__ import annotations

import ctypes
import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any, Final

from interlock.errors import MissingExtra
from interlock.papers.documents.reading import Places, Reading, clean
from interlock.papers.documents.view import (
    Attachment,
    Box,
    DocumentKind,
    PageView,
    Part,
    Word,
)
from interlock.papers.documents.xml_reading import XmlRefused, read_xml

MOST_PAGES: Final = 200
MOST_PAGES_WITH_WORDS: Final = 40
MOST_LETTERS_A_PAGE: Final = 20_000
MOST_PIXELS: Final = 12_000_000  # of one page's picture: A4 at 300 dpi has 8.7 million
NARROWEST: Final = 64  # pixels
WIDEST: Final = 2_400
LARGEST_ATTACHMENT: Final = 20_000_000  # bytes
MOST_ATTACHMENTS: Final = 50
FINE: Final = 64  # steps to a point when places are converted
SAME_LINE: Final = 0.6  # of a letter's height, by which a line may wander
NOWHERE: Final = Box(left=0, top=0, width=0, height=0)
_ONE_AT_A_TIME: Final = Lock()


class PdfRefused(ValueError):
    """It cannot be opened as a PDF; the words say why."""


def read_pdf(content: bytes, places: Places) -> Reading:
    """Its pages with their words, and the XML it carries. Raises: PdfRefused."""
    with _opened(content) as pdf:
        count = len(pdf)
        pages = tuple(_page(pdf, at) for at in range(min(count, MOST_PAGES)))
        attachments = tuple(_attachments(pdf))
    parts, notes = _embedded(attachments, places)
    if count > MOST_PAGES:
        notes += (f"only its first {MOST_PAGES} of {count:,} pages are shown",)
    if count and not any(page.words for page in pages):
        notes += ("its pages are pictures without text, so no field can be marked on them",)
    return Reading(
        kind=DocumentKind.PDF,
        title=f"PDF of {count} page{'' if count == 1 else 's'}",
        media_type="application/pdf",
        parts=parts,
        pages=pages,
        attachments=attachments,
        notes=(*notes, *places.notes()),
    )


def pdf_picture(content: bytes, number: int, width: int) -> bytes:
    """A page as PNG, about so many pixels wide. Raises: PdfRefused."""
    with _opened(content) as pdf:
        if not 1 <= number <= len(pdf):
            raise PdfRefused(f"there is no page {number}; it has {len(pdf)}")
        page = pdf[number - 1]
        across, down = page.get_size()
        if across <= 0 or down <= 0:
            raise PdfRefused(f"page {number} has no size")
        wanted = min(max(width, NARROWEST), WIDEST) / across
        scale = min(wanted, (MOST_PIXELS / (across * down)) ** 0.5)
        picture = page.render(scale=scale).to_pil().convert("RGB")
    written = io.BytesIO()
    picture.save(written, "PNG", optimize=False)
    return written.getvalue()


@contextmanager
def _opened(content: bytes) -> Iterator[Any]:
    try:
        import pypdfium2 as pdfium  # type: ignore[import-untyped]
    except ImportError:
        raise MissingExtra("pypdfium2", "web") from None
    with _ONE_AT_A_TIME:
        try:
            pdf = pdfium.PdfDocument(content)
        except pdfium.PdfiumError as problem:
            locked = "assword" in str(problem)
            why = "it is locked with a password" if locked else "it is damaged, or no PDF at all"
            raise PdfRefused(why) from None
        try:
            yield pdf
        except pdfium.PdfiumError as problem:
            raise PdfRefused(f"it is damaged ({problem})") from None
        finally:
            pdf.close()


def _page(pdf: Any, at: int) -> PageView:
    page = pdf[at]
    width, height = page.get_size()
    words = tuple(_words(page, width, height)) if at < MOST_PAGES_WITH_WORDS else ()
    return PageView(number=at + 1, width=round(width, 2), height=round(height, 2), words=words)


def _words(page: Any, width: float, height: float) -> Iterator[Word]:
    """The words of a page in reading order of the file."""
    letters: list[tuple[str, Box]] = []
    last: Word | None = None
    for letter, box in [*_letters(page, page.get_textpage(), width, height), (" ", NOWHERE)]:
        ends = letter.isspace() or bool(letters and _is_apart(letters[-1][1], box))
        if ends and letters:
            last = _word(letters, last)
            yield last
            letters = []
        if not letter.isspace():
            letters.append((letter, box))


def _letters(page: Any, text: Any, width: float, height: float) -> Iterator[tuple[str, Box]]:
    from pypdfium2 import raw

    for at in range(min(text.count_chars(), MOST_LETTERS_A_PAGE)):
        code = raw.FPDFText_GetUnicode(text.raw, at)
        letter = chr(code) if 0 < code <= sys.maxunicode else " "
        left, low, right, high = text.get_charbox(at, loose=True)
        x0, y0 = _place(page, raw, width, height, left, high)
        x1, y1 = _place(page, raw, width, height, right, low)
        box = Box(left=min(x0, x1), top=min(y0, y1), width=abs(x1 - x0), height=abs(y1 - y0))
        yield letter, box


def _place(
    page: Any, raw: Any, width: float, height: float, x: float, y: float
) -> tuple[float, float]:
    """A point of the page in points from the top left of what is seen, rotation included."""
    across, down = ctypes.c_int(), ctypes.c_int()
    raw.FPDF_PageToDevice(
        page.raw, 0, 0, int(width * FINE), int(height * FINE), 0, x, y, across, down
    )
    return across.value / FINE, down.value / FINE


def _is_apart(before: Box, after: Box) -> bool:
    """True when the letter starts a new word though no space stands between."""
    reach = max(before.height, after.height) * SAME_LINE
    is_below = abs(after.top - before.top) > reach
    return is_below or after.left - (before.left + before.width) > reach


def _word(letters: list[tuple[str, Box]], before: Word | None) -> Word:
    boxes = [box for _, box in letters]
    left, top = min(b.left for b in boxes), min(b.top for b in boxes)
    box = Box(
        left=round(left, 2),
        top=round(top, 2),
        width=round(max(b.left + b.width for b in boxes) - left, 2),
        height=round(max(b.top + b.height for b in boxes) - top, 2),
    )
    text = "".join(letter for letter, _ in letters)
    if before is None:
        return Word(text=text, box=box, line=1)
    beside = abs(before.box.top - box.top) <= SAME_LINE * max(before.box.height, box.height)
    return Word(text=text, box=box, line=before.line if beside else before.line + 1)


def _attachments(pdf: Any) -> Iterator[Attachment]:
    from pypdfium2 import PdfiumError

    for at in range(min(pdf.count_attachments(), MOST_ATTACHMENTS)):
        attachment = pdf.get_attachment(at)
        try:
            name, content = attachment.get_name(), bytes(attachment.get_data())
        except PdfiumError:  # a name without a file behind it
            continue
        is_xml = name.lower().endswith(".xml")
        yield Attachment(
            name=clean(name),
            media_type="application/xml" if is_xml else "application/octet-stream",
            size=len(content),
            content=content if len(content) <= LARGEST_ATTACHMENT else None,
        )


def _embedded(
    attachments: tuple[Attachment, ...], places: Places
) -> tuple[tuple[Part, ...], tuple[str, ...]]:
    """What the first XML file in it says, which is the invoice a machine reads."""
    for each in attachments:
        if each.content and each.media_type == "application/xml":
            try:
                parts = read_xml(each.content, places).parts
            except XmlRefused as problem:
                return (), (f"the XML file in it, {each.name}, cannot be shown: {problem}",)
            return parts, (f"it also carries data of its own ({each.name}), shown after its pages",)
    return (), ()
