"""A case as one HTML file that opens anywhere, needs nothing, and can be verified.

One rule: no script, no network, nothing outside the file; every text is escaped by the template.
"""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from functools import cache
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from interlock.domain.ids import CaseId
from interlock.domain.rules.lens import Lens
from interlock.papers.case_file.compose import compose
from interlock.papers.case_file.programs import for_programs
from interlock.papers.case_file.record import Archive, case_record
from interlock.papers.case_file.redaction import Redactor
from interlock.papers.case_file.verify import BLANK, sealed
from interlock.papers.case_file.view import DocumentShown
from interlock.papers.documents import pages_html
from interlock.papers.documents.document_view import parts_html

NO_PICTURE: Final = "data:,"  # a page whose picture is not carried shows as an empty sheet


def case_file_html(
    archive: Archive, case_id: CaseId, *, lens: Lens, now: datetime, reader: str = ""
) -> str:
    """The case file of a case, for a reader who sees what the lens lets through.

    archive: the runtime's context, or anything else with the store.
    reader: the person id of who gets it; nobody in particular is shown nothing kept back.
    Raises: CaseUnknown, CaseFileNotYet.
    """
    record = case_record(archive.store, case_id, reader, now)
    redactor = Redactor(lens, record)
    programs = json.dumps(for_programs(record, redactor, now), sort_keys=True)
    html = (
        _templates()
        .get_template("case_file.html")
        .render(file=compose(record, redactor, now), record=programs, blank=BLANK, css=_css())
    )
    return sealed(html)


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("interlock.papers.case_file"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["base64"] = lambda content: base64.b64encode(content).decode()
    environment.filters["clock"] = lambda at: f"{at.astimezone(UTC):%H:%M:%S}"
    environment.globals.update(parts=parts_html, pages=_pages)
    return environment


def _css() -> Markup:
    """Our own style sheet; it holds nothing of the case."""
    environment = _templates()
    assert environment.loader is not None  # set where it is made
    return Markup(environment.loader.get_source(environment, "case_file.css")[0])


def _pages(shown: DocumentShown) -> Markup:
    """The document's pages with their pictures inside the file."""
    if shown.view is None:
        return Markup()
    links = [f"data:image/png;base64,{base64.b64encode(each).decode()}" for each in shown.pictures]
    return pages_html(
        shown.view,
        shown.marks,
        lambda number: links[number - 1] if number <= len(links) else NO_PICTURE,
    )
