"""A good workflow folder, and copies of it with one thing changed."""

from __future__ import annotations

import shutil
from pathlib import Path

from interlock.contracts import CheckReport, check_contract

GOOD = Path(__file__).parent / "workflows" / "invoices"
GOOD_TEXT = (GOOD / "contract.yaml").read_text(encoding="utf-8")


def a_folder(target: Path, *edits: tuple[str, str], file: str = "contract.yaml") -> Path:
    """A copy of the good folder, with each old text replaced once by its new one."""
    folder = target / "workflow"
    shutil.copytree(GOOD, folder, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
    text = (folder / file).read_text(encoding="utf-8")
    for old, new in edits:
        assert old in text, f"the good {file} has no {old!r}"
        text = text.replace(old, new, 1)
    (folder / file).write_text(text, encoding="utf-8")
    return folder


def reported(folder: Path) -> list[str]:
    """The lines of the report, without the closing one."""
    report: CheckReport = check_contract(folder)
    return report.text().splitlines()[:-1]
