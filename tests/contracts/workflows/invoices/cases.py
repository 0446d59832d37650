"""What an invoice is in the tests."""

from datetime import date
from decimal import Decimal

from pydantic import BaseModel


class Invoice(BaseModel):
    seller_id: str
    seller_name: str = ""
    seller_class: str = "known"
    seller_iban: str = ""
    buyer_id: str = ""
    number: str
    channel: str = "folder"
    payable: Decimal
    currency: str = "EUR"
    discount_until: date | None = None


class Match(BaseModel):
    order: str
    iban: str
    variance: Decimal = Decimal(0)


class Account(BaseModel):
    code: str
