"""Watching: what was alarmed about, and autonomy deltas that wait for a signature."""

from __future__ import annotations

from typing import Final

revision: Final = "0013"
down_revision: Final = "0012"
phase: Final = "pre"


def upgrade() -> None:
    """Makes nothing yet."""
