"""A small OpenID Connect provider in a process of its own, as another house would run one.

It checks what a real one checks (client, redirect address, PKCE, one use of a code), signs with a
key of its own, and answers wrongly when a test says so by `POST /next`.

    python -m tests.support.oidc_provider      prints its address on one line, then serves
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlencode, urlsplit
from urllib.request import Request, urlopen

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT_ID: Final = "interlock-desk"
CLIENT_SECRET: Final = "of:a test/only"  # with letters that must be encoded on the way
REDIRECT_URI: Final = "http://127.0.0.1/sign-in/elsewhere/back"
LASTS_SECONDS: Final = 300


class Provider:
    """What the house knows: its keys, who signs in next, and the codes it gave out."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.key = RSAKey.generate_key(2048, {"kid": "first", "use": "sig"})
        self.next: dict[str, Any] = {"claims": {"sub": "nobody"}}
        self.codes: dict[str, dict[str, Any]] = {}
        self.tokens: dict[str, dict[str, Any]] = {}

    def description(self) -> dict[str, Any]:
        return {
            "issuer": self.next.get("issuer", self.issuer),
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/jwks",
        }

    def new_key(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "second", "use": "sig"})

    def code_for(self, asked: dict[str, str]) -> str:
        """A code for whoever signs in next. Raises: ValueError for a request no house accepts."""
        wanted = {
            "client_id": CLIENT_ID,
            "response_type": "code",
            "redirect_uri": REDIRECT_URI,
            "code_challenge_method": "S256",
        }
        wrong = [name for name, value in wanted.items() if asked.get(name) != value]
        if wrong or "openid" not in asked.get("scope", "") or not asked.get("nonce"):
            raise ValueError(f"invalid_request: {wrong}")
        code = secrets.token_urlsafe(16)
        self.codes[code] = {**asked, **self.next}
        return code

    def redeem(self, form: dict[str, str], client: str) -> dict[str, Any]:
        """The answer to a code, once. Raises: ValueError, KeyError."""
        given = self.codes.pop(form["code"])
        verifier = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(verifier).rstrip(b"=").decode()
        if client != f"{CLIENT_ID}:{CLIENT_SECRET}" or challenge != given["code_challenge"]:
            raise ValueError("invalid_grant")
        if (form["grant_type"], form["redirect_uri"]) != ("authorization_code", REDIRECT_URI):
            raise ValueError("invalid_grant")
        access_token = secrets.token_urlsafe(16)
        self.tokens[access_token] = given.get("userinfo", {})
        return {
            "access_token": access_token,
            "token_type": "Bearer",
            "id_token": self._id_token(given),
        }

    def _id_token(self, given: dict[str, Any]) -> str:
        now, fault = int(time.time()), given.get("fault", "")
        claims = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + LASTS_SECONDS,
            "nonce": given["nonce"],
            **given["claims"],
        }
        header = {"alg": "RS256", "kid": self.key.kid}
        match fault:
            case "signed_by_another":
                other = RSAKey.generate_key(2048, {"kid": str(self.key.kid)})
                return jwt.encode(header, claims, other)
            case "tampered":
                head, _, signature = jwt.encode(header, claims, self.key).split(".")
                body = json.dumps({**claims, "sub": "somebody-else"}).encode()
                return f"{head}.{base64.urlsafe_b64encode(body).rstrip(b'=').decode()}.{signature}"
            case "unsigned":
                parts = [json.dumps(part).encode() for part in ({"alg": "none"}, claims)]
                coded = [base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts]
                return ".".join([*coded, ""])
            case "no_token":
                return ""
        return jwt.encode(header, {k: v for k, v in claims.items() if v is not None}, self.key)


class Handler(BaseHTTPRequestHandler):
    provider: Provider

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        match parts.path:
            case "/.well-known/openid-configuration":
                self._answer(self.provider.description())
            case "/jwks":
                self._answer({"keys": [self.provider.key.as_dict(private=False)]})
            case "/userinfo":
                token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
                self._answer(self.provider.tokens.get(token, {}))
            case "/authorize":
                self._send_back(asked)
            case _:
                self._answer({}, status=404)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        if self.path == "/next":
            said = json.loads(body)
            if said.pop("new_key", False):
                self.provider.new_key()
            self.provider.next = said
            self._answer({})
            return
        form = {name: values[0] for name, values in parse_qs(body).items()}
        coded = (self.headers.get("Authorization") or "").removeprefix("Basic ")
        client = ":".join(unquote(half) for half in base64.b64decode(coded).decode().split(":"))
        try:
            self._answer(self.provider.redeem(form, client))
        except (ValueError, KeyError) as problem:
            self._answer({"error": "invalid_grant", "why": str(problem)}, status=400)

    def _send_back(self, asked: dict[str, str]) -> None:
        try:
            code = self.provider.code_for(asked)
        except ValueError as problem:
            self._answer({"error": str(problem)}, status=400)
            return
        back = urlencode({"code": code, "state": asked["state"]})
        self.send_response(302)
        self.send_header("Location", f"{asked['redirect_uri']}?{back}")
        self.end_headers()

    def _answer(self, said: dict[str, Any], *, status: int = 200) -> None:
        body = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing: standard output is for the address."""


@contextmanager
def running_provider() -> Iterator[str]:
    """The address of a provider that runs in its own process until the end of the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.oidc_provider"], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        issuer = process.stdout.readline().strip()
        assert issuer, "the provider did not start"
        yield issuer
    finally:
        process.terminate()
        process.wait(timeout=10)


def say(issuer: str, /, **said: Any) -> None:
    """Tells the provider who signs in next (`claims`, `userinfo`) and what goes wrong (`fault`)."""
    with urlopen(Request(f"{issuer}/next", data=json.dumps(said).encode())) as answer:
        answer.read()


def main() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    issuer = f"http://127.0.0.1:{server.server_address[1]}"
    Handler.provider = Provider(issuer)
    print(issuer, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
