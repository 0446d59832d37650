"""A worker's heartbeat, and the fence that stands on it.

Its one rule: this worker stops acting well before anybody else may take it for dead. Others judge
by the database's clock; this side counts from before one beat was sent until the next one was
answered, on a clock that runs on while the machine sleeps, so it is always the stricter of the two.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final, Protocol

from interlock.observe import BEAT_FAILED, log
from interlock.runtime.episode import Fence
from interlock.storage import DEAD_AFTER_SECONDS

BEAT_SECONDS: Final = 0.3
OLD_AFTER_SECONDS: Final = DEAD_AFTER_SECONDS / 2  # an older beat is no reason to act; beat first
SILENT_AFTER_SECONDS: Final = DEAD_AFTER_SECONDS * 0.8  # after so long others may soon take over

_CLOCK: Final = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


class Liveness(Protocol):
    """The part of the store a heartbeat writes to."""

    def beat(self, worker: str, *, version: str) -> None: ...
    def retire(self, worker: str) -> None: ...


def seconds_awake() -> float:
    """Seconds since some fixed moment; sleep of the machine and stops of the process count."""
    return time.clock_gettime(_CLOCK)


class Heartbeat(Fence):
    """Says steadily that a worker is alive, and knows when others may doubt it."""

    def __init__(
        self,
        store: Liveness,
        worker: str,
        version: str,
        *,
        seconds: Callable[[], float] = seconds_awake,
    ) -> None:
        self._store, self._worker, self._version, self._seconds = store, worker, version, seconds
        self._lock = threading.Lock()
        self._last: float | None = None
        self._gaps = 0
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Beats once, so that a claim counts from now on, and then steadily in a thread.

        Raises: what the store raises on the first beat.
        """
        self.beat()
        self._stopping.clear()
        self._thread = threading.Thread(target=self._keep_beating, name="heartbeat", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stops beating and gives back what the worker still holds."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self._store.retire(self._worker)

    def beat(self) -> None:
        """Says once that the worker is alive. Raises: what the store raises."""
        sent = self._seconds()
        self._store.beat(self._worker, version=self._version)
        answered = self._seconds()
        with self._lock:
            if self._last is not None and answered - self._last > SILENT_AFTER_SECONDS:
                self._gaps += 1
            self._last = sent if self._last is None else max(sent, self._last)

    def mark(self) -> int:
        """How often the worker was silent too long so far."""
        with self._lock:
            return self._gaps

    def may_act(self, mark: int) -> bool:
        """True when nobody can have taken a case away since the mark was read.

        A beat that came too late opens nothing again: what was held before it may be another's.
        """
        if self._is_old():
            self._try_to_beat()
        return not self._is_old() and mark == self.mark()

    def _is_old(self) -> bool:
        with self._lock:
            return self._last is None or self._seconds() - self._last > OLD_AFTER_SECONDS

    def _try_to_beat(self) -> None:
        try:
            self.beat()
        except Exception as failed:  # noqa: BLE001  (the worker edge: the fence closes instead)
            log().warning(BEAT_FAILED, worker=self._worker, error=type(failed).__name__)

    def _keep_beating(self) -> None:
        while not self._stopping.wait(BEAT_SECONDS):
            self._try_to_beat()
