"""What one visitor sees of one case: its lens, and its protected values wherever they stand.

Its one rule: a value that a field hides is hidden in sentences too, whoever wrote them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from interlock.domain.case import Case
from interlock.domain.rules.lens import PROTECTED, Lens

SHORTEST: Final = 4  # letters; a shorter value in a sentence is most likely another word


class Veil:
    """Hides what the lens hides. `lens`: the visitor's own; `case`: whose values are meant."""

    def __init__(self, lens: Lens, case: Case) -> None:
        self.lens = lens
        values = {"data": case.data, "outputs": case.outputs}
        found = _values(lens, values) if lens.hides else iter(())
        texts = sorted({each for each in found if len(each) >= SHORTEST}, key=len, reverse=True)
        self._found = re.compile("|".join(map(re.escape, texts))) if texts else None

    def text(self, said: str) -> str:
        """The sentence without protected values."""
        return self._found.sub(PROTECTED, said) if self._found else said

    def plain(self, value: Any) -> Any:
        """The value with every protected field masked, and texts without their values."""
        return self._texts(self.lens.masked({"value": value})["value"])

    def fields(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The same for named values."""
        shown: dict[str, Any] = self._texts(self.lens.masked(dict(values)))
        return shown

    def _texts(self, value: Any) -> Any:
        if self._found is None:
            return value
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {name: self._texts(item) for name, item in value.items()}
        if isinstance(value, list | tuple):
            return [self._texts(item) for item in value]
        return value


def _values(lens: Lens, value: Any, *, is_secret: bool = False) -> Iterator[str]:
    """Every protected value as text."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            hidden = is_secret or (lens.secret is not None and str(name) in lens.secret)
            yield from _values(lens, item, is_secret=hidden)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _values(lens, item, is_secret=is_secret)
    elif is_secret and value not in (None, ""):
        yield str(value)
