"""`interlock case file`: a case as a file that is kept, and `audit verify FILE`: is it whole?

One rule: a file with what a case holds is written for its owner alone.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from interlock.cli.failures import REFUSED, UsageWrong
from interlock.cli.screen import BAD, document, facts, marked, out
from interlock.domain.ids import CaseId
from interlock.domain.rules.lens import Lens
from interlock.errors import MissingExtra
from interlock.papers.words import counted
from interlock.storage import Store

OWNER_ONLY: Final = 0o600
LARGEST_FILE: Final = 200_000_000  # bytes; the largest case file holds a tenth of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """The database alone, which is all a case file needs."""

    store: Store


def write_case_files(
    store: Store,
    case_id: CaseId,
    lens: Lens,
    now: datetime,
    html: Path | None,
    pdf: Path | None,
    *,
    reader: str,
) -> Sequence[Path]:
    """Writes the case file as asked, and gives the files. Raises: UsageWrong, CaseFileNotYet."""
    try:
        from interlock.papers.case_file import case_file_html, case_file_pdf  # heavy
    except ImportError as problem:
        raise MissingExtra(problem.name or "jinja2", "web") from None
    shelf, written = Shelf(store=store), list[Path]()
    if html:
        text = case_file_html(shelf, case_id, lens=lens, now=now, reader=reader)
        written.append(_write(html, text.encode("utf-8", "surrogatepass")))
    if pdf:
        content = case_file_pdf(shelf, case_id, lens=lens, now=now, reader=reader)
        written.append(_write(pdf, content))
    return written


def verify_file(file: Path, *, as_json: bool) -> int:
    """Says whether a case file is whole; the exit code. Raises: UsageWrong, NoCaseFile."""
    try:
        from interlock.papers.case_file import verify_case_file
    except ImportError as problem:
        raise MissingExtra(problem.name or "jinja2", "web") from None
    verdict = verify_case_file(_read(file))
    if as_json:
        document({"ok": verdict.is_whole, "file": file, "verdict": verdict})
        return 0 if verdict.is_whole else REFUSED
    console = out()
    for fault in verdict.faults:
        where = f"entry {fault.seq}: " if fault.seq else ""
        console.print(marked("bad", f"{where}{fault.what}"))
    checked = f"{counted(verdict.entries, 'entry', 'entries')} checked"
    if verdict.is_whole:
        console.print(marked("ok", f"{checked}; the file is whole"))
    else:
        console.print(f"{checked}; the file was changed", style=BAD)
    private = f"{verdict.private} of {verdict.entries} are in the file, and fit"
    shown = [("case", verdict.case_id), ("made", verdict.made_at), ("private parts", private)]
    console.print(facts(shown))
    console.print(f"  last seal      {verdict.head}", soft_wrap=True)
    console.print(
        "Compare the last seal with the live record: somebody who changes a whole file can "
        f"seal it anew.\n  interlock audit show {verdict.case_id}",
        style="dim",
    )
    return 0 if verdict.is_whole else REFUSED


def _read(file: Path) -> str:
    try:
        if file.stat().st_size > LARGEST_FILE:
            raise UsageWrong(f"{file} is too large for a case file", "name the HTML case file")
        return file.read_bytes().decode("utf-8", "surrogatepass")
    except OSError as problem:
        raise UsageWrong(f"{file} cannot be read ({problem.strerror})", "name a file") from None
    except UnicodeDecodeError:
        raise UsageWrong(f"{file} is no HTML case file", "name the HTML one") from None


def _write(file: Path, content: bytes) -> Path:
    """Writes it whole beside its place first, so that a full disk leaves no half of a file."""
    beside = file.with_name(f".{file.name}.part")
    try:
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY)
        with os.fdopen(handle, "wb") as written:
            written.write(content)
        beside.replace(file)
    except OSError as problem:
        beside.unlink(missing_ok=True)
        do = "name a file in a folder you may write to"
        raise UsageWrong(f"{file} cannot be written ({problem.strerror})", do) from None
    return file
