"""Identity: who somebody is, how they prove it, and who may let others in.

`house` is anything with a store and a clock, as `runtime.context.Context`. Each door is one
transaction together with its entry in the house log.
"""

from interlock.identity.accounts import (
    add_account,
    change_account,
    grant_role,
    grant_words,
    revoke_role,
)
from interlock.identity.chores import forget_old_ways_in
from interlock.identity.errors import (
    AccountRefused,
    AccountUnknown,
    LinkRefused,
    NotAdmin,
    OidcRefused,
    PasswordRefused,
    ScopeRefused,
    SignInRefused,
    SignInTooSoon,
    TokenUnknown,
)
from interlock.identity.first_start import first_sign_in
from interlock.identity.house import BareHouse, House
from interlock.identity.links import OneTimeLink, make_link
from interlock.identity.oidc import OidcStart, begin_oidc, finish_oidc, unlink_oidc
from interlock.identity.oidc_provider import OidcProvider, oidc_provider
from interlock.identity.passwords import set_password
from interlock.identity.sessions import end_sessions, session_of, sessions, sign_out
from interlock.identity.signing_in import sign_in_with_link, sign_in_with_password
from interlock.identity.tokens import authenticate_token, new_token, revoke_token, tokens
from interlock.identity.visitor import Via, Visitor

__all__ = [
    "AccountRefused",
    "AccountUnknown",
    "BareHouse",
    "House",
    "LinkRefused",
    "NotAdmin",
    "OidcProvider",
    "OidcRefused",
    "OidcStart",
    "OneTimeLink",
    "PasswordRefused",
    "ScopeRefused",
    "SignInRefused",
    "SignInTooSoon",
    "TokenUnknown",
    "Via",
    "Visitor",
    "add_account",
    "authenticate_token",
    "begin_oidc",
    "change_account",
    "end_sessions",
    "finish_oidc",
    "first_sign_in",
    "forget_old_ways_in",
    "grant_role",
    "grant_words",
    "make_link",
    "new_token",
    "oidc_provider",
    "revoke_role",
    "revoke_token",
    "session_of",
    "sessions",
    "set_password",
    "sign_in_with_link",
    "sign_in_with_password",
    "sign_out",
    "tokens",
    "unlink_oidc",
]
