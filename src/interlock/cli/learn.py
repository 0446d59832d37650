"""`interlock learn`: corrections that recur, which may be rules nobody wrote."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Final

import typer
from rich.table import Table

from interlock.cli import options
from interlock.cli.screen import document, heading, out
from interlock.cli.session import contracts_of, open_record
from interlock.measure.unwritten import FEWEST, UnwrittenRule, unwritten_rules

DAYS: Final = 90


def learn(
    days: Annotated[
        int, typer.Option("--days", metavar="N", min=1, max=3660, help="Over the last N days.")
    ] = DAYS,
    fewest: Annotated[
        int, typer.Option("--fewest", metavar="N", min=2, help="Corrections made at least N times.")
    ] = FEWEST,
    workflow: options.Workflow = None,
    database: options.Database = None,
    as_json: options.Json = False,
) -> None:
    """What people keep correcting in the same way: perhaps a rule that nobody wrote."""
    with open_record(database) as (store, clock):
        since = clock.now() - timedelta(days=days)
        found = {
            name: unwritten_rules(store.past_decisions(name, since=since), fewest=fewest)
            for name in sorted(contracts_of(store, workflow))
        }
    if as_json:
        document({"since": since, "workflows": found})
        return
    for name, rules in found.items():
        out().print(heading(name))
        out().print(_table(rules) if rules else f"  nothing was corrected {fewest} times alike")
        if rules:
            out().print(
                "  Write the rule into the contract or its code, or keep the example: "
                "interlock protected add CASE --name …",
                style="dim",
            )


def _table(rules: tuple[UnwrittenRule, ...]) -> Table:
    table = Table(box=None, pad_edge=False)
    for column in ("where", "segment", "done", "reason", "times", "people", "example"):
        table.add_column(column, overflow="fold")
    for each in rules:
        times = f"{each.times} of {each.asked}"
        row = (each.place, each.segment, each.verb, each.reason_code, times, str(each.people))
        table.add_row(*row, each.example)
    return table
