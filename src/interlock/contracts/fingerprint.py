"""The fingerprint: which contract, with which code.

One rule: what a reader cannot see (layout, comments, the order of keys) does not change it; what
changes behaviour does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from interlock.canonical import digest
from interlock.domain.ids import Fingerprint


def fingerprint(data: Mapping[str, Any], modules: Mapping[str, str]) -> Fingerprint:
    """The SHA-256 of the contract's data and its code, as 64 hexadecimal letters.

    data: the contract as plain JSON values. modules: content digests by path in the folder.
    """
    return Fingerprint(digest({"contract": dict(data), "modules": dict(modules)}))
