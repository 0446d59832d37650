"""Moving a tally on: the facts that are new go into it, each exactly once.

Its one rule: a fact goes in only when none with a lower number can still appear. PostgreSQL numbers
a fact before its transaction commits, so a lower number may show after a higher one; a mark is set
at the highest fact, and counted up to when every transaction that was there then is over.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Final, NamedTuple

from sqlalchemy import Connection

from interlock.domain.release import EraId
from interlock.domain.rules.tallying import BUSINESS, Terms, Told, added_by, counts_after
from interlock.storage.database import Database
from interlock.storage.recording import repeated
from interlock.storage.tally_rows import (
    TallyPlace,
    facts_above,
    line_row,
    marks_before,
    place_of,
    tally_place,
    terms_row,
)

# A look is as of its worker's clock, and a fact of its own worker's. What is younger than this is
# left to the look, so that clocks may differ by as much and every look still finds the tally.
SETTLED_AFTER: Final = timedelta(seconds=30)
BATCH: Final = 10_000  # facts counted in one transaction, which others may wait for
MOST_PASSED_BY: Final = 5_000  # facts of others between an era's tally and the newest one
MOST_AT_ONCE: Final = 50_000  # facts counted in one go: the sweep has other things to do


class Mark(NamedTuple):
    """Nothing more appears up to this fact once every transaction up to this one is over."""

    fact: int
    transaction: int


class TallyMoves:
    """The part of the store that moves tallies on."""

    _db: Database

    def move_tally(self, era: EraId, terms: Terms | None, now: datetime) -> int:
        """How many facts of the era were counted now, and will not be again.

        terms: what it is counted by; other terms than before begin it anew. None: as before.
        """
        counted = 0
        while self._is_behind(era, terms) and counted < MOST_AT_ONCE:
            facts = repeated(lambda: self._moved(era, terms, now))
            counted += facts
            if facts < BATCH:
                break
        return counted

    def forget_tallies(self, keep: Collection[EraId]) -> list[EraId]:
        """The eras whose tallies are gone now: all but these. A look at one of them counts anew."""
        with self._db.reading() as conn:
            eras = [EraId(row.era) for row in self._db.rows(conn, "tallied_eras")]
        gone = [each for each in eras if each not in keep]
        for era in gone:
            with self._db.writing() as conn:
                self._forget(conn, era)
        return gone

    def _is_behind(self, era: EraId, terms: Terms | None) -> bool:
        """True when there is something to count, or much of others to pass by; else an era that
        nothing happens in is left as it is, and nothing is written for it."""
        with self._db.reading() as conn:
            place = tally_place(self._db, conn, era)
            if place is None or (terms is not None and place.terms != terms):
                return True
            [newest] = self._db.rows(conn, "last_fact")
            if int(newest.last) - place.counted_to > MOST_PASSED_BY:
                return True
            return bool(facts_above(self._db, conn, era, place.counted_to, int(newest.last), 1))

    def _moved(self, era: EraId, terms: Terms | None, now: datetime) -> int:
        """How many facts one transaction counted."""
        db = self._db
        with db.writing() as conn:
            mark = self._mark(conn)
            place = self._held_tally(conn, era, terms)
            last = self._last_final(conn, place, mark)
            facts = facts_above(db, conn, era, place.counted_to, last, BATCH)
            settled = list(takewhile(lambda each: each.at <= now - SETTLED_AFTER, facts))
            added = added_by(settled, place.terms)
            before = marks_before(db, conn, era, added.cases)
            marks = [
                {"era": era, **key._asdict(), "marks": before.get(key, 0) | got}
                for key, (got, _) in added.cases.items()
            ]
            lines = [line_row(era, *line) for line in counts_after(added, before).items()]
            db.write(conn, "put_marks", marks)
            db.write(conn, "add_counts", lines)
            counted_to = _counted_to(place, facts, settled, last)
            self._put(conn, era, place, settled, counted_to, self._next(place, mark, counted_to))
        return len(settled)

    def _mark(self, conn: Connection) -> Mark:
        """The newest mark. In this order, and before anything is written here: whoever took a
        lower number for a fact had written its case before, so its transaction was numbered
        already, and lower than ours."""
        [newest] = self._db.rows(conn, "last_fact")
        [own] = self._db.rows(conn, "new_transaction")
        return Mark(int(newest.last), int(own.number))

    def _last_final(self, conn: Connection, place: TallyPlace, mark: Mark) -> int:
        """The highest fact up to which no other can appear any more."""
        [oldest] = self._db.rows(conn, "oldest_transaction")
        marks = (mark, Mark(place.mark_fact, place.mark_transaction))
        final = [each.fact for each in marks if each.transaction < oldest.number]
        return max([place.counted_to, *final])

    def _held_tally(self, conn: Connection, era: EraId, terms: Terms | None) -> TallyPlace:
        """Where the tally stands, nobody else's to move until the end of the transaction."""
        asked = terms or Terms(ai_steps=frozenset(), case_arms=frozenset(BUSINESS))
        [row] = self._db.rows(conn, "hold_tally", era=era, **terms_row(asked))
        if terms is not None and place_of(row).terms != terms:
            self._forget(conn, era)
            [row] = self._db.rows(conn, "hold_tally", era=era, **terms_row(terms))
        return place_of(row)

    def _next(self, place: TallyPlace, mark: Mark, counted_to: int) -> Mark:
        """The mark to wait for. One not reached yet stays: a newer one is only final later. One
        with a higher transaction than ours is of another server, from which this was restored."""
        waits = counted_to < place.mark_fact and place.mark_transaction <= mark.transaction
        return Mark(place.mark_fact, place.mark_transaction) if waits else mark

    def _put(
        self,
        conn: Connection,
        era: EraId,
        place: TallyPlace,
        settled: Sequence[Told],
        counted_to: int,
        mark: Mark,
    ) -> None:
        moments = [each.at for each in settled]
        if place.latest_at is not None:
            moments.append(place.latest_at)
        self._db.run(
            conn,
            "move_tally",
            era=era,
            counted_to=counted_to,
            mark_fact=mark.fact,
            mark_transaction=mark.transaction,
            latest_at=self._db.moment(max(moments)) if moments else None,
        )

    def _forget(self, conn: Connection, era: EraId) -> None:
        for name in ("forget_tally", "forget_era_cases", "forget_era_counts"):
            self._db.run(conn, name, era=era)


def _counted_to(
    place: TallyPlace, facts: Sequence[Told], settled: Sequence[Told], last: int
) -> int:
    """Up to where every fact is in the counts now."""
    if len(settled) < len(facts):
        return max(place.counted_to, facts[len(settled)].id - 1)
    return facts[-1].id if len(facts) == BATCH else last
