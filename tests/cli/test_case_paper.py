"""`case file` and `audit verify FILE`: a case kept by one person and checked by another."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Command


@pytest.fixture
def key(taken_in: Path, cli: Command) -> str:
    """A case that waits for people."""
    found: str = cli("case", "list", "--json").json["cases"][0]["key"]
    return found


def test_a_kept_case_verifies_where_there_is_no_database(
    taken_in: Path, cli: Command, key: str, tmp_path: Path
) -> None:
    """Whoever gets the file has nothing but the file."""
    assert cli("case", "file", key, "--html", "kept.html").code == 0
    moved = tmp_path / "elsewhere.html"
    Path("kept.html").rename(moved)
    Path("interlock.db").unlink()

    said = cli("audit", "verify", str(moved))

    assert said.code == 0, said.err
    assert "the file is whole" in said.out


def test_a_changed_file_is_said_to_be_changed(taken_in: Path, cli: Command, key: str) -> None:
    """The exit code says it too, so that a script can rely on it."""
    cli("case", "file", key, "--html", "kept.html")
    file = Path("kept.html")
    file.write_text(file.read_text("utf-8").replace("Record unchanged", "Record perfect"), "utf-8")

    said, for_programs = (
        cli("audit", "verify", str(file)),
        cli("audit", "verify", "kept.html", "--json"),
    )

    assert (said.code, for_programs.code) == (1, 1)
    assert "something in the file was changed after it was made" in said.out
    assert for_programs.json["ok"] is False


def test_protected_values_are_kept_only_when_asked_for(taken_in: Path, cli: Command) -> None:
    """A file travels; what is protected must not travel with it by accident."""
    document = json.loads((taken_in / "inbox" / "train.json").read_text("utf-8"))
    key, iban = document["number"], document["iban"]

    cli("case", "file", key, "--html", "less.html", "--pdf", "less.pdf")
    cli("case", "file", key, "--html", "more.html", "--protected")

    assert iban not in Path("less.html").read_text("utf-8")
    assert iban in Path("more.html").read_text("utf-8")
    assert Path("less.pdf").read_bytes().startswith(b"%PDF-")
    assert Path("more.html").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("case", "file", "{key}"), "no file is named"),
        (("case", "file", "{key}", "--html", "no/such/folder/x.html"), "cannot be written"),
        (("audit", "verify", "nowhere.html"), "cannot be read"),
        (("audit", "verify", "contract.yaml"), "no case file"),
        (("audit", "verify", "interlock.db"), "no HTML case file"),
    ],
)
def test_what_cannot_be_done_is_said_plainly(
    words: tuple[str, ...], says: str, taken_in: Path, cli: Command, key: str
) -> None:
    said = cli(*(word.format(key=key) for word in words))

    assert said.code != 0
    assert says in said.err
