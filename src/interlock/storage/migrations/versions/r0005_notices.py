"""Kept free for notices and where they go."""

from __future__ import annotations

from typing import Final

revision: Final = "0005"
down_revision: Final = "0004"
phase: Final = "pre"


def upgrade() -> None:
    """Makes nothing."""
