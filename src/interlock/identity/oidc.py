"""Signing in at another house by OpenID Connect: authorization code with PKCE.

Its one rule: the other house says who somebody is, never what they may; it adds no account. Times
in its tokens are held against the real clock, also where a demonstration plays on another day.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from interlock.domain.people import Account
from interlock.identity.account_rights import require_admin
from interlock.identity.errors import OidcRefused
from interlock.identity.house import House, note_by
from interlock.identity.oidc_provider import Claims, OidcProvider
from interlock.identity.secret import LONGEST_SECRET, digest_of, new_secret
from interlock.identity.sessions import opened_session
from interlock.identity.visitor import Via, Visitor
from interlock.storage.house_log import HouseNote

ROUND_TRIP: Final = timedelta(minutes=10)  # to sign in over there and come back
AGAIN: Final = "begin again from the sign-in page"
ASK: Final = "ask an admin to add one with your mail address, or for a one-time sign-in link"
DOOR: Final = "door"


@dataclass(frozen=True, slots=True, kw_only=True)
class OidcStart:
    """Where to send the browser, and the secret it must bring back in a cookie of its own.

    kept: for a cookie that is HttpOnly, Secure, SameSite=Lax and lasts `ROUND_TRIP`.
    """

    url: str
    kept: str


def begin_oidc(house: House, provider: OidcProvider, redirect_uri: str) -> OidcStart:
    """The beginning of a sign-in. redirect_uri: our own address that the code comes back to.

    Raises: OidcRefused when the other house cannot be reached.
    """
    state, nonce, verifier, kept = (new_secret() for _ in range(4))
    url = provider.authorization_url(redirect_uri, state=state, nonce=nonce, verifier=verifier)
    body = {"state": state, "nonce": nonce, "verifier": verifier, "redirect_uri": redirect_uri}
    expires_at = house.clock.now() + ROUND_TRIP
    house.store.keep_outside_sign_in(digest_of(kept), body, expires_at)
    return OidcStart(url=url, kept=kept)


def finish_oidc(
    house: House, provider: OidcProvider, *, kept: str, state: str, code: str, address: str
) -> tuple[Visitor, str]:
    """The visitor and the secret of a new session.

    kept: what the cookie brought back. state, code: what the other house sent the browser back
    with. address: where the visitor comes from. Raises: OidcRefused.
    """
    try:
        account = _account_of(house, provider, kept=kept, state=state, code=code)
        came_in = opened_session(house, account, Via.OIDC, address)
        if came_in is None:
            raise OidcRefused("this account is switched off", "ask an admin")
    except OidcRefused as refused:
        _record(house, refused, address)
        raise
    return came_in


def unlink_oidc(house: House, account_id: str, by: str) -> bool:
    """Whether the account was known at another house; it no longer is. Raises: NotAdmin."""
    require_admin(house.store.accounts(), by, "unlink accounts")
    note = note_by(by, "outside_unlinked", house.clock.now(), {"account": account_id})
    return house.store.unlink_outside(account_id, note)


def _account_of(
    house: House, provider: OidcProvider, *, kept: str, state: str, code: str
) -> Account:
    begun = _begun(house, kept)
    if begun is None or not hmac.compare_digest(begun["state"].encode(), state.encode()):
        raise OidcRefused("this sign-in was not begun here, or too long ago", AGAIN)
    claims = provider.claims(
        code,
        redirect_uri=begun["redirect_uri"],
        verifier=begun["verifier"],
        nonce=begun["nonce"],
    )
    account = house.store.outside_account(provider.issuer, claims.subject)
    account = account or _linked(house, provider, claims)
    if not account.active or account.is_agent:
        raise OidcRefused("this account is switched off", "ask an admin")
    return account


def _begun(house: House, kept: str) -> dict[str, str] | None:
    if not kept or len(kept) > LONGEST_SECRET:
        return None
    return house.store.take_outside_sign_in(digest_of(kept), house.clock.now())


def _linked(house: House, provider: OidcProvider, claims: Claims) -> Account:
    """The account with the verified mail address, known by its subject from now on.

    Raises: OidcRefused when there is none, or it is somebody else over there already.
    """
    found = house.store.accounts_with_email(claims.email) if claims.verified_email else []
    if len(found) != 1 or found[0].is_agent:
        raise OidcRefused(f"nobody here is who {provider.name} says you are", ASK)
    account = found[0]
    note = note_by(
        account.id,
        "outside_linked",
        house.clock.now(),
        {"account": account.id, "issuer": provider.issuer},
        {"subject": claims.subject},
    )
    if not house.store.link_outside(account.id, provider.issuer, claims.subject, note):
        raise OidcRefused(
            f"the account with your mail address is somebody else at {provider.name}",
            "ask an admin to unlink it",
        )
    return account


def _record(house: House, refused: OidcRefused, address: str) -> None:
    private: dict[str, Any] = {"address": address, "why": refused.why}
    house.store.note_in_house(
        HouseNote(
            at=house.clock.now(),
            actor=DOOR,
            kind="sign_in_refused",
            body={"via": Via.OIDC},
            private=private,
        )
    )
