"""Another house's sign-in as OpenID Connect has it: discovery, keys, and what a code is worth.

Its one rule: a claim counts when the token's signature, issuer, audience, nonce and times all hold.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import quote, urlsplit

from interlock.clock import Clock, SystemClock
from interlock.errors import MissingExtra, SettingsInvalid
from interlock.identity.errors import OidcRefused
from interlock.settings import Settings

SCOPE: Final = "openid email profile"
# What a token may be signed with: keys of the other house, never a secret we share, never nothing.
ALGORITHMS: Final = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "EdDSA",
)
LEEWAY_SECONDS: Final = 60  # by which two machines' clocks may differ
TIMEOUT_SECONDS: Final = 10.0
KNOWN_FOR: Final = timedelta(hours=1)  # then its description and keys are read again
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
AGAIN: Final = "begin again from the sign-in page"
LATER: Final = "try again in a minute, or use a password or a one-time sign-in link"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What the other house says of somebody. `subject` is who they are there, for good."""

    subject: str
    email: str = ""
    verified_email: bool = False


class OidcProvider:
    """The other house. Made once a process; it remembers what the house says of itself."""

    def __init__(
        self,
        *,
        issuer: str,
        client_id: str,
        client_secret: str,
        name: str,
        clock: Clock | None = None,
    ) -> None:
        """Nothing is asked yet. clock: the real one; a token's times are held against it."""
        self.issuer, self.name = issuer, name
        self._client_id, self._client_secret = client_id, client_secret
        self._clock = clock or SystemClock()
        self._known: dict[str, tuple[datetime, Any]] = {}

    def authorization_url(self, redirect_uri: str, *, state: str, nonce: str, verifier: str) -> str:
        """Where the browser goes to sign in. Raises: OidcRefused, MissingExtra."""
        from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
        from authlib.oauth2.rfc7636 import create_s256_code_challenge

        url: str = prepare_grant_uri(
            self._endpoint("authorization_endpoint"),
            client_id=self._client_id,
            response_type="code",
            redirect_uri=redirect_uri,
            scope=SCOPE,
            state=state,
            nonce=nonce,
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
        )
        return url

    def claims(self, code: str, *, redirect_uri: str, verifier: str, nonce: str) -> Claims:
        """What the code is worth. Raises: OidcRefused."""
        answer = self._token_for(code, redirect_uri, verifier)
        said = self._checked(str(answer.get("id_token", "")), nonce, answer.get("access_token"))
        if "email" not in said and "userinfo_endpoint" in self._description():
            said = {**self._user_info(str(answer.get("access_token", "")), said["sub"]), **said}
        return Claims(
            subject=str(said["sub"]),
            email=str(said.get("email") or ""),
            verified_email=said.get("email_verified") is True,
        )

    def _token_for(self, code: str, redirect_uri: str, verifier: str) -> dict[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        if self._client_secret:
            # Each half is form-encoded first. Source: RFC 6749, section 2.3.1.
            auth = (quote(self._client_id, safe=""), quote(self._client_secret, safe=""))
            return self._ask("POST", self._endpoint("token_endpoint"), data=form, auth=auth)
        public = {**form, "client_id": self._client_id}
        return self._ask("POST", self._endpoint("token_endpoint"), data=public)

    def _checked(self, id_token: str, nonce: str, access_token: Any) -> dict[str, Any]:
        """The claims of a token that holds in every respect. Raises: OidcRefused."""
        from authlib.oidc.core import CodeIDToken
        from joserfc.errors import JoseError

        try:
            token = self._signed(id_token)
            claims = CodeIDToken(
                token.claims,
                token.header,
                options={
                    "iss": {"essential": True, "value": self.issuer},
                    "aud": {"essential": True, "value": self._client_id},
                    "sub": {"essential": True},
                },
                params={
                    "nonce": nonce,
                    "client_id": self._client_id,
                    "access_token": access_token,
                },
            )
            now = int(self._clock.now().timestamp())
            claims.validate(now=now, leeway=LEEWAY_SECONDS)
        except (JoseError, ValueError, TypeError, KeyError) as problem:
            why = f"what {self.name} answered does not hold ({_said(problem)})"
            raise OidcRefused(why, AGAIN) from problem
        if not token.claims["sub"]:
            raise OidcRefused(f"{self.name} did not say who you are", AGAIN)
        return dict(token.claims)

    def _signed(self, id_token: str) -> Any:
        """The token, its signature checked; keys that are not known are asked for once more."""
        from joserfc import jwt
        from joserfc.errors import JoseError

        try:
            return jwt.decode(id_token, self._keys(), algorithms=list(ALGORITHMS))
        except (JoseError, ValueError):
            self._known.pop("keys", None)  # the other house may have changed them
            return jwt.decode(id_token, self._keys(), algorithms=list(ALGORITHMS))

    def _keys(self) -> Any:
        from joserfc.jwk import KeySet

        document = self._remembered("keys", lambda: self._ask("GET", self._endpoint("jwks_uri")))
        return KeySet.import_key_set(document)

    def _user_info(self, access_token: str, subject: str) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {access_token}"}
        said = self._ask("GET", self._endpoint("userinfo_endpoint"), headers=headers)
        return said if said.get("sub") == subject else {}

    def _description(self) -> dict[str, Any]:
        """What the house says of itself, under its own name. Raises: OidcRefused."""
        from authlib.oidc.discovery import get_well_known_url

        where = get_well_known_url(self.issuer, external=True)
        said: dict[str, Any] = self._remembered("description", lambda: self._ask("GET", where))
        if said.get("issuer") != self.issuer:
            self._known.pop("description", None)
            raise OidcRefused(
                f"{self.name} calls itself {said.get('issuer')!r}, not {self.issuer!r}",
                "correct INTERLOCK_OIDC_ISSUER",
            )
        return said

    def _endpoint(self, name: str) -> str:
        url = str(self._description().get(name, ""))
        if not is_safe_address(url):
            raise OidcRefused(f"{self.name} names {url!r} as its {name}", LATER)
        return url

    def _remembered(self, what: str, ask: Any) -> Any:
        now = self._clock.now()
        asked_at, answer = self._known.get(what, (None, None))
        if asked_at is None or now - asked_at > KNOWN_FOR:
            answer = ask()
            self._known[what] = (now, answer)
        return answer

    def _ask(self, method: str, url: str, **options: Any) -> dict[str, Any]:
        try:
            import httpx
        except ModuleNotFoundError:
            raise MissingExtra("httpx", "web") from None
        try:
            answer = httpx.request(method, url, timeout=TIMEOUT_SECONDS, **options)
            answer.raise_for_status()
            said = answer.json()
        except (httpx.HTTPError, ValueError) as problem:
            why = f"{self.name} did not answer as it should ({_said(problem)})"
            raise OidcRefused(why, LATER) from problem
        if not isinstance(said, dict):
            raise OidcRefused(f"{self.name} answered with no object", LATER)
        return said


def oidc_provider(settings: Settings) -> OidcProvider | None:
    """The house the settings name; None when they name none. Raises: SettingsInvalid."""
    if not settings.oidc_issuer:
        return None
    if not is_safe_address(settings.oidc_issuer):
        raise SettingsInvalid(
            "oidc_issuer", settings.oidc_issuer, "write its https:// address, as it says it itself"
        )
    if not settings.oidc_client_id:
        raise SettingsInvalid("oidc_client_id", "", "write the id that the issuer knows us by")
    return OidcProvider(
        issuer=settings.oidc_issuer,
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret.get_secret_value(),
        name=settings.oidc_name or urlsplit(settings.oidc_issuer).hostname or "the other house",
    )


def is_safe_address(url: str) -> bool:
    """Whether nobody between can read along: https, or this machine itself."""
    parts = urlsplit(url)
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    )


def _said(problem: BaseException) -> str:
    """What kind of problem it was; never the text of a token or of an answer."""
    kind = getattr(problem, "error", "") or type(problem).__name__
    return " ".join(filter(None, (str(kind), getattr(problem, "claim", None))))
