"""What a reader may not see is taken out of everything he is given.

One rule: a protected value is hidden by its name and by its letters, wherever it stands; what
cannot be searched, such as the bytes of a document, is withheld whole.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from interlock.domain.rules.lens import PROTECTED, Lens
from interlock.papers.case_file.contract_text import contract_of, people_in, protected_in
from interlock.papers.case_file.record import CaseRecord

SHORTEST: Final = 4  # letters; a shorter value is a part of too many words to be searched for
MOST_SEARCHED: Final = 2_000  # different protected values of one case
_LETTERS: Final = re.compile(r"[^\W_]")


class Redactor:
    """Hides what a lens hides. Made for one case, whose protected values it knows."""

    def __init__(self, lens: Lens, record: CaseRecord) -> None:
        self.lens = lens = lens_for(lens, record).closed()
        secret = frozenset[str]() if lens.sees_all else lens.secret or frozenset()
        values = sorted(set(_protected(secret, record)), key=len, reverse=True)
        self._patterns = [_pattern(each) for each in values[:MOST_SEARCHED]]
        self._too_many = len(values) > MOST_SEARCHED

    @property
    def hides(self) -> bool:
        """True when this reader is not shown everything."""
        return self.lens.hides

    def who(self, actor: str | None) -> str:
        """What people call whoever acted; the record writes a person as `person:anna`."""
        return self.lens.who((actor or "").removeprefix("person:"))

    def text(self, text: str) -> str:
        """The text with every protected value in it replaced."""
        if self.lens.secret is None and self.hides:
            return PROTECTED if text else ""
        for pattern in self._patterns:
            text = pattern.sub(PROTECTED, text)
        return text

    def value(self, value: Any) -> Any:
        """A plain value: protected fields by name, and protected letters in any text of it."""
        return self._scrubbed(self.lens.masked(value))

    def withholds(self, value: Any) -> bool:
        """True when a value cannot be given as it is, because something in it is protected."""
        if not self.hides:
            return False
        return self.lens.secret is None or self._too_many or self.value(value) != _listed(value)

    def withholds_json(self, text: str) -> bool:
        """The same for JSON text; what cannot be read is withheld."""
        try:
            return self.withholds(json.loads(text))
        except (ValueError, RecursionError):
            return True

    def _scrubbed(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {self.text(str(name)): self._scrubbed(each) for name, each in value.items()}
        if isinstance(value, list | tuple):
            return [self._scrubbed(each) for each in value]
        if isinstance(value, int | float) and not isinstance(value, bool):
            said = str(value)
            return value if self.text(said) == said else PROTECTED
        return value


def lens_for(lens: Lens, record: CaseRecord) -> Lens:
    """The lens for a case: what the version it began with protects is protected too."""
    if record.contract is None:
        return lens
    contract = contract_of(record.contract.text)
    if not contract:
        return lens
    people = people_in(contract)
    secret = protected_in(contract) | (lens.secret or frozenset())
    return replace(lens, secret=secret, people={**people, **lens.people})


def _listed(value: Any) -> Any:
    """The value with lists for tuples and plain maps, as the redactor gives it back."""
    if isinstance(value, Mapping):
        return {str(name): _listed(each) for name, each in value.items()}
    return [_listed(each) for each in value] if isinstance(value, list | tuple) else value


def _protected(secret: frozenset[str], record: CaseRecord) -> Iterator[str]:
    """Every protected value of the case long enough to be searched for."""
    if not secret:
        return
    case = record.case
    held: list[Any] = [case.data, case.outputs, case.evidence]
    held += [case.proposal.value, case.proposal.evidence] if case.proposal else []
    held += [part for each in case.actions for part in (each.arguments, each.receipt)]
    held += [each.content for each in record.evidence.values()]
    held += [each.value for each in record.decisions]
    held += list(_payloads(record))
    for value in held:
        for text in _under(secret, value):
            if len(_LETTERS.findall(text)) >= SHORTEST:
                yield text


def _payloads(record: CaseRecord) -> Iterator[Any]:
    for entry in record.entries:
        if isinstance(entry.payload, str):
            try:
                yield json.loads(entry.payload)
            except (ValueError, RecursionError):
                continue


def _under(secret: frozenset[str], value: Any) -> Iterator[str]:
    """The texts that stand under a protected name, at any depth."""
    if isinstance(value, Mapping):
        for name, each in value.items():
            yield from (_leaves(each) if str(name) in secret else _under(secret, each))
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _under(secret, each)


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping | list | tuple):
        parts: Iterable[Any] = value.values() if isinstance(value, Mapping) else value
        for each in parts:
            yield from _leaves(each)
    elif value is not None and not isinstance(value, bool):
        yield str(value)


def _pattern(text: str) -> re.Pattern[str]:
    """The value's letters in their order, however they are grouped: DE02 1203 is DE021203."""
    letters = [re.escape(letter) for letter in _LETTERS.findall(text)]
    return re.compile(r"[\W_]{0,2}".join(letters), re.IGNORECASE)
