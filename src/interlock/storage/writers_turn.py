"""Whose turn it is to write, among the threads of one process on one SQLite file.

Its one rule: one at a time, and who is urgent comes next, however many others wait: a worker that
is busy writing must still say in time that it lives, or others take its cases from it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class WritersTurn:
    """A lock with two ranks. Not reentrant."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._first, self._then = threading.Condition(self._lock), threading.Condition(self._lock)
        self._is_taken = False
        self._urgent = 0  # threads of the first rank that wait

    @contextmanager
    def taken(self, *, urgent: bool = False) -> Iterator[None]:
        """Waits for the turn, and keeps it to the end of the block."""
        with self._lock:
            self._urgent += urgent
            try:
                while self._is_taken or (self._urgent and not urgent):
                    (self._first if urgent else self._then).wait()
                self._is_taken = True
            finally:
                self._urgent -= urgent
                if not self._is_taken:  # interrupted: the call to be next goes on to somebody else
                    self._call_next()
        try:
            yield
        finally:
            with self._lock:
                self._is_taken = False
                self._call_next()

    def _call_next(self) -> None:
        (self._first if self._urgent else self._then).notify()
