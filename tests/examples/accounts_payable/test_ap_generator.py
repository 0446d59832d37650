"""The generator: the same seed gives the same company, and its bills obey the official rules."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from examples.accounts_payable import generate as generator
from examples.accounts_payable.generate import generate
from examples.accounts_payable.generate.before import before, measure
from examples.accounts_payable.generate.scene import Scene
from examples.accounts_payable.generate.write_cii import cii
from examples.accounts_payable.generate.write_others import as_csv, as_json, pdf
from examples.accounts_payable.generate.write_ubl import ubl
from interlock.systems.einvoice import read_document, violations

TODAY = date(2026, 3, 2)
BASELINE = Path(generator.__file__).parents[1] / "baseline.yaml"
PER_FORMAT = 12


def _files(folder: Path) -> dict[str, bytes]:
    return {
        path.name: path.read_bytes()
        for path in sorted((folder / "inbox").iterdir())
        if path.suffix != ".pdf"  # its metadata holds the moment it was made
    }


def test_the_same_seed_makes_the_same_company(tmp_path: Path) -> None:
    """A figure measured on the example must be measurable again."""
    generate(tmp_path / "a", 80, 11, TODAY)
    generate(tmp_path / "b", 80, 11, TODAY)

    assert _files(tmp_path / "a") == _files(tmp_path / "b")
    assert (tmp_path / "a/expected.csv").read_bytes() == (tmp_path / "b/expected.csv").read_bytes()


def test_another_seed_makes_another_company(tmp_path: Path) -> None:
    """Otherwise the seed would be decoration."""
    generate(tmp_path / "a", 20, 1, TODAY)
    generate(tmp_path / "b", 20, 2, TODAY)

    assert _files(tmp_path / "a") != _files(tmp_path / "b")


def test_a_folder_may_be_filled_again(tmp_path: Path) -> None:
    """A second demo must not find the first one's postings."""
    generate(tmp_path, 20, 1, TODAY)
    made = generate(tmp_path, 20, 1, TODAY)

    assert made.files == 20


def test_every_file_is_on_the_answer_sheet_and_the_sheet_is_beside_the_inbox(company: Any) -> None:
    """The sheet in the inbox would be taken for an invoice."""
    inbox = {path.name for path in (company.folder / "inbox").iterdir()}

    assert set(company.expected) == inbox
    assert "expected.csv" not in inbox
    with (company.folder / "expected.csv").open(encoding="utf-8", newline="") as sheet:
        assert sum(1 for _ in csv.DictReader(sheet)) == company.made.files


def test_every_kind_of_trouble_and_every_format_comes_up(company: Any) -> None:
    """The example promises them."""
    from examples.accounts_payable.generate.troubles import RENUMBERED, SAME_FILE, TROUBLES

    rare = {each.name for each in TROUBLES if each.per_mille < 10}
    common = {each.name for each in (*TROUBLES, SAME_FILE, RENUMBERED)} - rare

    assert common <= set(company.made.troubles)
    assert {"ubl", "cii", "pdf", "csv", "json"} <= set(company.made.formats)


def test_unspoilt_bills_break_no_official_rule() -> None:
    """A clean bill that our own check refuses would make the example dishonest."""
    scene = Scene.begin(3, TODAY)
    bills = [scene.bill() for _ in range(PER_FORMAT)]
    notes = [bill for bill in bills if bill.seller.country != "DE"]

    for bill in bills:
        for name, write in (("b.ubl.xml", ubl), ("b.cii.xml", cii), ("b.csv", as_csv)):
            assert not [v for v in violations(write(bill), name) if v.fatal], bill
    assert notes, "the sample has no bill from abroad; take another seed"


def test_every_format_says_the_same() -> None:
    """One bill, five ways to write it; the reader must not see five bills."""
    scene = Scene.begin(4, TODAY)
    for _ in range(PER_FORMAT):
        bill = scene.bill()
        read = [
            read_document(name, write(bill))[0]
            for name, write in (
                ("b.ubl.xml", ubl), ("b.cii.xml", cii), ("b.csv", as_csv), ("b.json", as_json),
                ("b.pdf", pdf),
            )
        ]  # fmt: skip

        for one in read:
            assert one.number == bill.number
            assert one.seller.tax_id == bill.seller.id
            assert (one.net, one.tax, one.gross) == (bill.net, bill.tax, bill.gross)
            assert one.payable == bill.gross
            assert one.order_reference == bill.order
            assert one.seller_iban == bill.seller.iban
            assert one.due_date in (bill.due, None)
            assert [line.quantity for line in one.lines] == [line.quantity for line in bill.lines]
            discount = one.early_payment_discount
            assert (discount and discount.percent) == bill.discount_percent
            assert discount is None or discount.until is not None


def test_account_numbers_have_right_check_digits() -> None:
    """A made-up IBAN that fails its own check would be refused by any bank."""
    for seller in Scene.begin(5, TODAY).suppliers:
        moved = seller.iban[4:] + seller.iban[:4]
        assert int("".join(str(int(letter, 36)) for letter in moved)) % 97 == 1


def test_clean_amounts_stay_under_the_first_approval_line(company: Any) -> None:
    """Otherwise a clean bill would wait, and the answer sheet would be wrong."""
    clean = [row for row in company.expected.values() if not row["trouble"]]

    assert max(Decimal(row["payable"]) for row in clean) <= 10_000


def test_the_baseline_is_what_the_log_of_the_old_way_measures() -> None:
    """A baseline nobody can measure again would be an opinion."""
    written = YAML(typ="safe").load(BASELINE.read_text("utf-8"))
    measured = measure(before(7))

    assert {name: written[name] for name in measured} == dict(measured)
