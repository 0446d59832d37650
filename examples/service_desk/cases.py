"""A customer's request as the desk gets it, and the area its words belong to.

The area is read off the words by fixed rules, so that limits and measures have segments that no
model can choose.
"""

from __future__ import annotations

import re
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

LONGEST: Final = 4_000  # letters; the rest of a longer request is no help to anybody
AREAS: Final = {  # the first whose words are found; the order is from narrow to wide
    "exchange": r"exchang\w*|currenc\w*|rate|rates|foreign|euros?|dollars?",
    "top_up": r"top(?:ped|ping)?[ -]?ups?|top(?:ped|ping)? (?:it|my|me|them) up|auto[ -]?top",
    "cash": r"atms?|cash|withdraw\w*",
    "transfer": r"transfer\w*|beneficiar\w*|direct debit|recipient\w*|sent?|send\w*",
    "identity": r"identit\w*|verif\w*|passcode|password|address|name|phone|age|source of",
    "card": r"cards?|pin|contactless|visa|mastercard|apple pay|google pay",
    "payment": r"pay\w*|charg\w*|fees?|refund\w*|purchas\w*|merchant\w*|statement",
}
OTHER: Final = "other"
_AREAS: Final = {
    area: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for area, words in AREAS.items()
}


def area_of(text: str) -> str:
    """The area a request belongs to, or `other`."""
    return next((area for area, words in _AREAS.items() if words.search(text)), OTHER)


class Request(BaseModel):
    """One request. `area` is filled by the reader."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    number: Annotated[str, Field(min_length=1, max_length=80)]
    text: Annotated[str, Field(min_length=1, max_length=LONGEST)]
    area: str = OTHER


class Triage(BaseModel):
    """What a request is about, e.g. card_arrival."""

    kind: Annotated[str, Field(min_length=1, max_length=120)]


class SimilarRequest(BaseModel):
    """An earlier request and what it was about."""

    text: str
    kind: str


class SimilarRequests(BaseModel):
    """The earlier requests most like this one, the likest first."""

    requests: tuple[SimilarRequest, ...]


class Assignment(BaseModel):
    """Which team has a request, and since which call."""

    number: str
    team: str
    key: str
