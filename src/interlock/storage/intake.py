"""Opening cases, and keeping the raw input and the contracts they came from.

Its one rule: the same business key twice is the same case, and the same bytes are kept once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from interlock.domain.audit import GENESIS
from interlock.domain.ids import CaseId
from interlock.domain.transition import Transition
from interlock.storage.database import Database, json_text, moment_of, moment_text
from interlock.storage.errors import DocumentUnknown
from interlock.storage.recording import Also, repeated, rows_with_keys
from interlock.storage.rows import clean, stored_key
from interlock.storage.values import ContractRow, DocumentRow, NewDocument, Opened
from interlock.storage.writing import Written, gather, write_beside_cases

Key = tuple[str, str, str]  # workflow, tenant, business key


class Intake:
    """The part of the store where cases begin."""

    _db: Database

    def open_cases(
        self, opened: Sequence[tuple[Transition, ...]], *, also: Also | None = None
    ) -> list[Opened]:
        """What became of each opening, in order: a new case, or the one that has the key already.

        Every new case is at version 1. `also` is called in the same transaction when any is new.
        Raises: ValueError for an opening without a transition, or one that reserves a budget.
        """
        for transitions in opened:
            if not transitions or any(step.reservations for step in transitions):
                raise ValueError(f"an opening is {transitions!r}; give it steps without a budget")
        return repeated(lambda: self._open(opened, also)) if opened else []

    def _open(self, opened: Sequence[tuple[Transition, ...]], also: Also | None) -> list[Opened]:
        first = {_key(steps): steps for steps in reversed(opened)}  # of one key, the first opens
        wanted = [first[key] for key in sorted(first)]  # one order, so that nobody deadlocks
        with self._db.writing() as conn:
            new = self._insert(conn, wanted)
            if also is not None and new:
                also(conn)
            return self._answers(conn, opened, new)

    def _insert(self, conn: Connection, wanted: Sequence[tuple[Transition, ...]]) -> set[str]:
        known = {
            (row.workflow, row.tenant, row.key)
            for row in rows_with_keys(self._db, conn, {_key(steps) for steps in wanted})
        }
        written = [
            Written(transitions=steps, version=1, length=0, head=GENESIS)
            for steps in wanted
            if _key(steps) not in known
        ]
        if not written:
            return set()
        batch = gather(written)
        rows = self._db.rows(conn, "insert_cases", rows=json_text(batch.cases))
        new = {row.id for row in rows}
        if len(new) < len(written):  # somebody else opened some of them a moment ago
            batch = gather([each for each in written if each.case_id in new])
        if new:
            write_beside_cases(self._db, conn, batch)
        return new

    def _answers(
        self, conn: Connection, opened: Sequence[tuple[Transition, ...]], new: set[str]
    ) -> list[Opened]:
        holders = {
            (row.workflow, row.tenant, row.key): row
            for row in rows_with_keys(self._db, conn, {_key(steps) for steps in opened})
        }
        answers: list[Opened] = []
        for steps in opened:
            case_id = steps[-1].case.id
            holder = holders.get(_key(steps))
            if case_id in new:
                new = new - {case_id}  # the same key again in this batch is a repetition
                answers.append(Opened(case_id=case_id, is_new=True))
            else:
                answers.append(self._existing(conn, case_id, holder))
        return answers

    def _existing(self, conn: Connection, case_id: CaseId, holder: Any) -> Opened:
        """The case that was there; by its id when an edit has given it another key since."""
        if holder is None:
            holder = self._db.rows(conn, "documents_of_cases", ids=json_text([case_id]))[0]
        return Opened(case_id=CaseId(holder.id), is_new=False, existing_document=holder.document)

    def put_document(
        self, digest: str, name: str, channel: str, content: bytes, now: datetime
    ) -> None:
        """Keeps raw input under its digest; the same bytes are kept once."""
        document = NewDocument(digest=digest, name=name, channel=channel, content=content)
        self.put_documents([document], now)

    def put_documents(self, documents: Sequence[NewDocument], now: datetime) -> None:
        """Keeps many at once."""
        rows = [
            {
                "digest": each.digest,
                "name": clean(each.name),
                "channel": each.channel,
                "content": each.content,
                "kept_at": moment_text(now),
            }
            for each in documents
        ]
        if rows:
            with self._db.writing() as conn:
                conn.execute(self._db.sql["put_document"], rows)

    def document(self, digest: str) -> DocumentRow:
        """The raw input under a digest. Raises: DocumentUnknown."""
        with self._db.reading() as conn:
            rows = self._db.rows(conn, "document", digest=digest)
        if not rows:
            raise DocumentUnknown(digest)
        row = rows[0]
        return DocumentRow(
            digest=row.digest,
            name=row.name,
            channel=row.channel,
            content=bytes(row.content),
            kept_at=moment_of(row.kept_at),
        )

    def save_contract(
        self,
        workflow: str,
        fingerprint: str,
        title: str,
        text: str,
        source_path: str,
        now: datetime,
    ) -> None:
        """Keeps a contract under its fingerprint; again, only its place may have changed."""
        with self._db.writing() as conn:
            self._db.run(
                conn,
                "save_contract",
                workflow=workflow,
                fingerprint=fingerprint,
                title=title,
                text=text,
                source_path=source_path,
                saved_at=moment_text(now),
            )

    def contracts(self) -> list[ContractRow]:
        """Every contract, the newest first."""
        with self._db.reading() as conn:
            rows = self._db.rows(conn, "contracts")
        return [
            ContractRow(**{**row._mapping, "saved_at": moment_of(row.saved_at)}) for row in rows
        ]


def _key(steps: tuple[Transition, ...]) -> Key:
    case = steps[-1].case
    return (case.workflow, clean(case.tenant), stored_key(case))
