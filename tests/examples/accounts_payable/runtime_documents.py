"""The real e-invoices beside the project, and what the answer sheet says of them.

They are not ours to ship; a test that needs them is skipped where they are absent.
"""

from __future__ import annotations

import csv
from decimal import Decimal
from typing import Any, Final

from interlock import Document
from tests.examples.accounts_payable.runtime_office import REPOSITORY

DATA: Final = REPOSITORY.parent / "shared" / "data"
SHEETS: Final = ("en16931_results_give.csv", "pdf_embedded_gold_give.csv")
FOLDERS: Final = (
    "zugferd_corpus",
    "en16931/ubl/examples",
    "en16931/cii/examples",
    "en16931/test/testfiles",
)
CREDIT_NOTES: Final = ("381", "261", "296", "308", "396", "420", "458", "532")  # UNTDID 1001

NO_DATA: Final = "the real invoices (../shared/data) are not beside the repository"
ARE_HERE: Final = (DATA / "einvoice_reference").is_dir()


def real_documents() -> list[Document]:
    """Every file, named by its path; what is no invoice at all comes along."""
    paths = sorted(path for each in FOLDERS for path in (DATA / each).rglob("*") if path.is_file())
    return [real_document(path.relative_to(DATA).as_posix()) for path in paths]


def real_document(file: str) -> Document:
    return Document(name=file, content=(DATA / file).read_bytes())


def answer_sheet() -> list[dict[str, str]]:
    """The answer sheet, as far as its documents are on this disk."""
    found = []
    for sheet in SHEETS:
        with (DATA / "einvoice_reference" / sheet).open(encoding="utf-8", newline="") as rows:
            found += [row for row in csv.DictReader(rows) if (DATA / row["file"]).is_file()]
    return found


def is_invoice(row: dict[str, str]) -> bool:
    return bool(row["number"])


def broken_rules(row: dict[str, str]) -> set[str]:
    return set(row["fatal_rules"].split())


def valid_rows() -> list[dict[str, str]]:
    """The invoices that break no official rule."""
    return [row for row in answer_sheet() if is_invoice(row) and row["fatal"] == "0"]


def invalid_rows() -> list[dict[str, str]]:
    """The invoices that break some."""
    return [row for row in answer_sheet() if is_invoice(row) and row["fatal"] != "0"]


def differing(row: dict[str, str], data: Any) -> dict[str, tuple[Any, Any]]:
    """The fields in which a case differs from the sheet, as (case, sheet)."""
    says = {
        "number": row["number"],
        "issue_date": row["issue_date"].replace("-", ""),
        "currency": row["currency"],
        "type": "credit_note" if row["type"] in CREDIT_NOTES else "invoice",
        "seller_name": row["seller"],
        "buyer_name": row["buyer"],
        "order": row["order_ref"],
        "lines": int(row["lines"]),
        **{name: amount_of(row[name]) for name in ("net", "tax", "gross", "payable")},
    }
    read = {
        **{name: data[name] for name in says},
        "issue_date": data["issue_date"].replace("-", ""),
        "order": data["order"] or "",
        "lines": len(data["lines"]),
        **{name: amount_of(data[name]) for name in ("net", "tax", "gross", "payable")},
    }
    return {name: (read[name], says[name]) for name in says if read[name] != says[name]}


def amount_of(value: Any) -> Decimal | None:
    return None if value in (None, "") else Decimal(str(value))
