"""`interlock release`: versions on their way to autonomy, and back.

One rule: it only asks the same commands that every other door asks; nothing is decided here.
"""

from __future__ import annotations

from typing import Annotated

import typer

from interlock.bootstrap import Services
from interlock.cli import options
from interlock.cli.failures import REFUSED, UsageWrong
from interlock.cli.release_shown import line, show, show_delta, show_moved, show_shadow
from interlock.cli.screen import document, marked, out
from interlock.cli.session import acting, open_record, open_services
from interlock.domain.contract import Stage
from interlock.domain.release import Release
from interlock.papers.words import counted
from interlock.release import drill as drilling
from interlock.release import lifecycle, migrating, taking_back
from interlock.release.agreement import agreement, disagreements
from interlock.release.changing import find
from interlock.release.errors import ReleaseUnknown
from interlock.release.widening import kept_delta
from interlock.storage import Store

app = typer.Typer(
    help="Versions of a workflow on their way to autonomy: propose, start, promote, take back.",
    add_completion=False,
    no_args_is_help=True,
)

Which = Annotated[
    str, typer.Argument(metavar="RELEASE", help="Its id, or the workflow whose release runs.")
]
Proposed = Annotated[
    str, typer.Argument(metavar="RELEASE", help="Its id, or the workflow it is proposed for.")
]
Name = Annotated[str, typer.Argument(metavar="WORKFLOW", help="The workflow's name.")]
Reason = Annotated[
    str | None, typer.Option("--reason", metavar="TEXT", help="Why; it goes on record.")
]
Segment = Annotated[
    str, typer.Option("--segment", metavar="NAME", help="Only this segment; else all of it.")
]


@app.command("list")
def list_releases(
    workflow: Annotated[
        str | None, typer.Argument(metavar="[WORKFLOW]", help="Only of this workflow.")
    ] = None,
    database: options.Database = None,
    as_json: options.Json = False,
) -> None:
    """List the releases, the newest first, and where each stands."""
    with open_record(database) as (store, _):
        found = store.releases(workflow)
    if as_json:
        document({"ok": True, "releases": found})
        return
    if not found:
        out().print("No release yet; propose one: interlock release propose WORKFLOW")
    for each in found:
        out().print(line(each))


@app.command("show")
def show_release(
    which: Which, database: options.Database = None, as_json: options.Json = False
) -> None:
    """Show where a release stands, what its gate said last, and everything done to it."""
    with open_record(database) as (store, _):
        release = _found(store, which)
        events = store.release_events(release.id)
        verdicts, kept = store.verdicts(release.id, 1), kept_delta(store, release)
    verdict = verdicts[0] if verdicts else None
    if as_json:
        delta = kept.delta if kept else None
        told = {"release": release, "history": events, "verdict": verdict, "delta": delta}
        document({"ok": True, **told})
        return
    show(out(), release, events, verdict, kept)


@app.command()
def propose(
    name: Name,
    *,
    reason: Reason = None,
    workflow: options.Workflow = None,
    database: options.Database = None,
    person: options.Person = None,
    as_json: options.Json = False,
) -> None:
    """Propose the version in the workflow's folder; says what it moves to the machine."""
    with open_services(database, workflow) as services:
        by = _by(services, person)
        found = lifecycle.propose(services.context, name, by, _given(reason))
        kept = kept_delta(services.store, found)
    if as_json:
        document({"ok": True, "release": found, "delta": kept.delta if kept else None})
        return
    out().print(marked("ok", f"{found.id} is proposed"))
    if kept:
        show_delta(out(), kept)
    if found.widens:
        out().print("  The governance owner signs that: interlock release sign", style="dim")


@app.command()
def sign(
    which: Proposed,
    *,
    reason: Reason = None,
    workflow: options.Workflow = None,
    database: options.Database = None,
    person: options.Person = None,
    as_json: options.Json = False,
) -> None:
    """Sign, as the governance owner, what a proposed release moves to the machine."""
    with open_services(database, workflow) as services:
        found = lifecycle.sign(services.context, which, _by(services, person), _given(reason))
    _say(found, "is signed", as_json=as_json)


@app.command()
def start(
    which: Proposed,
    *,
    stage: Annotated[
        Stage, typer.Option("--stage", metavar="STAGE", help="shadow or assisted.")
    ] = Stage.SHADOW,
    reason: Reason = None,
    workflow: options.Workflow = None,
    database: options.Database = None,
    person: options.Person = None,
    as_json: options.Json = False,
) -> None:
    """Start a proposed release; new cases join it, and the one before is kept as the way back."""
    with open_services(database, workflow) as services:
        by = _by(services, person)
        found = lifecycle.start(services.context, which, stage, by, _given(reason))
    _say(found, f"runs at {found.stand.stage}; new cases join it", as_json=as_json)


@app.command()
def promote(
    which: Which,
    *,
    reason: Reason = None,
    segment: Segment = "",
    workflow: options.Workflow = None,
    database: options.Database = None,
    person: options.Person = None,
    as_json: options.Json = False,
) -> None:
    """Move a release one rung up, on its gate's latest verdict; never by whoever proposed it."""
    with open_services(database, workflow) as services:
        by = _by(services, person)
        found = lifecycle.promote(services.context, which, by, _given(reason), segment=segment)
    _say(found, f"stands at {found.stand_of(segment).stage} now", as_json=as_json)


@app.command()
def hold(
    which: Which,
    *,
    end: Annotated[bool, typer.Option("--end", help="End the hold; it may climb again.")] = False,
    reason: Reason = None,
    workflow: options.Workflow = None,
    database: options.Database = None,
    person: options.Person = None,
    as_json: options.Json = False,
) -> None:
    """Keep a release at its stage until somebody ends the hold."""
    with open_services(database, workflow) as services:
        command = lifecycle.end_hold if end else lifecycle.hold
        found = command(services.context, which, _by(services, person), _given(reason))
    _say(found, "may climb again" if end else "is held where it is", as_json=as_json)


@app.command("rollback")
def roll_back(
    which: Which,
    *,
    reason: Reason = None,
    workflow: options.Workflow = None,
    database: options.Database = None,
    person: options.Person = None,
    as_json: options.Json = False,
) -> None:
    """Take a release back now, with its cases in flight; nothing lifts that again."""
    with open_services(database, workflow) as services:
        found = taking_back.roll_back(
            services.context, which, _by(services, person), _given(reason)
        )
    _say(found, f"is what new cases join now, at {found.stand.stage}", as_json=as_json)


@app.command("stand-down")
def stand_down(
    which: Which,
    segment: Annotated[str, typer.Argument(metavar="SEGMENT", help="As cases have it.")],
    *,
    reason: Reason = None,
    workflow: options.Workflow = None,
    database: options.Database = None,
    person: options.Person = None,
    as_json: options.Json = False,
) -> None:
    """Take one segment back, with its cases in flight; the others go on."""
    with open_services(database, workflow) as services:
        by = _by(services, person)
        found = taking_back.stand_down(services.context, which, segment, by, _given(reason))
    stage = found.stand_of(segment).stage
    _say(found, f"goes on; segment {segment} stands at {stage}", as_json=as_json)


@app.command()
def withdraw(
    which: Proposed,
    *,
    reason: Reason = None,
    workflow: options.Workflow = None,
    database: options.Database = None,
    person: options.Person = None,
    as_json: options.Json = False,
) -> None:
    """Give up a release that was proposed and never started."""
    with open_services(database, workflow) as services:
        found = lifecycle.withdraw(services.context, which, _by(services, person), _given(reason))
    _say(found, "is withdrawn", as_json=as_json)


@app.command()
def drill(
    which: Which,
    *,
    reason: Reason = None,
    workflow: options.Workflow = None,
    database: options.Database = None,
    person: options.Person = None,
    as_json: options.Json = False,
) -> None:
    """Rehearse the rollback on copies of the latest cases, and record how long it took."""
    with open_services(database, workflow) as services:
        by = _by(services, person)
        found = drilling.drill(services.context, which, by, _given(reason))
    if as_json:
        document({"ok": found.is_safe, "drill": found})
    else:
        where = f"{found.by_rules} with fixed rules, {found.to_people} with people"
        copies = counted(found.copies, "copy", "copies")
        text = f"{copies} in safe hands in {found.seconds:.2f} s: {where}"
        out().print(marked("ok" if found.is_safe else "bad", text))
        for each in found.unsafe:
            out().print(marked("bad", f"{each}: its way back led to nobody; look at its fallback"))
    if not found.is_safe:
        raise typer.Exit(REFUSED)


@app.command()
def shadow(
    which: Which,
    limit: options.Limit = 20,
    database: options.Database = None,
    as_json: options.Json = False,
) -> None:
    """Say how far a watched AI came to the same as the real handling, and where it did not."""
    with open_record(database) as (store, _):
        release = _found(store, which)
        found, apart = agreement(store, release), disagreements(store, release, limit)
    if as_json:
        document({"ok": True, "agreement": found, "disagreements": apart})
        return
    show_shadow(out(), release, found, apart)


@app.command()
def migrate(
    old: Annotated[str, typer.Argument(metavar="OLD", help="How the old fingerprint begins.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The running release, or workflow.")],
    *,
    dry: Annotated[bool, typer.Option("--dry-run", help="Only say what would move.")] = False,
    reason: Reason = None,
    workflow: options.Workflow = None,
    database: options.Database = None,
    person: options.Person = None,
    as_json: options.Json = False,
) -> None:
    """Move waiting cases of an older version to the running release, those that fit."""
    with open_services(database, workflow) as services:
        release = find(services.context, new)
        if dry:
            results = migrating.dry_run(services.context, release.workflow, old)
        else:
            by = _by(services, person)
            results = migrating.migrate(services.context, release.workflow, old, by, _given(reason))
    if as_json:
        document({"ok": True, "dry_run": dry, "cases": results})
        return
    show_moved(out(), results, dry=dry)


def _found(store: Store, which: str) -> Release:
    release = store.release(which) or store.running_release(which)
    if release is None:
        raise ReleaseUnknown(which, tuple(each.id for each in store.releases(which)))
    return release


def _by(services: Services, person: str | None) -> str:
    return acting(person, [each.contract for each in services.workflows])


def _given(reason: str | None) -> str:
    if reason is None:
        raise UsageWrong("no reason is given", 'say why with --reason "…"; it goes on record')
    return reason


def _say(release: Release, what: str, *, as_json: bool) -> None:
    if as_json:
        document({"ok": True, "release": release})
    else:
        out().print(marked("ok", f"{release.id} {what}"))
