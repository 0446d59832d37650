"""What a loan is made of."""

from decimal import Decimal

from pydantic import BaseModel, Field


class Loan(BaseModel):
    """One loan that a customer of one branch asks for. `odd`: what is odd about it."""

    number: str
    branch: str
    amount: Decimal = Field(gt=0)
    currency: str = "EUR"
    odd: str = ""
    iban: str = ""
