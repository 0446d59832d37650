"""Filters that a reviewer saved, one list an account.

One rule: an account reads and forgets its own only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from interlock.canonical import derived_id
from interlock.storage.database import Database, moment_of

OF_CASES: Final = "/cases?"  # how the query of such a filter begins
MOST: Final = 50  # saved filters an account has; more is no list any more


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedView:
    """One saved filter. `query`: as it stands in the address of its page."""

    id: str
    name: str
    query: str
    made_at: datetime

    @property
    def is_of_cases(self) -> bool:
        """True of a filter of the list of cases, false of one of the desk."""
        return self.query.startswith(OF_CASES)


class SavedViews:
    """The part of the store that keeps filters."""

    _db: Database

    def saved_views(self, account: str) -> list[SavedView]:
        """What this account saved, by name."""
        with self._db.reading() as conn:
            rows = self._db.rows(conn, "saved_views", account=account, limit=MOST)
        return [
            SavedView(id=row.id, name=row.name, query=row.query, made_at=moment_of(row.made_at))
            for row in rows
        ]

    def keep_view(self, account: str, name: str, query: str, at: datetime) -> None:
        """Saves a filter; one of the same name is replaced."""
        with self._db.writing() as conn:
            self._db.run(
                conn,
                "keep_view",
                id=derived_id("view", account, name),
                account=account,
                name=name,
                query=query,
                made_at=self._db.moment(at),
            )

    def forget_view(self, account: str, view_id: str) -> None:
        """Takes a saved filter away; one that is not there, or another's, is left alone."""
        with self._db.writing() as conn:
            self._db.run(conn, "forget_view", account=account, id=view_id)
