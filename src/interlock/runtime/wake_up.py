"""Waking this worker when another process has made a case ready (PostgreSQL only).

Its one rule: a notification is a hint. One that is lost costs a queue's poll, never a case.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Final

from sqlalchemy import make_url

from interlock.observe import LISTENING_FAILED, log

STOP_LOOK_SECONDS: Final = 0.2  # how soon a stop is seen
RECONNECT_SECONDS: Final = 1.0
FIRST_SECONDS: Final = 2.0  # how long a start waits for the first connection


class Listener:
    """Hands every notification of a channel to `heard`, in a thread of its own."""

    def __init__(self, url: str, channel: str, heard: Callable[[str], None]) -> None:
        """url: SQLAlchemy's address of the database. heard: must return soon."""
        address = make_url(url)
        self._address: dict[str, Any] = {
            **address.translate_connect_args(username="user", database="dbname"),
            **address.query,
        }
        self._channel, self._heard = channel, heard
        self._stopping, self._listening = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._listen, name="wake-up", daemon=True)

    def start(self) -> None:
        """Begins to listen, and comes back when it does or when that takes too long."""
        self._thread.start()
        self._listening.wait(FIRST_SECONDS)

    def stop(self) -> None:
        """Ends the listening and its connection."""
        self._stopping.set()
        self._thread.join()

    def _listen(self) -> None:
        while not self._stopping.is_set():
            try:
                self._listen_on(self._connection())
            except Exception as failed:  # noqa: BLE001  (a hint less: the queue is polled anyway)
                log().warning(LISTENING_FAILED, error=type(failed).__name__)
                self._stopping.wait(RECONNECT_SECONDS)

    def _connection(self) -> Any:
        from psycopg import connect

        return connect(**self._address, autocommit=True)

    def _listen_on(self, connection: Any) -> None:
        from psycopg.sql import SQL, Identifier

        with connection:
            connection.execute(SQL("LISTEN {}").format(Identifier(self._channel)))
            self._listening.set()
            while not self._stopping.is_set():
                for notice in connection.notifies(timeout=STOP_LOOK_SECONDS):
                    self._heard(notice.payload)
