"""The pages of a document as pictures, with the read fields marked on them.

One rule: a page is a picture of our own making; nothing of the file itself reaches a browser.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from markupsafe import Markup

from interlock.errors import InterlockError
from interlock.papers.documents.document_view import _templates, kind_of
from interlock.papers.documents.pdf_reading import PdfRefused, pdf_picture
from interlock.papers.documents.picture import PictureRefused, picture_png
from interlock.papers.documents.view import DocumentKind, DocumentView, Mark


class PageUnreadable(InterlockError):
    """A page of a document cannot be made into a picture."""

    code = "page_unreadable"

    def __init__(self, number: int, why: str) -> None:
        super().__init__(number, why)
        self.number, self.why = number, why

    def __str__(self) -> str:
        return f"page {self.number} cannot be shown: {self.why}; download the document instead"


def page_image(content: bytes, number: int, width: int = 1_200) -> bytes:
    """One page of a PDF, or a picture, as PNG about so many pixels wide; pages count from 1.

    Raises: PageUnreadable; MissingExtra.
    """
    kind = kind_of("", content)
    try:
        if kind is DocumentKind.PDF:
            return pdf_picture(content, number, width)
        if kind is DocumentKind.IMAGE:
            return picture_png(content, width)
    except (PdfRefused, PictureRefused) as problem:
        raise PageUnreadable(number, str(problem)) from None
    raise PageUnreadable(number, "the document has no pages")


def pages_html(
    view: DocumentView, marks: Sequence[Mark], image_url: Callable[[int], str]
) -> Markup:
    """The pages of a view as HTML, the marked places drawn over them; empty when it has none.

    image_url: the address of a page's picture, by its number.
    """
    template = _templates().get_template("pages.html")
    shown = template.render(
        pages=view.pages, marks=marks, image_url=image_url, title=view.name or view.title
    )
    return Markup(shown)
