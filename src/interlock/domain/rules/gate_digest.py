"""The digest of a verdict's evidence: what ties a verdict to exactly what it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from typing import Any

from interlock.canonical import digest
from interlock.domain.gate import GateEvidence


def digest_of(evidence: GateEvidence) -> str:
    """The SHA-256 of the evidence's canonical text; the same for the same evidence, for ever."""
    return digest(plain(evidence))


def plain(value: Any) -> Any:
    """The value as JSON has it: dataclasses and mappings as objects, times in UTC."""
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, tuple | list):
        return [plain(each) for each in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return str(value) if isinstance(value, str) else value
