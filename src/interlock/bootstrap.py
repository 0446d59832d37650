"""From settings to services: the only place that builds things.

Its one rule: everything is built here once and handed on; nothing below looks anything up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

from interlock.clock import Clock, SystemClock
from interlock.contracts import (
    FolderTooLarge,
    LoadedWorkflow,
    files_of,
    load_workflow,
)
from interlock.domain.contract import Stage
from interlock.domain.ids import Fingerprint, WorkflowId
from interlock.domain.release import ReleaseState
from interlock.domain.rules.gate import judge
from interlock.errors import InterlockError
from interlock.identity.chores import ways_in_chore
from interlock.notify import load_notify_settings, notice_chores
from interlock.observe import CONTRACT_NOT_KEPT, KEPT_CONTRACT_REFUSED, log, set_up_logging
from interlock.release.burning import burn_chore
from interlock.release.chores import Gate, gate_chore
from interlock.release.evidence import collect
from interlock.runtime.chores import Chore
from interlock.runtime.context import Context, EngineMissing
from interlock.runtime.crash_points import CrashPlan
from interlock.runtime.desk_chores import drafts_chore
from interlock.runtime.episode import EpisodeRunner
from interlock.runtime.inline_engine import InlineEngine
from interlock.runtime.kept_answers import answers_chore
from interlock.runtime.kept_versions import kept_version
from interlock.runtime.quality_chores import probe_chore
from interlock.runtime.watching_chore import watch_chore
from interlock.runtime.worker import Worker, new_worker_id
from interlock.runtime.workflow import Workflow, Workflows
from interlock.settings import EngineKind, Settings
from interlock.storage import SchemaOutdated, Store, open_store

if TYPE_CHECKING:  # half of what a command has to load, and only a worker and its doors need it
    from interlock.runtime.dbos_engine import DbosEngine

IN_MEMORY: Final = "sqlite://"
STEP_THREADS: Final = 64  # steps and actions that are plain functions, over all episodes at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Everything a door needs: the command line, the API, a worker."""

    settings: Settings
    store: Store
    workflows: Workflows
    context: Context
    runner: EpisodeRunner
    engine: DbosEngine | InlineEngine
    clock: Clock
    threads: ThreadPoolExecutor

    def worker(self) -> Worker:
        """A worker of this process, not started yet. One at a time."""
        return Worker(
            context=self.context, runner=self.runner, engine=self.engine, chores=chores(self)
        )

    def close(self) -> None:
        """Gives back every connection and thread. A worker must be stopped before."""
        self.engine.close()
        self.threads.shutdown(wait=False, cancel_futures=True)
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def chores(services: Services) -> list[Chore]:  # noqa: ARG001
    """What a worker of these services does beside its cases."""
    telling = notice_chores(load_notify_settings())
    gate = gate_chore(Gate(collect=collect, judge=judge))
    return [
        probe_chore(),
        answers_chore(),
        ways_in_chore(),
        drafts_chore(),
        watch_chore(),
        gate,
        burn_chore(),
        *telling,
    ]


def build(
    settings: Settings,
    *,
    clock: Clock | None = None,
    system_settings: Mapping[str, str] | None = None,
) -> Services:
    """The services these settings describe. A SQLite file that has no tables yet gets them.

    clock: instead of the settings' own. system_settings: more texts for the workflows' systems.
    Raises: SettingsInvalid, ContractRefused, DatabaseUnreachable, DatabaseUnsupported,
    SchemaOutdated, EngineMissing, MissingExtra.
    """
    set_up_logging(level=settings.log_level, as_json=settings.log_json)
    crash = CrashPlan.parse(settings.crash_at)
    told = {"folder": str(settings.data), "data": str(settings.data), **(system_settings or {})}
    given = [_with_systems(load_workflow(each), told) for each in settings.workflows]
    store = open_store(settings.database_url)
    try:
        engine = _engine(settings, store)
        _check_tables(store, engine)
        older = _older_versions(settings, store, given, told)
        workflows = Workflows([*given, *older], partial(_kept_version, settings, store, told))
        return _put_together(
            settings, store, workflows, engine, clock or _clock(settings), crash=crash
        )
    except BaseException:
        store.close()
        raise


def build_inline(
    folder: Path,
    *,
    settings: Settings | None = None,
    clock: Clock | None = None,
    system_settings: Mapping[str, str] | None = None,
) -> Services:
    """Services for one contract folder in memory: nothing outlives them.

    Episodes run in the caller's thread: `services.engine.drain(services.runner)`.
    Raises: ContractRefused.
    """
    chosen = (settings or Settings()).model_copy(
        update={
            "database_url": IN_MEMORY,
            "workflows": (folder,),
            "engine": EngineKind.INLINE,
            "crash_at": "",
        }
    )
    return build(chosen, clock=clock, system_settings=system_settings)


def upgrade(settings: Settings) -> None:
    """Brings the tables of the product and of the engine to this version's. Forward only.

    Raises: DatabaseUnreachable, DatabaseUnsupported, MissingExtra.
    """
    with open_store(settings.database_url) as store:
        store.upgrade()
        _engine(settings, store).prepare()


def _engine(settings: Settings, store: Store) -> DbosEngine | InlineEngine:
    if settings.engine is EngineKind.INLINE:
        return InlineEngine(settings.batch)
    from interlock.runtime.dbos_engine import DbosEngine

    return DbosEngine(store, batch=settings.batch)


def _check_tables(store: Store, engine: DbosEngine | InlineEngine) -> None:
    """Makes the tables of a new SQLite file; any other database is changed only when asked."""
    state = store.schema_state()
    is_new = state.current is None and store.dialect == "sqlite"
    if is_new:
        store.upgrade()
    elif not state.is_current:
        raise SchemaOutdated(state.current, state.head)
    if not engine.is_prepared():
        if store.dialect != "sqlite":
            raise EngineMissing
        engine.prepare()


def _put_together(
    settings: Settings,
    store: Store,
    workflows: Workflows,
    engine: DbosEngine | InlineEngine,
    clock: Clock,
    *,
    crash: CrashPlan,
) -> Services:
    _save_contracts(store, workflows, clock)
    threads = ThreadPoolExecutor(STEP_THREADS, thread_name_prefix="step")
    return Services(
        settings=settings,
        store=store,
        workflows=workflows,
        context=Context(
            store=store,
            workflows=workflows,
            clock=clock,
            engine=engine,
            stage=Stage(settings.stage),
            crash=crash,
        ),
        runner=EpisodeRunner(
            store=store,
            workflows=workflows,
            clock=clock,
            threads=threads,
            worker=new_worker_id(),
            crash=crash,
        ),
        engine=engine,
        clock=clock,
        threads=threads,
    )


def _with_systems(loaded: LoadedWorkflow, told: Mapping[str, str]) -> Workflow:
    """The workflow with its live systems, made by its own factory."""
    factory: Callable[[Mapping[str, str]], dict[str, Any]] | None = loaded.functions.systems
    return Workflow(loaded=loaded, systems=factory(told) if factory else {})


def _older_versions(
    settings: Settings, store: Store, given: Sequence[Workflow], told: Mapping[str, str]
) -> Iterator[Workflow]:
    """The versions that open cases began with, or releases name, and no folder has any more, from
    their copies."""
    known = {each.contract.fingerprint for each in given}
    names = {each.contract.workflow for each in given}
    wanted = {*store.open_by_contract(), *_named_by_releases(store)}
    for workflow, fingerprint in sorted(wanted):
        if workflow in names and fingerprint not in known:
            found = _kept_version(settings, store, told, workflow, fingerprint)
            if found is not None:
                yield found


def _named_by_releases(store: Store) -> Iterator[tuple[WorkflowId, Fingerprint]]:
    """What new cases join, what may be started next, and what is gone back to."""
    for each in store.releases():
        if each.state in (ReleaseState.RUNNING, ReleaseState.PROPOSED):
            yield each.workflow, each.fingerprint
        if each.state is ReleaseState.RUNNING and each.previous_fingerprint is not None:
            yield each.workflow, each.previous_fingerprint


def _kept_version(
    settings: Settings, store: Store, told: Mapping[str, str], workflow: str, fingerprint: str
) -> Workflow | None:
    """One version from its kept copy, or None when there is none that can be loaded."""
    try:
        found = kept_version(store, workflow, fingerprint, settings.data)
    except InterlockError as refused:  # its cases wait; those of the others must not
        log().warning(KEPT_CONTRACT_REFUSED, workflow=workflow, error=refused.code)
        return None
    return None if found is None else _with_systems(found, told)


def _keep_copy(store: Store, each: Workflow) -> None:
    contract = each.contract
    if store.has_contract_copy(contract.workflow, contract.fingerprint):
        return
    try:
        files = files_of(each.loaded.folder)
    except FolderTooLarge as refused:
        log().warning(CONTRACT_NOT_KEPT, workflow=contract.workflow, error=refused.code)
        return
    store.keep_contract_files(contract.workflow, contract.fingerprint, files)


def _save_contracts(store: Store, workflows: Workflows, clock: Clock) -> None:
    for each in workflows:
        contract = each.contract
        store.save_contract(
            contract.workflow,
            contract.fingerprint,
            contract.title,
            each.loaded.source,
            str(each.loaded.folder),
            clock.now(),
        )
        _keep_copy(store, each)


def _clock(settings: Settings) -> Clock:
    return SystemClock() if settings.clock is None else SystemClock.starting_at(settings.clock)
