"""Documents made readable, whatever they are and whoever sent them."""

from interlock.papers.documents.document_view import document_view, kind_of
from interlock.papers.documents.marking import mark
from interlock.papers.documents.pages import PageUnreadable, page_image, pages_html
from interlock.papers.documents.view import (
    Attachment,
    Box,
    DocumentKind,
    DocumentView,
    Mark,
    PageView,
    Value,
    Word,
)

__all__ = [
    "Attachment",
    "Box",
    "DocumentKind",
    "DocumentView",
    "Mark",
    "PageUnreadable",
    "PageView",
    "Value",
    "Word",
    "document_view",
    "kind_of",
    "mark",
    "page_image",
    "pages_html",
]
