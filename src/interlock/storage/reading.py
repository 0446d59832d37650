"""Reading cases, actions, facts and counts, for people and for measuring."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection

from interlock.domain.action import Action, ActionState
from interlock.domain.case import Case, CaseState, ClosingOutcome, Handling, WaitsFor
from interlock.domain.fact import Fact, FactKind
from interlock.domain.ids import CaseId, Fingerprint, QueueName, WorkflowId
from interlock.domain.money import Money
from interlock.storage.codec import ACTION, CASE
from interlock.storage.database import EVERY_TENANT, Database, json_text
from interlock.storage.errors import CaseAmbiguous, CaseUnknown
from interlock.storage.rows import fact_from
from interlock.storage.values import CaseQuery, ClosedCount, CountsRow, QueueCount, WaitingCount

PAGE: Final = 1_000  # rows a page when a whole table is read
SHOWN: Final = 5  # how many suggestions a person is shown
LAST_LETTER: Final = "\U0010ffff"  # sorts after every letter that can follow a prefix
BEGINNING: Final = datetime.min.replace(tzinfo=UTC)
END: Final = datetime(9999, 1, 1, tzinfo=UTC)


class Reading:
    """The part of the store that is only read."""

    _db: Database

    def load(self, case_ids: Sequence[CaseId]) -> list[Case]:
        """These cases as they are now, in the order asked; one that does not exist is left out."""
        if not case_ids:
            return []
        with self._db.reading() as conn:
            rows = self._db.rows(conn, "case_bodies", ids=json_text(list(case_ids)))
        cases = CASE.decode_all([row.body for row in rows])
        found = {case.id: case for case in cases if self._db.shows(case.tenant)}
        return [found[case_id] for case_id in case_ids if case_id in found]

    def cases(self, query: CaseQuery) -> list[Case]:
        """One page of the cases that match, the newest first."""
        with self._db.reading() as conn:
            rows = self._db.rows(
                conn,
                "cases",
                workflow=query.workflow,
                state=query.state,
                waits_for=query.waits_for,
                exception_type=query.exception_type,
                outcome=query.outcome,
                handling=query.handling,
                probes=query.probes,
                any_tenant=query.tenants is None,
                tenants=sorted(query.tenants or ()),
                pattern=part_of(query.text) if query.text else None,
                after=query.after,
                limit=query.limit,
            )
        return CASE.decode_all([row.body for row in rows])

    def find_case(self, text: str) -> CaseId:
        """The case with this id, this business key, or the only one whose id starts like this.

        Raises: CaseUnknown, naming keys that hold the text; CaseAmbiguous, naming the cases.
        """
        limit = SHOWN
        with self._db.reading() as conn:
            by_id = self._db.rows(
                conn,
                "find_case_by_id",
                text=text,
                text_end=text + LAST_LETTER,
                limit=limit,
                **EVERY_TENANT,
            )
            exact = [row for row in by_id if row.id == text]
            by_key = self._db.rows(conn, "find_case_by_key", text=text, limit=limit, **EVERY_TENANT)
            found = exact or by_key or (by_id if text else [])
            if not found:
                near = self._db.rows(
                    conn, "near_cases", pattern=part_of(text), limit=limit, **EVERY_TENANT
                )
                raise CaseUnknown(text, [row.key for row in near] if text else [])
        if len(found) > 1:
            raise CaseAmbiguous(text, [row.id for row in found])
        return CaseId(found[0].id)

    def actions(
        self,
        *,
        case_id: CaseId | None = None,
        states: Sequence[ActionState] = (),
        limit: int = PAGE,
    ) -> list[Action]:
        """The actions of one case, or of all cases in some states. No state given: in any.

        Raises: ValueError when neither is given.
        """
        if case_id is None and not states:
            raise ValueError(
                "actions of every case in every state were asked for; give one of them"
            )
        with self._db.reading() as conn:
            if case_id is None:
                rows = self._db.rows(conn, "actions_in_state", states=list(states), limit=limit)
            elif hides_case(self._db, conn, case_id):
                rows = []
            else:
                rows = self._db.rows(
                    conn,
                    "actions_of_case",
                    case_id=case_id,
                    any_state=not states,
                    states=list(states),
                )
        return ACTION.decode_all([row.body for row in rows])

    def counts(self, workflow: str | None = None, *, now: datetime) -> CountsRow:
        """How much work there is and what became of it; for one workflow or for all."""
        asked: dict[str, Any] = {"workflow": workflow, **EVERY_TENANT}
        with self._db.reading() as conn:
            states = self._db.rows(conn, "count_states", **asked)
            closed = self._db.rows(conn, "count_closed", **asked)
            waiting = self._db.rows(conn, "count_waiting", **asked)
            queues = self._db.rows(conn, "count_queues", now=self._db.moment(now), **asked)
        return CountsRow(
            states={CaseState(row.state): row.cases for row in states},
            closed=_closed(closed),
            waiting=tuple(
                WaitingCount(
                    waits_for=WaitsFor(row.waits_for),
                    exception_type=row.exception_type,
                    cases=row.cases,
                )
                for row in waiting
            ),
            queues=tuple(
                QueueCount(
                    queue=QueueName(row.queue), open=row.open, at_risk=row.at_risk, late=row.late
                )
                for row in queues
            ),
            money_closed=_money(closed),
        )

    def open_by_contract(self) -> dict[tuple[WorkflowId, Fingerprint], int]:
        """How many open cases began with each version (workflow, fingerprint) of a contract."""
        with self._db.reading() as conn:
            rows = self._db.rows(conn, "count_open_by_contract")
        return {(WorkflowId(row.workflow), Fingerprint(row.fingerprint)): row.cases for row in rows}

    def facts(
        self,
        *,
        workflow: str | None = None,
        kinds: Sequence[FactKind] = (),
        since: datetime = BEGINNING,
        until: datetime = END,
        probes: bool = False,
    ) -> Iterator[Fact]:
        """Facts with since <= at < until, oldest first (over all workflows: as they were written).

        probes: those of planted questions too, which no number of the business may hold.

        Read a page at a time; a fact written meanwhile may or may not be among them.
        """
        name = "facts" if workflow is None else "facts_of_workflow"
        at, last = since, -1
        while True:
            with self._db.reading() as conn:
                rows = self._db.rows(
                    conn,
                    name,
                    **({"since": self._db.moment(since)} if workflow is None else {}),
                    **({"workflow": workflow, "after_at": self._db.moment(at)} if workflow else {}),
                    after_id=last,
                    until=self._db.moment(until),
                    any_kind=not kinds,
                    probes=probes,
                    kinds=list(kinds),
                    limit=PAGE,
                )
            page = [fact_from(row) for row in rows]
            yield from page
            if len(page) < PAGE:
                return
            at, last = page[-1].at, rows[-1].id

    def budget_used(self, workflow: str, budget: str, window: str) -> int:
        """What is used of a cumulative budget in one of its windows, in the budget's own units."""
        with self._db.reading() as conn:
            rows = self._db.rows(
                conn, "budget_used", workflow=workflow, budget=budget, time_window=window
            )
        return rows[0].used if rows else 0


def hides_case(db: Database, conn: Connection, case_id: str) -> bool:
    """Whether the case is one that may not be seen here; what hangs on it is not there then."""
    if db.tenants is None:
        return False
    return not any(db.shows(row.tenant) for row in db.rows(conn, "tenant_of_case", case_id=case_id))


def part_of(text: str) -> str:
    """The LIKE pattern for texts that hold this one, any case."""
    escaped = text.lower().replace("!", "!!").replace("%", "!%").replace("_", "!_")
    return f"%{escaped}%"


def _closed(rows: Sequence[Any]) -> tuple[ClosedCount, ...]:
    counted: dict[tuple[str, str], int] = {}
    for row in rows:
        way = (row.handling, row.outcome)
        counted[way] = counted.get(way, 0) + row.cases
    return tuple(
        ClosedCount(handling=Handling(handling), outcome=ClosingOutcome(outcome), cases=cases)
        for (handling, outcome), cases in counted.items()
    )


def _money(rows: Sequence[Any]) -> tuple[Money, ...]:
    sums: dict[str, int] = {}
    for row in rows:
        if row.currency is not None:
            sums[row.currency] = sums.get(row.currency, 0) + int(row.micros)
    return tuple(
        Money(micros=micros, currency=currency) for currency, micros in sorted(sums.items())
    )
