"""The desk under load: pages and next tasks among 100,000, many reviewers, many streams."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import text

from benchmarks import office, team
from benchmarks.figures import Figure, percentile
from interlock import identity
from interlock.bootstrap import Services
from interlock.domain.people import Grant, Right, Role
from interlock.testing.postgres import free_port

SEEDS = 1_000  # real waiting cases, of which copies are made
REVIEWERS = 200
DECISIONS_EACH = 5
STREAMS = 500
LOOKS = 200
SQL = Path(__file__).parent / "many_tasks.sql"
READY_SECONDS = 60.0


def measure(url: str, tasks: int) -> list[Figure]:
    """Everything about the desk on PostgreSQL, with so many open tasks in the tables."""
    with office.services(url) as built:
        _fill(built, tasks)
        tokens, session = _people(built)
        with _server(url) as base:
            looks = _looks(base, session, tokens[0])
            decided = _told("decide", base, {"tokens": tokens, "each": DECISIONS_EACH})
            listened = _told("listen", base, {"tokens": tokens, "clients": STREAMS})
        wrong = _wrong(built, decided["decided"])
    note = f"{tasks:,} open tasks"
    return [
        *_figures("desk page, p95", looks["page"], note),
        *_figures("next task taken, p95", looks["next"], note),
        Figure(
            what="decisions by 200 reviewers at once",
            database="PostgreSQL",
            value=len(decided["decided"]) / decided["seconds"],
            unit="/s",
            note=f"{len(decided['decided'])} decided, {_said(decided['refused'])}, {wrong} "
            f"lost or double; take and decide {percentile(decided['took'], 0.95):.1f} s at p95",
        ),
        Figure(
            what="a change heard by every stream",
            database="PostgreSQL",
            value=listened["seconds"] * 1000,
            unit="ms",
            note=f"{listened['clients']} open streams",
        ),
    ]


def _said(refused: dict[str, int]) -> str:
    """How many were refused, and with which code."""
    each = ", ".join(f"{count} {code}" for code, count in sorted(refused.items()))
    return f"refused: {each}" if each else "none refused"


def _figures(what: str, seconds: Sequence[float], note: str) -> list[Figure]:
    return [
        Figure(
            what=what,
            database="PostgreSQL",
            value=percentile(seconds, 0.95) * 1000,
            unit="ms",
            note=f"{note}; median {percentile(seconds, 0.5) * 1000:.0f} ms",
        )
    ]


def _fill(built: Services, tasks: int) -> None:
    office.open_cases(built, SEEDS, text="unsure")
    with built.worker():
        while built.store.ready_unclaimed(built.workflows.fingerprints, 1) or not built.engine.turn(
            0.2
        ):
            time.sleep(0.05)
    with built.store.engine.begin() as conn:
        for statement in SQL.read_text(encoding="utf-8").split(";"):
            parameters = {"copies": tasks // SEEDS - 1} if ":copies" in statement else {}
            conn.execute(text(statement), parameters)


def _people(built: Services) -> tuple[list[str], str]:
    """A token for each reviewer, and the session of one."""
    context = built.context
    identity.first_sign_in(context)
    tokens = []
    for number in range(REVIEWERS):
        name = f"clerk{number:03}"
        identity.add_account(context, name, "admin", groups=("clerks",))
        identity.grant_role(context, name, Grant(role=Role.REVIEWER), "admin")
        scopes = (Right.SEE, Right.DECIDE)
        tokens.append(identity.new_token(context, name, "load", scopes, name)[1])
    link = identity.make_link(context, "clerk000", "admin")
    _, session = identity.sign_in_with_link(context, link.token, "127.0.0.1")
    return tokens, session


def _looks(base: str, session: str, token: str) -> dict[str, list[float]]:
    cookies = {"interlock_session": session}
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=base, timeout=60) as client:
        page = [
            _timed(lambda: client.get("/work", cookies=cookies).raise_for_status())
            for _ in range(LOOKS)
        ]
        taken = [
            _timed(
                lambda: client.post(
                    "/api/v1/reviews/next", json={}, headers=headers
                ).raise_for_status()
            )
            for _ in range(LOOKS)
        ]
    return {"page": page[5:], "next": taken[5:]}


def _timed(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def _wrong(built: Services, decided: Sequence[str]) -> int:
    """How many acknowledged decisions are not on record exactly once."""
    with built.store.engine.connect() as conn:
        rows = conn.execute(text("SELECT task_id, count(*) AS n FROM decision GROUP BY task_id"))
        stored = {row.task_id: row.n for row in rows}
    acknowledged = set(decided)
    lost = sum(stored.get(task) != 1 for task in acknowledged)
    return int(lost + sum(n != 1 for n in stored.values()) + len(decided) - len(acknowledged))


@contextmanager
def _server(url: str) -> Iterator[str]:
    port = free_port()
    process = subprocess.Popen(team.python("benchmarks.desk_server", url, str(port)))
    base = f"http://127.0.0.1:{port}"
    try:
        _wait_until_up(base)
        yield base
    finally:
        process.terminate()
        process.wait(30)


def _wait_until_up(base: str) -> None:
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end:
        try:
            if httpx.get(f"{base}/healthz").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise TimeoutError("the server did not answer in time")


def _told(what: str, base: str, parameters: dict[str, Any]) -> dict[str, Any]:
    done = subprocess.run(
        team.python("benchmarks.desk_people", what, base),
        input=json.dumps(parameters),
        capture_output=True,
        text=True,
        check=True,
    )
    seen: dict[str, Any] = json.loads(done.stdout)
    return seen
