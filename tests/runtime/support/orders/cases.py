"""An order, and what is known of it on its way."""

from __future__ import annotations

from pydantic import BaseModel


class Order(BaseModel):
    number: str
    kind: str  # plain; asked: a person approves its words; failing: rated at the second try;
    amount: int  # refused: cannot be shipped, so what was booked is undone


class Rating(BaseModel):
    stars: int


class Words(BaseModel):
    text: str


class Entry(BaseModel):
    key: str
    what: str
