"""Opens what a command works with: settings, database and workflows; and closes it again.

One rule: a command that only reads the record needs no workflow, and never makes one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from interlock.cli.failures import UsageWrong
from interlock.clock import Clock, SystemClock
from interlock.domain.contract import WorkflowContract
from interlock.errors import InterlockError
from interlock.settings import Settings, load_settings
from interlock.storage import Store, open_store

if TYPE_CHECKING:
    from interlock.bootstrap import Services
    from interlock.runtime.workflow import Workflow

CONTRACT_FILE: Final = "contract.yaml"
ASK_FOR_PERSON: Final = "say who acts with --as PERSON or INTERLOCK_USER"


class NoWorkflow(InterlockError):
    """A command needs a workflow and none was named or found."""

    code = "no_workflow"

    def __str__(self) -> str:
        return (
            f"no workflow was named and there is no {CONTRACT_FILE} here; "
            "name its folder with --workflow FOLDER, or start one with: interlock new NAME"
        )


class NoDatabase(InterlockError):
    """The SQLite file that is to be read is not there."""

    code = "no_database"

    def __init__(self, file: str) -> None:
        super().__init__(file)
        self.file = file

    def __str__(self) -> str:
        return (
            f"there is no database {self.file}; name it with --database, "
            "or make it with: interlock db upgrade"
        )


def settings_for(
    database: str | None,
    workflows: Sequence[Path] | None,
    *,
    stage: str | None = None,
    engine: str | None = None,
) -> Settings:
    """The settings, with what the command line says on top. Raises: SettingsInvalid."""
    return load_settings(
        database_url=database,
        workflows=tuple(workflows) if workflows else None,
        stage=stage,
        engine=engine,
    )


@contextmanager
def open_record(database: str | None) -> Iterator[tuple[Store, Clock]]:
    """The database alone, for what only reads it. Raises: NoDatabase, SchemaOutdated."""
    settings = settings_for(database, None)
    refuse_missing_file(settings)
    with open_store(settings.database_url) as store:
        store.require_current_schema()
        yield store, clock_of(settings)


@contextmanager
def open_services(
    database: str | None,
    workflows: Sequence[Path] | None,
    *,
    stage: str | None = None,
    engine: str | None = "inline",
) -> Iterator[Services]:
    """Everything, with the workflows named, else the one here, else those the database knows.

    Raises: NoWorkflow, ContractRefused, and what the store raises.
    """
    settings = settings_for(database, workflows, stage=stage, engine=engine)
    folders = settings.workflows or here() or _known_to(settings)
    if not folders:
        raise NoWorkflow
    from interlock.bootstrap import build  # heavy, and not needed to read the record

    services = build(
        settings.model_copy(update={"workflows": tuple(each.resolve() for each in folders)})
    )
    try:
        yield services
    finally:
        services.close()


def contracts_of(store: Store, workflows: Sequence[Path] | None) -> Mapping[str, WorkflowContract]:
    """The contracts of the folders named, else of the one here, else known, by workflow's name.

    For words only: a contract that cannot be loaded is left out.
    """
    from interlock.contracts import check_contract  # heavy, and not needed to verify

    folders = workflows or load_settings().workflows or here() or known_folders(store)
    reports = [check_contract(folder) for folder in folders]
    loaded = [report.workflow.contract for report in reports if report.workflow]
    return {contract.workflow: contract for contract in loaded}


def clock_of(settings: Settings) -> Clock:
    """The clock the settings ask for: the machine's, or one that starts at a stated moment."""
    return SystemClock.starting_at(settings.clock) if settings.clock else SystemClock()


def the_workflow(services: Services) -> Workflow:
    """The one workflow that is loaded. Raises: UsageWrong when there are several."""
    loaded = list(services.workflows)
    if len(loaded) == 1:
        found: Workflow = loaded[0]
        return found
    names = ", ".join(sorted(each.contract.workflow for each in loaded))
    raise UsageWrong(
        f"{len(loaded)} workflows are loaded ({names})",
        "name the one this is for with a single --workflow FOLDER",
    )


def acting(person: str | None, contracts: Sequence[WorkflowContract] = ()) -> str:
    """Who acts. Raises: UsageWrong when nobody is named."""
    named = person or load_settings().user
    if named:
        return named
    people = sorted({each for contract in contracts for each in contract.people})
    hint = f" (people: {', '.join(people)})" if people else ""
    raise UsageWrong("nobody is named", f"{ASK_FOR_PERSON}{hint}")


def here() -> tuple[Path, ...]:
    """The folder we are in, when it holds a contract."""
    return (Path(),) if Path(CONTRACT_FILE).is_file() else ()


def known_folders(store: Store) -> tuple[Path, ...]:
    """The folders the database's newest contracts came from, as far as they are still there."""
    newest: dict[str, Path] = {}
    for row in store.contracts():
        newest.setdefault(row.workflow, Path(row.source_path))
    return tuple(each for each in newest.values() if (each / CONTRACT_FILE).is_file())


def _known_to(settings: Settings) -> tuple[Path, ...]:
    """The same for a database that is not open, and may not be there at all."""
    if _missing_file(settings):
        return ()
    with open_store(settings.database_url) as store:
        store.require_current_schema()
        return known_folders(store)


def refuse_missing_file(settings: Settings) -> None:
    """Nothing, unless the settings name a SQLite file that is not there. Raises: NoDatabase."""
    missing = _missing_file(settings)
    if missing:
        raise NoDatabase(missing)


def has_database(settings: Settings) -> bool:
    """False when the settings name a SQLite file that is not there."""
    return _missing_file(settings) is None


def _missing_file(settings: Settings) -> str | None:
    """The SQLite file the settings name, when there is none; opening it would make one."""
    name = settings.database_url.removeprefix("sqlite:///")
    if name == settings.database_url or name in ("", ":memory:"):
        return None
    return None if Path(name).is_file() else name
