"""What a look at a release costs, by its tally and by counting every fact of the era anew.

`python -m benchmarks gate_look`. The look is the gate's own, with all it reads.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any, Final

from rich.console import Console
from rich.table import Table
from sqlalchemy import text

from benchmarks import office
from interlock.bootstrap import Services
from interlock.domain.case import Arm
from interlock.domain.contract import Stage
from interlock.domain.fact import Fact
from interlock.domain.fact import FactKind as K
from interlock.domain.ids import CaseId, PersonId
from interlock.domain.release import EraId, Release, ReleaseId, ReleaseState, Stand
from interlock.release.evidence import collect, count_up
from interlock.storage.rows import fact_row
from interlock.storage.tally_moves import MOST_AT_ONCE
from interlock.testing.postgres import PostgresMissing, PrivatePostgres

SIZES: Final = (100_000, 600_000)  # facts of the era
KINDS: Final = (
    (K.CASE_OPENED, "", ""),
    (K.PROPOSAL_MADE, "judge", ""),
    (K.STEP_FINISHED, "judge", "done"),
    (K.EXCEPTION_ROUTED, "low_confidence", "judge"),
    (K.CASE_CLOSED, "assisted", "completed"),
)
NEW: Final = 100  # facts between two looks
LOOKS: Final = 20
ERA: Final = EraId("rel_bench.1")
ERA_DAYS: Final = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What was measured of one era, in seconds; medians, but for caught_up."""

    facts: int
    anew: float
    tallied: float
    moved: float
    caught_up: float


def main() -> None:
    """Measures both databases and prints."""
    table = Table(title="A look at a release", title_justify="left")
    for column in (
        "database",
        "facts of the era",
        "counted anew",
        "by tally",
        "ratio",
        f"moving it on by {NEW}",
        "making it, once",
    ):
        table.add_column(column, justify="left" if column == "database" else "right")
    with TemporaryDirectory() as folder:
        for each in measure(f"sqlite:///{folder}/looks.sqlite"):
            table.add_row("SQLite", *_shown(each))
    try:
        with PrivatePostgres(durable=True) as cluster:
            cluster.create("looks")
            for each in measure(cluster.url("looks")):
                table.add_row("PostgreSQL", *_shown(each))
    except PostgresMissing as missing:
        print(f"PostgreSQL was not measured: {missing}")
    Console(width=140).print(table)


def measure(url: str) -> list[Look]:
    """Looks at an era of each size, counted anew and by its tally."""
    found, cases = [], 0
    with office.services(url) as built:
        now = built.clock.now()
        release = _release(built, now)
        for size in SIZES:
            _write(built, now, range(cases, size // len(KINDS)), spread=ERA_DAYS)
            cases = size // len(KINDS)
            with built.store.engine.begin() as conn:
                conn.execute(text("ANALYZE"))
            anew = median(_looks(built, release, now))
            began = perf_counter()
            count_up(built.context, release, now)  # on PostgreSQL only a mark
            for _ in range(size // MOST_AT_ONCE + 1):
                count_up(built.context, release, now)
            caught_up = perf_counter() - began
            moves, looks = zip(*_news(built, release, now, size), strict=True)
            found.append(
                Look(
                    facts=size,
                    anew=anew,
                    tallied=median(looks),
                    moved=median(moves),
                    caught_up=caught_up,
                )
            )
            built.store.forget_tallies([])
    return found


def _shown(look: Look) -> tuple[str, ...]:
    return (
        f"{look.facts:,}",
        f"{1000 * look.anew:,.0f} ms",
        f"{1000 * look.tallied:,.1f} ms",
        f"{look.anew / look.tallied:,.0f}×",
        f"{1000 * look.moved:,.1f} ms",
        f"{look.caught_up:,.1f} s",
    )


def _news(
    built: Services, release: Release, now: datetime, size: int
) -> Iterator[tuple[float, float]]:
    """(seconds to move the tally on, seconds of a look), each after some new facts."""
    for look in range(LOOKS):
        begin = 10 * size + look * NEW
        _write(built, now, range(begin, begin + NEW // len(KINDS)), spread=0)
        began = perf_counter()
        count_up(built.context, release, now)
        moved = perf_counter()
        collect(built.context, release, "", now)
        yield moved - began, perf_counter() - moved


def _looks(built: Services, release: Release, now: datetime) -> Iterator[float]:
    for _ in range(5):
        began = perf_counter()
        collect(built.context, release, "", now)
        yield perf_counter() - began


def _release(built: Services, now: datetime) -> Release:
    contract = built.workflows.named(office.WORKFLOW).contract
    since = now - timedelta(days=ERA_DAYS + 1)
    return Release(
        id=ReleaseId("rel_bench"),
        workflow=contract.workflow,
        fingerprint=contract.fingerprint,
        state=ReleaseState.RUNNING,
        stand=Stand(stage=Stage.AUTONOMOUS, era=ERA, since=since),
        proposed_by=PersonId("owner"),
        proposed_at=since,
        started_at=since,
    )


def _write(built: Services, now: datetime, cases: range, *, spread: float) -> None:
    """The facts of these cases, over so many days until two minutes ago."""
    store: Any = built.store
    end = now - timedelta(minutes=2)
    rows = []
    for place, number in enumerate(cases):
        at = end - timedelta(days=spread) * (1 - place / len(cases))
        rows += [fact_row(_fact(built, number, at, *said)) for said in KINDS]
    with store._db.writing() as conn:
        store._db.append(conn, "append_facts", rows)


def _fact(built: Services, number: int, at: datetime, kind: K, name: str, detail: str) -> Fact:
    contract = built.workflows.named(office.WORKFLOW).contract
    return Fact(
        case_id=CaseId(f"case_{number}"),
        workflow=contract.workflow,
        fingerprint=contract.fingerprint,
        tenant="default",
        segment=("small", "large")[number % 2],
        arm=Arm.RELEASE,
        stage=Stage.AUTONOMOUS,
        kind=kind,
        at=at,
        name=name,
        detail=detail,
        release=ERA,
    )
