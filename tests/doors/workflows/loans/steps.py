"""A step that always asks a person, each time for the reason the loan itself names."""

import json
from typing import Any

from pydantic import BaseModel

from interlock import (
    AmbiguousRequest,
    ConflictingInstructions,
    Document,
    Proposal,
    action,
    reader,
    step,
)

from .cases import Loan  # noqa: TID252  (a workflow is a folder that may lie anywhere)


class Judgement(BaseModel):
    """What should become of it."""

    accept: bool
    reason: str


class Payment(BaseModel):
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
def read_loans(document: Document) -> Any:
    """A document is one loan or a list of them, as JSON."""
    return json.loads(document.content)


@step
def judge(loan: Loan) -> Proposal[Judgement]:
    """Accepts, and is not sure; or finds what is odd."""
    found = Judgement(accept=True, reason="looks like the others")
    if loan.odd == "unproven":
        raise AmbiguousRequest("whose account is it?", value=found)
    if loan.odd == "tricky":
        raise ConflictingInstructions("two letters", value=found)
    return Proposal(value=found, confidence=0.5, rationale=f"paid before to {loan.iban}")


def take_back(loan: Loan, receipt: Payment, book: Book) -> None:
    """Takes the line out."""
    book.lines.remove(loan.number)


def is_paid(loan: Loan, book: Book) -> Payment | None:
    """The line, when there is one."""
    return Payment(line=book.lines.index(loan.number)) if loan.number in book.lines else None


@action(compensate=take_back, verify=is_paid)
def pay_out(loan: Loan, book: Book) -> Payment:
    """Pays the loan out."""
    book.lines.append(loan.number)
    return Payment(line=len(book.lines) - 1)
