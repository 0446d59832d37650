"""`make bench`: every figure on both databases, side by side; or only the figures named.

Studies are asked for by name, as in `python -m benchmarks honest_gate`.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import (
    banking,
    batches,
    desk,
    gate_look,
    honest_gate,
    limits,
    single_case,
    time_to_safety,
    waiting,
)
from benchmarks.figures import Figure, keep, show
from interlock.testing.postgres import PostgresMissing, PrivatePostgres

RESULTS = Path(__file__).parent / "results"
NAMES = ("batches", "single", "waiting", "limits", "desk", "time_to_safety")
STUDIES = {
    "honest_gate": honest_gate.main,
    "banking": banking.main,
    "gate_look": gate_look.main,
}


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    known = (*NAMES, *STUDIES)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of: {', '.join(known)}")
    parser.add_argument("--cases", type=int, default=4000, help="cases in the batch figures")
    parser.add_argument("--single", type=int, default=200, help="cases in the latency figures")
    parser.add_argument("--waiting", type=int, default=20000, help="cases that wait")
    parser.add_argument("--tasks", type=int, default=100000, help="open tasks in the desk figures")
    parser.add_argument("--only", choices=["sqlite", "postgresql"], help="one database only")
    wanted = parser.parse_args()
    for name in set(wanted.names) - set(known):
        parser.error(f"there is no figure {name!r}; write some of: {', '.join(known)}")
    for name in [each for each in wanted.names if each in STUDIES]:
        STUDIES[name]()
        wanted.names.remove(name)
        if not wanted.names:
            return
    wanted.names = wanted.names or list(NAMES)
    figures: list[Figure] = []
    if wanted.only != "postgresql":
        with _sqlite() as fresh:
            figures += _measured("SQLite", fresh, wanted, workers=1)
    if wanted.only != "sqlite":
        try:
            with _postgres() as fresh:
                figures += _measured("PostgreSQL", fresh, wanted, workers=2)
                if "desk" in wanted.names:
                    figures += desk.measure(fresh(), wanted.tasks)
            if "time_to_safety" in wanted.names:
                with _postgres(time_to_safety.CLUSTER) as fresh:
                    figures += time_to_safety.measure(fresh())
        except PostgresMissing as missing:
            print(f"PostgreSQL was not measured: {missing}")
    show(figures)
    print(f"kept in {keep(figures, RESULTS)}")


def _measured(
    database: str, fresh: Callable[[], str], wanted: argparse.Namespace, *, workers: int
) -> list[Figure]:
    print(f"measuring {database} …", flush=True)
    measured: dict[str, Callable[[], list[Figure]]] = {
        "batches": lambda: [batches.measure(database, fresh(), fresh(), wanted.cases, workers)],
        "single": lambda: single_case.measure(database, fresh(), fresh(), wanted.single),
        "waiting": lambda: waiting.measure(database, fresh(), wanted.waiting),
        "limits": lambda: [limits.measure(database, fresh(), 2000)],
    }
    return [each for name in wanted.names if name in measured for each in measured[name]()]


@contextmanager
def _sqlite() -> Iterator[Callable[[], str]]:
    with TemporaryDirectory() as folder:
        made = iter(range(1000))
        yield lambda: f"sqlite:///{folder}/bench-{next(made)}.sqlite"


@contextmanager
def _postgres(options: Mapping[str, str] | None = None) -> Iterator[Callable[[], str]]:
    with PrivatePostgres(durable=True, options=options) as cluster:
        made = iter(range(1000))
        yield lambda: _created(cluster, f"bench_{next(made)}")


def _created(cluster: PrivatePostgres, name: str) -> str:
    cluster.create(name)
    return cluster.url(name)


if __name__ == "__main__":
    main()
