"""`interlock case`: found by what people know, shown with its proof, stopped by a person."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Command


@pytest.mark.parametrize(
    ("filters", "keys"),
    [
        ([], {"EX-1001", "EX-1002", "EX-1003", "EX-1004"}),
        (["--exception", "missing_data"], {"EX-1004"}),
        (["--text", "jonas"], {"EX-1002"}),
        (["--state", "closed"], set()),
        (["--waits-for", "review", "--text", "1003"], {"EX-1003"}),
        (["--of", "another"], set()),
    ],
)
def test_a_list_holds_what_was_asked_for(
    filters: list[str], keys: set[str], taken_in: Path, cli: Command
) -> None:
    """A filter that lets one too many through makes every count wrong."""
    found = cli("case", "list", *filters, "--json").json["cases"]

    assert {each["key"] for each in found if each["key"].startswith("EX")} == keys


def test_a_list_shows_where_each_case_is(taken_in: Path, cli: Command) -> None:
    """In words, not in states."""
    said = cli("case", "list").out

    assert "waits for a decision: missing data" in said
    assert "EUR 812.00" in said
    assert said.rstrip().endswith("5 cases")


def test_an_empty_list_says_so(taken_in: Path, cli: Command) -> None:
    """An empty screen looks like a fault."""
    assert cli("case", "list", "--state", "closed").out == "No case is like that.\n"


@pytest.mark.parametrize("name", ["key", "id", "prefix"])
def test_a_case_is_found_by_key_id_or_start_of_it(name: str, taken_in: Path, cli: Command) -> None:
    """People type what they have in front of them."""
    case_id = cli("case", "show", "EX-1001", "--json").json["case"]
    texts = {"key": "EX-1001", "id": case_id, "prefix": case_id[:12]}

    assert cli("case", "show", texts[name], "--json").json["key"] == "EX-1001"


def test_show_tells_the_story_with_its_proof(
    taken_in: Path, cli: Command, task_of: Callable[[str], str]
) -> None:
    """Facts, what happened, what was done, who decided, and the seal."""
    cli("review", "decide", task_of("EX-1001"), "approve", "--as", "sam", "--note", "seen")

    said = " ".join(cli("case", "show", "EX-1001").out.split())

    for part in (
        "Mina Okoye EX-1001 completed, assisted",
        "categorise: AI proposes travel, confidence 96 → asked clerks",
        "Sam Rivera approved, “seen”",
        "closed: completed, a person approved or edited",
        "pay_back succeeded",
        "7 entries on record, the last sealed",
    ):
        assert part in said


def test_a_protected_field_is_never_shown_in_full(taken_in: Path, cli: Command) -> None:
    """The contract says the bank account is protected; a screen is seen by many."""
    said = cli("case", "show", "EX-1001")
    document = cli("case", "show", "EX-1001", "--json")

    assert "DE02120300000000202051" not in said.out + document.out
    assert document.json["fields"]["iban"] == "…2051"


def test_without_its_contract_no_field_is_shown(
    taken_in: Path, cli: Command, tmp_path: Path
) -> None:
    """Nobody can say which ones are protected, so none is shown."""
    said = cli("case", "show", "EX-1001", "--workflow", str(tmp_path / "elsewhere"))

    assert "DE02120300000000202051" not in said.out
    assert "shown when its workflow is given with --workflow FOLDER" in said.out


def test_all_adds_the_rules_that_decided(taken_in: Path, cli: Command) -> None:
    """An auditor asks for the rule, not for the result."""
    said = cli("case", "show", "EX-1001", "--all").out

    assert "next is categorise: AI suggests, a person decides" in said


def test_cancel_closes_the_case_and_withdraws_its_task(
    taken_in: Path, cli: Command, task_of: Callable[[str], str]
) -> None:
    """Stopping is always possible, and never leaves a question nobody needs answered."""
    said = cli("case", "cancel", "EX-1001", "--as", "kim", "--note", "sent twice")
    case = cli("case", "show", "EX-1001", "--json").json

    assert said.code == 0
    assert (case["outcome"], case["tasks"][-1]["state"]) == ("cancelled", "withdrawn")
    assert "Kim Adler cancelled the case: “sent twice”" in case["timeline"][-1]["says"]


def test_a_database_of_another_folder_is_read_from_anywhere(
    taken_in: Path, cli: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database knows where its contracts came from."""
    monkeypatch.chdir(tmp_path)
    database = f"sqlite:///{taken_in / 'interlock.db'}"

    assert cli("case", "list", "--database", database).code == 0
