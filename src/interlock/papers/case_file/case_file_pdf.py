"""A case as a PDF: the same as the HTML case file, without the bytes for machines.

One rule: it prints what the HTML file shows, through the same lens; it never shows more.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from interlock.domain.ids import CaseId
from interlock.domain.rules.lens import Lens
from interlock.errors import MissingExtra
from interlock.papers.case_file.compose import compose
from interlock.papers.case_file.record import Archive, case_record
from interlock.papers.case_file.redaction import Redactor
from interlock.papers.case_file.view import CaseFileView, DocumentShown, TaskShown

if TYPE_CHECKING:
    from interlock.papers.case_file.pdf_paper import Paper

SIGNS: Final = {"ok": "+ ", "warn": "! ", "bad": "x "}


def case_file_pdf(
    archive: Archive, case_id: CaseId, *, lens: Lens, now: datetime, reader: str = ""
) -> bytes:
    """The case file of a case as PDF.

    Raises: CaseUnknown, CaseFileNotYet; MissingExtra without fpdf2.
    """
    try:
        from interlock.papers.case_file.pdf_paper import Paper
    except ImportError:
        raise MissingExtra("fpdf2", "web") from None
    record = case_record(archive.store, case_id, reader, now)
    file = compose(record, Redactor(lens, record), now)
    paper = Paper(file.title, file.made_at, now)
    _head(paper, file)
    _about(paper, file)
    _timeline(paper, file)
    _reviews(paper, file)
    _actions(paper, file)
    _contract(paper, file)
    _record(paper, file)
    if paper.faces.left_out:
        paper.notice(_boxes(paper.faces.left_out), "warn")
    return bytes(paper.output())


def _boxes(count: int) -> str:
    return (
        f"{count:,} letters of this file have no font on the machine it was made on and stand as "
        "a box or a question mark. The HTML case file has them all."
    )


def _head(paper: Paper, file: CaseFileView) -> None:
    paper.title_line(f"Case file, made {file.made_at}", file.title, file.state, file.mark)
    paper.ln(2)
    mark = "ok" if file.is_whole else "bad"
    paper.notice(f"{file.verdict}. Verified {file.made_at}. The last seal is {file.head}.", mark)
    for fault in file.faults:
        paper.notice(fault, "bad")
    if file.redaction:
        paper.notice(file.redaction, "warn")


def _about(paper: Paper, file: CaseFileView) -> None:
    paper.section("What it was about")
    paper.facts(file.facts)
    paper.parts(file.fields)
    if file.document:
        paper.section("Source document")
        _document(paper, file.document)


def _document(paper: Paper, shown: DocumentShown) -> None:
    paper.facts(shown.facts)
    if shown.withheld:
        paper.notice(f"The document is not in this file: {shown.withheld}.", "warn")
    if shown.view is None:
        return
    if shown.view.note:
        paper.say(shown.view.note)
    for page, picture in zip(shown.view.pages, shown.pictures, strict=False):
        boxes = [b for mark in shown.marks if mark.page == page.number for b in mark.boxes]
        paper.picture(picture, page.height / page.width, boxes, page.width)
    paper.parts(shown.view.parts)
    for each in shown.view.attachments:
        paper.say(f"Inside it: {each.name}, {each.media_type}, {each.size:,} bytes")


def _timeline(paper: Paper, file: CaseFileView) -> None:
    paper.section("What happened")
    paper.say("Times are UTC.", quiet=True)
    for day in file.days:
        paper.heading(day.name)
        for each in day.told:
            time = f"{each.at.astimezone(UTC):%H:%M:%S}"
            paper.timed(time, f"{SIGNS.get(each.mark, '')}{each.text}", each.mark)
            said = [*each.asides, f"entry {each.seq}, by {each.actor}"]
            paper.timed("", "; ".join(said), quiet=True)


def _reviews(paper: Paper, file: CaseFileView) -> None:
    if file.tasks:
        paper.section("Reviews and decisions")
    for task in file.tasks:
        _task(paper, task)
    if file.comments:
        paper.section("Comments")
    for each in file.comments:
        paper.say(f"{each.who}, {each.at}: “{each.text}”")


def _task(paper: Paper, task: TaskShown) -> None:
    paper.heading(f"{task.question} ({task.state})")
    for decision in task.decisions:
        paper.say(f"{decision.sentence}, {decision.at}, {decision.saw}.", bold=True)
        paper.facts(decision.facts, indent=4)
        paper.parts(decision.parts, indent=4)
    for each in task.questions:
        paper.say(f"Asked by {each.asked}: “{each.text}”")
        answer = f"Answered by {each.answered}: “{each.answer}”" if each.answered else ""
        paper.say(answer or "Not answered.")
    paper.facts(task.facts)
    paper.row("Evidence", f"{task.evidence_state}. {task.evidence_digest}")
    if task.evidence:
        paper.heading("Evidence as it was shown")
        paper.parts(task.evidence, indent=4)


def _actions(paper: Paper, file: CaseFileView) -> None:
    if file.actions:
        paper.section("Actions")
    for action in file.actions:
        paper.heading(f"{action.name.capitalize()}: {action.state}")
        paper.facts(action.facts)
        paper.parts(action.parts, indent=4)


def _contract(paper: Paper, file: CaseFileView) -> None:
    contract = file.contract
    paper.section(f"Contract: {contract.title}")
    paper.row("Fingerprint", contract.fingerprint)
    paper.facts(contract.facts)
    if contract.text:
        paper.say(contract.text, size=6.5, mono=True)
    else:
        paper.say("The text of this version is not kept in this database.")


def _record(paper: Paper, file: CaseFileView) -> None:
    paper.section("Record")
    paper.say(
        "Every entry is sealed by a SHA-256 over its place, its content and the seal before it: "
        "over the text printed under its seal, JSON in the form of RFC 8785. The HTML case file "
        "carries the same for programs; verify it with: interlock audit verify FILE.html",
        quiet=True,
    )
    for each in file.entries:
        paper.heading(f"{each.seq}. {each.kind}, {each.at}, by {each.actor}")
        if each.fault:
            paper.notice(each.fault, "bad")
        paper.say(each.hash, size=7, mono=True)
        paper.say(each.hashed, size=6, mono=True, quiet=True)
