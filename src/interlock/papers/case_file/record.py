"""Everything on record about one case, read once.

One rule: what is not there is None, and is said in the case file; nothing is made up for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from interlock.domain.audit import AuditEntry, ChainFault, chain_faults
from interlock.domain.case import Case, CaseState
from interlock.domain.ids import CaseId, TaskId
from interlock.domain.review import Decision, EvidencePackage, ReviewState, ReviewTask
from interlock.domain.rules.shown import (
    NOTHING_KEPT_BACK,
    KeptBack,
    is_hidden_from,
    kept_back,
    shown_package,
)
from interlock.errors import InterlockError
from interlock.papers.narrative import event_of
from interlock.runtime.directory import Directory
from interlock.storage import (
    CaseUnknown,
    ContractRow,
    DocumentRow,
    DocumentUnknown,
    Store,
    TaskQuery,
    TaskUnknown,
)

MOST_TASKS = 1_000  # of one case; they are made one after another, by people's pace


class Archive(Protocol):
    """What a case file is made from: anything with the store, such as the runtime's context."""

    @property
    def store(self) -> Store: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRecord:
    """One case with all that belongs to it. `faults`: where its chain does not hold."""

    case: Case
    contract: ContractRow | None
    document: DocumentRow | None
    tasks: tuple[ReviewTask, ...]
    evidence: dict[TaskId, EvidencePackage]
    decisions: tuple[Decision, ...]
    entries: tuple[AuditEntry, ...]
    length: int
    head: str
    faults: tuple[ChainFault, ...]
    reader: str = ""
    kept: KeptBack = NOTHING_KEPT_BACK

    def shown_evidence(self, task: ReviewTask) -> Mapping[str, Any] | None:
        """What of a task's package its reader may see now; None when nothing was frozen."""
        package = self.evidence.get(task.id)
        return shown_package(task, package, self.reader).content if package else None

    def withholds(self, task_id: TaskId) -> bool:
        """True when a package is not whole as its reader may see it."""
        hidden = (each for each in self.tasks if is_hidden_from(each, self.reader))
        return any(each.id == task_id for each in hidden)


class CaseFileNotYet(InterlockError):
    """The reader is to answer a question of the case without knowing an earlier answer."""

    code = "case_file_not_yet"

    def __init__(self, case_id: str) -> None:
        super().__init__(case_id)
        self.case_id = case_id

    def __str__(self) -> str:
        return (
            f"the file of case {self.case_id} holds an answer to a question that may be put to "
            "you too; answer it first, or let somebody make the file who is not asked"
        )


def case_record(store: Store, case_id: CaseId, reader: str, now: datetime) -> CaseRecord:
    """The record of a case, for this reader. Raises: CaseUnknown, CaseFileNotYet.

    An earlier answer stands in the links of the chain, which no file can leave out and still be
    verified; so whoever may not know it yet gets no file yet.
    """
    found = store.load([case_id])
    chain = store.chain(case_id)
    if not found or chain is None:
        raise CaseUnknown(case_id)
    case = found[0]
    query = TaskQuery(case_id=case_id, states=tuple(ReviewState), limit=MOST_TASKS)
    tasks = sorted(store.tasks(query), key=lambda each: (each.opened_at, each.id))
    kept = kept_back(tasks, reader, Directory(store=store).standing(reader, now))
    if kept.answers:
        raise CaseFileNotYet(case_id)
    unreadable = [
        ChainFault(case_id=case_id, seq=seq, what="it cannot be read as an entry")
        for seq in chain.unreadable
    ]
    faults = chain_faults(case_id, chain.entries, length=chain.length, head=chain.head)
    return CaseRecord(
        case=case,
        contract=_contract(store, case),
        document=_document(store, case),
        tasks=tuple(tasks),
        evidence=_evidence(store, tasks),
        decisions=tuple(store.decisions(case_id)),
        entries=chain.entries,
        length=chain.length,
        head=chain.head,
        faults=(*unreadable, *faults),
        reader=reader,
        kept=kept,
    )


def is_kept_back(case: Case, entry: AuditEntry) -> bool:
    """True for what a watched AI said of a case that is still open: whoever decides it may hold
    this file, and must not know."""
    if case.state is CaseState.CLOSED:
        return False
    return bool(getattr(event_of(entry), "is_shadow", False))


def _contract(store: Store, case: Case) -> ContractRow | None:
    """The very version the case began with, not the newest one."""
    rows = (row for row in store.contracts() if row.fingerprint == case.fingerprint)
    return next((row for row in rows if row.workflow == case.workflow), None)


def _document(store: Store, case: Case) -> DocumentRow | None:
    if case.source is None:
        return None
    try:
        return store.document(case.source.document)
    except DocumentUnknown:
        return None


def _evidence(store: Store, tasks: list[ReviewTask]) -> dict[TaskId, EvidencePackage]:
    found: dict[TaskId, EvidencePackage] = {}
    for task in tasks:
        try:
            found[task.id] = store.evidence(task.id)
        except TaskUnknown:  # nothing was frozen for it
            continue
    return found
