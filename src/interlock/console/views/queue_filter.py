"""What the desk's queue is narrowed to: the address of a page, as a value.

One rule: an address that says something unknown is read as if it said nothing there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, TypeVar
from urllib.parse import urlencode

from interlock.domain.contract import Severity
from interlock.domain.review import ReviewKind

MINE, TEAM, ASKED = "mine", "team", "asked"
VIEWS: Final = (MINE, TEAM, ASKED)
CLOCKS: Final = ("late", "risk", "on_time", "waiting")
LONGEST: Final = 160  # letters of a text to look for, or of a name

E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueFilter:
    """view: mine, team or asked. clock: late, risk, on_time, waiting. after: a page’s begin."""

    view: str = MINE
    workflow: str = ""
    queue: str = ""
    kind: ReviewKind | None = None
    severity: Severity | None = None
    clock: str = ""
    text: str = ""
    after: str = ""

    @classmethod
    def parse(cls, given: Mapping[str, str]) -> QueueFilter:
        """The filter that an address says."""
        view, clock = given.get("view", MINE), given.get("clock", "")
        return cls(
            view=view if view in VIEWS else MINE,
            workflow=given.get("workflow", "")[:LONGEST],
            queue=given.get("queue", "")[:LONGEST],
            kind=_member(ReviewKind, given.get("kind", "")),
            severity=_member(Severity, given.get("severity", "")),
            clock=clock if clock in CLOCKS else "",
            text=given.get("q", "").strip()[:LONGEST],
            after=given.get("after", "")[:LONGEST],
        )

    @property
    def is_narrow(self) -> bool:
        """True when it leaves something out beside other people's work."""
        parts = (self.workflow, self.queue, self.kind, self.severity, self.clock, self.text)
        return any(part for part in parts)

    def query(self, **more: str) -> str:
        """The filter as the query of an address, with further parts."""
        said = {
            "view": self.view if self.view != MINE else "",
            "workflow": self.workflow,
            "queue": self.queue,
            "kind": self.kind or "",
            "severity": self.severity or "",
            "clock": self.clock,
            "q": self.text,
            "after": self.after,
            **more,
        }
        return urlencode({name: str(value) for name, value in said.items() if value})

    def link(self, **more: str) -> str:
        """The address of the desk with this filter, and further parts."""
        query = self.query(**more)
        return f"/work?{query}" if query else "/work"

    def at_start(self) -> QueueFilter:
        """The same filter, from the first page."""
        return replace(self, after="")


def _member(kind: type[E], text: str) -> E | None:
    return next((each for each in kind if each.value == text), None)
