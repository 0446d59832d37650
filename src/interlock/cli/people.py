"""`interlock people` and `interlock token`: who may come in, what they may do, and their programs.

One rule: whoever holds the database acts here under the name they give, and that name must be an
admin's as soon as there is one.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Annotated, Any

import typer
from rich.table import Table

from interlock.cli import options
from interlock.cli.failures import UsageWrong
from interlock.cli.screen import DIM, document, facts, heading, is_terminal, marked, out
from interlock.cli.session import acting, open_record
from interlock.domain.money import Money
from interlock.domain.people import Account, Grant, Right, Role
from interlock.identity import (
    BareHouse,
    add_account,
    change_account,
    grant_role,
    grant_words,
    make_link,
    new_token,
    revoke_role,
    revoke_token,
    sessions,
    set_password,
)
from interlock.identity import tokens as tokens_of
from interlock.identity.account_rights import existing
from interlock.papers.words import counted, moment
from interlock.storage.api_tokens import TokenRow

app = typer.Typer(
    help="See and change who may come in, and what they may do.",
    no_args_is_help=True,
    add_completion=False,
)
token_app = typer.Typer(
    help="Make, list and revoke the tokens that programs act with.",
    no_args_is_help=True,
    add_completion=False,
)

Name = Annotated[str, typer.Argument(metavar="PERSON", help="The account's id.")]
RoleName = Annotated[Role, typer.Argument(metavar="ROLE", help=", ".join(Role))]
Workflow = Annotated[
    str | None, typer.Option("--of", metavar="NAME", help="Only in the workflow of this name.")
]
QueueName = Annotated[
    str | None, typer.Option("--queue", metavar="NAME", help="Only in this queue.")
]
Tenant = Annotated[
    str | None, typer.Option("--tenant", metavar="NAME", help="Only for this tenant.")
]


@app.command("list")
def list_people(database: options.Database = None, as_json: options.Json = False) -> None:
    """List everybody who has an account, with their roles."""
    with _house(database) as house:
        accounts = house.store.accounts()
    if as_json:
        document({"people": accounts})
        return
    if not accounts:
        out().print("Nobody has an account yet; add one: interlock people add PERSON")
        return
    table = _table("Person", "Name", "Roles")
    for each in accounts:
        table.add_row(each.id, _state(each), "\n".join(map(grant_words, each.grants)) or "none")
    out().print(table)


@app.command()
def show(person: Name, database: options.Database = None, as_json: options.Json = False) -> None:
    """Show one account: roles, groups, sessions and tokens."""
    with _house(database) as house:
        account = existing(house, person)
        open_sessions, held = sessions(house, person), tokens_of(house, person)
        has_password = house.store.password_hash(person) is not None
    if as_json:
        document(
            {
                "person": account,
                "has_password": has_password,
                "sessions": open_sessions,
                "tokens": held,
            }
        )
        return
    console = out()
    console.print(heading(_state(account)))
    rows: list[tuple[str, Any]] = [
        ("id", account.id),
        ("mail", account.email),
        ("groups", ", ".join(account.groups)),
        ("roles", "\n".join(map(grant_words, account.grants)) or "none"),
        ("password", "set" if has_password else "none"),
        ("sessions", counted(len(open_sessions), "open session")),
        ("tokens", ", ".join(each.name for each in held if each.revoked_at is None)),
    ]
    console.print(facts(rows))


@app.command()
def add(
    person: Name,
    *,
    name: Annotated[str, typer.Option("--name", help="As people are called.")] = "",
    email: Annotated[str, typer.Option("--email", metavar="ADDRESS", help="Mail address.")] = "",
    group: Annotated[
        list[str] | None, typer.Option("--group", metavar="NAME", help="May be given again.")
    ] = None,
    agent: Annotated[
        bool, typer.Option("--agent", help="A program: tokens only, and it never decides.")
    ] = False,
    by: options.Person = None,
    database: options.Database = None,
    as_json: options.Json = False,
) -> None:
    """Add an account. Its id is what contracts call the person."""
    with _house(database) as house:
        account = add_account(
            house,
            person,
            acting(by),
            name=name,
            email=email,
            groups=tuple(group or ()),
            is_agent=agent,
        )
    _done(as_json, f"{account.id} has an account, and no role yet", {"person": account})


@app.command()
def grant(
    person: Name,
    role: RoleName,
    *,
    of: Workflow = None,
    queue: QueueName = None,
    tenant: Tenant = None,
    up_to: Annotated[
        str | None, typer.Option("--up-to", metavar="MONEY", help='As in "5000 EUR".')
    ] = None,
    by: options.Person = None,
    database: options.Database = None,
    as_json: options.Json = False,
) -> None:
    """Give somebody a role; where nothing is said, everywhere."""
    given = Grant(role=role, workflow=of, queue=queue, tenant=tenant, up_to=_money(up_to))
    with _house(database) as house:
        account = grant_role(house, person, given, acting(by))
    _done(as_json, f"{account.id} is {grant_words(given)}", {"person": account})


@app.command()
def revoke(
    person: Name,
    role: RoleName,
    *,
    of: Workflow = None,
    queue: QueueName = None,
    tenant: Tenant = None,
    by: options.Person = None,
    database: options.Database = None,
    as_json: options.Json = False,
) -> None:
    """Take a role back, named with the place it was given for."""
    taken = Grant(role=role, workflow=of, queue=queue, tenant=tenant)
    with _house(database) as house:
        account = revoke_role(house, person, taken, acting(by))
    _done(as_json, f"{account.id} is no longer {grant_words(taken)}", {"person": account})


@app.command()
def password(
    person: Name,
    *,
    by: options.Person = None,
    database: options.Database = None,
    as_json: options.Json = False,
) -> None:
    """Set somebody's password: asked for, or the first line of the input. Their sessions end."""
    with _house(database) as house:
        existing(house, person)
        set_password(house, person, _asked_password(person), acting(by))
    _done(as_json, f"{person} has a new password; their sessions are over", {"person": person})


@app.command()
def link(
    person: Name,
    *,
    by: options.Person = None,
    database: options.Database = None,
    as_json: options.Json = False,
) -> None:
    """Print a path that signs somebody in once; put the console's address before it."""
    with _house(database) as house:
        made = make_link(house, person, acting(by))
    said = {"person": made.account_id, "path": made.path, "expires_at": made.expires_at}
    if as_json:
        document({"ok": True, **said})
        return
    typer.echo(made.path)
    out().print(f"It signs {person} in once, until {moment(made.expires_at)}.", style=DIM)


@app.command()
def deactivate(
    person: Name,
    *,
    by: options.Person = None,
    database: options.Database = None,
    as_json: options.Json = False,
) -> None:
    """Switch an account off: sessions, links and tokens end at once."""
    with _house(database) as house:
        account = change_account(house, person, acting(by), active=False)
    _done(as_json, f"{person} can no longer come in", {"person": account})


@app.command()
def activate(
    person: Name,
    *,
    by: options.Person = None,
    database: options.Database = None,
    as_json: options.Json = False,
) -> None:
    """Switch an account on again; its tokens stay revoked."""
    with _house(database) as house:
        account = change_account(house, person, acting(by), active=True)
    _done(as_json, f"{person} can come in again", {"person": account})


@token_app.command("new")
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is for.")],
    *,
    scope: Annotated[
        list[Right], typer.Option("--scope", metavar="RIGHT", help="May be given again.")
    ],
    holder: Annotated[
        str | None,
        typer.Option("--for", metavar="PERSON", help="Whose; without it, whoever acts."),
    ] = None,
    days: Annotated[
        int | None, typer.Option("--days", metavar="N", min=1, help="Until it ends by itself.")
    ] = None,
    by: options.Person = None,
    database: options.Database = None,
    as_json: options.Json = False,
) -> None:
    """Make a token and print it, this once. It may what its scopes and its account both allow."""
    actor = acting(by)
    with _house(database) as house:
        until = house.clock.now() + timedelta(days=days) if days else None
        row, token = new_token(house, holder or actor, name, scope, actor, expires_at=until)
    if as_json:
        document({"ok": True, "token": token, **_token(row)})
        return
    typer.echo(token)
    out().print(f"Keep it now: it is not shown again. Its id is {row.id}.", style=DIM)


@token_app.command("list")
def list_tokens(
    *,
    holder: Annotated[
        str | None, typer.Option("--for", metavar="PERSON", help="Only this account's.")
    ] = None,
    database: options.Database = None,
    as_json: options.Json = False,
) -> None:
    """List tokens, with their scopes and when each was last used."""
    with _house(database) as house:
        rows, now = tokens_of(house, holder), house.clock.now()
    if as_json:
        document({"tokens": [_token(row) for row in rows]})
        return
    if not rows:
        out().print("There is no token.")
        return
    table = _table("Token", "For", "Scopes", "Last used")
    for row in rows:
        over = row.revoked_at is not None or (row.expires_at is not None and row.expires_at <= now)
        used = "over" if over else moment(row.used_at) if row.used_at else "never"
        table.add_row(f"{row.name}\n{row.id}", row.account_id, ", ".join(row.scopes), used)
    out().print(table)


@token_app.command("revoke")
def end_token(
    token: Annotated[str, typer.Argument(metavar="TOKEN", help="Its id, or its name.")],
    *,
    by: options.Person = None,
    database: options.Database = None,
    as_json: options.Json = False,
) -> None:
    """End a token at once and for good."""
    with _house(database) as house:
        row = revoke_token(house, token, acting(by))
    _done(as_json, f"the token {row.name} of {row.account_id} is over", {"id": row.id})


@contextmanager
def _house(database: str | None) -> Iterator[BareHouse]:
    with open_record(database) as (store, ticking):
        yield BareHouse(store=store, clock=ticking)


def _done(as_json: bool, text: str, said: dict[str, Any]) -> None:
    if as_json:
        document({"ok": True, **said})
    else:
        out().print(marked("ok", text))


def _state(account: Account) -> str:
    kind = " (program)" if account.is_agent else ""
    return f"{account.name}{kind}{'' if account.active else ' (switched off)'}"


def _token(row: TokenRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "person": row.account_id,
        "scopes": row.scopes,
        "made_at": row.made_at,
        "made_by": row.made_by,
        "expires_at": row.expires_at,
        "used_at": row.used_at,
        "revoked_at": row.revoked_at,
    }


def _table(*columns: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style=DIM, show_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _money(text: str | None) -> Money | None:
    try:
        return None if text is None else Money.parse(text)
    except ValueError as problem:
        raise UsageWrong(*str(problem).split("; ", 1)) from None


def _asked_password(person: str) -> str:
    """The password, typed twice without being shown; or the first line of the input."""
    if not is_terminal():
        return sys.stdin.readline().rstrip("\n")
    typed: str = typer.prompt(f"New password of {person}", hide_input=True, err=True)
    again: str = typer.prompt("Once more", hide_input=True, err=True)
    if typed != again:
        raise UsageWrong("the two are not the same", "type the same password twice")
    return typed
