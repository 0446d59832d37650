"""The root of every error Interlock raises on purpose.

One rule: the message has two halves, what happened (with the value seen) and what to do.
"""

from __future__ import annotations

from typing import ClassVar


class InterlockError(Exception):
    """Something the caller can act on. `code` is stable; programs may match on it."""

    code: ClassVar[str] = "interlock_error"


class MissingExtra(InterlockError):
    """A part that needs an optional package was used without it."""

    code = "missing_extra"

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(package, extra)
        self.package, self.extra = package, extra

    def __str__(self) -> str:
        return (
            f"the package {self.package!r} is not installed; "
            f"install it with: pip install 'interlock[{self.extra}]'"
        )


class SettingsInvalid(InterlockError):
    """A setting has a value that cannot be used."""

    code = "settings_invalid"

    def __init__(self, name: str, seen: str, wanted: str) -> None:
        super().__init__(name, seen, wanted)
        self.name, self.seen, self.wanted = name, seen, wanted

    def __str__(self) -> str:
        return f"setting {self.name} is {self.seen!r}; {self.wanted}"
