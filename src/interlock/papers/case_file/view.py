"""What a case file shows, as plain values that HTML and PDF both print.

One rule: every text in it has gone through the redactor; nothing after this file reads the record.
"""

from __future__ import annotations

from dataclasses import dataclass

from interlock.papers.documents import DocumentView, Mark
from interlock.papers.documents.view import Part
from interlock.papers.narrative import Told


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    label: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentShown:
    """The source document. `withheld`: why it is not shown, else empty.

    pictures: its pages as PNG. content: the original bytes, when they may be given.
    """

    facts: tuple[Fact, ...]
    withheld: str = ""
    view: DocumentView | None = None
    marks: tuple[Mark, ...] = ()
    pictures: tuple[bytes, ...] = ()
    content: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day of the timeline, as the record has it in UTC."""

    name: str
    told: tuple[Told, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionShown:
    """sentence: who decided what. saw: how the evidence they decided on stands to the package."""

    sentence: str
    at: str
    saw: str
    facts: tuple[Fact, ...]
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionShown:
    asked: str
    text: str
    answered: str  # empty: nobody answered
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskShown:
    """A review task. `evidence_state`: whether the package is what its digest says."""

    question: str
    state: str
    facts: tuple[Fact, ...]
    decisions: tuple[DecisionShown, ...]
    questions: tuple[QuestionShown, ...]
    evidence: tuple[Part, ...]
    evidence_digest: str
    evidence_state: str
    evidence_holds: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionShown:
    name: str
    state: str
    mark: str
    facts: tuple[Fact, ...]
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentShown:
    who: str
    at: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryShown:
    """One entry of the chain. `hashed`: the very text whose SHA-256 is `hash`."""

    seq: int
    at: str
    actor: str
    kind: str
    hash: str
    previous: str
    hashed: str
    private: str
    fault: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractShown:
    title: str
    fingerprint: str
    text: str  # empty: this version is not kept here
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFileView:
    """The whole case file. `redaction`: what the reader is not shown, empty when it is all here."""

    title: str
    key: str
    case_id: str
    made_at: str
    state: str
    mark: str
    redaction: str
    verdict: str
    is_whole: bool
    faults: tuple[str, ...]
    head: str
    facts: tuple[Fact, ...]
    fields: tuple[Part, ...]
    document: DocumentShown | None
    days: tuple[Day, ...]
    tasks: tuple[TaskShown, ...]
    actions: tuple[ActionShown, ...]
    comments: tuple[CommentShown, ...]
    contract: ContractShown
    entries: tuple[EntryShown, ...]
