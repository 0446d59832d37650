"""The request every engine in the benchmark handles."""

from pydantic import BaseModel


class Request(BaseModel):
    """One request, as it arrives."""

    number: str
    amount: int
    currency: str = "EUR"
    text: str = ""
