"""Canonical JSON and digests: one value, one text, one hash.

The text is RFC 8785 (JSON Canonicalization Scheme). For the values we write most, texts and
integers under ASCII keys, the standard encoder gives the same bytes many times faster; any
float or non-ASCII key goes the long way. A property test holds the two ways equal.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, Final

import rfc8785

SAFE_INTEGER: Final = 2**53 - 1  # beyond it JSON numbers lose digits (RFC 8785, section 3.2.2.3)


def canonical(value: Any) -> bytes:
    """The RFC 8785 bytes of a plain JSON value.

    Raises: ValueError when a value has no canonical form (NaN, an integer beyond 2**53, bytes).
    """
    if _is_simple(value):
        return _ENCODER.encode(value).encode()
    try:
        return rfc8785.dumps(value)
    except rfc8785.CanonicalizationError as problem:
        raise ValueError(f"{problem}; use plain JSON values, and text for long numbers") from None


def digest(value: Any) -> str:
    """The SHA-256 of the canonical text, as 64 hexadecimal letters."""
    return hashlib.sha256(canonical(value)).hexdigest()


def content_digest(content: bytes) -> str:
    """The SHA-256 of raw bytes, as 64 hexadecimal letters."""
    return hashlib.sha256(content).hexdigest()


def derived_id(prefix: str, *parts: object) -> str:
    """An id that is the same whenever it is made from the same parts, e.g. `act_3f0c…`.

    Twenty hexadecimal letters after the prefix: 80 bits, enough for billions of rows a case.
    """
    text = "\x1f".join(str(part) for part in parts)
    return f"{prefix}_{hashlib.sha256(text.encode()).hexdigest()[:20]}"


_ENCODER: Final = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
)


def _is_simple(value: Any) -> bool:
    kind = type(value)
    if kind is str:
        return bool(value.isascii()) or _encodes(value)
    if kind is int:
        return bool(-SAFE_INTEGER <= value <= SAFE_INTEGER)
    if value is None or kind is bool:
        return True
    if kind is dict:
        return all(type(k) is str and k.isascii() and _is_simple(v) for k, v in value.items())
    if kind is list or kind is tuple:
        return all(_is_simple(v) for v in value)
    return False


def _encodes(text: str) -> bool:
    """False for lone surrogates, which have no UTF-8 form."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
