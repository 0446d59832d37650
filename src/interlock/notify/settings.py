"""Settings of notices: where they go. Without any of them nobody is told anything.

Its one rule is that of all settings: a wrong value is refused at the start, in words; and no
secret of them is ever printed.

    INTERLOCK_SMTP_URL       smtp://USER:PASSWORD@HOST:587, or smtps://… for TLS from the start
    INTERLOCK_MAIL_FROM      who the mails come from, as in interlock@example.com
    INTERLOCK_PUBLIC_URL     how people reach the console, for the links in them
    INTERLOCK_NOTIFY_URLS    addresses of other services as apprise writes them, with spaces between
    INTERLOCK_WEBHOOKS       https://HOST/PATH#whsec_SECRET, with spaces between; the secret is 24
                             to 64 bytes in base64, as Standard Webhooks say
    INTERLOCK_DIGEST_HOUR    the UTC hour from which the day's list of late work goes out; default 7
"""

from __future__ import annotations

import os
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from hashlib import sha256
from types import MappingProxyType
from typing import Annotated, Any, Final
from urllib.parse import urlsplit, urlunsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from interlock.errors import MissingExtra, SettingsInvalid
from interlock.settings import PREFIX, secrets_folder

SHORT: Final = 8  # letters of a digest that tell two addresses of one host apart
HIDDEN: Final = "(hidden)"
SECRET_BYTES: Final = range(24, 65)  # Standard Webhooks 1, "Signature scheme"
ALIKE: Final = 0.8  # of a name's letters: written like this it was meant to be ours
OURS: Final = ("SMTP", "MAIL", "NOTIFY", "WEBHOOK", "DIGEST")  # how only our names begin


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
        if given.get_secret_value() and not _is_mail_server(given.get_secret_value()):
            raise ValueError
        return given

    @field_validator("notify_urls")
    @classmethod
    def _are_services(cls, given: SecretStr) -> SecretStr:
        if not all(map(_is_service, given.get_secret_value().split())):
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
    "notify_urls": "write addresses as apprise knows them, as in mailtos:// or slack://, "
    "with spaces between",
    "webhooks": "write https://HOST/PATH#whsec_SECRET with a secret of 24 to 64 bytes in base64, "
    "and spaces between",
    "digest_hour": "write an hour of the UTC day, from 0 to 23",
}


def load_notify_settings(**given: Any) -> NotifySettings:
    """The settings of this process; what the caller gives wins over the environment.

    Raises: SettingsInvalid naming the first wrong one, or a name that is none; of a value that may
    hold a secret only what is none is shown. MissingExtra when a service is named that apprise
    would tell, and apprise is not installed.
    """
    for name, meant in _misspelt():
        raise SettingsInvalid(name, HIDDEN, f"there is no such setting; did you mean {meant}?")
    chosen = {name: value for name, value in given.items() if value is not None}
    try:
        settings = NotifySettings(_secrets_dir=secrets_folder(), **chosen)
    except ValidationError as failed:
        error = failed.errors(include_url=False, include_context=False)[0]
        name = str(error["loc"][0]) if error["loc"] else "?"
        given_as = error["input"]
        text = given_as.get_secret_value() if isinstance(given_as, SecretStr) else str(given_as)
        seen = _first_wrong(name, text) if name in _PARTS else text
        raise SettingsInvalid(name, seen, _WANTED.get(name, "correct it")) from None
    if settings.smtp_url.get_secret_value() and not settings.mail_from:
        raise SettingsInvalid("mail_from", "", _WANTED["mail_from"])
    if settings.mail_from and not settings.smtp_url.get_secret_value():
        raise SettingsInvalid("smtp_url", "", _WANTED["smtp_url"])
    return settings


def _endpoint(text: str) -> Endpoint:
    """The endpoint a text stands for. Raises: ValueError."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or not parts.fragment:
        raise ValueError
    if len(_bytes_of(parts.fragment.removeprefix("whsec_"))) not in SECRET_BYTES:
        raise ValueError
    url = urlunsplit(parts._replace(fragment=""))
    return Endpoint(name=f"webhook:{parts.hostname}:{_short(url)}", url=url, secret=parts.fragment)


def _short(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:SHORT]


def _bytes_of(secret: str) -> bytes:
    """What a secret stands for, with or without its padding. Raises: ValueError."""
    bare = secret.rstrip("=")
    return b64decode(bare + "=" * (-len(bare) % 4), validate=True)


def _is_mail_server(text: str) -> bool:
    try:
        parts = urlsplit(text)
        _ = parts.port  # a port that is no number is found only here
    except ValueError:
        return False
    return parts.scheme in ("smtp", "smtps") and bool(parts.hostname)


def _is_endpoint(text: str) -> bool:
    try:
        _endpoint(text)
    except ValueError:
        return False
    return True


def _is_service(text: str) -> bool:
    """Whether apprise knows how to tell this address. Raises: MissingExtra."""
    try:
        from apprise import Apprise
    except ModuleNotFoundError:
        raise MissingExtra("apprise", "notify") from None
    return Apprise.instantiate(text, suppress_exceptions=True) is not None


# What holds secrets, by how each address in it is judged.
_PARTS: Final[Mapping[str, Callable[[str], bool]]] = MappingProxyType(
    {"smtp_url": _is_mail_server, "notify_urls": _is_service, "webhooks": _is_endpoint}
)


def _first_wrong(name: str, text: str) -> str:
    """The first address that is none, down to what tells no secret.

    A service has its tokens where others have a host, so of it only the kind is shown.
    """
    wrong = next((each for each in text.split() if not _PARTS[name](each)), text)
    scheme, mark, rest = wrong.partition("://")
    if not mark:
        return HIDDEN
    host = rest.partition("/")[0].partition("#")[0].rpartition("@")[2]
    return f"{scheme}://{host if name != 'notify_urls' else ''}{HIDDEN}"


def _misspelt() -> Iterator[tuple[str, str]]:
    """(a name that was given and is none of ours, what it was meant to be)."""
    known = {name.upper() for name in NotifySettings.model_fields}
    folder = secrets_folder()
    given = {*os.environ, *(each.name.upper() for each in (folder.iterdir() if folder else ()))}
    for name in sorted(each.removeprefix(PREFIX) for each in given if each.startswith(PREFIX)):
        near = get_close_matches(name, known, n=1, cutoff=0.0 if name.startswith(OURS) else ALIKE)
        if near and name not in known:
            yield f"{PREFIX}{name}", f"{PREFIX}{near[0]}"
