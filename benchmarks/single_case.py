"""A single case: from the call that delivers it to the moment it is closed."""

from __future__ import annotations

import time

from benchmarks import bare_dbos, office
from benchmarks.figures import Figure, percentile
from interlock.runtime.commands import deliver

WARM_UP = 10


def measure(database: str, url: str, beside_url: str, cases: int) -> list[Figure]:
    """Median and 99th percentile in milliseconds, beside a DBOS workflow started directly."""
    mine = _latencies(url, cases + WARM_UP)[WARM_UP:]
    theirs = bare_dbos.latencies(beside_url, cases + WARM_UP)[WARM_UP:]
    return [
        Figure(
            what=f"one case, intake to closed, {name}",
            database=database,
            value=percentile(mine, share) * 1000,
            unit="ms",
            beside=percentile(theirs, share) * 1000,
            note=f"{cases} cases one after the other",
        )
        for name, share in (("median", 0.5), ("99 %", 0.99))
    ]


def _latencies(url: str, cases: int) -> list[float]:
    with office.services(url) as built, built.worker():
        taken = []
        for _ in range(cases):
            document = office.requests(1)
            started = time.perf_counter()
            [delivered] = deliver(built.context, office.WORKFLOW, [document])
            while built.store.load([delivered.case_id])[0].closed_at is None:
                built.engine.turn(1.0)
            taken.append(time.perf_counter() - started)
        return taken
