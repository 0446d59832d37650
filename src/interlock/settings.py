"""Settings: what a process is told from outside, by environment variables or by its caller.

Its one rule: a wrong value is refused at the start, in words, and never guessed at.

    INTERLOCK_DATABASE_URL   where everything is kept; default sqlite:///interlock.db, a file in
                             the current folder; postgresql://USER:PASSWORD@HOST/NAME to scale
    INTERLOCK_WORKFLOWS      contract folders, separated like PATH
    INTERLOCK_DATA           folder that a workflow's systems keep their own things in
    INTERLOCK_USER           who acts when a command does not say it
    INTERLOCK_STAGE          assisted (default) or autonomous, of the cases opened from now on
    INTERLOCK_CLOCK          a time to start at, with its offset, for demonstrations
    INTERLOCK_CRASH_AT       POINT or POINT:N, where this process is to die, for tests
    INTERLOCK_LOG_LEVEL      debug, info, warning (default) or error
    INTERLOCK_LOG_JSON       true for one JSON object a line
    INTERLOCK_BATCH          most cases in one episode; default 50
    INTERLOCK_ENGINE         dbos (default) or inline
    INTERLOCK_OIDC_ISSUER    the https:// address of another house where people may sign in
    INTERLOCK_OIDC_CLIENT_ID, INTERLOCK_OIDC_CLIENT_SECRET
                             what that house knows us by
    INTERLOCK_OIDC_NAME      what the sign-in page calls it
    INTERLOCK_SECRETS        a folder with a file for each setting that is not in the environment,
                             called like its variable in small letters: interlock_database_url;
                             default: the one systemd gives (CREDENTIALS_DIRECTORY), else none
"""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import AwareDatetime, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from interlock.errors import SettingsInvalid

PREFIX: Final = "INTERLOCK_"
DEFAULT_DATABASE_URL: Final = "sqlite:///interlock.db"
DEFAULT_BATCH: Final = 50  # cases an episode; measured: more gains little, and holds more back
LARGEST_BATCH: Final = 1000
YEARS: Final = range(1970, 2200)  # of a clock that is set by hand


class EngineKind(StrEnum):
    """What runs episodes: a durable queue that workers share, or this process alone."""

    DBOS = "dbos"
    INLINE = "inline"


class Settings(BaseSettings):
    """The settings of one process. Made by `load_settings`, which speaks of errors in words."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="forbid", str_strip_whitespace=True
    )

    database_url: Annotated[str, Field(min_length=1)] = DEFAULT_DATABASE_URL
    workflows: Annotated[tuple[Path, ...], NoDecode] = ()
    data: Path = Path("data")
    user: str = ""
    stage: Literal["assisted", "autonomous"] = "assisted"
    clock: AwareDatetime | None = None
    crash_at: str = ""
    log_level: Literal["debug", "info", "warning", "error"] = "warning"
    log_json: bool = False
    batch: Annotated[int, Field(ge=1, le=LARGEST_BATCH)] = DEFAULT_BATCH
    engine: EngineKind = EngineKind.DBOS
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr = SecretStr("")
    oidc_name: str = ""

    @field_validator("workflows", mode="before")
    @classmethod
    def _split(cls, given: Any) -> Any:
        """A text is several folders, separated like PATH."""
        if isinstance(given, str):
            return tuple(each.strip() for each in given.split(os.pathsep) if each.strip())
        return given

    @field_validator("log_level", "stage", "engine", mode="before")
    @classmethod
    def _in_small_letters(cls, given: Any) -> Any:
        return given.strip().lower() if isinstance(given, str) else given

    @field_validator("clock", mode="before")
    @classmethod
    def _nothing_is_none(cls, given: Any) -> Any:
        return None if given == "" else given

    @field_validator("clock")
    @classmethod
    def _is_of_our_time(cls, given: AwareDatetime | None) -> AwareDatetime | None:
        """Deadlines are reckoned from it, and the calendar has an end."""
        if given is not None and given.year not in YEARS:
            raise ValueError
        return given


_WANTED: Final = {
    "database_url": "write sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME",
    "workflows": f"write folders separated by {os.pathsep!r}",
    "data": "write the path of a folder",
    "user": "write the name of a person of the contract",
    "clock": "write a date and time with its offset, as in 2026-03-02T09:00:00+01:00, "
    f"of the years {YEARS.start} to {YEARS.stop - 1}",
    "crash_at": "write POINT or POINT:N",
    "log_level": "write debug, info, warning or error",
    "log_json": "write true or false",
    "batch": f"write a whole number from 1 to {LARGEST_BATCH}",
    "engine": "write dbos or inline",
    "stage": "write assisted or autonomous",
    "oidc_issuer": "write the issuer's https:// address, as it says it itself",
    "oidc_client_id": "write the id that the issuer knows us by",
    "oidc_client_secret": "write the secret that goes with the client id",
    "oidc_name": "write what the sign-in page calls the issuer",
}
_LATER_STAGES: Final = ("shadow", "canary")


def load_settings(**given: Any) -> Settings:
    """The settings of this process; what the caller gives wins over the environment.

    A value of None is as if it was not given. Raises: SettingsInvalid naming the first wrong one.
    """
    chosen = {name: value for name, value in given.items() if value is not None}
    try:
        return Settings(_secrets_dir=secrets_folder(), **chosen)
    except ValidationError as failed:
        error = failed.errors(include_url=False, include_context=False)[0]
        name = str(error["loc"][0]) if error["loc"] else "?"
        raise SettingsInvalid(name, str(error["input"]), _remedy(name, error["input"])) from None


def secrets_folder() -> Path | None:
    """The folder that holds settings as files, for secrets that belong in no environment.

    Raises: SettingsInvalid when the folder that is named is none.
    """
    named = os.environ.get(f"{PREFIX}SECRETS", "")
    folder = Path(named or os.environ.get("CREDENTIALS_DIRECTORY", ""))
    if named and not folder.is_dir():
        raise SettingsInvalid("secrets", named, "write the path of a folder that is there")
    return folder if (named or folder != Path()) and folder.is_dir() else None


def _remedy(name: str, seen: Any) -> str:
    if name not in _WANTED:
        return f"there is no such setting; there are: {', '.join(_WANTED)}"
    if name == "stage" and seen in _LATER_STAGES:
        return f"{_WANTED[name]}; {seen} comes with the release gate"
    return _WANTED[name]
