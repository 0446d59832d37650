"""Settings of notices: where they go. Without any of them nobody is told anything.

Its one rule is that of all settings: a wrong value is refused at the start, in words; and no
secret of them is ever printed.

    INTERLOCK_SMTP_URL       smtp://USER:PASSWORD@HOST:587, or smtps://… for TLS from the start
    INTERLOCK_MAIL_FROM      who the mails come from, as in interlock@example.com
    INTERLOCK_PUBLIC_URL     how people reach the console, for the links in them
    INTERLOCK_NOTIFY_URLS    addresses of other services as apprise writes them, with spaces between
    INTERLOCK_WEBHOOKS       https://HOST/PATH#whsec_SECRET, with spaces between
    INTERLOCK_DIGEST_HOUR    the UTC hour from which the day's list of late work goes out; default 7
"""

from __future__ import annotations

from base64 import b64decode
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, Any, Final
from urllib.parse import urlsplit, urlunsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from interlock.errors import SettingsInvalid
from interlock.settings import PREFIX, secrets_folder

SHORT: Final = 8  # letters of a digest that tell two addresses of one host apart
HIDDEN: Final = "(hidden)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where a webhook goes. `name` is what the outbox calls it, and holds no secret."""

    name: str
    url: str
    secret: str


class NotifySettings(BaseSettings):
    """Where notices go. Made by `load_notify_settings`, which speaks of errors in words."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="ignore", str_strip_whitespace=True
    )

    smtp_url: SecretStr = SecretStr("")
    mail_from: str = ""
    public_url: str = ""
    notify_urls: SecretStr = SecretStr("")
    webhooks: SecretStr = SecretStr("")
    digest_hour: Annotated[int, Field(ge=0, le=23)] = 7

    @field_validator("smtp_url")
    @classmethod
    def _is_a_mail_server(cls, given: SecretStr) -> SecretStr:
        parts = urlsplit(given.get_secret_value())
        if given.get_secret_value() and (
            parts.scheme not in ("smtp", "smtps") or not parts.hostname
        ):
            raise ValueError
        return given

    @field_validator("mail_from")
    @classmethod
    def _is_an_address(cls, given: str) -> str:
        if given and ("@" not in given or any(letter.isspace() for letter in given)):
            raise ValueError
        return given

    @field_validator("public_url")
    @classmethod
    def _is_a_web_address(cls, given: str) -> str:
        parts = urlsplit(given)
        if given and (parts.scheme not in ("http", "https") or not parts.hostname):
            raise ValueError
        return given.rstrip("/")

    @field_validator("webhooks")
    @classmethod
    def _are_endpoints(cls, given: SecretStr) -> SecretStr:
        for each in given.get_secret_value().split():
            _endpoint(each)
        return given

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """Where webhooks go."""
        return tuple(map(_endpoint, self.webhooks.get_secret_value().split()))

    @property
    def services(self) -> dict[str, str]:
        """The addresses of other services, by the name the outbox calls them."""
        given = self.notify_urls.get_secret_value().split()
        return {f"service:{urlsplit(each).scheme}:{_short(each)}": each for each in given}

    @property
    def has_mail(self) -> bool:
        """True when mails can be sent."""
        return bool(self.smtp_url.get_secret_value() and self.mail_from)

    @property
    def is_on(self) -> bool:
        """True when anything goes anywhere."""
        return bool(self.has_mail or self.services or self.endpoints)


_WANTED: Final = {
    "smtp_url": "write smtp://USER:PASSWORD@HOST:587 or smtps://USER:PASSWORD@HOST",
    "mail_from": "write one mail address, as in interlock@example.com",
    "public_url": "write how people reach the console, as in https://interlock.example.com",
    "notify_urls": "write addresses as apprise knows them, with spaces between",
    "webhooks": "write https://HOST/PATH#whsec_SECRET with a secret in base64, spaces between",
    "digest_hour": "write an hour of the UTC day, from 0 to 23",
}
_SECRET: Final = frozenset({"smtp_url", "notify_urls", "webhooks"})


def load_notify_settings(**given: Any) -> NotifySettings:
    """The settings of this process; what the caller gives wins over the environment.

    Raises: SettingsInvalid naming the first wrong one; a value that may hold a secret is hidden.
    """
    chosen = {name: value for name, value in given.items() if value is not None}
    try:
        settings = NotifySettings(_secrets_dir=secrets_folder(), **chosen)
    except ValidationError as failed:
        error = failed.errors(include_url=False, include_context=False)[0]
        name = str(error["loc"][0]) if error["loc"] else "?"
        seen = HIDDEN if name in _SECRET else str(error["input"])
        raise SettingsInvalid(name, seen, _WANTED.get(name, "correct it")) from None
    if settings.smtp_url.get_secret_value() and not settings.mail_from:
        raise SettingsInvalid("mail_from", "", _WANTED["mail_from"])
    return settings


def _endpoint(text: str) -> Endpoint:
    """The endpoint a text stands for. Raises: ValueError."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or not parts.fragment:
        raise ValueError
    if not b64decode(parts.fragment.removeprefix("whsec_") + "=="):
        raise ValueError
    url = urlunsplit(parts._replace(fragment=""))
    return Endpoint(name=f"webhook:{parts.hostname}:{_short(url)}", url=url, secret=parts.fragment)


def _short(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:SHORT]
