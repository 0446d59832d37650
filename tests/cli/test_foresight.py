"""Looking ahead from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from interlock.domain.ahead import AheadKind
from interlock.settings import load_settings
from interlock.storage import open_store
from tests.cli.conftest import Command

AP = Path(__file__).parents[2] / "examples" / "accounts_payable"


def test_backtest_of_the_same_folder_differs_in_nothing(taken_in: Path, cli: Command) -> None:
    """The first thing to try, and it must be quiet."""
    said = cli("backtest", str(taken_in), "--json")

    assert said.code == 0, said.err
    assert said.json["compared"] == 5
    assert said.json["differing"] == []


def test_backtest_tells_the_difference_in_words(taken_in: Path, cli: Command) -> None:
    """Cases and money, with what they are a share of."""
    said = cli("backtest", str(taken_in), "--stage", "shadow")

    assert said.code == 0, said.err
    assert "What would have differed" in said.out
    assert "of 5 cases" in said.out


def test_simulate_from_the_record_is_the_same_for_the_same_seed(
    taken_in: Path, cli: Command
) -> None:
    """And says where its suppositions come from."""
    first = cli("simulate", str(taken_in), "--from-record", "--volume", "20", "--json")
    again = cli("simulate", str(taken_in), "--from-record", "--volume", "20", "--json")

    assert first.code == 0, first.err
    assert first.json == again.json
    assert first.json["source"] == "the record, 5 cases"
    assert first.json["machine"]["of"] == first.json["cases"]


def test_what_was_found_is_kept_for_the_board(taken_in: Path, cli: Command) -> None:
    """The latest of each kind, with its terms and who ran it; a single case is in none of them."""
    cli("backtest", str(taken_in), "--stage", "shadow", "--as", "kim")
    cli("simulate", str(taken_in), "--from-record", "--volume", "20")

    with open_store(load_settings().database_url) as store:
        [version] = {each.fingerprint for each in store.contracts()}
        found = store.looks_ahead(version)
        told = [each.kind for each in store.house_entries(limit=10)]

    backtest, simulation = found[AheadKind.BACKTEST], found[AheadKind.SIMULATE]
    assert (backtest.by, simulation.by) == ("kim", "")
    assert backtest.terms == "the AI's answers on record, at stage shadow"
    assert ("compared", "5 cases") in backtest.lines
    assert backtest.numbers["compared"] == 5
    assert "differing" not in backtest.numbers
    assert "supposed: the record, 5 cases; seed 1" in simulation.terms
    assert told.count("looked_ahead") == 2


def test_what_was_found_can_be_left_off_the_record(taken_in: Path, cli: Command) -> None:
    """Trying something out is nobody's business."""
    said = cli("backtest", str(taken_in), "--no-keep")

    assert "kept" not in said.err
    with open_store(load_settings().database_url) as store:
        assert store.looks_ahead(store.contracts()[0].fingerprint) == {}


def test_without_a_database_the_result_is_printed_and_not_kept(cli: Command) -> None:
    """A look at a bare folder makes no database, and says that it left nothing behind."""
    said = cli("simulate", str(AP), "--sample", "20", "--volume", "10")

    assert said.code == 0, said.err
    assert "by the machine" in said.out
    assert "not kept: there is no database" in said.err


def test_the_stated_suppositions_of_the_example_are_usable(cli: Command) -> None:
    """A reader starts from this file."""
    said = cli("simulate", str(AP), "--sample", "40", "--volume", "30")

    assert said.code == 0, said.err
    assert "simulation.yaml; seed 1" in said.out
    assert "ap_clerks" in said.out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["simulate", "FOLDER"], "nothing says what to suppose"),
        (["simulate", "FOLDER", "--stated", "none.yaml"], "there is no such file"),
        (["simulate", "FOLDER", "--from-record", "--stage", "brave"], "write one of"),
        (["backtest", "FOLDER", "--stage", "brave"], "write one of"),
        (["backtest", "FOLDER", "--database", "sqlite:///none.db"], "there is no database"),
        (["backtest", "nowhere"], "there is no such file"),
    ],
)
def test_a_mistake_is_answered_with_what_to_do(
    taken_in: Path, cli: Command, words: list[str], says: str
) -> None:
    """And with a code that is not success."""
    said = cli(*[str(taken_in) if word == "FOLDER" else word for word in words])

    assert said.code != 0
    assert says in said.err.replace("\n", " ")
