"""`interlock diff`: what a changed contract moves, said so that an owner can sign it."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.cli.conftest import Command


def edited(folder: Path, old: str, new: str, *, file: str = "contract.yaml") -> Path:
    """A copy of the folder with one text in it replaced."""
    other = Path(shutil.copytree(folder, folder.parent / "other"))
    text = (other / file).read_text()
    assert old in text
    (other / file).write_text(text.replace(old, new, 1))
    return other


def test_a_version_compared_with_itself_moves_nothing(cli: Command, folder: Path) -> None:
    """No release is held up by a question about nothing."""
    said = cli("diff", ".", ".")

    assert said.code == 0
    assert "nothing moves" in said.out


def test_a_lowered_line_is_said_with_the_cases_it_touches(cli: Command, taken_in: Path) -> None:
    """The owner signs for cases and money, not for a number in a file."""
    line = next(x for x in Path("contract.yaml").read_text().splitlines() if "accept_at" in x)
    other = edited(taken_in, line, line.replace(line.split("accept_at:")[1].split("}")[0], " 0.01"))

    said = cli("diff", ".", str(other), "--json").json

    assert any("confidence line lowered" in words for words in said["widens"])
    assert said["cases"] == 5
    [moved] = [each for each in said["moved"] if each["where"].endswith("confidence")]
    assert moved["touched"]["cases"] + moved["touched"]["unknown"] > 0


def test_changed_code_has_to_be_signed(cli: Command, folder: Path) -> None:
    """Nobody can tell by reading a contract what its code does now."""
    other = edited(folder, "from", "# a remark\nfrom", file="steps.py")

    said = cli("diff", ".", str(other), "--json").json

    assert said["widens"] == ["step code changed: not judged by reading"]


def test_a_kept_version_is_found_by_its_first_letters(cli: Command, taken_in: Path) -> None:
    """The version in force is rarely a folder somebody still has."""
    kept = cli("diff", ".", ".", "--json").json["old"]

    said = cli("diff", kept[:10], ".", "--json").json

    assert said["old"] == said["new"] == kept
    assert said["moved"] == []


def test_a_version_nobody_knows_is_refused(cli: Command, folder: Path) -> None:
    """A guess would compare the wrong thing."""
    said = cli("diff", "nowhere", ".")

    assert said.code != 0
    assert "nowhere" in said.err
