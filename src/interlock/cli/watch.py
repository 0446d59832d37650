"""`interlock watch`: how agents behave against what is expected of them.

One rule: a window with too few events is shown as such, never as usual.
"""

from __future__ import annotations

from typing import Annotated, Final

import typer
from rich.text import Text

from interlock.cli import options
from interlock.cli.screen import document, marked, out
from interlock.cli.session import open_record
from interlock.domain.watching import Reading, ReadingState

app = typer.Typer(
    help="How agents and workflows behave against what is expected of them.",
    add_completion=False,
    no_args_is_help=True,
)
NEWEST: Final = 1_000  # readings looked through for the newest of each kind
MARKS: Final = {
    ReadingState.USUAL: "ok",
    ReadingState.TOO_FEW: "ok",
    ReadingState.LEARNING: "warn",
    ReadingState.BREACH: "bad",
}
SAID: Final = {
    ReadingState.USUAL: "as expected",
    ReadingState.TOO_FEW: "too few events to say",
    ReadingState.LEARNING: "still learning what is usual",
    ReadingState.BREACH: "outside; the AI was paused",
}
InWorkflow = Annotated[
    str | None, typer.Option("--workflow", "-w", metavar="NAME", help="Of one workflow.")
]


@app.command()
def show(
    workflow: InWorkflow = None, database: options.Database = None, as_json: options.Json = False
) -> None:
    """Show the newest reading of everything that is watched."""
    with open_record(database) as (store, _):
        readings = store.readings(workflow, limit=NEWEST)
    newest: dict[tuple[str, str, str], Reading] = {}
    for each in readings:
        newest.setdefault((each.workflow, each.measure, each.step), each)
    _tell(list(newest.values()), as_json=as_json)


@app.command()
def history(
    workflow: InWorkflow = None,
    breaches: Annotated[bool, typer.Option("--breaches", help="Only what alarmed.")] = False,
    limit: options.Limit = 50,
    database: options.Database = None,
    as_json: options.Json = False,
) -> None:
    """Show readings, the newest first."""
    states = (ReadingState.BREACH,) if breaches else ()
    with open_record(database) as (store, _):
        found = store.readings(workflow, states=states, limit=limit)
    _tell(found, as_json=as_json)


def _tell(found: list[Reading], *, as_json: bool) -> None:
    if as_json:
        document({"ok": True, "readings": found})
        return
    if not found:
        out().print(marked("warn", "nothing was read yet: write monitoring.alerts, run a worker"))
    for each in found:
        out().print(_line(each))


def _line(each: Reading) -> Text:
    return marked(
        MARKS[each.state],
        f"{each.workflow}: {each.words}: {SAID[each.state]}",
    )
