"""The plain fields of the invoice classes by kind, for formats that use our own names.

One rule: the classes are the only list; a field added there is read here without another word.
"""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Iterable, Mapping
from typing import Any, Final, Literal

Kind = Literal["text", "date", "decimal"]
_KINDS: Final[Mapping[str, Kind]] = {
    "str | None": "text",
    "date | None": "date",
    "Decimal | None": "decimal",
}


def plain_fields(kind: type[Any]) -> dict[str, Kind]:
    """Field names of a dataclass whose values are one text, day or number."""
    fields = dataclasses.fields(kind)
    return {field.name: _KINDS[str(field.type)] for field in fields if str(field.type) in _KINDS}


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint at the known name most like this one, or nothing."""
    found = difflib.get_close_matches(name, list(known), n=1)
    return f" (did you mean {found[0]!r}?)" if found else ""
