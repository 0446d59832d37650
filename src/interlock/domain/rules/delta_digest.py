"""The digest of an autonomy delta: what ties a signature to exactly what was signed."""

from __future__ import annotations

from interlock.canonical import digest
from interlock.domain.delta import DeltaOnRecord
from interlock.domain.rules.gate_digest import plain


def digest_of_delta(delta: DeltaOnRecord) -> str:
    """The SHA-256 of the delta's canonical text; the same for the same delta, for ever."""
    return digest(plain(delta))
