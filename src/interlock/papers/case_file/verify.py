"""Verifying a case file with nothing but the file.

One rule: a file is whole only when its seal, its chain and everything it says of its content
agree; whatever cannot be read is a fault, never a pass.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from html.parser import HTMLParser
from typing import Any, Final

from interlock.canonical import content_digest, digest
from interlock.domain.audit import AuditEntry, chain_faults
from interlock.domain.ids import CaseId
from interlock.errors import InterlockError
from interlock.papers.case_file.programs import FORMAT

RECORD_ID: Final = "interlock-record"  # of the element with the record for programs
DOCUMENT_ID: Final = "interlock-document"  # of the link with the original bytes
SEAL: Final = re.compile(r'(<meta name="interlock-seal" content=")([0-9a-f]{64})(">)')
BLANK: Final = "0" * 64
HERE: Final = "here"


class NoCaseFile(InterlockError):
    """The file is not a case file this version can verify."""

    code = "no_case_file"

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why

    def __str__(self) -> str:
        return f"this is no case file: {self.why}; make one with: interlock case file CASE --html F"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFault:
    """What does not hold. `seq`: the entry it is about; 0 for the file itself."""

    seq: int
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileVerdict:
    """What verifying a case file found. `private`: entries whose private part was checked too."""

    case_id: str
    made_at: str
    entries: int
    private: int
    head: str
    faults: tuple[FileFault, ...]

    @property
    def is_whole(self) -> bool:
        return not self.faults


def sealed(html: str) -> str:
    """The HTML with the digest of all its other letters in its seal."""
    return SEAL.sub(rf"\g<1>{_seal_of(html)}\g<3>", html, count=1)


def verify_case_file(html: str) -> FileVerdict:
    """What holds and what does not. Raises: NoCaseFile."""
    page = _Page()
    page.feed(html)
    page.close()
    try:
        record = json.loads(page.record)
    except ValueError:
        raise NoCaseFile("the record for programs is missing or broken") from None
    if not isinstance(record, Mapping) or record.get("format") != FORMAT:
        raise NoCaseFile("its format is not one this version knows")
    try:
        return _verdict(html, page, record)
    except (KeyError, TypeError, AttributeError, ValueError) as problem:
        raise NoCaseFile(f"its record is not complete ({problem})") from None


def _verdict(html: str, page: _Page, record: Mapping[str, Any]) -> FileVerdict:
    case_id = CaseId(str(record["case"]))
    entries = [_entry(case_id, each) for each in record["entries"]]
    faults = list(_file_faults(html))
    faults += [
        FileFault(seq=each.seq, what=each.what)
        for each in chain_faults(
            case_id, entries, length=int(record["length"]), head=str(record["head"])
        )
    ]
    faults += _evidence_faults(record, entries)
    faults += _document_faults(page, record, entries)
    return FileVerdict(
        case_id=case_id,
        made_at=str(record["made_at"]),
        entries=len(entries),
        private=sum(1 for each in entries if each.salt is not None),
        head=str(record["head"]),
        faults=tuple(faults),
    )


def _entry(case_id: CaseId, each: Mapping[str, Any]) -> AuditEntry:
    shown = each["private"] == HERE
    return AuditEntry(
        case_id=case_id,
        seq=int(each["seq"]),
        at=datetime.fromisoformat(each["at"]),
        actor=each["actor"],
        kind=each["kind"],
        body=each["body"],
        commitment=each["commitment"],
        previous=each["previous"],
        hash=each["hash"],
        payload=each["payload"] if shown else None,
        salt=each["salt"] if shown else None,
    )


def _file_faults(html: str) -> Iterator[FileFault]:
    found = SEAL.findall(html)
    if len(found) != 1:
        yield FileFault(seq=0, what="its seal is missing")
    elif found[0][1] != _seal_of(html):
        yield FileFault(seq=0, what="something in the file was changed after it was made")


def _seal_of(html: str) -> str:
    blank = SEAL.sub(rf"\g<1>{BLANK}\g<3>", html, count=1)
    return hashlib.sha256(blank.encode("utf-8", "surrogatepass")).hexdigest()


def _evidence_faults(record: Mapping[str, Any], entries: list[AuditEntry]) -> Iterator[FileFault]:
    """Evidence that is not what its digest says, or whose digest no entry names."""
    named = {(e["task"], e["digest"]): each.seq for each in entries for e in _named(each)}
    for each in record["evidence"]:
        seq = named.get((each["task"], each["digest"]))
        if seq is None:
            what = f"the evidence of {each['task']} is in no entry of the record"
            yield FileFault(seq=0, what=what)
        elif not each["withheld"] and digest(each["content"]) != each["digest"]:
            what = f"the evidence of {each['task']} is not what was shown"
            yield FileFault(seq=seq, what=what)


def _named(entry: AuditEntry) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = entry.body.get("evidence", [])
    return found


def _document_faults(
    page: _Page, record: Mapping[str, Any], entries: list[AuditEntry]
) -> Iterator[FileFault]:
    document = record.get("document")
    if document is None:
        return
    first = entries[0].payload if entries else None
    if isinstance(first, str) and str(document["digest"]) not in first:
        yield FileFault(seq=1, what="the source document is not the one the case came from")
    if page.document is not None and _bytes_digest(page.document) != document["digest"]:
        yield FileFault(seq=0, what="the bytes of the source document were changed")


def _bytes_digest(link: str) -> str:
    try:
        return content_digest(base64.b64decode(link.partition(",")[2], validate=True))
    except (binascii.Error, ValueError):
        return ""


class _Page(HTMLParser):
    """Finds the record and the document in a case file."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.record = ""
        self.document: str | None = None
        self._inside = False

    def handle_starttag(self, _: str, attrs: list[tuple[str, str | None]]) -> None:
        """Notes where the record begins, and the document's link."""
        found = dict(attrs)
        if found.get("id") == RECORD_ID:
            self._inside = True
        if found.get("id") == DOCUMENT_ID:
            self.document = found.get("href")

    def handle_endtag(self, _: str) -> None:
        """The record is one element with text only, so any end ends it."""
        self._inside = False

    def handle_data(self, data: str) -> None:
        """Collects the record."""
        if self._inside:
            self.record += data
