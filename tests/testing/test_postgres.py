"""The private PostgreSQL cluster that tests, benchmarks and the demo stand on."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from interlock.testing import postgres as private
from interlock.testing.postgres import (
    URL_VARIABLE,
    PostgresFailed,
    PostgresMissing,
    PrivatePostgres,
    run_beside,
)


def test_every_database_starts_empty_and_writable(database_url: str) -> None:
    """A test that meets another test's rows proves nothing."""
    engine = an_engine(database_url)

    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE note (body TEXT NOT NULL)"))
        connection.execute(text("INSERT INTO note VALUES ('é')"))
        kept = connection.execute(text("SELECT body FROM note")).scalar_one()

    assert kept == "é"


@pytest.mark.postgres
def test_only_the_loopback_address_and_the_password_open_it(postgres: PrivatePostgres) -> None:
    """Anyone on the machine can reach a loopback port, so the port alone must not be enough."""
    url = make_url(postgres.url())

    with pytest.raises(OperationalError, match="password authentication failed"):
        an_engine(url.set(password="guess").render_as_string(hide_password=False)).connect()

    with an_engine(postgres.url()).connect() as connection:
        assert connection.execute(text("SHOW listen_addresses")).scalar_one() == "127.0.0.1"
        assert connection.execute(text("SHOW unix_socket_directories")).scalar_one() == ""


@pytest.mark.postgres
def test_a_taken_name_is_refused_and_a_dropped_one_is_free(postgres: PrivatePostgres) -> None:
    """Reusing a database by accident would let one test see another's rows."""
    postgres.create("taken")

    with pytest.raises(PostgresFailed, match="already exists"):
        postgres.create("taken")

    postgres.drop("taken")
    postgres.create("taken")
    postgres.drop("taken")


@pytest.mark.postgres
@pytest.mark.usefixtures("postgres")  # for its skip where there is no server
def test_nothing_is_left_when_the_block_ends(tmp_path: Path) -> None:
    """A forgotten server holds memory and a port for as long as the machine lives."""
    told = tmp_path / "told"
    script = (
        "import os, pathlib, sqlalchemy as s\n"
        f"url = os.environ[{URL_VARIABLE!r}]\n"
        "with s.create_engine(url).connect() as c:\n"
        "    folder = c.execute(s.text('SHOW data_directory')).scalar_one()\n"
        f"pathlib.Path({str(told)!r}).write_text(url + ' ' + folder)\n"
        "raise SystemExit(7)\n"
    )

    status = run_beside([sys.executable, "-c", script])

    url, folder = told.read_text().split()
    assert status == 7
    assert not Path(folder).exists()
    with pytest.raises(OperationalError, match="refused"):
        an_engine(url).connect()


def test_a_machine_without_the_server_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The PostgreSQL tests skip on this error, so its words are all the reader gets."""
    monkeypatch.setattr(private, "find_server_programs", lambda: None)

    with pytest.raises(PostgresMissing, match="install the postgresql server package"):
        PrivatePostgres()


def an_engine(url: str) -> Engine:
    """An engine that keeps no connection: a kept one would outlive its database."""
    return create_engine(url, poolclass=NullPool)
