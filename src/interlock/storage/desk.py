"""What the desk keeps beside cases: who is away, who is trained, drafts, and answer links.

Its one rule: an absence changes only together with a note in the house log.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from pydantic_core import from_json
from sqlalchemy import Connection

from interlock.domain.ids import PersonId, QueueName, TaskId, WorkflowId
from interlock.domain.training import TrainingAnswer, TrainingRun
from interlock.storage.database import Database, json_text, moment_of, moment_text
from interlock.storage.house_log import HouseNote, append_house
from interlock.storage.recording import repeated

SHOWN: Final = 200  # absences or training runs that one look shows


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """Somebody is away from `since` until `until`; a deputy fills their seat meanwhile."""

    person: PersonId
    since: datetime
    until: datetime
    deputy: PersonId | None
    set_by: PersonId
    set_at: datetime
    id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AtHand:
    """What is known of a person when they act, beside their account."""

    absent_until: datetime | None
    stands_in_for: tuple[PersonId, ...]
    trained: tuple[str, ...]
    holding: Mapping[QueueName, tuple[TaskId, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class InHandCount:
    """How many tasks one person has in hand in a queue; `asked` of them wait for an answer."""

    person: PersonId
    workflow: WorkflowId
    queue: QueueName
    held: int
    asked: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerLink:
    """A link by which the task's question at a place can be answered, once."""

    digest: str
    task_id: TaskId
    question: int
    party: str
    made_at: datetime
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewDraft:
    """What somebody has begun to write about a task; nothing is decided by it."""

    task_id: TaskId
    saved_by: PersonId
    saved_at: datetime
    body: Mapping[str, Any]


class Desk:
    """The part of the store that the desk works with."""

    _db: Database

    def at_hand(self, person: str, now: datetime) -> AtHand:
        """What is known of the person now; one look."""
        moment = self._db.moment(now)
        with self._db.reading() as conn:
            away = self._db.rows(conn, "absent_until", person=person, now=moment)
            seats = self._db.rows(conn, "stands_in_for", person=person, now=moment)
            trained = self._db.rows(conn, "trained", person=person, now=moment)
            held = self._db.rows(conn, "holding", person=person)
        holding: dict[QueueName, list[TaskId]] = {}
        for row in held:
            holding.setdefault(QueueName(row.queue), []).append(TaskId(row.id))
        return AtHand(
            absent_until=moment_of(away[0].until) if away else None,
            stands_in_for=tuple(PersonId(row.person) for row in seats),
            trained=tuple(row.digest for row in trained),
            holding={queue: tuple(ids) for queue, ids in holding.items()},
        )

    def in_hand_counts(self, *, tenants: Collection[str] | None = None) -> list[InHandCount]:
        """How many tasks everybody has in hand, by person, workflow and queue."""
        with self._db.reading() as conn:
            rows = self._db.rows(
                conn, "in_hand_counts", any_tenant=tenants is None, tenants=sorted(tenants or ())
            )
        return [
            InHandCount(
                person=PersonId(row.person),
                workflow=WorkflowId(row.workflow),
                queue=QueueName(row.queue),
                held=row.held,
                asked=row.asked,
            )
            for row in rows
        ]

    # --- absences ---------------------------------------------------------------------------

    def add_absence(self, absence: Absence, note: HouseNote) -> None:
        """The absence on record, with its note in the house log."""

        def add() -> None:
            with self._db.writing() as conn:
                self._db.rows(
                    conn,
                    "add_absence",
                    person=absence.person,
                    since=moment_text(absence.since),
                    until=moment_text(absence.until),
                    deputy=absence.deputy,
                    set_by=absence.set_by,
                    set_at=moment_text(absence.set_at),
                )
                append_house(self._db, conn, note)

        repeated(add)

    def end_absence(self, person: str, now: datetime, note: HouseNote) -> int:
        """How many absences of the person end now; with a note when there are any."""

        def end() -> int:
            with self._db.writing() as conn:
                rows = self._db.rows(conn, "end_absence", person=person, now=moment_text(now))
                if rows:
                    append_house(self._db, conn, note)
                return len(rows)

        return repeated(end)

    def absences(self, now: datetime, *, person: str | None = None) -> list[Absence]:
        """The absences that are not over, also those to come; the next to end first."""
        with self._db.reading() as conn:
            rows = self._db.rows(
                conn, "absences", now=self._db.moment(now), person=person, limit=SHOWN
            )
        return [
            Absence(
                id=row.id,
                person=PersonId(row.person),
                since=moment_of(row.since),
                until=moment_of(row.until),
                deputy=PersonId(row.deputy) if row.deputy else None,
                set_by=PersonId(row.set_by),
                set_at=moment_of(row.set_at),
            )
            for row in rows
        ]

    # --- training ---------------------------------------------------------------------------

    def start_training(self, run: TrainingRun) -> None:
        """One person's way through a training begins."""
        with self._db.writing() as conn:
            self._db.run(
                conn,
                "start_training",
                id=run.id,
                person=run.person,
                workflow=run.workflow,
                queue=run.queue,
                digest=run.digest,
                started_at=moment_text(run.started_at),
            )

    def answer_exercise(
        self,
        run: TrainingRun,
        answer: TrainingAnswer,
        *,
        finished: TrainingRun | None = None,
        note: HouseNote | None = None,
    ) -> bool:
        """True when the answer is now on record; False when this exercise had one already.

        finished: the run as it ended with this answer; then with its note in the house log.
        """

        def record() -> bool:
            with self._db.writing() as conn:
                rows = self._db.rows(
                    conn,
                    "answer_exercise",
                    run_id=run.id,
                    place=answer.place,
                    verb=answer.verb,
                    reason_code=answer.reason_code,
                    correct=answer.right,
                    at=moment_text(answer.at),
                )
                if rows and finished is not None:
                    self._finish(conn, finished, answer.at, note)
                return bool(rows)

        return repeated(record)

    def _finish(
        self, conn: Connection, run: TrainingRun, now: datetime, note: HouseNote | None
    ) -> None:
        until = moment_text(run.valid_until) if run.valid_until else None
        self._db.run(
            conn,
            "finish_training",
            id=run.id,
            now=moment_text(now),
            passed=bool(run.passed),
            valid_until=until,
        )
        if note is not None:
            append_house(self._db, conn, note)

    def training_run(self, run_id: str) -> TrainingRun | None:
        """One way through a training, with its answers; None when there is none."""
        with self._db.reading() as conn:
            rows = self._db.rows(conn, "training_run", id=run_id)
            answers = self._db.rows(conn, "training_answers", run_id=run_id)
        return _run(rows[0], answers) if rows else None

    def training_runs(self, person: str, digest: str) -> list[TrainingRun]:
        """One person's ways through one training, the newest first, with their answers."""
        with self._db.reading() as conn:
            rows = self._db.rows(conn, "training_runs", person=person, digest=digest, limit=SHOWN)
            return [
                _run(row, self._db.rows(conn, "training_answers", run_id=row.id)) for row in rows
            ]

    # --- drafts and answer links ------------------------------------------------------------

    def save_draft(self, draft: ReviewDraft) -> None:
        """Keeps what somebody has begun to write about a task, instead of what was before."""
        with self._db.writing() as conn:
            self._db.run(
                conn,
                "save_draft",
                task_id=draft.task_id,
                saved_by=draft.saved_by,
                saved_at=moment_text(draft.saved_at),
                body=json_text(draft.body),
            )

    def draft(self, task_id: str) -> ReviewDraft | None:
        """What was begun to be written about a task, by whoever it was; or None."""
        with self._db.reading() as conn:
            rows = self._db.rows(conn, "draft", task_id=task_id)
        if not rows:
            return None
        return ReviewDraft(
            task_id=TaskId(rows[0].task_id),
            saved_by=PersonId(rows[0].saved_by),
            saved_at=moment_of(rows[0].saved_at),
            body=from_json(rows[0].body),
        )

    def drop_draft(self, conn: Connection, task_id: str) -> None:
        """Forgets a draft, in the caller's transaction."""
        self._db.run(conn, "drop_draft", task_id=task_id)

    def drop_over_drafts(self) -> None:
        """Forgets the drafts of all tasks that are over: decided, passed on, or withdrawn."""
        with self._db.writing() as conn:
            self._db.run(conn, "drop_over_drafts")

    def add_answer_link(self, link: AnswerLink) -> None:
        """Keeps a link by its token's digest."""
        with self._db.writing() as conn:
            self._db.run(
                conn,
                "add_answer_link",
                digest=link.digest,
                task_id=link.task_id,
                question=link.question,
                party=link.party,
                made_at=moment_text(link.made_at),
            )

    def answer_link(self, digest: str) -> AnswerLink | None:
        """The link whose token has this digest, used or not; None when there is none."""
        with self._db.reading() as conn:
            rows = self._db.rows(conn, "answer_link", digest=digest)
        if not rows:
            return None
        row = rows[0]
        return AnswerLink(
            digest=row.digest,
            task_id=TaskId(row.task_id),
            question=row.question,
            party=row.party,
            made_at=moment_of(row.made_at),
            used_at=moment_of(row.used_at) if row.used_at else None,
        )

    def use_answer_link(self, conn: Connection, digest: str, now: datetime) -> bool:
        """True when the link is used now, in the caller's transaction; False: it was before."""
        return bool(self._db.rows(conn, "use_answer_link", digest=digest, now=moment_text(now)))


def _run(row: Any, answers: Sequence[Any]) -> TrainingRun:
    return TrainingRun(
        id=row.id,
        person=PersonId(row.person),
        workflow=WorkflowId(row.workflow),
        queue=QueueName(row.queue),
        digest=row.digest,
        started_at=moment_of(row.started_at),
        finished_at=moment_of(row.finished_at) if row.finished_at else None,
        passed=None if row.passed is None else bool(row.passed),
        valid_until=moment_of(row.valid_until) if row.valid_until else None,
        answers=tuple(
            TrainingAnswer(
                place=each.place,
                verb=each.verb,
                reason_code=each.reason_code,
                right=bool(each.correct),
                at=moment_of(each.at),
            )
            for each in answers
        ),
    )
