"""An office on each kind of database."""

from __future__ import annotations

from tests.runtime.conftest import office, small_office

__all__ = ["office", "small_office"]
