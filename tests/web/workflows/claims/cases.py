"""What a claim is made of."""

from decimal import Decimal

from pydantic import BaseModel, Field


class Claim(BaseModel):
    """One claim of a customer of one branch."""

    number: str
    branch: str
    amount: Decimal = Field(gt=0)
    currency: str = "EUR"
    iban: str = ""
