"""Where notices go is known to be right before the first of them is due."""

from __future__ import annotations

import os
from base64 import b64encode
from pathlib import Path

import pytest
from typer.testing import CliRunner

from interlock.cli import app
from interlock.errors import SettingsInvalid
from interlock.notify import load_notify_settings
from tests.web.town import CLAIMS

GOOD = b64encode(b"24 bytes, and no more now").decode()
SHORT = b64encode(b"too short to be a secret"[:23]).decode()
LONG = b64encode(b"x" * 65).decode()


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("INTERLOCK_"):
            monkeypatch.delenv(name)


WRONG = [
    ("SMTP_URL", "smpt://desk:s3cret@mail.example.com", "smpt://mail.example.com(hidden)"),
    ("SMTP_URL", "smtp://desk:s3cret@mail.example.com:mail", "smtp://mail.example.com:mail"),
    ("SMTP_URL", "mail.example.com", "(hidden)"),
    ("NOTIFY_URLS", "slak://s3cret/B1/C1", "slak://(hidden)"),
    ("NOTIFY_URLS", "json://ok.example.com telegramm://s3cret", "telegramm://(hidden)"),
    ("WEBHOOKS", f"https://hook.example.com/s3cret#whsec_{SHORT}", "https://hook.example.com"),
    ("WEBHOOKS", f"https://hook.example.com/s3cret#whsec_{LONG}", "https://hook.example.com"),
    ("WEBHOOKS", "https://hook.example.com/#whsec_s3cret!not*base64", "https://hook.example.com"),
    ("WEBHOOKS", f"ftp://hook.example.com/#whsec_{GOOD}", "ftp://hook.example.com"),
    ("WEBHOOKS", "https://hook.example.com/s3cret", "https://hook.example.com"),
    ("PUBLIC_URL", "interlock.example.com", "interlock.example.com"),
    ("DIGEST_HOUR", "24", "24"),
]


@pytest.mark.parametrize(("name", "value", "seen"), WRONG)
@pytest.mark.parametrize("command", ["serve", "up", "work"])
def test_a_wrong_value_is_refused_at_the_start_with_no_secret_of_it(
    command: str,
    name: str,
    value: str,
    seen: str,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """At three at night, when the first pager should ring, is the wrong time to find out."""
    told = {f"INTERLOCK_{name}": value, "INTERLOCK_MAIL_FROM": ""}
    if name == "SMTP_URL":
        told["INTERLOCK_MAIL_FROM"] = "desk@example.com"
    more = ["--once"] if command == "work" else ["--port", "0"]
    database = f"sqlite:///{tmp_path}/desk.db"
    words = [command, "--workflow", str(CLAIMS), "--database", database, *more]

    result = CliRunner(env=told).invoke(app, words)

    said = result.output + "".join(capfd.readouterr())
    assert result.exit_code != 0
    assert f"{name.lower()} is '{seen}" in said
    assert "; write " in said
    assert "s3cret" not in said
    assert not (tmp_path / "desk.db").exists(), "nothing was opened"


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("SMTP_URI", "SMTP_URL"),
        ("SMTP_HOST", "SMTP_URL"),
        ("STMP_URL", "SMTP_URL"),
        ("WEBHOOK", "WEBHOOKS"),
        ("NOTIFY_URL", "NOTIFY_URLS"),
        ("MAIL_FORM", "MAIL_FROM"),
        ("DIGEST_HOURS", "DIGEST_HOUR"),
    ],
)
def test_a_misspelt_name_is_refused_and_says_what_was_meant(
    name: str, meant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else mails are simply not sent, and nobody misses what they never had."""
    monkeypatch.setenv(f"INTERLOCK_{name}", "s3cret")

    with pytest.raises(SettingsInvalid, match=f"did you mean INTERLOCK_{meant}") as refused:
        load_notify_settings()

    assert "s3cret" not in str(refused.value)


def test_a_misspelt_file_of_the_secrets_is_found_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Secrets belong in files, and files are misspelt as easily."""
    (tmp_path / "interlock_smtp_ulr").write_text("smtp://mail.example.com")
    monkeypatch.setenv("INTERLOCK_SECRETS", str(tmp_path))

    with pytest.raises(SettingsInvalid, match="did you mean INTERLOCK_SMTP_URL"):
        load_notify_settings()


def test_the_names_of_other_settings_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process has many settings, and this is not the place to judge the others."""
    for name in ("DATABASE_URL", "HOST", "PORT", "PROXIES", "RATE_LIMIT", "OIDC_NAME", "DEBUG"):
        monkeypatch.setenv(f"INTERLOCK_{name}", "x")

    assert not load_notify_settings().is_on


@pytest.mark.parametrize("alone", ["smtp_url", "mail_from"])
def test_half_of_a_mail_set_up_is_refused(alone: str) -> None:
    """With either alone no mail would ever go, and nothing would say so."""
    given = {"smtp_url": "smtp://mail.example.com", "mail_from": "desk@example.com"}

    with pytest.raises(SettingsInvalid):
        load_notify_settings(**{alone: given[alone]})

    assert load_notify_settings(**given).has_mail


def test_what_is_right_is_taken() -> None:
    """Every kind at once, and each secret with and without its padding."""
    hooks = f"https://a.example.com/#whsec_{GOOD} https://b.example.com/#{GOOD.rstrip('=')}"
    services = "json://chat.example.com mailtos://desk:s3cret@example.com"

    settings = load_notify_settings(webhooks=hooks, notify_urls=services)

    assert len(settings.endpoints) == len(settings.services) == 2
