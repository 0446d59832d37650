"""`interlock eval`: what it says, what it ends with, and that nothing outside is touched."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from examples.accounts_payable import steps
from tests.cli.conftest import Command

EXAMPLE = Path(steps.__file__).parent


@pytest.fixture
def payable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the example with three protected cases, and a data folder beside it."""
    folder = tmp_path / "accounts_payable"
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns("__pycache__", "protected"))
    (folder / "protected").mkdir()
    for name in ("clean_invoice", "price_above_order", "large_payment"):
        shutil.copy(EXAMPLE / "protected" / f"{name}.yaml", folder / "protected")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "erp.sqlite").write_bytes(b"nobody may open this")
    monkeypatch.chdir(tmp_path)
    return folder


def everything(folder: Path) -> dict[str, str]:
    return {
        str(each.relative_to(folder)): hashlib.sha256(each.read_bytes()).hexdigest()
        for each in sorted(folder.rglob("*"))
        if each.is_file() and "__pycache__" not in each.parts
    }


def test_all_passed_is_zero_and_nothing_outside_was_touched(cli: Command, payable: Path) -> None:
    """No action ran, no database was made, no file of the data folder changed."""
    before = everything(payable.parent)

    said = cli("eval", str(payable), "--answers", "record")

    assert said.code == 0, said.out + said.err
    assert "3 passed" in said.out
    assert "No action was done" in said.out
    assert everything(payable.parent) == before


def test_a_changed_limit_fails_with_both_sides(cli: Command, payable: Path) -> None:
    """The lead reads what was expected and what came instead, and the build stops."""
    contract = payable / "contract.yaml"
    text = contract.read_text("utf-8")
    contract.write_text(text.replace("payable > 10000 &&", "payable > 40000 &&"), "utf-8")

    said = cli("eval", str(payable), "--answers", "record", "--junit", "out/found.xml")

    assert said.code == 1
    assert "no promotion while these critical ones fail: large_payment" in said.out
    assert "- schedule_payment never happens" in said.out
    suite = ET.parse("out/found.xml").getroot()
    assert (suite.get("tests"), suite.get("failures")) == ("3", "1")
    [failed] = [each for each in suite if each.find("failure") is not None]
    assert failed.get("name") == "large_payment"


def test_what_cannot_be_played_is_neither_passed_nor_failed(cli: Command, payable: Path) -> None:
    """Without the model's answer on record nothing is known, and that is no pass."""
    file = payable / "protected" / "large_payment.yaml"
    text = file.read_text("utf-8")
    start, end = text.index("answers:"), text.index("expected:")
    file.write_text(text[:start] + text[end:], "utf-8")

    said = cli("eval", str(payable), "--answers", "record", "--json")

    assert said.code == 2
    assert said.json["result"]["could_not"] == 1
    assert said.json["result"]["failing_critical"] == ["large_payment"]


def test_no_protected_case_at_all_is_no_pass(cli: Command, payable: Path) -> None:
    shutil.rmtree(payable / "protected")

    said = cli("eval", str(payable))

    assert said.code == 2
    assert "nothing was found" in said.out


def test_a_result_is_kept_for_the_gate_where_there_is_a_database(
    cli: Command, payable: Path
) -> None:
    """And a version is compared with one that is kept, case by case."""
    assert cli("db", "upgrade", "--database", "sqlite:///kept.db").code == 0

    said = cli(
        "eval", str(payable), "--answers", "record", "--database", "sqlite:///kept.db", "--json"
    )

    assert said.code == 0
    assert said.json["result"]["id"] == 1


@pytest.mark.parametrize(
    ("line", "wrong", "message"),
    [
        ("owner: finance_director", "owner: finance_directr", 'did you mean "finance_director"'),
        ("severity: critical", "severety: critical", "did you mean"),
        ("waits_at: match", "waits_at: matc", 'did you mean "match"'),
        ("exception: price_variance", "exception: prize_variance", "price_variance"),
        ("expires: 2031-12-31", "expires: someday", "write a day"),
        ("reason: In May", "# reason: In May", 'has no "reason"'),
    ],
)
def test_check_finds_what_is_wrong_in_a_file(
    cli: Command, payable: Path, line: str, wrong: str, message: str
) -> None:
    """A protected case with a slip of the pen protects nothing."""
    file = payable / "protected" / "price_above_order.yaml"
    file.write_text(file.read_text("utf-8").replace(line, wrong), "utf-8")

    said = cli("check", str(payable))

    assert said.code == 1
    assert "protected/price_above_order.yaml" in said.out + said.err
    assert message in (said.out + said.err).replace("\n", " ")


def test_check_warns_of_an_expired_case(cli: Command, payable: Path) -> None:
    """It looks like protection and is none."""
    file = payable / "protected" / "price_above_order.yaml"
    file.write_text(file.read_text("utf-8").replace("2031-12-31", "2024-12-31"), "utf-8")

    said = cli("check", str(payable))

    assert said.code == 0
    assert "it expired on 2024-12-31" in said.out + said.err
