"""Secrets that open a door: drawn here, handed out once, and kept only as their digest."""

from __future__ import annotations

import hashlib
import secrets
from typing import Final

SECRET_BYTES: Final = 32  # 256 bits: nobody guesses one, so a fast digest is enough
ID_BYTES: Final = 8
LONGEST_SECRET: Final = 200  # letters; what is longer was never ours


def new_secret(prefix: str = "") -> str:
    """A secret nobody can guess, safe in an address."""
    return prefix + secrets.token_urlsafe(SECRET_BYTES)


def new_id(prefix: str) -> str:
    """An id that names something and opens nothing, as in ses_0123456789abcdef."""
    return f"{prefix}_{secrets.token_hex(ID_BYTES)}"


def digest_of(secret: str) -> str:
    """The SHA-256 by which a secret is known, in hexadecimal."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
