"""`interlock db`: the tables in the database, and whether they are this version's."""

from __future__ import annotations

import typer

from interlock.cli import options
from interlock.cli.failures import REFUSED
from interlock.cli.screen import document, marked, out
from interlock.cli.session import refuse_missing_file, settings_for
from interlock.storage import SchemaOutdated, SchemaState, Store, open_store

app = typer.Typer(
    help="Make and check the tables in the database.", no_args_is_help=True, add_completion=False
)


@app.command()
def upgrade(database: options.Database = None, as_json: options.Json = False) -> None:
    """Bring the tables to this version; doing it again does nothing. Never goes back."""
    from interlock.bootstrap import upgrade as upgrade_all  # brings the engine with it

    settings = settings_for(database, None)
    with open_store(settings.database_url) as store:
        before = store.schema_state()
        upgrade_all(settings)
        after = store.schema_state()
        changed = before.current != after.current
        if as_json:
            document({"ok": True, "changed": changed, **_revisions(store, after)})
            return
        done = "the tables were made" if before.current is None else "the tables were upgraded"
        text = done if changed else "the tables were up to date already"
        out().print(marked("ok", f"{text}: {store.dialect}, revision {after.current}"))


@app.command()
def check(database: options.Database = None, as_json: options.Json = False) -> None:
    """Say whether the database can be reached and has this version's tables."""
    settings = settings_for(database, None)
    refuse_missing_file(settings)
    with open_store(settings.database_url) as store:
        state = store.schema_state()
        if as_json:
            document({"ok": state.is_current, "changed": False, **_revisions(store, state)})
        elif state.is_current:
            text = f"the tables are this version's: {store.dialect}, revision {state.current}"
            out().print(marked("ok", text))
        if not state.is_current and not as_json:
            raise SchemaOutdated(state.current, state.head)
        if not state.is_current:
            raise typer.Exit(REFUSED)


def _revisions(store: Store, state: SchemaState) -> dict[str, object]:
    return {"dialect": store.dialect, "revision": state.current, "wanted": state.head}
