"""`interlock doctor`: is everything here that is needed, and what to do where it is not."""

from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from interlock.bootstrap import build
from interlock.cli import options
from interlock.cli.failures import REFUSED
from interlock.cli.screen import document, marked, out
from interlock.cli.session import NoDatabase, here, refuse_missing_file, settings_for
from interlock.clock import SystemClock
from interlock.contracts import check_contract
from interlock.domain.contract import WorkflowContract
from interlock.errors import InterlockError
from interlock.papers.words import counted, listed, moment
from interlock.settings import EngineKind, Settings
from interlock.storage import Store, open_store

OLDEST_PYTHON: Final = (3, 11)
LITTLE_SPACE: Final = 1_000_000_000  # bytes; a busy log grows by about this in a month
ZONE: Final = "Europe/Berlin"
EXTRAS: Final = MappingProxyType(
    {"postgres": ("psycopg",), "einvoice": ("lxml", "facturx", "saxonche"), "learn": ("sklearn",)}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line: what was looked at, how it is, and what to do. state: ok, warn or bad."""

    name: str
    state: Literal["ok", "warn", "bad"]
    text: str


def doctor(
    workflow: options.Workflow = None,
    database: options.Database = None,
    as_json: options.Json = False,
) -> None:
    """Look at everything the product stands on, and say what to do about what is wrong."""
    findings = list(_findings(settings_for(database, workflow)))
    ok = all(each.state != "bad" for each in findings)
    if as_json:
        document({"ok": ok, "findings": findings})
    else:
        _show(findings)
    if not ok:
        raise typer.Exit(REFUSED)


def _findings(settings: Settings) -> Iterator[Finding]:
    yield _python()
    yield from _packages()
    yield _time_zones()
    yield _clock(settings)
    yield _disk()
    yield from _database(settings)
    yield from _workflows(settings)


def _python() -> Finding:
    text = f"{platform.python_version()} on {platform.system()}"
    if sys.version_info[:2] < OLDEST_PYTHON:
        return Finding(name="python", state="bad", text=f"{text}; 3.11 or newer is needed")
    return Finding(name="python", state="ok", text=text)


def _packages() -> Iterator[Finding]:
    for extra, modules in EXTRAS.items():
        missing = [each for each in modules if find_spec(each) is None]
        if missing:
            do = f"install it when you need it: pip install 'interlock[{extra}]'"
            text = f"{extra} is not installed ({listed(missing)}); {do}"
            yield Finding(name="packages", state="warn", text=text)
        else:
            yield Finding(name="packages", state="ok", text=f"{extra} is installed")


def _time_zones() -> Finding:
    try:
        ZoneInfo(ZONE)
    except ZoneInfoNotFoundError:
        text = "time zone data is missing; install it: pip install tzdata"
        return Finding(name="time zones", state="bad", text=text)
    return Finding(name="time zones", state="ok", text="time zone data is there")


def _clock(settings: Settings) -> Finding:
    if settings.clock is not None:
        text = f"INTERLOCK_CLOCK starts it at {moment(settings.clock)}; unset it for real work"
        return Finding(name="clock", state="warn", text=text)
    return Finding(
        name="clock", state="ok", text=f"the machine's own, {SystemClock().now():%c} UTC"
    )


def _disk() -> Finding:
    free = shutil.disk_usage(Path.cwd()).free
    text = f"{free / 1e9:,.1f} GB free here"
    if free < LITTLE_SPACE:
        return Finding(name="disk", state="warn", text=f"{text}; make room before long runs")
    return Finding(name="disk", state="ok", text=text)


def _database(settings: Settings) -> Iterator[Finding]:
    """Whether it can be reached, has the right tables, and whether workers are at it."""
    try:
        refuse_missing_file(settings)
    except NoDatabase as problem:
        yield Finding(name="database", state="warn", text=str(problem))
        return
    try:
        with open_store(settings.database_url) as store:
            state = store.schema_state()
            if not state.is_current:
                seen = state.current or "no tables"
                text = f"it has {seen}, {state.head} is needed; run: interlock db upgrade"
                yield Finding(name="database", state="bad", text=text)
                return
            text = f"{store.dialect} is reached, its tables are this version's"
            yield Finding(name="database", state="ok", text=text)
            yield _workers(store)
            yield from _pauses(store)
    except InterlockError as problem:
        yield Finding(name="database", state="bad", text=str(problem))


def _workers(store: Store) -> Finding:
    workers = store.workers()
    alive = [each for each in workers if each.is_alive]
    silent = len(workers) - len(alive)
    if silent:
        text = f"{counted(len(alive), 'worker')} alive, {silent} silent; start: interlock work"
        return Finding(name="workers", state="warn", text=text)
    if not alive:
        text = "none is alive; ready cases wait until one is: interlock work"
        return Finding(name="workers", state="warn", text=text)
    return Finding(name="workers", state="ok", text=f"{counted(len(alive), 'worker')} alive")


def _pauses(store: Store) -> Iterator[Finding]:
    for each in store.pauses_in_force():
        text = f"{each.scope}, by {each.by} at {moment(each.at)}: {each.reason}"
        yield Finding(name="paused", state="warn", text=f"{text}; see: interlock pause list")


def _workflows(settings: Settings) -> Iterator[Finding]:
    """Whether each contract loads, and whether its systems can be built."""
    folders = settings.workflows or here()
    if not folders:
        text = "none was named and there is no contract.yaml here; name one with --workflow"
        yield Finding(name="workflows", state="warn", text=text)
    for folder in folders:
        report = check_contract(folder)
        if report.workflow is None:
            text = f"{folder}: {report.closing_line()} See: interlock check {folder}"
            yield Finding(name="workflows", state="bad", text=text)
            continue
        text = f"{report.workflow.contract.workflow} loads"
        yield Finding(name="workflows", state="ok", text=text)
        yield _systems(settings, folder)
        yield from _left_behind(settings, report.workflow.contract)


def _left_behind(settings: Settings, contract: WorkflowContract) -> Iterator[Finding]:
    """Open cases that began with another version of this contract, which nobody works on here."""
    try:
        refuse_missing_file(settings)
        with open_store(settings.database_url) as store:
            opened = store.open_by_contract() if store.schema_state().is_current else {}
    except InterlockError:
        return  # said already, of the database itself
    for (name, version), cases in opened.items():
        if name == contract.workflow and version != contract.fingerprint:
            text = f"{counted(cases, 'open case')} of {name} began with version {version[:12]}, "
            text += f"not {contract.fingerprint[:12]}; finish with a folder that holds it"
            yield Finding(name="versions", state="warn", text=text)


def _systems(settings: Settings, folder: Path) -> Finding:
    """Builds them for real, on a database in memory."""
    alone = settings.model_copy(
        update={"database_url": "sqlite://", "workflows": (folder,), "engine": EngineKind.INLINE}
    )
    try:
        with build(alone) as services:
            names = [name for each in services.workflows for name in each.systems]
    except Exception as problem:  # noqa: BLE001  (a workflow's own code may raise anything)
        text = f"they cannot be built: {type(problem).__name__}: {problem}; see systems.py"
        return Finding(name="systems", state="bad", text=text)
    return Finding(name="systems", state="ok", text=f"built: {listed(sorted(names))}")


def _show(findings: Sequence[Finding]) -> None:
    console = out()
    for each in findings:
        console.print(marked(each.state, f"{each.name:<12}{each.text}"))
    bad = sum(each.state == "bad" for each in findings)
    warned = sum(each.state == "warn" for each in findings)
    console.print()
    if bad:
        console.print(f"{counted(bad, 'thing')} must be put right.")
    elif warned:
        console.print(f"It can run; {counted(warned, 'thing')} to know.")
    else:
        console.print("Everything is as it should be.")
