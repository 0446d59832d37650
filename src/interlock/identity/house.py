"""What identity works with: a store and a clock, and the notes it leaves in the house log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from interlock.clock import Clock
from interlock.storage import Store
from interlock.storage.house_log import HouseNote


class House(Protocol):
    """Anything with a store and a clock; `runtime.context.Context` is one."""

    @property
    def store(self) -> Store: ...

    @property
    def clock(self) -> Clock: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class BareHouse:
    """A store and a clock, where no workflow is loaded."""

    store: Store
    clock: Clock


def note_by(
    person: str,
    kind: str,
    at: datetime,
    body: Mapping[str, Any],
    private: Mapping[str, Any] | None = None,
) -> HouseNote:
    """What a person did, for the house log. Names, addresses and mail go into `private`."""
    return HouseNote(at=at, actor=f"person:{person}", kind=kind, body=body, private=private or {})
