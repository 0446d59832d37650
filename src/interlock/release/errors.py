"""What can be wrong with a request about a release."""

from __future__ import annotations

from interlock.errors import InterlockError


class ReleaseUnknown(InterlockError):
    """No release has this id, or the workflow has none of the kind that is needed."""

    code = "release_unknown"

    def __init__(self, text: str, known: tuple[str, ...] = ()) -> None:
        super().__init__(text, known)
        self.text, self.known = text, known

    def __str__(self) -> str:
        have = f"known: {', '.join(self.known)}" if self.known else "propose one first"
        return f"there is no release {self.text}; {have}"


class VerdictUnknown(InterlockError):
    """No verdict has this id, or it is of another release."""

    code = "verdict_unknown"

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number

    def __str__(self) -> str:
        return f"there is no verdict {self.number} of this release; list what its gate said"


class ReleaseRefused(InterlockError):
    """The rules do not let this be done to the release, or not by this one."""

    code = "release_refused"

    def __init__(self, verb: str, subject: str, rule: str, reason: str) -> None:
        super().__init__(verb, subject, rule, reason)
        self.verb, self.subject, self.rule, self.reason = verb, subject, rule, reason

    def __str__(self) -> str:
        return f"cannot {self.verb} {self.subject}: {self.reason}; nothing was changed"


class ReleaseOvertaken(InterlockError):
    """Somebody else, or the gate, changed the release at the same moment."""

    code = "release_overtaken"

    def __init__(self, release: str) -> None:
        super().__init__(release)
        self.release = release

    def __str__(self) -> str:
        return (
            f"{self.release} was changed by somebody else at this moment, and nothing was done; "
            "look at it again: interlock release show"
        )
