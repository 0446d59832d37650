"""Steps that ask the shop what to do, so that a test can make anything happen."""

import json
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from interlock import (
    ActionRequest,
    CaseException,
    Document,
    MissingData,
    Proposal,
    SchemaChange,
    action,
    reader,
    step,
)

from .cases import Refund  # noqa: TID252  (a workflow is a folder that may lie anywhere)
from .shop import Shop  # noqa: TID252


class Check(BaseModel):
    """What was found out about the order."""

    order: str


class Judgement(BaseModel):
    """What should become of it."""

    accept: bool
    reason: str


class Booking(BaseModel):
    """A line in the shop's book."""

    line: int


class Payment(BaseModel):
    """Money that went out."""

    reference: str


class Told(BaseModel):
    """What the customer was told."""

    text: str


@reader
def read_refunds(document: Document) -> list[dict[str, Any]]:
    """The refunds of a JSON document."""
    try:
        found = json.loads(document.content)
    except ValueError:
        raise SchemaChange(f"{document.name} is no JSON") from None
    return found if isinstance(found, list) else [found]


@step
def check(refund: Refund, shop: Shop) -> Check:
    """The order the refund is for."""
    shop.meet("check", refund.number)
    if refund.order is None:
        raise MissingData("order")
    if refund.order == "odd":
        raise CaseException("the order is odd", value=Check(order="odd"))
    answer: Check = shop.answer("check", refund.number, Check(order=refund.order))
    return answer


@step
def find_order(refund: Refund, shop: Shop) -> dict[str, str] | None:
    """The order of a refund that names none, when the shop knows it."""
    shop.meet("find_order", refund.number)
    found = shop.orders.get(refund.number)
    return {"order": found} if found else None


@step
async def judge(refund: Refund, check: Check, shop: Shop) -> Proposal[Judgement]:
    """What a model says."""
    await shop.meet_async("judge", refund.number)
    usual = Proposal(
        value=Judgement(accept=True, reason=f"order {check.order} is known"),
        confidence=shop.confidence.get(refund.number, 0.95),
        rationale="the order is known",
        evidence={"reason": "known order"},
        actions=shop.requests.get(refund.number, ()),
        model="small-1",
        tokens_in=100,
        tokens_out=7,
    )
    answer: Proposal[Judgement] = shop.answer("judge", refund.number, usual)
    return answer


@step
def judge_by_rule(check: Check) -> Judgement:
    """The same by a fixed rule."""
    return Judgement(accept=True, reason="by rule")


def unbook(refund: Refund, shop: Shop, receipt: Booking, idempotency_key: str) -> None:
    """Takes the booking back."""
    shop.meet("unbook", refund.number)
    shop.undo("book", refund.number, idempotency_key)


def is_booked(refund: Refund, shop: Shop, idempotency_key: str) -> Booking | None:
    """The booking, when there is one."""
    shop.meet("is_booked", refund.number)
    line = shop.find("book", idempotency_key)
    found: Booking | None = Booking(line=line) if line else None
    return shop.answer("is_booked", refund.number, found)  # type: ignore[no-any-return]


@action(compensate=unbook, verify=is_booked)
def book(refund: Refund, judgement: Judgement, shop: Shop, idempotency_key: str) -> Booking:
    """Books the refund."""
    shop.meet("book", refund.number)
    line = shop.do("book", refund.number, idempotency_key)
    shop.meet("book_after", refund.number)
    return Booking(line=line)


def take_back(refund: Refund, shop: Shop, idempotency_key: str) -> None:
    """Recalls the payment."""
    shop.meet("take_back", refund.number)
    shop.undo("pay_out", refund.number, idempotency_key)


def is_paid(refund: Refund, shop: Shop, idempotency_key: str) -> Payment | None:
    """The payment, when there is one."""
    shop.meet("is_paid", refund.number)
    line = shop.find("pay_out", idempotency_key)
    return Payment(reference=f"P{line}") if line else None


def account_state(refund: Refund, check: Check, shop: Shop) -> str:
    """The account the payment goes to."""
    return shop.accounts.get(refund.number, "open")


@action(compensate=take_back, verify=is_paid, state=account_state)
def pay_out(refund: Refund, booking: Booking, shop: Shop, idempotency_key: str) -> Payment:
    """Pays the money out."""
    shop.meet("pay_out", refund.number)
    line = shop.do("pay_out", refund.number, idempotency_key)
    shop.meet("pay_out_after", refund.number)
    return Payment(reference=f"P{line}")


@step
async def announce(refund: Refund, shop: Shop) -> Proposal[Told]:
    """What a model would put into the shop's book, in its own words."""
    usual = ActionRequest(action="note", arguments={"text": f"refund {refund.number}"})
    return Proposal(
        value=Told(text="announced"),
        confidence=0.9,
        actions=shop.answer("announce", refund.number, [usual]),
        model="small-1",
    )


def strike_out(refund: Refund, shop: Shop, idempotency_key: str) -> None:
    """Strikes a note out."""
    shop.undo("note", refund.number, idempotency_key)


def is_noted(refund: Refund, shop: Shop, idempotency_key: str) -> int | None:
    """The line of a note, when there is one."""
    return shop.find("note", idempotency_key)


@action(compensate=strike_out, verify=is_noted)
def note(refund: Refund, text: str, shop: Shop, idempotency_key: str, now: datetime) -> int:
    """Writes a note into the book. The words come with the request."""
    shop.notes.append((refund.number, text, now))
    return shop.do("note", refund.number, idempotency_key)


@step
def tell(refund: Refund, payment: Payment) -> Told:
    """What the customer is told."""
    return Told(text=f"refund {refund.number} is paid: {payment.reference}")


def systems(settings: Any) -> dict[str, object]:
    """The shop, in memory."""
    return {"shop": Shop()}
