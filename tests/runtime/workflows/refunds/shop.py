"""A shop in memory that does what a test tells it to."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from typing import Any


class Shop:
    """Keeps what was done, and raises, waits or answers as it was told."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str, str]] = []
        self.notes: list[tuple[str, str, Any]] = []
        self.undone: list[tuple[str, str]] = []
        self.orders: dict[str, str] = {}
        self.accounts: dict[str, str] = {}
        self.confidence: dict[str, float] = {}
        self.requests: dict[str, Any] = {}
        self.answers: dict[tuple[str, str], Any] = {}
        self.troubles: dict[tuple[str, str], list[Exception | float | Callable[[], None]]] = {}
        self.met: Counter[str] = Counter()

    def trouble(self, place: str, number: str, *what: Exception | float | Any) -> None:
        """Each visit of this refund to this place meets the next of these: an error to raise,
        seconds to take, or a function to call."""
        self.troubles[place, number] = list(what)

    def meet(self, place: str, number: str) -> None:
        """What waits at this place, if anything."""
        self.met[place] += 1
        what = self._next(place, number)
        if isinstance(what, float):
            time.sleep(what)
        elif isinstance(what, Exception):
            raise what
        elif what is not None:
            what()

    async def meet_async(self, place: str, number: str) -> None:
        """The same for a step of the other colour."""
        self.met[place] += 1
        what = self._next(place, number)
        if isinstance(what, float):
            await asyncio.sleep(what)
        elif isinstance(what, Exception):
            raise what

    def answer(self, place: str, number: str, usual: Any) -> Any:
        """What a test told this place to return, else the usual."""
        return self.answers.get((place, number), usual)

    def do(self, what: str, number: str, key: str) -> int:
        """Does it, and says under which line. A second time makes a second line."""
        self.lines.append((what, number, key))
        return len(self.lines)

    def undo(self, what: str, number: str, key: str) -> None:
        """Undoes it."""
        self.undone.append((what, number))

    def find(self, what: str, key: str) -> int | None:
        """The line of a deed, when it was done."""
        for place, (kind, _, seen) in enumerate(self.lines):
            if kind == what and seen == key:
                return place + 1
        return None

    def done(self, number: str) -> list[str]:
        """What was done for a refund, in order."""
        return [what for what, seen, _ in self.lines if seen == number]

    def _next(self, place: str, number: str) -> Any:
        waiting = self.troubles.get((place, number), [])
        return waiting.pop(0) if waiting else None
