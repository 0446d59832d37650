"""The request every engine in the benchmark handles."""

from pydantic import BaseModel


class Request(BaseModel):
    """One request, as it arrives."""

    number: str
    amount: int
    currency: str = "EUR"
    text: str = ""
    thinking_seconds: float = 0.0  # how long the model takes
