"""`interlock diff`: what a changed contract moves from people to the machine, or back.

One rule: what cannot be told is said to be unknown; it is never left out.
"""

from __future__ import annotations

from contextlib import ExitStack
from datetime import timedelta
from typing import Annotated, Any, Final

import typer
from rich.console import Console

from interlock.cli import options
from interlock.cli.screen import document, heading, marked, out
from interlock.cli.session import clock_of, has_database, settings_for
from interlock.domain.delta import AutonomyDelta, Change, Direction, Moved, Touched
from interlock.papers.delta_words import touched_words
from interlock.papers.words import counted

DAYS: Final = 30
MARKS: Final = {Direction.WIDENS: "warn", Direction.UNJUDGED: "warn", Direction.NARROWS: "ok"}
Version = Annotated[
    str, typer.Argument(metavar="VERSION", help="A folder, or how a kept version begins.")
]


def diff(
    old: Version,
    new: Version,
    days: Annotated[
        int, typer.Option("--days", metavar="N", min=1, max=3660, help="Cases of the last N days.")
    ] = DAYS,
    database: options.Database = None,
    as_json: options.Json = False,
) -> None:
    """Compare two versions of a workflow: what moves, in how many cases, with how much money."""
    from interlock.release.delta import autonomy_delta
    from interlock.release.past_cases import past_cases
    from interlock.release.versions import load_version, runs_same_code
    from interlock.storage import open_store

    settings = settings_for(database, None)
    with ExitStack() as stack:
        store = None
        if has_database(settings):
            store = stack.enter_context(open_store(settings.database_url))
            store.require_current_schema()
        before, after = (load_version(each, store, settings.data) for each in (old, new))
        since = clock_of(settings).now() - timedelta(days=days)
        record = past_cases(store, before.contract, since=since) if store else ()
        same_code = runs_same_code(before, after)
        found = autonomy_delta(before.contract, after.contract, record, same_code=same_code)
    if as_json:
        document(plain_delta(found, days))
        return
    _print(out(), found, days)


def plain_delta(found: AutonomyDelta, days: int) -> dict[str, Any]:
    """The comparison as plain values."""
    return {
        "ok": True,
        "workflow": found.workflow,
        "old": found.old,
        "new": found.new,
        "days": days,
        "cases": found.cases,
        "widens": found.widens,
        "narrows": found.narrows,
        "touched": _plain_touched(found.touched),
        "moved": [_plain_moved(each) for each in found.moved],
    }


def _plain_moved(moved: Moved) -> dict[str, Any]:
    change: Change = moved.change
    return {
        "direction": change.direction,
        "where": ".".join(change.path),
        "words": change.words,
        "segment": change.segment,
        "touched": _plain_touched(moved.touched) if moved.touched else None,
    }


def _plain_touched(touched: Touched) -> dict[str, Any]:
    return {
        "cases": touched.cases,
        "unknown": touched.unknown,
        "money": [str(each) for each in touched.money],
        "segments": dict(touched.segments),
        "smallest": str(touched.smallest) if touched.smallest else None,
        "largest": str(touched.largest) if touched.largest else None,
    }


def _print(console: Console, found: AutonomyDelta, days: int) -> None:
    title = f"{found.workflow}: {found.old[:12]} to {found.new[:12]}"
    console.print(heading(title))
    if not found.moved:
        console.print(marked("ok", "nothing moves between people and the machine"))
        return
    for moved in found.moved:
        console.print(marked(MARKS[moved.change.direction], moved.change.words))
        if moved.touched is not None:
            console.print(f"  {touched_words(moved.touched, found.cases, days)}", style="dim")
    if found.widens:
        console.print(
            marked("warn", f"{counted(len(found.widens), 'change')} to be signed by governance")
        )
        if found.cases:
            console.print(
                f"  together: {touched_words(found.touched, found.cases, days)}", style="dim"
            )
