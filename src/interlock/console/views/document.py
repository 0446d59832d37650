"""The source document of a task, readable, with the places that its fields were read from.

One rule: a document is somebody's file; it is only ever shown through `papers.documents`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from interlock.domain.case import Case
from interlock.domain.review import ReviewTask
from interlock.papers.documents import DocumentView, document_view, mark, pages_html
from interlock.runtime.context import Context
from interlock.storage import DocumentUnknown


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentShown:
    """One document beside a task.

    pages: its pages as pictures, empty when it has none. html: what it says as text or data; of a
    PDF, the data it carries. sources: where the value of each field stands, by field.
    """

    name: str
    note: str
    pages: Markup
    html: Markup
    download: str
    sources: Mapping[str, str]


def document_shown(
    context: Context, case: Case, task: ReviewTask, fields: Mapping[str, Any]
) -> DocumentShown | None:
    """The document the case came from; None when it came without one."""
    if case.source is None:
        return None
    try:
        row = context.store.document(case.source.document)
    except DocumentUnknown:
        return None
    view = document_view(case.source.name, row.content, case.source.channel)
    marks = mark(view, {name: value for name, value in fields.items() if value is not None})
    at = f"/work/document?task={quote(task.id)}"
    pages = pages_html(view, marks, lambda number: f"{at}&page={number}")
    return DocumentShown(
        name=view.name or case.source.name,
        note=view.note,
        pages=pages,
        html=view.html if view.parts or not pages else Markup(),
        download=f"{at}&download=1",
        sources=_by_field(view, {each.field: each.anchor for each in marks}),
    )


def _by_field(_: DocumentView, marks: Mapping[str, str]) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for field, anchor in marks.items():
        found.setdefault(field.split(".", 1)[0], []).append(anchor)
    return {field: " ".join(dict.fromkeys(anchors)) for field, anchors in found.items()}
