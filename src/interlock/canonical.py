"""Canonical JSON and digests: one value, one text, one hash.

The text is RFC 8785 (JSON Canonicalization Scheme). For most of what we write, the standard
encoder gives the same bytes many times faster; where the two could differ, in numbers with a
point and in the order of rare keys, the value goes the long way. A property test holds them equal.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from json import encoder as json_encoder
from typing import Any, Final

import rfc8785

SAFE_INTEGER: Final = 2**53 - 1  # beyond it JSON numbers lose digits (RFC 8785, section 3.2.2.3)
FIRST_REORDERED: Final = "\ue000"  # from here on UTF-16 order, which keys sort by, is another order

# A number with a point, an exponent or sixteen digits: only there the two encoders could differ.
# Between a key and its number stands `":`, so the seconds of a time of day are not taken for one;
# a text that looks like one costs time and nothing else.
_NEEDS_CARE: Final = re.compile(r'(?:^|":|[,\[])-?(?:\d+[.eE]|\d{16})')


def canonical(value: Any) -> bytes:
    """The RFC 8785 bytes of a plain JSON value.

    Raises: ValueError when a value has no canonical form (NaN, an integer beyond 2**53, bytes).
    """
    try:
        text = _encode(value)
        if not _NEEDS_CARE.search(text) and (text.isascii() or max(text) < FIRST_REORDERED):
            return text.encode()
        return rfc8785.dumps(value)
    except (TypeError, ValueError, rfc8785.CanonicalizationError) as problem:
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
    texts = [str(part) for part in parts]
    text = "".join(f"{len(each)}:{each}" for each in texts)  # lengths: no two lists look alike
    return f"{prefix}_{hashlib.sha256(text.encode()).hexdigest()[:20]}"


def _refuse(value: Any) -> Any:
    raise TypeError(f"a {type(value).__name__} has no JSON form")


def _encoder() -> Callable[[Any], str]:
    """The standard encoder, made once: making it costs as much as most of what we write with it."""
    accelerated = getattr(json_encoder, "c_make_encoder", None)
    if accelerated is None:  # an interpreter without the accelerator
        plain = json.JSONEncoder(
            ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
        )
        return plain.encode
    options = (None, _refuse, json_encoder.encode_basestring, None, ":", ",", True, False, False)
    encode = accelerated(*options)
    return lambda value: "".join(encode(value, 0))


_encode: Final = _encoder()
