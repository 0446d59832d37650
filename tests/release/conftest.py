"""An office on each kind of database, as the runtime's tests have it."""

from __future__ import annotations

from tests.runtime.conftest import office, small_office

__all__ = ["office", "small_office"]
