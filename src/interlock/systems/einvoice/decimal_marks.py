"""Numbers in spreadsheets: is 1.234 a thousand or one and a bit?

One rule: the file must say so somewhere. A number that can be read two ways, in a file in which
no other number decides, is not read at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, Literal

Mark = Literal[",", "."] | None  # None: the file does not say, or contradicts itself
_SPACES: Final = re.compile("[\\s\u00a0\u202f']")  # what separates thousands beside . and ,
_AMBIGUOUS: Final = re.compile(r"[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}")  # 1.234 or 1,234
_ONE_MARK: Final = re.compile(r"[+-]?[0-9]*([.,])[0-9]+")
_BOTH_MARKS: Final = re.compile(r"[+-]?[0-9]{1,3}(?:([.,])[0-9]{3})(?:\1[0-9]{3})*([.,])[0-9]+")
_REPEATED: Final = re.compile(r"[+-]?[0-9]{1,3}([.,])[0-9]{3}(?:\1[0-9]{3})+")


def mark_of_file(cells: Iterable[str]) -> Mark:
    """The decimal mark that the numbers of a file agree on, or None."""
    marks = {mark for cell in cells if (mark := _decisive(_bare(cell))) is not None}
    return marks.pop() if len(marks) == 1 else None


def with_point(cell: str, mark: Mark) -> str | None:
    """The number with a decimal point and no grouping, or None when it cannot be told."""
    text = _bare(cell)
    own = _decisive(text)
    if own is not None and mark is not None and own != mark:
        return None
    mark = mark or own
    if mark is None:
        return text if text.lstrip("+-").isdigit() else None
    group = "." if mark == "," else ","
    grouped = rf"[+-]?[0-9]{{1,3}}(?:\{group}[0-9]{{3}})+(?:\{mark}[0-9]*)?"
    if not re.fullmatch(grouped, text) and group in text:
        return None
    return text.replace(group, "").replace(mark, ".")


def _bare(cell: str) -> str:
    return _SPACES.sub("", cell.strip())


def _decisive(text: str) -> Mark:
    """The decimal mark that this number alone proves, or None."""
    both = _BOTH_MARKS.fullmatch(text)
    if both and both[1] != both[2]:
        return "," if both[2] == "," else "."
    repeated = _REPEATED.fullmatch(text)
    if repeated:
        return "." if repeated[1] == "," else ","
    one = _ONE_MARK.fullmatch(text)
    if one and not _AMBIGUOUS.fullmatch(text):
        return "," if one[1] == "," else "."
    return None
