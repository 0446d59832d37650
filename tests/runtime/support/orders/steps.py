"""The steps of the tests' orders."""

# ruff: noqa: TID252  (a workflow's folder is loaded as a package of its own)

from __future__ import annotations

from interlock import CaseException, Document, Proposal, action, reader, step

from .cases import Entry, Order, Rating, Words
from .systems import Books


@reader
def read(document: Document) -> Order:
    return Order.model_validate_json(document.content)


@step
def rate(order: Order, books: Books) -> Proposal[Rating]:
    if order.kind == "failing" and books.is_first_look(order.number):
        raise RuntimeError("the model is not there")
    seen = {"seen": order.amount}
    return Proposal(value=Rating(stars=order.amount % 5), confidence=0.97, evidence=seen)


@step
async def word(order: Order, rating: Rating) -> Proposal[Words]:
    text = f"order {order.number}: {rating.stars}"
    return Proposal(value=Words(text=text), confidence=0.6, evidence={"seen": order.number})


def unbook(order: Order, books: Books, receipt: Entry, idempotency_key: str) -> None:
    books.enter(idempotency_key, "unbook", order.number)


@action(compensate=unbook)
def book_amount(order: Order, books: Books, idempotency_key: str) -> Entry:
    return books.enter(idempotency_key, "book", order.number)


def take_back(order: Order, books: Books, receipt: Entry, idempotency_key: str) -> None:
    books.enter(idempotency_key, "take_back", order.number)


def was_shipped(books: Books, idempotency_key: str) -> Entry | None:
    return books.sent(idempotency_key)


@action(compensate=take_back, verify=was_shipped)
def ship_goods(order: Order, books: Books, idempotency_key: str) -> Entry:
    if order.kind == "refused":
        raise CaseException("there is no such address", exception_type="nowhere_to_ship")
    return books.send(idempotency_key, order.number)
