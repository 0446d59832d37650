"""What operators deploy: every command and setting in it is real, and nothing runs as root."""

from __future__ import annotations

import configparser
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner

from interlock.cli import app
from interlock.notify import NotifySettings
from interlock.settings import PREFIX, Settings
from interlock.web.settings import WebSettings

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
PAGE = ROOT / "docs" / "deployment.md"
UNITS = sorted(DEPLOY.glob("*.service"))
OURS = ("migrate", "serve", "work")
OF_COMPOSE = {"INTERLOCK_PASSWORD_FILE"}  # of database.sh, for its own test


def _settings() -> set[str]:
    fields = {*Settings.model_fields, *WebSettings.model_fields, *NotifySettings.model_fields}
    return {f"{PREFIX}{name.upper()}" for name in fields} | {f"{PREFIX}SECRETS"}


@pytest.fixture(scope="module")
def compose() -> Any:
    return YAML(typ="safe").load((DEPLOY / "compose.yaml").read_text("utf-8"))


def _commands(compose: Any) -> Iterator[list[str]]:
    for name in OURS:
        yield compose["services"][name]["command"]
    yield compose["services"]["work"]["healthcheck"]["test"][2:]
    for unit in UNITS:
        yield _unit(unit)["Service"]["ExecStart"].split()[1:]


def _unit(path: Path) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(path.read_text("utf-8"))
    return parser


def test_every_command_is_one_of_the_program(compose: Any) -> None:
    """A deployment that calls what is not there fails at night, at the first restart."""
    for words in _commands(compose):
        said = CliRunner().invoke(app, [*words, "--help"])
        assert said.exit_code == 0, (words, said.output)


@pytest.mark.parametrize(
    "path",
    [*sorted(each for each in DEPLOY.iterdir() if each.is_file()), PAGE],
    ids=lambda path: path.name,
)
def test_every_setting_is_a_real_one(path: Path) -> None:
    """A misspelled setting is ignored in silence: the default holds, and nobody knows."""
    named = set(re.findall(rf"\b{PREFIX}[A-Z_]+\b", path.read_text("utf-8")))

    assert named <= _settings() | OF_COMPOSE


def test_nothing_in_compose_has_more_rights_than_it_needs(compose: Any) -> None:
    """No root, no way to become it, no capability, and nothing to write but its own."""
    for name, service in compose["services"].items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert "no-new-privileges:true" in service["security_opt"], name
        assert service["user"] not in ("root", "0"), name
        assert "privileged" not in service and "cap_add" not in service, name


def test_tables_are_made_before_anything_uses_them(compose: Any) -> None:
    """Two workers that migrate at once, or a console on old tables, help nobody."""
    services = compose["services"]

    assert services["migrate"]["command"] == ["db", "upgrade"]
    for name in ("serve", "work"):
        waits = services[name]["depends_on"]["migrate"]["condition"]
        assert waits == "service_completed_successfully"
    assert services["work"]["deploy"]["replicas"] >= 2


def test_no_password_is_in_an_environment_and_none_in_the_repository(compose: Any) -> None:
    """Environments are read by whoever may look at a container."""
    for service in compose["services"].values():
        for name, value in service.get("environment", {}).items():
            assert "://" not in value or name.endswith("PUBLIC_URL")
            assert "PASSWORD" not in name or name.endswith("_FILE")
    assert "deploy/secrets/" in (ROOT / ".gitignore").read_text()


def test_the_console_listens_on_this_machine_until_a_proxy_has_tls(compose: Any) -> None:
    """A sign-in over plain HTTP is a password for the whole network."""
    assert all(each.startswith("127.0.0.1:") for each in compose["services"]["serve"]["ports"])


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_is_closed_in(path: Path) -> None:
    """Its own user, its own folder, no new privileges, and time to finish what is in hand."""
    service = _unit(path)["Service"]

    assert service["User"] not in ("root", "")
    assert service["NoNewPrivileges"] == service["PrivateTmp"] == service["ProtectHome"] == "yes"
    assert service["ProtectSystem"] == "strict"
    assert service["CapabilityBoundingSet"] == ""
    assert service["KillSignal"] == "SIGTERM"
    assert int(service["TimeoutStopSec"]) >= 30


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd-analyze here")
@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_systemd_understands_a_unit(path: Path, tmp_path: Path) -> None:
    """As it will be read, but for the program, which is not installed here."""
    copied = tmp_path / path.name
    copied.write_text(re.sub(r"(?m)^ExecStart=.*$", "ExecStart=/bin/true", path.read_text()))

    said = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(copied)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (said.returncode, path.name in said.stderr) == (0, False), said.stderr


def test_passwords_are_drawn_once(tmp_path: Path) -> None:
    """Run again, it must not lock the database out of its own data."""
    shutil.copy(DEPLOY / "secrets.sh", tmp_path)
    for _ in range(2):
        subprocess.run(["bash", str(tmp_path / "secrets.sh")], check=True, capture_output=True)
        made = {each.name: each.read_text() for each in (tmp_path / "secrets").iterdir()}
    subprocess.run(["bash", str(tmp_path / "secrets.sh")], check=True, capture_output=True)

    assert {each.name: each.read_text() for each in (tmp_path / "secrets").iterdir()} == made
    assert len(made["interlock_password"]) == 64
    assert made["interlock_password"] != made["postgres_password"]
    assert f":{made['interlock_password']}@database" in made["interlock_database_url"]
    assert (tmp_path / "secrets").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("path", sorted(DEPLOY.glob("*.sh")), ids=lambda path: path.name)
def test_the_scripts_are_bash(path: Path) -> None:
    """They run once, on a machine that nobody has tried them on."""
    subprocess.run(["bash", "-n", str(path)], check=True)
    assert "set -euo pipefail" in path.read_text()


@pytest.mark.postgres
def test_the_role_it_makes_is_held_by_row_level_security(postgres_url: str, tmp_path: Path) -> None:
    """A superuser would see every tenant's rows."""
    psql = shutil.which("psql")
    if psql is None:
        pytest.skip("no psql here")
    from sqlalchemy import create_engine, make_url, text

    script = tmp_path / "database.sh"  # the tests' own role has the name already
    text_of = (DEPLOY / "database.sh").read_text()
    script.write_text(re.sub(r"\b(ROLE|DATABASE|OWNER) interlock\b", r"\1 deployed", text_of))
    url = make_url(postgres_url)
    password = tmp_path / "password"
    password.write_text("it's a secret")
    at = {
        "PGHOST": url.host or str(url.query.get("host", "")),
        "PGPORT": str(url.port or url.query.get("port", "")),
        "PGPASSWORD": str(url.password or ""),
        "POSTGRES_USER": str(url.username),
        "INTERLOCK_PASSWORD_FILE": str(password),
    }
    engine = create_engine(url.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    try:
        subprocess.run(["bash", str(script)], env={**os.environ, **at}, check=True)
        with engine.connect() as connection:
            role = connection.execute(
                text("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = 'deployed'")
            ).one()
        assert tuple(role) == (False, False)
    finally:
        with engine.connect() as connection:
            connection.execute(text("DROP DATABASE IF EXISTS deployed"))
            connection.execute(text("DROP ROLE IF EXISTS deployed"))
        engine.dispose()
