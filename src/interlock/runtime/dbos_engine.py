"""The durable engine: episodes as DBOS workflows on a queue that all workers share.

Its one rule: nothing depends on it. A ready case is its own note that an episode is due; an
episode that is lost is made again by the sweep, one that runs twice finds its cases claimed. So
its rows are pruned freely, and a dead worker's cases are found again by who holds them, not by its
rows: a row taken from a worker that only stood still would keep that one waiting for its end.
Product and engine share one database, so that a change and the episode it causes commit together.
The only file that imports dbos.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Final

from dbos import (
    DBOS,
    DBOSClient,
    DBOSConfig,
    EnqueueOptions,
    WorkflowSerializationFormat,
    WorkflowStatus,
)
from sqlalchemy import Connection, func, inspect, select

from interlock.clock import SystemClock
from interlock.domain.ids import CaseId
from interlock.errors import SettingsInvalid
from interlock.observe import EPISODE_FAILED, log
from interlock.runtime.episode import ClaimLost, EpisodeRunner
from interlock.runtime.wake_up import Listener
from interlock.storage import Store

BATCH: Final = 50
HANDS: Final = 4  # episodes at once in a process; more only contend for its one interpreter
APPLICATION: Final = "interlock"
SCHEMA: Final = "dbos"
VERSION: Final = "1"  # constant: our cases are pinned by fingerprint, not by the engine's version
QUEUE: Final = "interlock_episodes"
EPISODE: Final = "interlock_episode"
STATUS_TABLE: Final = "workflow_status"
FINISHED: Final = ("SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")

# The safety net only: what is worked on here starts at once, and on PostgreSQL others are woken.
# Measured idle on one core: 4.6 % at 0.1 s with SQLite, 3.2 % at 0.25 s with PostgreSQL.
POLL_SECONDS: Final = {"sqlite": 0.1, "postgresql": 0.25}
WAKE_CHANNEL: Final = "interlock_ready"
WAKE_AT_MOST: Final = 10  # cases; more than these take longer than a poll anyway

KEEP_FINISHED: Final = timedelta(seconds=60)
KEEP_BEGUN: Final = timedelta(hours=1)  # by a dead worker, which may only stand still
PRUNE_EVERY_SECONDS: Final = 5.0
PRUNE_AT_ONCE: Final = 1000
LOOK_ANYWAY_SECONDS: Final = 10.0  # even when behind: a case may be lost among many that are late
STOP_SECONDS: Final = 30.0  # how long a stop waits for the episodes in hand


class DbosEngine:
    """Enqueues episodes in anybody's transaction; between `start` and `stop` it also runs them."""

    def __init__(self, store: Store, *, batch: int = BATCH, hands: int = HANDS) -> None:
        """An engine in the store's database. Nothing is connected yet.

        Raises: SettingsInvalid for a database in memory, which no second connection can see.
        """
        if store.dialect == "sqlite" and store.engine.url.database in (None, "", ":memory:"):
            remedy = "give a file to keep it in, or the engine inline"
            raise SettingsInvalid("database_url", store.url, remedy)
        _be_quiet()
        self._store, self._batch, self._hands = store, batch, hands
        self._on_postgres = store.dialect == "postgresql"
        self._client = DBOSClient(
            system_database_url=store.url,
            dbos_system_schema=SCHEMA,
            application_name=APPLICATION,
            retry_connection_errors=False,
            lazy=True,
        )
        self._work: _Work | None = None
        self._listener: Listener | None = None
        self._pruned_at = self._looked_at = float("-inf")
        self._living = frozenset[str]()

    def prepare(self) -> None:
        """Makes the engine's tables what this version needs; does nothing when they are."""
        DBOS.migrate(self._store.url, schema=SCHEMA)

    def is_prepared(self) -> bool:
        """True when the engine's tables are there."""
        schema = SCHEMA if self._on_postgres else None
        return inspect(self._store.engine).has_table(STATUS_TABLE, schema=schema)

    def close(self) -> None:
        """Stops working and gives back every connection."""
        self.stop()
        self._client.destroy()

    # --- what every process may do -------------------------------------------------------------

    def enqueue(self, connection: Connection, case_ids: Sequence[CaseId]) -> None:
        """Makes episodes of at most a batch of cases part of the caller's transaction."""
        for batch in _batches(case_ids, self._batch):
            self._client.enqueue_in_transaction(connection, _OPTIONS, batch)

    def enqueue_now(self, case_ids: Sequence[CaseId]) -> None:
        """The same in a transaction of its own, and starts what it can."""
        for batch in _batches(case_ids, self._batch):
            self._client.enqueue(_OPTIONS, batch)
        self.committed(case_ids)

    def committed(self, case_ids: Sequence[CaseId]) -> None:
        """Starts the episodes at once where a hand is free; else wakes another worker.

        Not part of the transaction: a notification makes transactions that carry one wait for
        each other. What nobody starts now, the queue does.
        """
        left = list(case_ids)
        while left and self._work is not None and self._work.start_directly(left[: self._batch]):
            left = left[self._batch :]
        if left and self._on_postgres and len(left) <= WAKE_AT_MOST:
            with self._store.engine.begin() as connection:
                connection.execute(select(func.pg_notify(WAKE_CHANNEL, json.dumps(left))))

    def is_behind(self) -> bool:
        """True while episodes are queued; every few seconds it says no, so that somebody looks."""
        if time.monotonic() - self._looked_at < LOOK_ANYWAY_SECONDS and self._has_queued():
            return True
        self._looked_at = time.monotonic()
        return False

    def _has_queued(self) -> bool:
        queued = self._client.list_workflows(
            status="ENQUEUED", queue_name=QUEUE, limit=1, load_input=False, load_output=False
        )
        return bool(queued)

    # --- what a worker does --------------------------------------------------------------------

    def start(self, runner: EpisodeRunner) -> None:
        """Begins to run episodes for this worker. One engine of a process may do so at a time.

        Raises: what the database raises.
        """
        work = self._work = _Work(runner, self._hands, self._batch)

        def run_episode(case_ids: list[str]) -> None:
            work.run([CaseId(each) for each in case_ids])

        DBOS.workflow(
            name=EPISODE,
            max_recovery_attempts=None,
            serialization_type=WorkflowSerializationFormat.PORTABLE,
        )(run_episode)
        DBOS(config=self._config(runner.worker))
        _be_quiet()
        self._client.register_queue(
            QUEUE,
            worker_concurrency=self._hands,
            polling_interval_sec=POLL_SECONDS[self._store.dialect],
        )
        DBOS.launch()
        if self._on_postgres:
            self._listener = Listener(self._store.url, WAKE_CHANNEL, self._woken)
            self._listener.start()

    def _config(self, worker: str) -> DBOSConfig:
        return DBOSConfig(
            name=APPLICATION,
            system_database_url=self._store.url,
            dbos_system_schema=SCHEMA,
            application_version=VERSION,
            executor_id=worker,
            log_level="WARNING",
            enable_otlp=False,
            sys_db_pool_size=self._hands + 2,
            scheduler_polling_interval_sec=3600.0,  # nothing is scheduled by it
        )

    def stop(self) -> None:
        """Starts nothing more, waits for the episodes in hand, and leaves the rest to others."""
        if self._work is None:
            return
        if self._listener is not None:
            self._listener.stop()
            self._listener = None
        self._work.finish(STOP_SECONDS)
        self._work = None
        logging.getLogger("dbos").setLevel(logging.CRITICAL)  # it reports what it is torn from
        DBOS.destroy(destroy_registry=True)
        _be_quiet()

    def turn(self, seconds: float) -> bool:
        """Waits until no episode is in hand here, at most so long. True when none is."""
        return self._work is None or self._work.wait_idle(seconds)

    def tidy(self, living: Sequence[str]) -> None:
        """Has cases looked for at once when a worker died, and prunes rows now and then."""
        if self._living - set(living):
            self._looked_at = float("-inf")
        self._living = frozenset(living)
        if time.monotonic() - self._pruned_at >= PRUNE_EVERY_SECONDS:
            self._prune(SystemClock().now())
            self._pruned_at = time.monotonic()

    def _prune(self, now: datetime) -> None:
        """Deletes rows that nobody needs any more, or every query would slow down."""
        begun = self._client.list_workflows(
            status="PENDING",
            queue_name=QUEUE,
            dequeued_before=(now - KEEP_BEGUN).isoformat(),
            load_input=False,
            load_output=False,
        )
        self._delete([each for each in begun if each.executor_id not in self._living])
        while self._delete(
            self._client.list_workflows(
                status=list(FINISHED),
                queue_name=QUEUE,
                completed_before=(now - KEEP_FINISHED).isoformat(),
                limit=PRUNE_AT_ONCE,
                load_input=False,
                load_output=False,
            )
        ):
            pass

    def _delete(self, rows: Sequence[WorkflowStatus]) -> bool:
        """True when there may be more of them."""
        if rows:
            self._client.delete_workflows([each.workflow_id for each in rows])
        return len(rows) >= PRUNE_AT_ONCE

    def _woken(self, payload: str) -> None:
        """Another process has cases for whoever has a hand free."""
        if self._work is not None:
            self._work.start_directly([CaseId(each) for each in json.loads(payload)])


class _Work:
    """The episodes in hand in this process, and the hands for those started directly."""

    def __init__(self, runner: EpisodeRunner, hands: int, batch: int) -> None:
        self._runner, self._batch = runner, batch
        self._pool = ThreadPoolExecutor(hands, thread_name_prefix="episode")
        self._free = threading.Semaphore(hands)
        self._changed = threading.Condition()
        self._in_hand = 0
        self._is_stopping = False

    def start_directly(self, case_ids: Sequence[CaseId]) -> bool:
        """Starts an episode here and now. False when no hand is free."""
        if self._is_stopping or not self._free.acquire(blocking=False):
            return False
        self._take_up()
        self._pool.submit(self._finish_one, case_ids)
        return True

    def run(self, case_ids: Sequence[CaseId]) -> None:
        """Runs an episode as soon as a hand is free, and comes back when it has ended."""
        self._free.acquire()
        self._take_up()
        self._finish_one(case_ids)

    def finish(self, seconds: float) -> None:
        """Takes nothing more up and waits for what is in hand."""
        self._is_stopping = True
        self.wait_idle(seconds)
        self._pool.shutdown(wait=False, cancel_futures=True)

    def wait_idle(self, seconds: float) -> bool:
        """True as soon as nothing is in hand; False when so many seconds passed first."""
        with self._changed:
            return self._changed.wait_for(lambda: self._in_hand == 0, seconds)

    def _take_up(self) -> None:
        with self._changed:
            self._in_hand += 1

    def _finish_one(self, case_ids: Sequence[CaseId]) -> None:
        """What fails, or comes while stopping, is left to a sweep: its cases are still ready.

        A hand that is done takes what else is ready instead of waiting for the queue's next look,
        which would be the speed limit: so many hands times so many cases a look. The rows of the
        queue then find nothing left to do.
        """
        try:
            if not self._is_stopping:
                self._runner.run(case_ids)
            while not self._is_stopping and self._runner.run_ready(self._batch).cases:
                pass
        except ClaimLost:
            log().warning(EPISODE_FAILED, cases=len(case_ids), error=ClaimLost.code)
        except Exception as failed:  # noqa: BLE001  (the worker edge: nothing may stop a worker)
            log().error(EPISODE_FAILED, cases=len(case_ids), error=type(failed).__name__)
        finally:
            self._free.release()
            with self._changed:
                self._in_hand -= 1
                self._changed.notify_all()


_OPTIONS: Final = EnqueueOptions(
    queue_name=QUEUE,
    workflow_name=EPISODE,
    app_version=VERSION,
    serialization_type=WorkflowSerializationFormat.PORTABLE,  # JSON: rows hold ids, never pickles
)


def _batches(case_ids: Sequence[CaseId], size: int) -> Iterator[list[CaseId]]:
    ids = list(dict.fromkeys(case_ids))
    return (ids[at : at + size] for at in range(0, len(ids), size))


def _be_quiet() -> None:
    """The engine speaks up for warnings only; what operators need is in our own log."""
    logging.getLogger("dbos").setLevel(logging.WARNING)
