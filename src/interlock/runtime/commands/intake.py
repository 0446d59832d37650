"""Intake: raw input becomes cases, each exactly once, and nothing is ever dropped.

The same bytes again are the same case. Other bytes under a known business key are not silently
the same: they become a case of their own that waits with `conflicting_instructions`. Input that
cannot be read waits as a case too, its bytes kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from interlock.canonical import content_digest, derived_id
from interlock.domain.authoring import Document
from interlock.domain.case import Case, CaseState, OpenException, Source
from interlock.domain.event import CaseOpened, CaseRefit
from interlock.domain.exceptions import CaseException
from interlock.domain.ids import CaseId, PersonId
from interlock.domain.money import Money
from interlock.domain.rules.advance import advance
from interlock.domain.rules.placing import Place
from interlock.domain.transition import Transition
from interlock.observe import CASES_OPENED, log
from interlock.runtime.calling import contained
from interlock.runtime.context import Context
from interlock.runtime.crash_points import CrashPoint
from interlock.runtime.joining import Joined, Newcomer, joined, places
from interlock.runtime.plain import plain_text, to_plain
from interlock.runtime.workflow import CaseUnfit, Workflow
from interlock.storage import NewDocument, Opened

DUPLICATE: Final = "conflicting_instructions"
NO_KEY: Final = "document:"  # how the keys of input that has none begin
MANY: Final = "#"  # joins a document's name and the place of a case in it


class Delivery(StrEnum):
    """What became of one piece of input."""

    OPENED = "opened"  # a case that is on its way
    WAITING = "waiting"  # a case that waits: the input does not fit
    KNOWN = "known"  # the same input as before: the same case


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """One case that a document gave, and what became of it."""

    document: str  # its name
    case_id: CaseId
    delivery: Delivery


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    """A case that may be opened: its first transition, and whether its key was derived."""

    document: Document
    digest: str
    refit: CaseRefit
    problem: OpenException | None = None


def deliver(
    context: Context,
    workflow_name: str,
    documents: Sequence[Document],
    *,
    opened_by: PersonId | None = None,
) -> list[Delivered]:
    """What became of each case the documents hold, in their order; in one transaction.

    Raises: WorkflowUnknown; what the store raises.
    """
    now = context.clock.now()
    to = joined(context, workflow_name)
    workflow = to.workflow
    sound = [replace(each, name=plain_text(each.name)) for each in documents]
    candidates = [
        each
        for document in sound
        for each in _told_apart(workflow, list(_read(workflow, document)))
    ]
    context.store.put_documents(_kept(sound), now)
    context.crash.reach(CrashPoint.INTAKE_BEFORE_COMMIT)
    delivered = _open(context, to, candidates, opened_by, now)
    context.crash.reach(CrashPoint.INTAKE_AFTER_COMMIT)
    log().info(CASES_OPENED, workflow=workflow_name, cases=len(delivered))
    return delivered


def _kept(documents: Sequence[Document]) -> list[NewDocument]:
    return [
        NewDocument(
            digest=content_digest(each.content),
            name=each.name,
            channel=each.channel,
            content=each.content,
        )
        for each in documents
    ]


def _read(workflow: Workflow, document: Document) -> Iterator[_Candidate]:
    """The cases of one document. A reader that fails leaves one case that says why."""
    digest = content_digest(document.content)
    try:
        found = _records(workflow, document)
    except CaseException as raised:
        yield _unread(document, digest, raised.type, plain_text(raised.detail), raised.missing)
        return
    except Exception as crash:  # noqa: BLE001  (the step edge: user code read untrusted input)
        detail = f"{document.name} could not be read: {type(crash).__name__}: {crash}"
        yield _unread(document, digest, "schema_change", plain_text(detail[:500]), ())
        return
    for place, record in enumerate(found):
        name = f"{document.name}{MANY}{place + 1}" if len(found) > 1 else document.name
        yield _fitted(workflow, replace(document, name=name), digest, record)


def _records(workflow: Workflow, document: Document) -> list[Any]:
    reader = workflow.loaded.functions.reader
    if reader is None:
        raise CaseException(
            f"{document.name} cannot be read: the workflow has no reader",
            exception_type="schema_change",
        )
    found = contained(reader, document)
    records = list(found) if isinstance(found, list | tuple) else [found]
    if not records:
        raise CaseException(f"{document.name} holds no case", exception_type="missing_data")
    return records


def _fitted(workflow: Workflow, document: Document, digest: str, record: Any) -> _Candidate:
    try:
        refit = workflow.fit(record if isinstance(record, dict) else to_plain(record))
    except CaseUnfit as unfit:
        kind = "missing_data" if unfit.absent else "schema_change"
        detail = plain_text(f"{document.name}: {'; '.join(unfit.problems)}")
        partial = record if isinstance(record, dict) else to_plain(record)
        return _unread(document, digest, kind, detail, unfit.absent, partial)
    return _Candidate(document=document, digest=digest, refit=refit)


def _unread(
    document: Document,
    digest: str,
    kind: str,
    detail: str,
    missing: tuple[str, ...],
    partial: Any = None,
) -> _Candidate:
    return _Candidate(
        document=document,
        digest=digest,
        refit=_bare_refit(_key_of(document, digest), document.name, partial),
        problem=OpenException(type=kind, detail=detail, step=None, missing=missing),
    )


def _told_apart(workflow: Workflow, candidates: Sequence[_Candidate]) -> list[_Candidate]:
    """Records of one document that share a key: the same record is the same case, another one is
    a question."""
    first: dict[tuple[str, str], CaseRefit] = {}
    apart = []
    for each in candidates:
        known = first.setdefault((each.refit.tenant, each.refit.key), each.refit)
        same = known == each.refit
        apart.append(each if same else _clash(each, _case_id(workflow, known)))
    return apart


def _key_of(document: Document, digest: str) -> str:
    """The key of input that has none of its own: its bytes, and its place in them."""
    place = document.name.rpartition(MANY)[2] if MANY in document.name else ""
    return f"{NO_KEY}{digest[:16]}{MANY}{place}" if place.isdigit() else f"{NO_KEY}{digest[:16]}"


def _bare_refit(key: str, title: str, data: Any = None) -> CaseRefit:
    return CaseRefit(
        data=to_plain(data) if isinstance(data, dict) else {},
        key=key,
        title=title,
        tenant="",
        segment="",
        amount_micros=None,
        amount_currency=None,
        deadline=None,
    )


def _open(
    context: Context,
    to: Joined,
    candidates: Sequence[_Candidate],
    opened_by: PersonId | None,
    now: datetime,
) -> list[Delivered]:
    """Opens what is new; what has a known key but other bytes is opened again as a question."""
    opened = _store(context, to, candidates, opened_by, now)
    clashes = [
        (place, candidate, result)
        for place, (candidate, result) in enumerate(zip(candidates, opened, strict=True))
        if not result.is_new and result.existing_document != candidate.digest
    ]
    results: list[tuple[_Candidate, Opened]] = list(zip(candidates, opened, strict=True))
    if clashes:
        again = [_clash(candidate, result.case_id) for _, candidate, result in clashes]
        reopened = _store(context, to, again, opened_by, now)
        for (place, _, _), candidate, result in zip(clashes, again, reopened, strict=True):
            results[place] = (candidate, result)
    context.engine.committed([result.case_id for _, result in results if result.is_new])
    return [_delivered(candidate, result) for candidate, result in results]


def _store(
    context: Context,
    to: Joined,
    candidates: Sequence[_Candidate],
    opened_by: PersonId | None,
    now: datetime,
) -> list[Opened]:
    """Writes the openings and their episodes in one transaction."""
    newcomers = [_newcomer(to.workflow, each) for each in candidates]
    openings = [
        _opening(to.workflow, candidate, place, opened_by, now)
        for candidate, place in zip(candidates, places(context, to, newcomers, now), strict=True)
    ]
    ready = [each.case.id for each in openings if each.case.state is CaseState.READY]
    return context.store.open_cases(
        [(each,) for each in openings],
        also=lambda connection: context.engine.enqueue(connection, ready),
    )


def _clash(candidate: _Candidate, first_case: CaseId) -> _Candidate:
    document = candidate.document
    detail = (
        f"{document.name} has the key {candidate.refit.key} of case {first_case} "
        f"and does not say the same"
    )
    own_key = _key_of(document, candidate.digest).removeprefix(NO_KEY)
    return replace(
        candidate,
        refit=replace(candidate.refit, key=f"{candidate.refit.key}~{own_key}"),
        problem=OpenException(
            type=DUPLICATE, detail=detail, step=None, evidence={"first_case": first_case}
        ),
    )


def _newcomer(workflow: Workflow, candidate: _Candidate) -> Newcomer:
    refit = candidate.refit
    return Newcomer(id=_case_id(workflow, refit), segment=refit.segment, amount=_amount(refit))


def _amount(refit: CaseRefit) -> Money | None:
    if refit.amount_micros is None or refit.amount_currency is None:
        return None
    return Money(micros=refit.amount_micros, currency=refit.amount_currency)


def _opening(
    workflow: Workflow,
    candidate: _Candidate,
    place: Place,
    opened_by: PersonId | None,
    now: datetime,
) -> Transition:
    contract, refit = workflow.contract, candidate.refit
    case = Case(
        id=_case_id(workflow, refit),
        workflow=contract.workflow,
        fingerprint=contract.fingerprint,
        key=refit.key,
        data=refit.data,
        opened_at=now,
        updated_at=now,
        tenant=refit.tenant,
        title=refit.title or candidate.document.name,
        segment=refit.segment,
        stage=place.stage,
        arm=place.arm,
        release=place.era,
        source=Source(
            document=candidate.digest,
            name=candidate.document.name,
            channel=candidate.document.channel,
        ),
        amount=_amount(refit),
        deadline=refit.deadline,
        opened_by=opened_by,
    )
    opened = CaseOpened(case=case, problem=candidate.problem, placed=place.note)
    return advance(contract, case, opened, now)


def _case_id(workflow: Workflow, refit: CaseRefit) -> CaseId:
    return CaseId(derived_id("case", workflow.contract.workflow, refit.tenant, refit.key))


def _delivered(candidate: _Candidate, result: Opened) -> Delivered:
    delivery = Delivery.KNOWN
    if result.is_new:
        delivery = Delivery.WAITING if candidate.problem else Delivery.OPENED
    return Delivered(document=candidate.document.name, case_id=result.case_id, delivery=delivery)
