"""What a gate counts of an era: its tally, and what is new since the tally was moved on.

Its one rule: a look gives what counting every fact anew gives. Where the tally cannot serve, as of
a moment before something in it or for one who sees some tenants only, every fact is counted anew.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from interlock.domain.release import EraId
from interlock.domain.rules.tallying import (
    BUSINESS,
    WHOLE,
    CountKey,
    Counts,
    Hits,
    Terms,
    added_by,
    case_counts,
    counts_after,
    part_of,
    segment_of,
)
from interlock.storage.database import Database, moment_of
from interlock.storage.rows import clean
from interlock.storage.tally_rows import (
    TallyPlace,
    facts_above,
    line_of,
    marks_before,
    tally_place,
)
from interlock.storage.verdicts import NO_END, Comparisons, EraCounts, EraScope

Lines = dict[CountKey, Hits]
MOST_NEWS: Final = 10_000  # facts a look counts beside the tally


class Tallies:
    """The part of the store that counts for the gate."""

    _db: Database

    def era_counts(self, scope: EraScope, ai_steps: Collection[str]) -> EraCounts:
        """What happened to the cases of an era. ai_steps: the contract's AI steps, by name."""
        with self._db.reading_one_state() as conn:
            lines = self._tallied(conn, scope, _terms(scope, ai_steps))
            return self._recounted_cases(conn, scope, ai_steps) if lines is None else _cases(lines)

    def era_comparisons(self, scope: EraScope) -> Comparisons:
        """What the shadow of an era showed."""
        with self._db.reading_one_state() as conn:
            lines = self._tallied(conn, scope, None)
            return self._recounted_watched(conn, scope) if lines is None else _watched(lines)

    def era_proposals_decided(self, scope: EraScope) -> tuple[int, int]:
        """(changed, decided): proposals people edited or rejected, of those they decided."""
        with self._db.reading_one_state() as conn:
            lines = self._tallied(conn, scope, None)
            return self._recounted_proposals(conn, scope) if lines is None else _proposals(lines)

    def tally_faults(self, scope: EraScope, ai_steps: Collection[str]) -> list[str] | None:
        """Where the tally and the facts themselves differ, in words; None when no tally serves."""
        terms = _terms(scope, ai_steps)
        business = replace(scope, arms=BUSINESS)
        with self._db.reading_one_state() as conn:
            lines = self._tallied(conn, scope, terms)
            if lines is None:
                return None
            changed, decided = _proposals(lines)
            kept = {
                **asdict(_cases(lines)),
                **_prefixed("shadow", asdict(_watched(lines))),
                **_prefixed("proposals", {"changed": changed, "decided": decided}),
            }
            changed, decided = self._recounted_proposals(conn, business)
            right = {
                **asdict(self._recounted_cases(conn, scope, ai_steps)),
                **_prefixed("shadow", asdict(self._recounted_watched(conn, business))),
                **_prefixed("proposals", {"changed": changed, "decided": decided}),
            }
        return [
            f"{name}: {kept[name]} in the tally, {right[name]} by the facts"
            for name in right
            if kept[name] != right[name]
        ]

    def segments_of_eras(self, eras: Sequence[EraId]) -> list[str]:
        """The segments whose cases were opened in these eras."""
        found: set[str] = set()
        for era in eras:
            found.update(self._by_segment(era, Counts.OPENED, "recount_segments"))
        return sorted(found)

    def rejected_in_eras(self, eras: Sequence[EraId]) -> dict[str, datetime]:
        """Segments in which a person found wrong what nobody had been asked about → when last."""
        found: dict[str, datetime] = {}
        for era in eras:
            rejected = self._by_segment(era, Counts.REJECTED, "recount_rejections")
            for segment, at in rejected.items():
                found[segment] = max(at, found.get(segment, at))
        return dict(sorted(found.items()))

    def _tallied(self, conn: Connection, scope: EraScope, terms: Terms | None) -> Lines | None:
        """The lines of the scope's part; None when the tally does not serve for it. terms None:
        for what is counted of all business, whatever the terms."""
        place = self._serving(conn, scope.era)
        if place is None or place.terms != (terms or place.terms):
            return None
        if terms is None and scope.arms != BUSINESS:
            return None
        if place.latest_at is not None and place.latest_at > scope.until:
            return None  # as of a time before something that is in it already
        part = WHOLE if scope.segment is None else part_of(clean(scope.segment))
        rows = self._db.rows(conn, "counts_of_part", era=scope.era, part=part)
        lines = self._with_news(conn, scope.era, place, rows, scope.until)
        if lines is None:
            return None
        return {key: hits for key, hits in lines.items() if key.part == part}

    def _serving(self, conn: Connection, era: EraId) -> TallyPlace | None:
        if self._db.tenants is not None:
            return None  # it counts the rows of every tenant
        place = tally_place(self._db, conn, era)
        return place if place is not None and place.is_begun else None

    def _with_news(
        self,
        conn: Connection,
        era: EraId,
        place: TallyPlace,
        rows: Iterable[Any],
        until: datetime | None,
    ) -> Lines | None:
        """The lines in these rows, and those of every part with what came since; None when so
        much came that counting everything anew is quicker."""
        lines = dict(map(line_of, rows))
        news = facts_above(self._db, conn, era, place.counted_to, NO_END, MOST_NEWS)
        if len(news) == MOST_NEWS:
            return None
        added = added_by((each for each in news if until is None or each.at <= until), place.terms)
        changes = counts_after(added, marks_before(self._db, conn, era, added.cases))
        for key, hits in changes.items():
            lines[key] = lines[key].plus(hits) if key in lines else hits
        return lines

    def _by_segment(self, era: EraId, counts: Counts, recount: str) -> dict[str, datetime]:
        """By segment, when a thing was last seen in an era."""
        with self._db.reading_one_state() as conn:
            place, lines = self._serving(conn, era), None
            if place is not None:
                rows = self._db.rows(conn, "counts_of_segments", era=era, counts=counts)
                lines = self._with_news(conn, era, place, rows, None)
            if lines is None:
                rows = self._db.rows(conn, recount, era=era)
                return {row.segment: moment_of(row.at) for row in rows}
        return {
            segment_of(key.part): hits.last_at
            for key, hits in lines.items()
            if key.counts == counts and key.part != WHOLE
        }

    def _recounted_cases(
        self, conn: Connection, scope: EraScope, ai_steps: Collection[str]
    ) -> EraCounts:
        [row] = self._recounted(conn, "recount_cases", scope, ai_steps=sorted(ai_steps))
        return EraCounts(**_with_last(row))

    def _recounted_watched(self, conn: Connection, scope: EraScope) -> Comparisons:
        [row] = self._recounted(conn, "recount_comparisons", scope)
        return Comparisons(**_with_last(row))

    def _recounted_proposals(self, conn: Connection, scope: EraScope) -> tuple[int, int]:
        [row] = self._recounted(conn, "recount_proposals", scope)
        return int(row.changed), int(row.decided)

    def _recounted(self, conn: Connection, name: str, scope: EraScope, **more: Any) -> Any:
        return self._db.rows(
            conn,
            name,
            era=scope.era,
            arms=sorted(scope.arms),
            any_segment=scope.segment is None,
            segment=clean(scope.segment or ""),
            until=self._db.moment(scope.until),
            **more,
        )


def _terms(scope: EraScope, ai_steps: Collection[str]) -> Terms:
    return Terms(ai_steps=frozenset(ai_steps), case_arms=frozenset(scope.arms))


def _cases(lines: Lines) -> EraCounts:
    of_cases = {key: hits for key, hits in lines.items() if key.counts == Counts.CASES}
    by_marks = {key.marks: hits.hits for key, hits in of_cases.items()}
    counts: dict[str, Any] = {**case_counts(by_marks), **_newest(of_cases.values())}
    return EraCounts(**counts)


def _watched(lines: Lines) -> Comparisons:
    compared = _by_detail(lines, Counts.COMPARED)
    return Comparisons(
        compared=sum(each.hits for each in compared.values()),
        cases=sum(hits.hits for key, hits in lines.items() if key.counts == Counts.WATCHED),
        different=_hits(compared, "different"),
        failed=_hits(compared, "failed"),
        **_newest(compared.values()),
    )


def _proposals(lines: Lines) -> tuple[int, int]:
    by_verb = _by_detail(lines, Counts.PROPOSALS)
    decided = sum(each.hits for each in by_verb.values())
    return decided - _hits(by_verb, "approve"), decided


def _by_detail(lines: Lines, counts: Counts) -> dict[str, Hits]:
    return {key.detail: hits for key, hits in lines.items() if key.counts == counts}


def _hits(by_detail: Mapping[str, Hits], detail: str) -> int:
    return by_detail[detail].hits if detail in by_detail else 0


def _newest(lines: Collection[Hits]) -> dict[str, Any]:
    return {
        "last_id": max((each.last_id for each in lines), default=0),
        "last_at": max((each.last_at for each in lines), default=None),
    }


def _with_last(row: Any) -> dict[str, Any]:
    counts = {name: int(value) for name, value in row._mapping.items() if name[:5] != "last_"}
    last_at = None if row.last_at is None else moment_of(row.last_at)
    return {**counts, "last_id": row.last_id or 0, "last_at": last_at}


def _prefixed(word: str, counts: Mapping[str, Any]) -> dict[str, Any]:
    return {f"{word} {name}": value for name, value in counts.items()}
