"""One thing to look at, as the operations home lists it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

ORDER: Final = {"bad": 0, "warn": 1, "": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One thing to look at. state: bad, warn or empty; `label` names where `href` goes."""

    state: str
    icon: str
    title: str
    text: str
    label: str
    href: str
