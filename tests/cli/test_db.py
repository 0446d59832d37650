"""`interlock db`: tables are made once, and checked without making anything."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Command


def test_upgrade_makes_the_tables_once(folder: Path, cli: Command) -> None:
    """Doing it again is harmless, and says that it was."""
    first, second = cli("db", "upgrade"), cli("db", "upgrade")

    assert (first.code, second.code) == (0, 0)
    assert first.out.startswith("✓ the tables were made: sqlite, revision ")
    assert second.out.startswith("✓ the tables were up to date already: sqlite, revision ")


def test_check_says_whether_they_are_right(folder: Path, cli: Command) -> None:
    """For a deployment that waits until they are."""
    cli("db", "upgrade")

    said = cli("db", "check")
    document = cli("db", "check", "--json").json

    assert said.out.startswith("✓ the tables are this version's: sqlite, revision ")
    assert document["ok"] is True
    assert document["revision"] == document["wanted"]


def test_check_makes_no_file(folder: Path, cli: Command) -> None:
    """A mistyped name must not become an empty database."""
    cli("db", "check", "--database", "sqlite:///typo.db")

    assert not Path("typo.db").exists()
