"""The audit log: one hash chain a case, append-only.

An entry's hash covers its place, its public body, a commitment to its private payload, and the
hash before it. The payload can be erased; the chain still proves everything else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from interlock.canonical import digest
from interlock.domain.ids import CaseId

GENESIS: Final = "0" * 64  # what the first entry of a case points back to


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One entry as it is stored. `payload` and `salt` None: the private part was erased."""

    case_id: CaseId
    seq: int  # 1, 2, 3 … without a gap
    at: datetime
    actor: str
    kind: str
    body: Mapping[str, Any]
    commitment: str
    previous: str
    hash: str
    payload: Any = None
    salt: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainFault:
    """Where a chain does not hold, and why, in words."""

    case_id: CaseId
    seq: int
    what: str


def commitment_to(payload: Any, salt: str) -> str:
    """The SHA-256 that binds a private payload without showing it."""
    return digest([salt, payload])


def entry_hash(
    *,
    case_id: str,
    seq: int,
    at: str,
    actor: str,
    kind: str,
    body: Any,
    commitment: str,
    previous: str,
) -> str:
    """The hash of an entry over everything but the private payload. `at` is ISO 8601 in UTC."""
    return digest([case_id, seq, at, actor, kind, body, commitment, previous])


def seal(
    *,
    case_id: CaseId,
    seq: int,
    at: datetime,
    actor: str,
    kind: str,
    body: Mapping[str, Any],
    payload: Any,
    salt: str,
    previous: str,
) -> AuditEntry:
    """The entry that follows `previous` in its case's chain."""
    commitment = commitment_to(payload, salt)
    sealed = entry_hash(
        case_id=case_id,
        seq=seq,
        at=at.isoformat(),
        actor=actor,
        kind=kind,
        body=body,
        commitment=commitment,
        previous=previous,
    )
    return AuditEntry(
        case_id=case_id,
        seq=seq,
        at=at,
        actor=actor,
        kind=kind,
        body=body,
        commitment=commitment,
        previous=previous,
        hash=sealed,
        payload=payload,
        salt=salt,
    )


def chain_faults(
    case_id: CaseId, entries: Iterable[AuditEntry], *, length: int, head: str
) -> list[ChainFault]:
    """Every place where a case's chain does not hold; empty when it is whole.

    length, head: how many entries the case itself says it has, and the hash of the last.
    """
    faults: list[ChainFault] = []
    previous, expected = GENESIS, 0
    for entry in entries:
        expected += 1
        fault = _fault_of(case_id, entry, expected, previous)
        if fault:
            faults.append(ChainFault(case_id=case_id, seq=entry.seq, what=fault))
        previous, expected = entry.hash, entry.seq
    if expected != length:
        what = f"the case counts {length} entries and the log ends at {expected}"
        faults.append(ChainFault(case_id=case_id, seq=expected, what=what))
    elif previous != head:
        what = "the last entry is not the one the case was recorded with"
        faults.append(ChainFault(case_id=case_id, seq=expected, what=what))
    return faults


def _fault_of(case_id: CaseId, entry: AuditEntry, expected: int, previous: str) -> str | None:
    if entry.case_id != case_id:
        return f"it belongs to case {entry.case_id}"
    if entry.seq != expected:
        return f"entry {expected} is missing or out of order; found {entry.seq}"
    if entry.previous != previous:
        return "it does not follow the entry before it"
    again = entry_hash(
        case_id=entry.case_id,
        seq=entry.seq,
        at=entry.at.isoformat(),
        actor=entry.actor,
        kind=entry.kind,
        body=entry.body,
        commitment=entry.commitment,
        previous=entry.previous,
    )
    if again != entry.hash:
        return "its content was changed after it was written"
    if entry.salt is None and entry.payload is not None:
        return "its private part was erased and stands there again"
    if entry.salt is not None and commitment_to(entry.payload, entry.salt) != entry.commitment:
        return "its private part was changed after it was written"
    return None
