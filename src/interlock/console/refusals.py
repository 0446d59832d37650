"""What the console itself refuses, beside what the rules refuse."""

from __future__ import annotations

from interlock.errors import InterlockError


class FormUnfit(InterlockError):
    """A form came with something it never offers."""

    code = "form_invalid"

    def __init__(self, field: str, seen: str) -> None:
        super().__init__(field, seen)
        self.field, self.seen = field, seen

    def __str__(self) -> str:
        return f"the form says {self.field} is {self.seen!r}; go back, load the page and try again"
