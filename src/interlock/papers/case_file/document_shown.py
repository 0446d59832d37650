"""The source document of a case file: readable, with the original bytes.

One rule: bytes cannot be searched for what is protected, so whoever may not see everything gets
none of them: neither the file, nor a picture of it, nor its text.
"""

from __future__ import annotations

from typing import Final

from interlock.canonical import content_digest
from interlock.papers.case_file.record import CaseRecord
from interlock.papers.case_file.redaction import Redactor
from interlock.papers.case_file.view import DocumentShown, Fact
from interlock.papers.documents import PageUnreadable, document_view, mark, page_image
from interlock.papers.documents.view import DocumentView

LARGEST_EMBEDDED: Final = 10_000_000  # bytes; a mail with the case file must still be sent
MOST_PICTURES: Final = 12
PICTURE_WIDTH: Final = 1_000  # pixels: A4 at 120 dpi, readable on paper


def document_shown(record: CaseRecord, redactor: Redactor) -> DocumentShown | None:
    """The document the case came from; None when it came from none."""
    source = record.case.source
    if source is None:
        return None
    facts = [
        Fact(label="Name", text=redactor.text(source.name)),
        Fact(label="Came by", text=source.channel),
        Fact(label="SHA-256", text=source.document),
    ]
    row = record.document
    if row is None:
        return DocumentShown(facts=tuple(facts), withheld="its bytes are not kept any more")
    facts.append(Fact(label="Size", text=f"{len(row.content):,} bytes"))
    if redactor.hides:
        why = "it may hold values that this reader may not see; its digest proves which it was"
        return DocumentShown(facts=tuple(facts), withheld=why)
    if content_digest(row.content) != source.document:
        why = "the bytes that are kept are not the ones the case came from"
        return DocumentShown(facts=tuple(facts), withheld=why)
    view = document_view(source.name, row.content, source.channel, prefix="source")
    return DocumentShown(
        facts=tuple(facts),
        view=view,
        marks=mark(view, record.case.data, prefix="source-mark"),
        pictures=tuple(_pictures(view, row.content)),
        content=row.content if len(row.content) <= LARGEST_EMBEDDED else None,
    )


def _pictures(view: DocumentView, content: bytes) -> list[bytes]:
    pictures: list[bytes] = []
    for page in view.pages[:MOST_PICTURES]:
        try:
            pictures.append(page_image(content, page.number, PICTURE_WIDTH))
        except PageUnreadable:
            break
    return pictures
