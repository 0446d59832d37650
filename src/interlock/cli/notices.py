"""`interlock notices`: what people and other systems are told, and what could not be sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final

import typer

from interlock.cli import options
from interlock.cli.failures import UsageWrong
from interlock.cli.screen import document, hanging, marked, out
from interlock.cli.session import open_record
from interlock.domain.notice import Notice, NoticeState
from interlock.papers.words import counted, listed, moment

app = typer.Typer(
    help="What people and other systems are told, and what could not be sent.",
    no_args_is_help=True,
    add_completion=False,
)
MARKS: Final = {
    NoticeState.SENT: "ok",
    NoticeState.MOOT: "ok",
    NoticeState.WAITING: "warn",
    NoticeState.DEAD: "bad",
}
WIDTH: Final = 44


@app.command("list")
def list_notices(
    limit: options.Limit = 20,
    database: options.Database = None,
    as_json: options.Json = False,
) -> None:
    """The newest notices, with what became of each."""
    with open_record(database) as (store, _):
        found, counts = store.notices(limit=limit), store.notice_counts()
    if as_json:
        rows = [_plain(each) for each in found]
        document({"ok": True, "counts": counts, "notices": rows})
        return
    _show(found)
    told = [counted(counts[state], f"{state} notice") for state in NoticeState if state in counts]
    out().print(listed(told, "nobody was told anything yet"))


@app.command()
def dead(
    limit: options.Limit = 20,
    database: options.Database = None,
    as_json: options.Json = False,
) -> None:
    """The notices that were given up, with the last error."""
    with open_record(database) as (store, _):
        found = store.notices([NoticeState.DEAD], limit=limit)
    if as_json:
        document({"ok": True, "notices": [_plain(each) for each in found]})
        return
    _show(found)
    if found:
        out().print("try again: interlock notices retry NUMBER, or --all")
    else:
        out().print(marked("ok", "no notice was given up"))


@app.command()
def retry(
    number: Annotated[int | None, typer.Argument(help="Which one, as listed.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Every one that was given up.")] = False,
    database: options.Database = None,
    as_json: options.Json = False,
) -> None:
    """Have notices tried again that were given up."""
    if (number is None) is not every:
        raise UsageWrong("it is not clear which notice", "give one NUMBER, or --all")
    with open_record(database) as (store, clock):
        again = store.retry_notices(clock.now(), number)
    if number is not None and not again:
        raise UsageWrong(f"notice {number} was not given up", "see: interlock notices dead")
    if as_json:
        document({"ok": True, "retried": again})
        return
    out().print(marked("ok", f"{counted(again, 'notice')} will be tried again by a worker"))


def _show(found: Sequence[Notice]) -> None:
    for each in found:
        lead = marked(MARKS[each.state], f"{each.id} {each.kind} to {each.recipient}")
        text = f"{each.state} {moment(each.sent_at or each.made_at)}"
        if each.error and each.state is not NoticeState.SENT:
            text += f", {counted(each.tries, 'try', 'tries')}: {each.error}"
        out().print(hanging(lead, text, width=WIDTH))


def _plain(each: Notice) -> dict[str, object]:
    """What programs may know of a notice; not what it says."""
    names = ("id", "subject", "kind", "recipient", "channel", "state", "tries", "error")
    times = {"made_at": each.made_at, "sent_at": each.sent_at, "next_at": each.next_at}
    return {**{name: getattr(each, name) for name in names}, **times}
