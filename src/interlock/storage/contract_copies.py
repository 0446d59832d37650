"""Kept copies of contract folders: waiting cases finish on the version they began with."""

from __future__ import annotations

from collections.abc import Mapping

from interlock.storage.database import Database
from interlock.storage.recording import repeated


class ContractCopies:
    """The part of the store that keeps contract folders."""

    _db: Database

    def keep_contract_files(
        self, workflow: str, fingerprint: str, files: Mapping[str, bytes]
    ) -> None:
        """Keeps the files of a saved contract by their path; what is kept already stays."""

        def keep() -> None:
            with self._db.writing() as conn:
                for path, content in files.items():
                    self._db.run(
                        conn,
                        "keep_contract_file",
                        workflow=workflow,
                        fingerprint=fingerprint,
                        path=path,
                        content=content,
                    )

        if files:
            repeated(keep)

    def contract_files(self, workflow: str, fingerprint: str) -> dict[str, bytes]:
        """The kept files by their path inside the folder; empty when nothing was kept."""
        with self._db.reading() as conn:
            rows = self._db.rows(conn, "contract_files", workflow=workflow, fingerprint=fingerprint)
        return {row.path: bytes(row.content) for row in rows}

    def has_contract_copy(self, workflow: str, fingerprint: str) -> bool:
        """True when something of the contract's folder is kept."""
        with self._db.reading() as conn:
            return bool(
                self._db.rows(conn, "has_contract_copy", workflow=workflow, fingerprint=fingerprint)
            )
