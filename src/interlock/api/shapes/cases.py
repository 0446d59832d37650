"""Cases as the API gives and takes them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final

from pydantic import Base64Bytes, ConfigDict, Field, model_validator

from interlock.api.shapes.plain import (
    Fields,
    MoneyShape,
    Name,
    Note,
    Paged,
    Said,
    Shape,
    Text,
    Word,
    as_plain,
    money_shape,
)
from interlock.domain.action import Action
from interlock.domain.audit import AuditEntry
from interlock.domain.case import Case, CaseState, ClosingOutcome, Handling, WaitsFor
from interlock.domain.review import Decision, Verb
from interlock.domain.rules.shown import KeptBack
from interlock.papers.narrative import Told
from interlock.papers.timeline import is_kept_back
from interlock.papers.veil import Veil
from interlock.runtime.commands import Delivered, Delivery
from interlock.storage.case_search import FoundCase

MOST_AT_ONCE: Final = 500  # cases one request opens
KEPT_BACK: Final = "[kept back]"  # until the reader has given an answer of their own


class DocumentIn(Shape):
    """One piece of raw input, kept as it is; the workflow's reader makes cases of it."""

    name: Annotated[Word, Field(min_length=1, examples=["invoice-4711.xml"])]
    content: Annotated[Base64Bytes, Field(description="The bytes, in base64.")]


class CaseIn(Shape):
    """A case to open: its fields, or a document that holds it. Exactly one of the two."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "workflow": "accounts_payable",
                    "fields": {"number": "INV-4711", "total": "1190.00", "currency": "EUR"},
                }
            ]
        },
    )

    workflow: Name
    fields: Annotated[Fields | None, Field(description="By the names of the case's schema.")] = None
    document: DocumentIn | None = None

    @model_validator(mode="after")
    def _is_one(self) -> CaseIn:
        if (self.fields is None) == (self.document is None):
            raise ValueError("give either fields or a document")
        return self


class CasesIn(Shape):
    """Many cases to open. Each is answered for itself."""

    cases: Annotated[list[CaseIn], Field(min_length=1, max_length=MOST_AT_ONCE)]


class OpenedShape(Shape):
    """What became of one case: `opened`, `waiting` (it does not fit and a person is asked), or
    `known` (the same input as before, so the same case)."""

    document: str
    case_id: str
    delivery: Delivery


class OpenedItem(Shape):
    """What became of one of many: what it opened, or why it was refused."""

    opened: list[OpenedShape] = Field(default_factory=list)
    problem: Annotated[dict[str, Any] | None, Field(description="As any problem document.")] = None


class OpenedMany(Shape):
    """What became of each, in the order they were given."""

    items: list[OpenedItem]


class ReasonIn(Shape):
    """Why it is done, in words; on record."""

    reason: Annotated[Said, Field(examples=["The supplier sent a corrected invoice."])]


class NoteIn(Shape):
    """A remark that goes on record with it."""

    note: Annotated[Note, Field(examples=["Agreed with Ms Osei on the phone."])] = ""


class CommentIn(Shape):
    """Something to say about a case; it decides nothing."""

    text: Annotated[Said, Field(examples=["The supplier will call back tomorrow."])]


class CaseFilters(Paged):
    """Which cases to list; what is left out does not matter."""

    workflow: Name | None = None
    state: CaseState | None = None
    waits_for: WaitsFor | None = None
    exception_type: Name | None = None
    step: Name | None = None
    outcome: ClosingOutcome | None = None
    handling: Handling | None = None
    q: Text = ""


class ListedCase(Shape):
    """A case as a list shows it. queue, held_by, due_at: of its most urgent open task."""

    id: str
    workflow: str
    key: str
    title: str
    state: CaseState
    waits_for: WaitsFor | None
    wake_at: datetime | None
    step: str | None
    exception_type: str | None
    outcome: ClosingOutcome | None
    handling: Handling | None
    amount: MoneyShape | None
    opened_at: datetime
    closed_at: datetime | None
    queue: str | None
    held_by: str | None
    due_at: datetime | None


class CaseShape(Shape):
    """A case as it stands."""

    id: str
    workflow: str
    fingerprint: Annotated[str, Field(description="Which version of the contract it began with.")]
    key: str
    title: str
    tenant: str
    segment: str
    state: CaseState
    waits_for: WaitsFor | None
    wake_at: datetime | None
    step: str | None
    exception_type: str | None
    task_id: str | None
    amount: MoneyShape | None
    deadline: datetime | None
    opened_at: datetime
    updated_at: datetime
    closed_at: datetime | None
    opened_by: str | None
    outcome: ClosingOutcome | None
    handling: Handling | None
    version: int


class WholeCase(CaseShape):
    """A case with what is in it, as far as the caller may see it."""

    fields: Annotated[dict[str, Any], Field(description="Protected values read [protected].")]
    outputs: dict[str, Any]
    source: Annotated[
        dict[str, str] | None, Field(description="The raw input: digest, name and channel.")
    ]
    is_readable: Annotated[
        bool, Field(description="False when the contract is not loaded here; no value is shown.")
    ]


class ToldShape(Shape):
    """One entry of a case's log, in words."""

    seq: int
    at: datetime
    kind: str
    actor: str
    text: str
    asides: list[str]


class ActionShape(Shape):
    """One side effect of a case."""

    id: str
    step: str
    name: str
    state: str
    attempt: int
    amount: MoneyShape | None
    arguments: dict[str, Any]
    receipt: Any
    approved_by: list[str]
    hold_until: datetime | None
    intended_at: datetime | None
    finished_at: datetime | None


class DecisionShape(Shape):
    """What a person decided."""

    task_id: str
    verb: Verb
    by: str
    at: datetime
    reason_code: str
    note: str
    value: Any
    supplied: dict[str, Any]
    evidence_digest: str
    via: str


class EntryShape(Shape):
    """One link of the chain. What is private is behind `commitment` and not shown here."""

    seq: int
    at: datetime
    actor: str
    kind: str
    body: dict[str, Any]
    commitment: str
    previous: str
    hash: str


class FaultShape(Shape):
    """Where a chain does not hold, and why."""

    case_id: str
    seq: int
    what: str


class CaseAudit(Shape):
    """A case's log, and whether it is as it was written. `hash` covers what is masked here too."""

    is_whole: bool
    faults: list[FaultShape]
    entries: list[EntryShape]


def opened_shape(delivered: Delivered) -> OpenedShape:
    return OpenedShape(
        document=delivered.document, case_id=delivered.case_id, delivery=delivered.delivery
    )


def listed_case(found: FoundCase) -> ListedCase:
    return ListedCase(
        id=found.id,
        workflow=found.workflow,
        key=found.key,
        title=found.title,
        state=found.state,
        waits_for=found.waits_for,
        wake_at=found.wake_at,
        step=found.step,
        exception_type=found.exception_type,
        outcome=found.outcome,
        handling=found.handling,
        amount=money_shape(found.amount),
        opened_at=found.opened_at,
        closed_at=found.closed_at,
        queue=found.queue,
        held_by=found.held_by,
        due_at=found.due_at,
    )


def case_values(case: Case) -> dict[str, Any]:
    """What a list shows of a case; nothing of it is a protected field."""
    return {
        "id": case.id,
        "workflow": case.workflow,
        "fingerprint": case.fingerprint,
        "key": case.key,
        "title": case.title,
        "tenant": case.tenant,
        "segment": case.segment,
        "state": case.state,
        "waits_for": case.waits_for,
        "wake_at": case.wake_at,
        "step": case.step,
        "exception_type": case.exception.type if case.exception else None,
        "task_id": case.task,
        "amount": money_shape(case.amount),
        "deadline": case.deadline,
        "opened_at": case.opened_at,
        "updated_at": case.updated_at,
        "closed_at": case.closed_at,
        "opened_by": case.opened_by,
        "outcome": case.outcome,
        "handling": case.handling,
        "version": case.version,
    }


def case_shape(case: Case) -> CaseShape:
    return CaseShape(**case_values(case))


def whole_case(case: Case, veil: Veil, kept: KeptBack) -> WholeCase:
    source = case.source
    came_from = (
        {"digest": source.document, "name": source.name, "channel": source.channel}
        if source
        else None
    )
    return WholeCase(
        **case_values(case),
        fields=as_plain(veil.fields(case.data)),
        outputs=_unless_kept(kept, as_plain(veil.fields(case.outputs))),
        source=came_from,
        is_readable=veil.lens.secret is not None or veil.lens.sees_all,
    )


def told_shape(told: Told, veil: Veil) -> ToldShape:
    return ToldShape(
        seq=told.seq,
        at=told.at,
        kind=told.kind,
        actor=told.actor,
        text=veil.text(told.text),
        asides=[veil.text(each) for each in told.asides],
    )


def action_shape(action: Action, veil: Veil, kept: KeptBack) -> ActionShape:
    return ActionShape(
        id=action.id,
        step=action.step,
        name=action.name,
        state=action.state,
        attempt=action.attempt,
        amount=money_shape(action.amount),
        arguments=_unless_kept(kept, as_plain(veil.fields(action.arguments))),
        receipt=as_plain(veil.plain(action.receipt)),
        approved_by=list(action.approved_by),
        hold_until=action.hold_until,
        intended_at=action.intended_at,
        finished_at=action.finished_at,
    )


def decision_shape(decision: Decision, veil: Veil) -> DecisionShape:
    return DecisionShape(
        task_id=decision.task_id,
        verb=decision.verb,
        by=decision.by,
        at=decision.at,
        reason_code=decision.reason_code,
        note=veil.text(decision.note),
        value=as_plain(veil.plain(decision.value)),
        supplied=as_plain(veil.fields(decision.supplied)),
        evidence_digest=decision.evidence_digest,
        via=decision.via,
    )


def entry_shape(entry: AuditEntry, veil: Veil, kept: KeptBack) -> EntryShape:
    hidden = bool(is_kept_back(entry, kept))
    return EntryShape(
        seq=entry.seq,
        at=entry.at,
        actor=KEPT_BACK if hidden else entry.actor,
        kind=entry.kind,
        body={"kept_back": True} if hidden else as_plain(veil.fields(entry.body)),
        commitment=entry.commitment,
        previous=entry.previous,
        hash=entry.hash,
    )


def _unless_kept(kept: KeptBack, values: dict[str, Any]) -> dict[str, Any]:
    """The values by name, or only the names while the reader is to give an answer of their own."""
    return dict.fromkeys(values, KEPT_BACK) if kept.ai or kept.answers else values
