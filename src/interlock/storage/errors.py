"""What can go wrong between Interlock and its database, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence

from interlock.errors import InterlockError


class DatabaseUnreachable(InterlockError):
    """No connection could be made. `url` shows no password."""

    code = "database_unreachable"

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(url, reason)
        self.url, self.reason = url, reason

    def __str__(self) -> str:
        return (
            f"the database {self.url} cannot be reached: {self.reason}; "
            "see that it runs and that the address and password are right"
        )


class DatabaseUnsupported(InterlockError):
    """The address names a kind of database Interlock does not know."""

    code = "database_unsupported"

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.url = url

    def __str__(self) -> str:
        return (
            f"the database address is {self.url!r}; "
            "write sqlite:///FILE or postgresql+psycopg://USER:PASSWORD@HOST/NAME"
        )


class SchemaOutdated(InterlockError):
    """The tables are not the ones this version of Interlock works with."""

    code = "schema_outdated"

    def __init__(self, current: str | None, head: str) -> None:
        super().__init__(current, head)
        self.current, self.head = current, head

    def __str__(self) -> str:
        seen = "has no tables yet" if self.current is None else f"is at revision {self.current}"
        return f"the database {seen}, this version needs {self.head}; run: interlock db upgrade"


class _NotFound(InterlockError):
    what: str = "row"
    where: str = ""

    def __init__(self, text: str, near: Sequence[str] = ()) -> None:
        super().__init__(text, tuple(near))
        self.text, self.near = text, tuple(near)

    def __str__(self) -> str:
        do = f"did you mean {', '.join(self.near)}?" if self.near else self.where
        return f"no {self.what} is called {self.text!r}; {do}"


class CaseUnknown(_NotFound):
    """No case has this id, this start of an id, or this business key."""

    code = "case_unknown"
    what = "case"
    where = "look for it in the list of cases"


class TaskUnknown(_NotFound):
    """No review task has this id or this start of an id."""

    code = "task_unknown"
    what = "review task"
    where = "look for it in the list of review tasks"


class DocumentUnknown(_NotFound):
    """No raw input is kept under this digest."""

    code = "document_unknown"
    what = "document"
    where = "a case names its own as source.document"


class _Ambiguous(InterlockError):
    what: str = "rows"

    def __init__(self, text: str, matches: Sequence[str]) -> None:
        super().__init__(text, tuple(matches))
        self.text, self.matches = text, tuple(matches)

    def __str__(self) -> str:
        return f"{self.text!r} fits several {self.what}; write one of: {', '.join(self.matches)}"


class CaseAmbiguous(_Ambiguous):
    """The text fits more than one case."""

    code = "case_ambiguous"
    what = "cases"


class TaskAmbiguous(_Ambiguous):
    """The text fits more than one review task."""

    code = "task_ambiguous"
    what = "review tasks"


class AlarmUnknown(InterlockError):
    """There is no alarm of this number, or none for whoever asks."""

    code = "alarm_unknown"

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number

    def __str__(self) -> str:
        return f"there is no alarm {self.number}; see: interlock watch alarms"


class AlarmOvertaken(InterlockError):
    """The alarm is not what was looked at: it was decided, taken, or broke again meanwhile."""

    code = "alarm_version_changed"

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number

    def __str__(self) -> str:
        return (
            f"alarm {self.number} changed since it was looked at, and nothing was recorded; "
            "look at it again, then decide"
        )
