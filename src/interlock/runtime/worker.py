"""A worker: a heartbeat, an engine that runs episodes, and a sweep every half second.

Its one rule: it may die at any moment. What it held is taken over by others once it has been
silent long enough, and it stops acting before that.
"""

from __future__ import annotations

import os
import secrets
import signal
import socket
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from types import FrameType
from typing import Final, Protocol

from interlock.domain.case import CaseState
from interlock.observe import SWEEP_FAILED, WORKER_STARTED, WORKER_STOPPED, log
from interlock.runtime.chores import Chore, ChoreList
from interlock.runtime.context import Context
from interlock.runtime.episode import EpisodeRunner
from interlock.runtime.heartbeat import Heartbeat
from interlock.runtime.sweep import sweep
from interlock.storage import CaseQuery

SWEEP_EVERY_SECONDS: Final = 0.5
TURN_SECONDS: Final = 0.05  # how soon the end of all work is seen
PAGE: Final = 20
LONGEST_CHORE_SECONDS: Final = 5.0  # how long a stop waits for one; each bears being cut off
# Threads that compute hand over after this long; at Python's 5 ms a beat among many waits too long.
SWITCH_SECONDS: Final = 0.001
VERSION: Final = "1"  # of what workers tell each other about themselves


class RunningEngine(Protocol):
    """The part of an engine that only a worker uses."""

    def start(self, runner: EpisodeRunner) -> None:
        """Begins to run episodes."""
        ...

    def stop(self) -> None:
        """Finishes the episodes in hand and starts no more."""
        ...

    def turn(self, seconds: float) -> bool:
        """Waits for episodes in hand, or runs one. True when none is in hand here."""
        ...

    def tidy(self, living: Sequence[str]) -> None:
        """Takes back what dead workers had begun, and drops what is finished."""
        ...


def new_worker_id() -> str:
    """A name no other worker has or had: the host, the process, and chance."""
    return f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"


class Worker:
    """Runs episodes and sweeps between `start` and `stop`, or between `with` and its end."""

    def __init__(
        self,
        *,
        context: Context,
        runner: EpisodeRunner,
        engine: RunningEngine,
        chores: Sequence[Chore] = (),
    ) -> None:
        """context: its engine and `engine` are the same one. runner: its fence is replaced.

        chores: what is done now and then beside the cases, in a thread of its own.
        """
        self._context, self._engine = context, engine
        self._heartbeat = Heartbeat(context.store, runner.worker, VERSION)
        self._runner = replace(runner, fence=self._heartbeat)
        self._stopping = threading.Event()
        self._sweeper = threading.Thread(target=self._keep_sweeping, name="sweep", daemon=True)
        self._chores = ChoreList(chores)
        self._chorer = threading.Thread(target=self._keep_doing_chores, name="chores", daemon=True)

    @property
    def id(self) -> str:
        """The worker's name among all workers."""
        return self._runner.worker

    def start(self) -> None:
        """Begins to work. Raises: what the store and the engine raise at the start."""
        sys.setswitchinterval(SWITCH_SECONDS)
        self._heartbeat.start()
        try:
            self._engine.start(self._runner)
        except BaseException:
            self._heartbeat.stop()
            raise
        self._sweeper.start()
        self._chorer.start()
        log().info(WORKER_STARTED, worker=self.id)

    def stop(self) -> None:
        """Finishes the episodes in hand, gives back the rest, and is gone."""
        self._stopping.set()
        self._sweeper.join()
        self._chorer.join(LONGEST_CHORE_SECONDS)
        self._engine.stop()
        self._heartbeat.stop()
        log().info(WORKER_STOPPED, worker=self.id)

    def __enter__(self) -> Worker:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def run(self) -> None:
        """Works until SIGTERM or SIGINT, then stops in order. Call it in the main thread."""
        before = {each: signal.signal(each, self._told_to_stop) for each in _STOP_SIGNALS}
        try:
            with self:
                while not self._stopping.wait(SWEEP_EVERY_SECONDS):
                    while not self._engine.turn(TURN_SECONDS) and not self._stopping.is_set():
                        pass  # an engine without threads of its own works here
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)

    def run_until_idle(self, tell: Callable[[], None] | None = None) -> None:
        """Works until no case that is known here is ready; those that wait stay as they are.

        tell: called a few times a second meanwhile, for a progress bar. The worker must be
        started. Raises: what `tell` raises, and what the store raises.
        """
        while not self._engine.turn(TURN_SECONDS) or self._has_ready_case():
            if tell is not None:
                tell()
            if self._engine.turn(0):
                self._stopping.wait(TURN_SECONDS)
        if tell is not None:
            tell()

    def _has_ready_case(self) -> bool:
        after = None
        while True:
            query = CaseQuery(state=CaseState.READY, limit=PAGE, after=after)
            page = self._context.store.cases(query)
            if any(self._context.workflows.knows(case.fingerprint) for case in page):
                return True
            if len(page) < PAGE:
                return False
            after = page[-1].id

    def _keep_sweeping(self) -> None:
        while not self._stopping.is_set():
            try:
                living = [each.worker for each in self._context.store.workers() if each.is_alive]
                self._engine.tidy(living)
                sweep(self._context, self.id)
            except Exception as failed:  # noqa: BLE001  (the worker edge: the next sweep is soon)
                log().error(SWEEP_FAILED, worker=self.id, error=type(failed).__name__)
            self._stopping.wait(SWEEP_EVERY_SECONDS)

    def _keep_doing_chores(self) -> None:
        while not self._stopping.is_set():
            self._chores.run_due(self._context, self.id)
            self._stopping.wait(SWEEP_EVERY_SECONDS)

    def _told_to_stop(self, _signal: int, _frame: FrameType | None) -> None:
        self._stopping.set()


_STOP_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)
