"""`interlock work`: a worker that takes ready cases on, until it is stopped."""

from __future__ import annotations

from typing import Annotated

import typer

from interlock.bootstrap import Services
from interlock.cli import options
from interlock.cli.screen import document, marked, notes, out
from interlock.cli.session import open_services
from interlock.domain.case import CaseState
from interlock.notify import load_notify_settings
from interlock.papers.words import counted, listed


def work(
    once: Annotated[
        bool, typer.Option("--once", help="Stop as soon as nothing is ready any more.")
    ] = False,
    workflow: options.Workflow = None,
    database: options.Database = None,
    stage: options.Stage = None,
    as_json: options.Json = False,
) -> None:
    """Work on what is ready, fire timers, move late tasks on; until ctrl-C, or once."""
    load_notify_settings()  # a wrong one is refused now, not when somebody is to be told
    with open_services(database, workflow, stage=stage, engine=None) as services:
        before = _states(services)
        worker = services.worker()
        if not as_json:
            _say_what_it_does(services, worker.id, once=once)
        if once:
            with worker:
                worker.run_until_idle()
        else:
            worker.run()
        after = _states(services)
    closed = after.get(CaseState.CLOSED, 0) - before.get(CaseState.CLOSED, 0)
    if as_json:
        states = {each.value: after.get(each, 0) for each in CaseState}
        document({"ok": True, "worker": worker.id, "closed": closed, "cases": states})
        return
    left = f"{after.get(CaseState.WAITING, 0):,} wait, {after.get(CaseState.READY, 0):,} are ready"
    done = "nothing is ready" if once else "stopped in order"
    out().print(marked("ok", f"{done}; {counted(closed, 'case')} closed meanwhile; {left}"))


def _states(services: Services) -> dict[CaseState, int]:
    return dict(services.store.counts(now=services.clock.now()).states)


def _say_what_it_does(services: Services, worker: str, *, once: bool) -> None:
    names = listed(sorted(each.contract.workflow for each in services.workflows))
    end = "until nothing is ready" if once else "until ctrl-C"
    console = notes()
    console.print(f"Worker {worker} works on {names} ({services.store.dialect}), {end}.")
    if not once:
        console.print(
            "It takes ready cases to their next wait, fires timers and moves late tasks on. "
            "Stopping it, or its death, loses nothing.",
            style="dim",
        )
