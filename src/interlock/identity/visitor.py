"""Who is at the door: an account, how it came in, and how much of its rights it brought.

Its one rule: a visitor never may more than the account may, and a token never more than its scopes.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from interlock.domain.ids import PersonId
from interlock.domain.people import Account, Right
from interlock.domain.rules.permission import Permission, refused
from interlock.domain.rules.rights import may, tenants_of, workflows_of


class Via(StrEnum):
    """How somebody proved who they are."""

    PASSWORD = "password"
    LINK = "link"  # a one-time sign-in link
    OIDC = "oidc"  # another house's sign-in
    TOKEN = "token"  # an API token; no session


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """An account that has proved who it is. `scopes` None: all that the account may.

    session_id: names the session in lists and logs, and proves nothing; None with a token.
    """

    account: Account
    via: Via
    scopes: frozenset[Right] | None = None
    session_id: str | None = None

    @property
    def id(self) -> PersonId:
        """The account's id, which is the person id that contracts use."""
        return self.account.id

    @property
    def tenants(self) -> frozenset[str] | None:
        """The tenants whose work the visitor may see; None for all."""
        return tenants_of(self.account)

    @property
    def workflows(self) -> frozenset[str] | None:
        """The workflows whose work the visitor may see; None for all."""
        return workflows_of(self.account)

    def may(
        self,
        right: Right,
        *,
        workflow: str | None = None,
        tenant: str | None = None,
        queue: str | None = None,
    ) -> Permission:
        """Whether the visitor has the right there, and why or why not."""
        if self.scopes is not None and right not in self.scopes:
            return refused("scope", f"this token was made without the scope {right}; make another")
        return may(self.account, right, workflow=workflow, tenant=tenant, queue=queue)
