"""How a try to send went: it is there, it may be tried again, or it never will be."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What a channel says of one try. `error` names no secret and no address."""

    is_sent: bool
    error: str = ""
    is_final: bool = False  # trying again would give the same answer


SENT = Tried(is_sent=True)


def not_now(error: str) -> Tried:
    """It did not work; later it may."""
    return Tried(is_sent=False, error=error)


def never(error: str) -> Tried:
    """It will not work, however often it is tried."""
    return Tried(is_sent=False, error=error, is_final=True)
