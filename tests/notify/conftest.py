"""An office that tells people and systems what happens; the servers are real ones."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from interlock.notify import NotifySettings, load_notify_settings
from interlock.notify.delivering import Deliverer
from interlock.notify.deriving import Deriver
from tests.runtime.office import Office
from tests.support.listening import Postbox, Receiver

SECRET = "whsec_" + b64encode(b"a secret of 24 bytes and").decode()
PUBLIC = "https://interlock.example.com"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def any_office(request: pytest.FixtureRequest) -> Iterator[Office]:
    """An office on each kind of database."""
    fixture = "sqlite_url" if request.param == "sqlite" else "module_postgres_url"
    office = Office.opened(request.getfixturevalue(fixture))
    yield office
    office.close()


@pytest.fixture
def office(sqlite_url: str) -> Iterator[Office]:
    opened = Office.opened(sqlite_url)
    yield opened
    opened.close()


@dataclass
class Telling:
    """The two chores, done when a test says so."""

    office: Office
    settings: NotifySettings

    def __post_init__(self) -> None:
        self.again()
        self.look()  # the first look: the past is nobody's news

    def again(self) -> None:
        """A worker that starts anew, with nothing in its memory."""
        self.deriver, self.deliverer = Deriver(self.settings), Deliverer(self.settings)

    def look(self) -> int:
        return self.deriver.look(self.office.context)

    def send(self) -> int:
        return self.deliverer.send_due(self.office.context)

    def tell(self) -> int:
        """Looks for what is new and sends it."""
        self.look()
        return self.send()


def mailing(postbox: Postbox, **more: Any) -> NotifySettings:
    """Settings with mail."""
    return load_notify_settings(
        smtp_url=f"smtp://127.0.0.1:{postbox.port}",
        mail_from="interlock@example.com",
        **({"public_url": PUBLIC} | more),
    )


def hooked(receiver: Receiver) -> NotifySettings:
    """Settings with one webhook."""
    return load_notify_settings(webhooks=f"{receiver.url}#{SECRET}")
