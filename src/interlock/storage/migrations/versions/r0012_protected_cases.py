"""Protected cases: rows from the desk, and what was found when they were run."""

from __future__ import annotations

from typing import Final

revision: Final = "0012"
down_revision: Final = "0011"
phase: Final = "pre"


def upgrade() -> None:
    """Makes nothing yet."""
