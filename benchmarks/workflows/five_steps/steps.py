"""Five small steps: what is measured is the engine around them, not their own work."""

import asyncio
import json
from typing import Any

from pydantic import BaseModel

from interlock import Document, Proposal, action, reader, step

from .cases import Request


class Reading(BaseModel):
    """What was read."""

    words: int


class Customer(BaseModel):
    """Who asks."""

    name: str
    known: bool


class Judgement(BaseModel):
    """What should happen."""

    accept: bool


class Booking(BaseModel):
    """What was done."""

    entry: str


class Told(BaseModel):
    """What the customer was told."""

    text: str


@reader
def read_request(document: Document) -> list[Request]:
    """The requests of a JSON document."""
    found = json.loads(document.content)
    return [Request(**each) for each in (found if isinstance(found, list) else [found])]


@step
def read(request: Request) -> Reading:
    """How much there is to read."""
    return Reading(words=len(request.text.split()))


@step
def look_up(request: Request) -> Customer:
    """Who asks."""
    return Customer(name=f"customer {request.number[-3:]}", known=True)


@step
async def judge(request: Request, customer: Customer, reading: Reading) -> Proposal[Judgement]:
    """What a model would say; here it costs nothing, so that only the engine is measured.

    It may take its time, as a model does, and then costs nothing but that time.
    """
    if request.thinking_seconds:
        await asyncio.sleep(request.thinking_seconds)
    return Proposal(
        value=Judgement(accept=customer.known and reading.words >= 0),
        confidence=0.3 if request.text == "unsure" else 0.95,
        rationale="known customer",
        evidence={"reason": f"request of {request.amount}"},
        model="none",
    )


@step
def judge_by_rule(customer: Customer) -> Judgement:
    """The same by a fixed rule."""
    return Judgement(accept=customer.known)


def unbook(book: dict[str, Booking], idempotency_key: str) -> None:
    """Takes it back."""
    book.pop(idempotency_key, None)


def is_booked(book: dict[str, Booking], idempotency_key: str) -> Booking | None:
    """The booking, when there is one."""
    return book.get(idempotency_key)


@action(compensate=unbook, verify=is_booked)
async def book_it(request: Request, book: dict[str, Booking], idempotency_key: str) -> Booking:
    """Books it in memory."""
    return book.setdefault(idempotency_key, Booking(entry=request.number))


@step
def tell(request: Request) -> Told:
    """What the customer is told."""
    return Told(text=f"request {request.number} is done")


def systems(_settings: Any) -> dict[str, object]:
    """A book in memory."""
    return {"book": {}}
