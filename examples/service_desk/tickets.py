"""The ticket system: one small file a request, written whole or not at all.

A stand-in for the desk's own; like that, it refuses a second assignment under the same key.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from .cases import Assignment


class Tickets:
    """Which team has which request."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def assign(self, number: str, team: str, key: str) -> Assignment:
        """The request is the team's. The same key again changes nothing.

        Raises: ValueError when the request is another team's already.
        """
        known = self.find(number)
        if known is not None:
            if known.key == key:
                return known
            raise ValueError(f"request {number} is with {known.team} already; take it back first")
        made = Assignment(number=number, team=team, key=key)
        self._folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self._folder)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(made.model_dump_json())
        Path(name).replace(self._file(number))
        return made

    def find(self, number: str) -> Assignment | None:
        """The request's assignment, or None."""
        file = self._file(number)
        if not file.exists():
            return None
        return Assignment.model_validate_json(file.read_text(encoding="utf-8"))

    def take_back(self, number: str) -> None:
        """The request is nobody's again; nothing happens when it was."""
        self._file(number).unlink(missing_ok=True)

    def _file(self, number: str) -> Path:
        return self._folder / f"{hashlib.sha256(number.encode()).hexdigest()[:32]}.json"
