"""What a reader of one kind of document hands over, before it becomes HTML.

One rule: a reader stops at its limits and says so; it never shows a part as if it were all.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from interlock.papers.documents.view import (
    Attachment,
    DocumentKind,
    PageView,
    Part,
    Value,
)

MOST_VALUES: Final = 4_000  # a person reads no more, and a browser is slow with more
MOST_LETTERS: Final = 20_000  # of one value
MOST_PARTS: Final = 400
MOST_BYTES: Final = 20_000_000  # read at all; a larger document can only be downloaded


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A document as it was read."""

    kind: DocumentKind
    title: str
    media_type: str
    parts: tuple[Part, ...] = ()
    pages: tuple[PageView, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class Places:
    """Numbers the values of one document, and stops counting at the limit.

    prefix: what every id begins with, so that two documents can stand on one page.
    """

    prefix: str
    most: int = MOST_VALUES
    used: int = 0
    left_out: int = field(default=0)

    @property
    def is_full(self) -> bool:
        return self.used >= self.most

    def value(self, text: str, label: str = "") -> Value:
        """The text with a place of its own; too many letters are cut, with the count said."""
        self.used += 1
        shown = clean(text)
        if len(shown) > MOST_LETTERS:
            left = len(shown) - MOST_LETTERS
            shown = f"{shown[:MOST_LETTERS]}… ({left:,} more letters)"
        return Value(text=shown, id=f"{self.prefix}-{self.used}", label=label)

    def notes(self) -> tuple[str, ...]:
        """What was left out because of the limit, if anything was."""
        if not self.left_out:
            return ()
        return (f"only its first {self.most:,} values are shown; {self.left_out:,} are left out",)


def clean(text: str) -> str:
    """The text without letters that are invisible or turn its direction around."""
    return "".join(
        letter
        if letter in "\n\t" or not (letter < " " or letter in _STEERING or _is_lone(letter))
        else "\ufffd"
        for letter in text
    )


# A right-to-left override makes "fdp.exe" read as "exe.pdf".
_STEERING: Final = frozenset("\x7f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


def _is_lone(letter: str) -> bool:
    """Half of a pair that no encoding can write; and the letters that are controls."""
    return "\ud800" <= letter <= "\udfff" or "\x80" <= letter <= "\x9f"
