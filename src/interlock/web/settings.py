"""Settings of the web: where it listens, by which names it is reached, and how much it takes in.

Its one rule is that of all settings: a wrong value is refused at the start, in words.

    INTERLOCK_HOST           address to listen on; default 127.0.0.1, this machine only
    INTERLOCK_PORT           default 8420
    INTERLOCK_PUBLIC_URL     how people reach it, as in https://interlock.example.com
    INTERLOCK_TRUSTED_HOSTS  further names it answers to, separated by commas
    INTERLOCK_MAX_BODY_MB    the largest request it takes; default 20
    INTERLOCK_RATE_LIMIT     requests a minute for one visitor; default 1200, 0 for no limit
    INTERLOCK_PROXIES        addresses whose X-Forwarded headers are believed; default 127.0.0.1
"""

from __future__ import annotations

from typing import Annotated, Any, Final
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from interlock.errors import SettingsInvalid
from interlock.settings import PREFIX, secrets_folder

LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
MEGABYTE: Final = 1_000_000  # bytes
DEFAULT_PORT: Final = 8420


class WebSettings(BaseSettings):
    """The settings of one web process. Made by `load_web_settings`, which speaks in words."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="ignore", str_strip_whitespace=True
    )

    host: Annotated[str, Field(min_length=1)] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = DEFAULT_PORT
    public_url: str = ""
    trusted_hosts: Annotated[tuple[str, ...], NoDecode] = ()
    max_body_mb: Annotated[float, Field(gt=0, le=1000)] = 20
    rate_limit: Annotated[int, Field(ge=0)] = 1200
    proxies: str = "127.0.0.1"

    @field_validator("trusted_hosts", mode="before")
    @classmethod
    def _split(cls, given: Any) -> Any:
        if isinstance(given, str):
            return tuple(each.strip().lower() for each in given.split(",") if each.strip())
        return given

    @field_validator("public_url")
    @classmethod
    def _is_an_address(cls, given: str) -> str:
        parts = urlsplit(given)
        if given and (parts.scheme not in ("http", "https") or not parts.hostname):
            raise ValueError("not an address")
        return given.rstrip("/")

    @property
    def max_body_bytes(self) -> int:
        """The largest request body, in bytes."""
        return int(self.max_body_mb * MEGABYTE)

    @property
    def names(self) -> frozenset[str]:
        """The host names this process answers to: loopback's, its public one, and those named."""
        public = urlsplit(self.public_url).hostname if self.public_url else None
        return LOOPBACK | frozenset(self.trusted_hosts) | ({public} if public else frozenset())


_WANTED: Final = {
    "host": "write an address to listen on, as in 127.0.0.1",
    "port": "write a whole number from 0 to 65535",
    "public_url": "write how people reach it, as in https://interlock.example.com",
    "trusted_hosts": "write host names separated by commas",
    "max_body_mb": "write a number of megabytes from 0.1 to 1000",
    "rate_limit": "write requests a minute, 0 for no limit",
    "proxies": "write addresses separated by commas",
}


def load_web_settings(**given: Any) -> WebSettings:
    """The settings of this process; what the caller gives wins over the environment.

    A value of None is as if it was not given. Raises: SettingsInvalid naming the first wrong one.
    """
    chosen = {name: value for name, value in given.items() if value is not None}
    try:
        return WebSettings(_secrets_dir=secrets_folder(), **chosen)
    except ValidationError as failed:
        error = failed.errors(include_url=False, include_context=False)[0]
        name = str(error["loc"][0]) if error["loc"] else "?"
        wanted = _WANTED.get(name, "there is no such setting")
        raise SettingsInvalid(name, str(error["input"]), wanted) from None
