"""Through whose eyes a record is read: how people are called, and what is never shown in full.

One rule: without the contract nobody can say what is protected, so no value is shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from interlock.cli.words import brief
from interlock.domain.contract import WorkflowContract

SHOWN_LETTERS: Final = 4  # of a protected value, so that two can be told apart
HIDDEN: Final = "…"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lens:
    """people: names by id. secret: names of protected fields; None when nobody can say."""

    people: Mapping[str, str] = field(default_factory=dict)
    secret: frozenset[str] | None = None

    def who(self, person: str | None) -> str:
        """What people call a person."""
        return self.people.get(person or "", person or "nobody")

    def brief(self, value: Any, width: int = 72) -> str:
        """A plain value in one line, what is protected in it masked."""
        return HIDDEN if self.secret is None else brief(self.masked(value), width)

    def masked(self, value: Any) -> Any:
        """The value with every protected field in it reduced to its last letters."""
        if isinstance(value, Mapping):
            return {name: self._field(str(name), item) for name, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.masked(item) for item in value]
        return value

    def _field(self, name: str, value: Any) -> Any:
        if self.secret is None:
            return None
        return _mask(value) if name in self.secret else self.masked(value)


BLIND: Final = Lens()


def lens_of(contract: WorkflowContract | None) -> Lens:
    """The lens of a contract: what its case and its systems name as protected."""
    if contract is None:
        return BLIND
    secret = set(contract.case.protected)
    for system in contract.systems.values():
        secret.update(system.protected)
    people = {str(person.id): person.name for person in contract.people.values()}
    return Lens(people=people, secret=frozenset(secret))


def _mask(value: Any) -> Any:
    text = str(value or "")
    if not text:
        return value
    return f"{HIDDEN}{text[-SHOWN_LETTERS:]}" if len(text) > 2 * SHOWN_LETTERS else HIDDEN
