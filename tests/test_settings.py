"""Settings: read from the environment, and refused in words when they are wrong."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from interlock.errors import SettingsInvalid
from interlock.settings import DEFAULT_DATABASE_URL, EngineKind, load_settings


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("INTERLOCK_"):
            monkeypatch.delenv(name)
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)


def test_nothing_has_to_be_set() -> None:
    """A first look must need no set-up: a file in the current folder, the durable engine."""
    settings = load_settings()

    assert settings.database_url == DEFAULT_DATABASE_URL
    assert settings.engine is EngineKind.DBOS
    assert (settings.stage, settings.batch, settings.workflows) == ("assisted", 50, ())


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Services are configured from outside; folders are written like PATH."""
    monkeypatch.setenv("INTERLOCK_WORKFLOWS", f"one{os.pathsep}two/three")
    monkeypatch.setenv("INTERLOCK_STAGE", "Autonomous")
    monkeypatch.setenv("INTERLOCK_LOG_JSON", "true")
    monkeypatch.setenv("INTERLOCK_CLOCK", "2026-03-02T09:00:00+01:00")

    settings = load_settings()

    assert settings.workflows == (Path("one"), Path("two/three"))
    assert (settings.stage, settings.log_json) == ("autonomous", True)
    assert settings.clock is not None
    assert settings.clock.isoformat() == "2026-03-02T09:00:00+01:00"


def test_what_a_command_says_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """An option typed now is meant more than a variable set long ago; None is no option."""
    monkeypatch.setenv("INTERLOCK_USER", "anna")

    assert load_settings(user="bruno").user == "bruno"
    assert load_settings(user=None).user == "anna"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("stage", "canary", "canary comes with the release gate"),
        ("stage", "shadow", "shadow comes with the release gate"),
        ("stage", "automatic", "write assisted or autonomous"),
        ("clock", "2026-03-02T09:00:00", "with its offset"),
        ("clock", "tomorrow", "write a date and time"),
        ("clock", "9999-12-31T23:00:00+00:00", "of the years 1970 to 2199"),
        ("clock", "0001-01-01T00:00:00+14:00", "of the years 1970 to 2199"),
        ("batch", "0", "from 1 to 1000"),
        ("batch", "many", "a whole number"),
        ("engine", "celery", "write dbos or inline"),
        ("log_level", "loud", "write debug, info, warning or error"),
        ("log_json", "perhaps", "write true or false"),
        ("database_url", "", "write sqlite:///FILE"),
    ],
)
def test_a_wrong_value_is_refused_in_words(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str
) -> None:
    """A value that is guessed at is found out when it is too late."""
    monkeypatch.setenv(f"INTERLOCK_{name.upper()}", value)

    with pytest.raises(SettingsInvalid, match=words) as refused:
        load_settings()

    assert refused.value.name == name


def test_an_unknown_setting_names_those_there_are() -> None:
    """A caller's misspelt option must not pass as a default."""
    with pytest.raises(SettingsInvalid, match="there are: database_url"):
        load_settings(databse_url="sqlite:///x.db")


def test_a_secret_may_be_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Containers and systemd hand secrets over as files; the environment still wins."""
    (tmp_path / "interlock_database_url").write_text("sqlite:///from-a-file.db\n")
    monkeypatch.setenv("INTERLOCK_SECRETS", str(tmp_path))
    read = load_settings().database_url
    monkeypatch.setenv("INTERLOCK_DATABASE_URL", "sqlite:///said.db")

    assert read == "sqlite:///from-a-file.db"
    assert load_settings().database_url == "sqlite:///said.db"


def test_what_systemd_hands_over_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """LoadCredential= puts it into a folder that systemd names."""
    (tmp_path / "interlock_database_url").write_text("sqlite:///credential.db")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))

    assert load_settings().database_url == "sqlite:///credential.db"


def test_a_secrets_folder_that_is_not_there_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the default database would be used in silence."""
    monkeypatch.setenv("INTERLOCK_SECRETS", "/nowhere/at/all")

    with pytest.raises(SettingsInvalid, match="secrets"):
        load_settings()
