"""A step that is never sure, and an action that enters what a person agreed to."""

import json
from typing import Any

from pydantic import BaseModel

from interlock import Document, Proposal, action, reader, step

from .cases import Claim  # noqa: TID252  (a workflow is a folder that may lie anywhere)


class Judgement(BaseModel):
    """What should become of it."""

    accept: bool
    reason: str


class Entry(BaseModel):
    """A line in the book."""

    line: int


class Book:
    """A ledger in memory."""

    def __init__(self) -> None:
        self.lines: list[str] = []


def systems(_: dict[str, str]) -> dict[str, Any]:
    """The live book."""
    return {"book": Book()}


@reader
def read_claims(document: Document) -> Any:
    """A document is one claim or a list of them, as JSON."""
    return json.loads(document.content)


@step
def judge(claim: Claim) -> Proposal[Judgement]:
    """Accepts, and is not sure; the account is part of what it saw."""
    found = Judgement(accept=True, reason="looks like the others")
    return Proposal(value=found, confidence=0.5, rationale=f"paid before to {claim.iban}")


def strike_out(claim: Claim, receipt: Entry, book: Book) -> None:
    """Takes the line out."""
    book.lines.remove(claim.number)


def is_entered(claim: Claim, book: Book) -> Entry | None:
    """The line, when there is one."""
    return Entry(line=book.lines.index(claim.number)) if claim.number in book.lines else None


@action(compensate=strike_out, verify=is_entered)
def enter(claim: Claim, book: Book) -> Entry:
    """Enters the claim."""
    book.lines.append(claim.number)
    return Entry(line=len(book.lines) - 1)
