"""Protected cases as they are stored: kept, retired, and what evals found.

Its one rule: each is made and retired together with its entry in the house log.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy.exc import IntegrityError

from interlock.domain.contract import Severity
from interlock.domain.ids import CaseId, PersonId, WorkflowId
from interlock.domain.protected import EvalResult, KeptCase, ProtectedId
from interlock.storage.codec import Codec
from interlock.storage.database import Database, json_text, moment_of
from interlock.storage.house_log import HouseNote, append_house
from interlock.storage.recording import repeated
from interlock.storage.rows import clean

PROTECTED: Final = "case_protected"
RETIRED: Final = "protected_case_retired"
EVALUATED: Final = "protected_cases_evaluated"
MOST_SEGMENTS: Final = 100
RESULT: Final[Codec[EvalResult]] = Codec(EvalResult)


class ProtectedCases:
    """The part of the store that keeps protected cases."""

    _db: Database

    def protect_case(self, kept: KeptCase) -> bool:
        """True when the case is protected now; False when its name is another's."""

        def protect() -> bool:
            with self._db.writing() as conn:
                taken = self._db.rows(conn, "protected_case", named=kept.name, **_anybody())
                if any(row.workflow == kept.workflow for row in taken):
                    return False
                self._db.run(conn, "add_protected_case", **_row(self._db, kept))
                about = {
                    "id": kept.id, "name": kept.name, "case": kept.case_id,
                    "workflow": kept.workflow, "severity": kept.severity, "owner": kept.owner,
                    "expires": kept.expires.isoformat(),
                }  # fmt: skip
                note = HouseNote(
                    at=kept.made_at,
                    actor=f"person:{kept.made_by}",
                    kind=PROTECTED,
                    body=about,
                    private={"reason": kept.reason},
                )
                append_house(self._db, conn, note)
            return True

        try:
            return repeated(protect)
        except IntegrityError:
            return False

    def retire_protected(self, kept: KeptCase, by: str, at: datetime, why: str) -> bool:
        """True when it is retired now; False when it was already."""

        def retire() -> bool:
            with self._db.writing() as conn:
                done = self._db.rows(
                    conn,
                    "retire_protected_case",
                    id=kept.id,
                    retired_by=by,
                    retired_at=self._db.moment(at),
                    retired_why=clean(why),
                )
                if not done:
                    return False
                body = {"id": kept.id, "name": kept.name, "workflow": kept.workflow}
                append_house(
                    self._db,
                    conn,
                    HouseNote(
                        at=at, actor=f"person:{by}", kind=RETIRED, body=body, private={"why": why}
                    ),
                )
            return True

        return repeated(retire)

    def protected_cases(self, workflow: str, *, retired: bool = False) -> list[KeptCase]:
        """The desk's protected cases of a workflow by name; with `retired`, those too."""
        with self._db.reading() as conn:
            rows = self._db.rows(
                conn, "protected_cases", workflow=workflow, every_one=retired, **_anybody()
            )
        return [_kept(row) for row in rows]

    def protected_case(self, named: str) -> KeptCase | None:
        """The protected case with this id or name; None when there is none or several."""
        with self._db.reading() as conn:
            rows = self._db.rows(conn, "protected_case", named=named, **_anybody())
        return _kept(rows[0]) if len(rows) == 1 else None

    def protected_as(self, case_id: CaseId) -> list[KeptCase]:
        """What a case is protected as now; empty when it is not."""
        with self._db.reading() as conn:
            rows = self._db.rows(conn, "protected_cases_of", case_id=case_id, **_anybody())
        return [_kept(row) for row in rows]

    def keep_eval(self, result: EvalResult) -> EvalResult:
        """The result as it is kept, with its number, and its entry in the house log."""

        def keep() -> int:
            with self._db.writing() as conn:
                [row] = self._db.rows(
                    conn,
                    "add_protected_eval",
                    workflow=result.workflow,
                    fingerprint=result.fingerprint,
                    at=self._db.moment(result.at),
                    passed=result.passed,
                    failed=result.failed + result.could_not,
                    failing_critical=len(result.failing_critical),
                    body=RESULT.encode(result),
                )
                body = {
                    "workflow": result.workflow, "fingerprint": result.fingerprint,
                    "passed": result.passed, "failed": result.failed,
                    "could_not": result.could_not, "expired": result.expired,
                    "failing_critical": list(result.failing_critical),
                }  # fmt: skip
                actor = f"person:{result.by}" if result.by else "eval"
                note = HouseNote(at=result.at, actor=actor, kind=EVALUATED, body=body)
                append_house(self._db, conn, note)
            return int(row.id)

        return replace(result, id=repeated(keep))

    def latest_eval(self, workflow: str, fingerprint: str) -> EvalResult | None:
        """The newest kept result of one version; None when it was never evaluated."""
        with self._db.reading() as conn:
            rows = self._db.rows(
                conn, "latest_protected_eval", workflow=workflow, fingerprint=fingerprint
            )
        return _result(rows[0]) if rows else None

    def evals(self, workflow: str, limit: int = 20) -> list[EvalResult]:
        """The newest results of a workflow, the newest first."""
        with self._db.reading() as conn:
            rows = self._db.rows(conn, "protected_evals", workflow=workflow, limit=limit)
        return [_result(row) for row in rows]

    def protected_changed_since(self, workflow: str, at: datetime) -> tuple[int, int]:
        """How many cases of the desk were protected after that moment, and how many retired."""
        with self._db.reading() as conn:
            at_text = self._db.moment(at)
            [row] = self._db.rows(conn, "protected_changed_since", workflow=workflow, at=at_text)
        return int(row.added), int(row.retired)

    def segments_seen(self, workflow: str) -> Sequence[str]:
        """The segments a workflow has had cases of, the most frequent first; at most 100."""
        with self._db.reading() as conn:
            rows = self._db.rows(conn, "segments_seen", workflow=workflow, limit=MOST_SEGMENTS)
        return [row.segment for row in rows]


def _anybody() -> dict[str, Any]:
    """Every tenant's, which the database narrows to those its reader may see."""
    return {"every_tenant": True, "tenants": []}


def _row(db: Database, kept: KeptCase) -> dict[str, Any]:
    return {
        "id": kept.id,
        "workflow": kept.workflow,
        "tenant": clean(kept.tenant),
        "case_id": kept.case_id,
        "until_seq": kept.until_seq,
        "name": clean(kept.name),
        "owner": clean(kept.owner),
        "reason": clean(kept.reason),
        "severity": kept.severity,
        "expires": kept.expires.isoformat(),
        "made_by": kept.made_by,
        "made_at": db.moment(kept.made_at),
    }


def _kept(row: Any) -> KeptCase:
    return KeptCase(
        id=ProtectedId(row.id),
        workflow=WorkflowId(row.workflow),
        tenant=row.tenant,
        case_id=CaseId(row.case_id),
        until_seq=row.until_seq,
        name=row.name,
        owner=row.owner,
        reason=row.reason,
        severity=Severity(row.severity),
        expires=date.fromisoformat(row.expires),
        made_by=PersonId(row.made_by),
        made_at=moment_of(row.made_at),
        retired_by=PersonId(row.retired_by) if row.retired_by else None,
        retired_at=moment_of(row.retired_at) if row.retired_at else None,
        retired_why=row.retired_why or "",
    )


def _result(row: Any) -> EvalResult:
    body = row.body if isinstance(row.body, str) else json_text(row.body)
    return replace(RESULT.decode(body), id=int(row.id))
