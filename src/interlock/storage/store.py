"""The store: the only door to the database.

Its parts are one file a noun; each method is one transaction. A store may be shared by threads.
"""

from __future__ import annotations

from types import TracebackType
from typing import Self

from sqlalchemy import Engine

from interlock.storage.accounts import Accounts
from interlock.storage.alarms import Alarms
from interlock.storage.beside_log import BesideLog
from interlock.storage.burn_alerts import BurnAlerts
from interlock.storage.case_search import CaseSearching
from interlock.storage.changed import Changed
from interlock.storage.claims import Claims
from interlock.storage.contract_copies import ContractCopies
from interlock.storage.database import Database
from interlock.storage.desk import Desk
from interlock.storage.house_log import HouseLog
from interlock.storage.idempotency import Idempotency
from interlock.storage.identity import Identity
from interlock.storage.intake import Intake
from interlock.storage.looks_ahead import LooksAhead
from interlock.storage.notices import Notices
from interlock.storage.overview import Overview
from interlock.storage.pauses import Pauses
from interlock.storage.protected_cases import ProtectedCases
from interlock.storage.quality import QualityOfReview
from interlock.storage.queue_pages import QueuePages
from interlock.storage.reading import Reading
from interlock.storage.recording import Recording
from interlock.storage.release_board import ReleaseBoard
from interlock.storage.releases import Releases
from interlock.storage.reviewing import Reviewing
from interlock.storage.schema import Schema
from interlock.storage.tallies import Tallies
from interlock.storage.tally_moves import TallyMoves
from interlock.storage.verdicts import Verdicts
from interlock.storage.views import SavedViews
from interlock.storage.watching import Watching


class Store(
    Schema,
    Intake,
    Recording,
    Claims,
    Reading,
    Reviewing,
    BesideLog,
    Accounts,
    HouseLog,
    Overview,
    CaseSearching,
    ContractCopies,
    QueuePages,
    SavedViews,
    Pauses,
    Identity,
    Changed,
    Idempotency,
    Desk,
    QualityOfReview,
    Notices,
    Releases,
    Verdicts,
    Tallies,
    TallyMoves,
    ProtectedCases,
    Watching,
    Alarms,
    ReleaseBoard,
    LooksAhead,
    BurnAlerts,
):
    """Cases, tasks, actions, facts and the audit log, in SQLite or PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._db = database

    @property
    def engine(self) -> Engine:
        """For what must share the database or a transaction: the durable engine, and tests."""
        return self._db.engine

    @property
    def url(self) -> str:
        """The address as SQLAlchemy writes it, password included; never print it."""
        return self._db.engine.url.render_as_string(hide_password=False)

    def seen_by(self, tenants: frozenset[str] | None) -> Store:
        """The store as somebody sees it who may see only these tenants; None: all of it.

        A case of another tenant is not there, nor what hangs on it. The view shares this store's
        connections: close the store, not the view.
        """
        return self if tenants is None else Store(self._db.seen_by(tenants))

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self._db.dialect

    def close(self) -> None:
        """Gives back every connection. The store cannot be used afterwards."""
        self._db.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def open_store(url: str) -> Store:
    """The store at a SQLAlchemy address: sqlite:///FILE, sqlite:// (in memory) or postgresql://….

    Nothing is connected yet and no table is made; see `upgrade`.
    Raises: DatabaseUnsupported; MissingExtra when PostgreSQL's driver is not installed.
    """
    return Store(Database(url))
