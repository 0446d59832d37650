"""`interlock protected`: closed cases that must always end the same way.

One rule: whoever adds one says who answers for it, why, how severe it is and until when.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer
from rich.table import Table

from interlock.cli import options
from interlock.cli.failures import UsageWrong
from interlock.cli.screen import document, facts, marked, out
from interlock.cli.session import acting, open_services
from interlock.contracts.protected_files import load_protected
from interlock.domain.contract import Severity
from interlock.domain.protected import KeptCase, ProtectedCase
from interlock.release.protected import (
    ProtectedUnknown,
    Protection,
    protect_case,
    retire_protected,
)
from interlock.runtime.workflow import Workflow

app = typer.Typer(
    help="Protected cases: closed cases that must always end the same way.",
    add_completion=False,
    no_args_is_help=True,
)


@app.command("add")
def add(
    case: Annotated[str, typer.Argument(help="The closed case: its id or its key.")],
    *,
    name: Annotated[str, typer.Option("--name", help="What it is called, as in late_surcharge.")],
    owner: Annotated[str, typer.Option("--owner", help="Who answers for it.")],
    reason: Annotated[str, typer.Option("--reason", help="What happens when this goes wrong.")],
    severity: Annotated[
        Severity, typer.Option("--severity", help="A failing critical one blocks promotion.")
    ],
    expires: Annotated[
        datetime, typer.Option("--expires", formats=["%Y-%m-%d"], help="The last day it counts.")
    ],
    person: options.Person = None,
    workflow: options.Workflow = None,
    database: options.Database = None,
    as_json: options.Json = False,
) -> None:
    """Make a closed case a protected case; what people decided in it is what is expected."""
    with open_services(database, workflow) as services:
        by = acting(person, [each.contract for each in services.workflows])
        said = Protection(
            name=name, owner=owner, reason=reason, severity=severity, expires=expires.date()
        )
        kept = protect_case(services.context, case, by, said)
    if as_json:
        document({"ok": True, "protected": kept})
        return
    out().print(marked("ok", f"{kept.name} is protected until {kept.expires} ({kept.severity})"))


@app.command("list")
def list_all(
    retired: Annotated[bool, typer.Option("--retired", help="Retired ones too.")] = False,
    workflow: options.Workflow = None,
    database: options.Database = None,
    as_json: options.Json = False,
) -> None:
    """Every protected case: of the workflow's folder, and of the desk."""
    with open_services(database, workflow) as services:
        today = services.clock.now().date()
        files = [each for flow in services.workflows for each in _of_folder(flow)]
        rows = [
            each
            for flow in services.workflows
            for each in services.store.protected_cases(flow.contract.workflow, retired=retired)
        ]
    if as_json:
        document({"files": [_plain(each) for each in files], "desk": rows})
        return
    table = Table(box=None, pad_edge=False)
    for column in ("case", "severity", "owner", "expires", "from"):
        table.add_column(column, overflow="fold")
    for each in files:
        until = _until(each.expires, each.is_expired(today))
        table.add_row(each.name, each.severity, each.owner, until, each.source)
    for row in rows:
        until = "retired" if row.retired_at else _until(row.expires, today > row.expires)
        table.add_row(row.name, row.severity, row.owner, until, f"desk, case {row.case_id}")
    out().print(table if files or rows else "there are no protected cases")


@app.command("show")
def show(
    named: Annotated[str, typer.Argument(help="Its name or id.")],
    workflow: options.Workflow = None,
    database: options.Database = None,
    as_json: options.Json = False,
) -> None:
    """One protected case: who answers for it, why, and what must come of it."""
    with open_services(database, workflow) as services:
        kept = services.store.protected_case(named)
        files = [each for flow in services.workflows for each in _of_folder(flow)]
    case = next((each for each in files if each.name == named), None)
    if kept is None and case is None:
        raise ProtectedUnknown(named)
    if as_json:
        document({"protected": kept if kept is not None else _plain(_sure(case))})
        return
    out().print(facts(_facts(kept) if kept is not None else _facts_of_file(_sure(case))))


@app.command("retire")
def retire(
    named: Annotated[str, typer.Argument(help="Its name or id.")],
    *,
    reason: Annotated[str, typer.Option("--reason", help="Why it protects nothing any more.")],
    person: options.Person = None,
    workflow: options.Workflow = None,
    database: options.Database = None,
    as_json: options.Json = False,
) -> None:
    """Retire a protected case of the desk; it stays on record."""
    with open_services(database, workflow) as services:
        by = acting(person, [each.contract for each in services.workflows])
        kept = retire_protected(services.context, named, by, why=reason)
    if as_json:
        document({"ok": True, "retired": kept.id})
        return
    out().print(marked("ok", f"{kept.name} is retired"))


def _of_folder(workflow: Workflow) -> list[ProtectedCase]:
    named = workflow.contract.protected_cases
    return load_protected(workflow.loaded.folder, named) if named else []


def _until(expires: object, gone: bool) -> str:
    return f"{expires} (expired)" if gone else str(expires)


def _sure(case: ProtectedCase | None) -> ProtectedCase:
    if case is None:
        raise UsageWrong("nothing was found", "name a protected case")
    return case


def _plain(case: ProtectedCase) -> dict[str, object]:
    """What is said of it, without the fields of the case, which may be protected."""
    return {
        "name": case.name,
        "owner": case.owner,
        "reason": case.reason,
        "severity": case.severity,
        "expires": case.expires,
        "source": case.source,
    }


def _facts(kept: KeptCase) -> list[tuple[str, object]]:
    return [
        ("name", kept.name),
        ("case", kept.case_id),
        ("owner", kept.owner),
        ("severity", kept.severity),
        ("reason", kept.reason),
        ("expires", kept.expires),
        ("protected by", f"{kept.made_by}, {kept.made_at:%d %b %Y}"),
        ("retired", kept.retired_at and f"by {kept.retired_by}: {kept.retired_why}"),
        ("expected", "what was decided in the case, from its record"),
    ]


def _facts_of_file(case: ProtectedCase) -> list[tuple[str, object]]:
    said = case.expected
    return [
        *_plain(case).items(),
        *((key, getattr(said, key)) for key in ("outcome", "waits_at", "exception", "route")),
        ("actions", ", ".join(each.name for each in said.actions)),
        ("never", ", ".join(said.never)),
    ]
