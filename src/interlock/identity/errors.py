"""How identity refuses. No message says which half of a sign-in was wrong."""

from __future__ import annotations

from collections.abc import Sequence

from interlock.errors import InterlockError


class SignInRefused(InterlockError):
    """Name and password do not fit together; nobody is told which half was wrong."""

    code = "sign_in_refused"

    def __str__(self) -> str:
        return (
            "this name and password do not fit together; "
            "try again, or ask an admin for a one-time sign-in link"
        )


class SignInTooSoon(InterlockError):
    """Too many attempts failed; the next one is looked at in `seconds`."""

    code = "sign_in_too_soon"

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds

    def __str__(self) -> str:
        return (
            f"too many attempts failed; try again in {self.seconds} seconds, "
            "or ask an admin for a one-time sign-in link"
        )


class LinkRefused(InterlockError):
    """A one-time link was used before, is over, or was never made."""

    code = "sign_in_link_refused"

    def __str__(self) -> str:
        return (
            "this sign-in link was used already, is too old, or was never made; "
            "ask an admin for another"
        )


class OidcRefused(InterlockError):
    """A sign-in at another house did not lead to an account here."""

    code = "oidc_refused"

    def __init__(self, why: str, do: str) -> None:
        super().__init__(why, do)
        self.why, self.do = why, do

    def __str__(self) -> str:
        return f"{self.why}; {self.do}"


class NotAdmin(InterlockError):
    """Somebody who is no admin tried to change accounts."""

    code = "not_admin"

    def __init__(self, person: str, what: str) -> None:
        super().__init__(person, what)
        self.person, self.what = person, what

    def __str__(self) -> str:
        return f"{self.person} may not {self.what}; this needs the role admin"


class AccountUnknown(InterlockError):
    """No account has this id."""

    code = "account_unknown"

    def __init__(self, account: str, near: Sequence[str] = ()) -> None:
        super().__init__(account, tuple(near))
        self.account, self.near = account, tuple(near)

    def __str__(self) -> str:
        do = f"did you mean {', '.join(self.near)}?" if self.near else "add it first"
        return f"there is no account {self.account!r}; {do}"


class AccountRefused(InterlockError):
    """An account cannot become what was asked."""

    code = "account_refused"

    def __init__(self, why: str, do: str) -> None:
        super().__init__(why, do)
        self.why, self.do = why, do

    def __str__(self) -> str:
        return f"{self.why}; {self.do}"


class PasswordRefused(InterlockError):
    """A password is too easy to guess."""

    code = "password_refused"

    def __init__(self, why: str, do: str) -> None:
        super().__init__(why, do)
        self.why, self.do = why, do

    def __str__(self) -> str:
        return f"{self.why}; {self.do}"


class TokenUnknown(InterlockError):
    """No API token has this id or name, or it was ended before."""

    code = "token_unknown"

    def __init__(self, token: str) -> None:
        super().__init__(token)
        self.token = token

    def __str__(self) -> str:
        return f"there is no token {self.token!r} that still holds; look in the list"


class ScopeRefused(InterlockError):
    """A token was asked for with a scope that is none, or that a program may never have."""

    code = "scope_refused"

    def __init__(self, scope: str, allowed: Sequence[str]) -> None:
        super().__init__(scope, tuple(allowed))
        self.scope, self.allowed = scope, tuple(allowed)

    def __str__(self) -> str:
        return (
            f"this token cannot have the scope {self.scope!r}; choose of: {', '.join(self.allowed)}"
        )
