"""Through whose eyes a record is read: how people are called, and what is never shown in full.

One rule: without the contract nobody can say what is protected, so no value is shown.

It was the command line's; it stands here so that API, console, case file and command line hide
the same values in the same way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from interlock.domain.contract import WorkflowContract
from interlock.domain.one_line import brief

SHOWN_LETTERS: Final = 4  # of a protected value, so that two can be told apart
HIDDEN: Final = "…"
PROTECTED: Final = "[protected]"  # what stands where not even the last letters are shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Lens:
    """people: names by id. secret: names of protected fields; None when nobody can say.

    letters: how many last letters of a protected value are shown. With 0 it reads [protected].
    sees_all: the reader has the right to every value, so nothing is masked.
    """

    people: Mapping[str, str] = field(default_factory=dict)
    secret: frozenset[str] | None = None
    letters: int = SHOWN_LETTERS
    sees_all: bool = False

    @property
    def hides(self) -> bool:
        """True when there may be something that this lens does not show in full."""
        return not self.sees_all and (self.secret is None or bool(self.secret))

    def opened(self) -> Lens:
        """The lens of somebody who may see protected values."""
        return replace(self, sees_all=True)

    def closed(self) -> Lens:
        """The lens that shows not one letter of a protected value."""
        return replace(self, letters=0)

    def who(self, person: str | None) -> str:
        """What people call a person."""
        return self.people.get(person or "", person or "nobody")

    def brief(self, value: Any, width: int = 72) -> str:
        """A plain value in one line, what is protected in it masked."""
        if self.secret is None and not self.sees_all:
            return self._hidden()
        return brief(self.masked(value), width)

    def masked(self, value: Any) -> Any:
        """The value with every protected field in it reduced to its last letters."""
        if self.sees_all:
            return value
        if isinstance(value, Mapping):
            return {name: self._field(str(name), item) for name, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.masked(item) for item in value]
        return value

    def _field(self, name: str, value: Any) -> Any:
        if self.secret is None:
            return None if self.letters else PROTECTED
        return self._mask(value) if name in self.secret else self.masked(value)

    def _mask(self, value: Any) -> Any:
        text = str(value or "")
        if not text:
            return value
        if not self.letters or len(text) <= 2 * self.letters:
            return self._hidden()
        return f"{HIDDEN}{text[-self.letters :]}"

    def _hidden(self) -> str:
        return HIDDEN if self.letters else PROTECTED


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
