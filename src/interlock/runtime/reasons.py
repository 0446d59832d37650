"""A person's reason, as it goes on record with what they did.

Its one rule: what changes how much the machine may do has a reason, in one line of people's words.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from interlock.runtime.plain import plain_text

LONGEST_REASON: Final = 500  # letters


def reason_on_record(reason: str, refuse: Callable[[str], Exception]) -> str:
    """The reason in one line. Raises: what `refuse` makes of why it cannot be one."""
    said = " ".join(plain_text(reason).split())
    if not said:
        raise refuse("no reason is given; say why")
    if len(said) > LONGEST_REASON:
        raise refuse(f"the reason has {len(said)} letters; at most {LONGEST_REASON}")
    return said
