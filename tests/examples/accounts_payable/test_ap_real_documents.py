"""Real e-invoices that others wrote: each becomes a case or waits with a reason that fits.

Skipped where the data is not beside the project.
"""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from examples.accounts_payable import steps
from interlock import CaseException, Document

DATA = Path(__file__).parents[3].parent / "shared" / "data"
SHEETS = ("en16931_results_give.csv", "pdf_embedded_gold_give.csv")

pytestmark = pytest.mark.skipif(
    not (DATA / "einvoice_reference").is_dir(), reason="the shared e-invoices are not here"
)


def _rows() -> list[dict[str, str]]:
    found = []
    for sheet in SHEETS:
        with (DATA / "einvoice_reference" / sheet).open(encoding="utf-8", newline="") as rows:
            found += [row for row in csv.DictReader(rows) if (DATA / row["file"]).is_file()]
    return found


def test_every_real_document_becomes_a_case_or_waits_with_the_right_reason() -> None:
    """Valid ones pass the check and say what the sheet says; the others name a broken rule."""
    wrong, rows = [], _rows()
    for row in rows:
        document = Document(name=Path(row["file"]).name, content=(DATA / row["file"]).read_bytes())
        try:
            (invoice,) = steps.read_invoice(document)
        except CaseException as found:
            if row["fatal"] == "0" and row["number"]:
                wrong.append((row["file"], str(found)))
            continue
        if row["number"] and invoice.number != row["number"]:
            wrong.append((row["file"], invoice.number))
        for field in ("net", "tax", "gross", "payable"):
            said = getattr(invoice, field)
            if row[field] and said != Decimal(row[field]):
                wrong.append((row["file"], f"{field} {said}"))
        try:
            steps.check_invoice(invoice, document)
            refused = ""
        except CaseException as found:
            refused = found.detail
        if bool(refused) != (row["fatal"] not in ("", "0")):
            wrong.append((row["file"], refused or "passed"))

    assert rows
    assert wrong == []


def test_a_fattura_is_a_format_we_do_not_know() -> None:
    """A new format waits as a schema change; it must neither crash nor vanish."""
    files = sorted((DATA / "zugferd_corpus").rglob("fatturaPA/**/*.xml"))
    for path in files:
        with pytest.raises(CaseException) as found:
            steps.read_invoice(Document(name=path.name, content=path.read_bytes()))
        assert found.value.type == "schema_change"
    assert files
