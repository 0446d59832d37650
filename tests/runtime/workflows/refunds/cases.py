"""What a refund is made of."""

from datetime import date
from decimal import Decimal

from pydantic import BaseModel, Field


class Refund(BaseModel):
    """One refund somebody asks for."""

    number: str
    order: str | None = None
    amount: Decimal = Field(gt=0)
    currency: str = "EUR"
    iban: str = ""
    promised_on: date | None = None
