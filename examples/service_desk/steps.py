"""Every function the contract names, in the order of the contract."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from interlock import Proposal, action, step

from .cases import Assignment, Request, SimilarRequests, Triage
from .intake import read_requests
from .tickets import Tickets
from .triage_model import Reader

__all__ = [
    "assign_team",
    "assignment_exists",
    "read_requests",
    "systems",
    "take_back",
    "triage",
]

MODEL: Final = "triage_model.joblib"
CLEAR_SECOND: Final = 0.05  # below it the second-best kind is not worth a word


def systems(settings: Mapping[str, str]) -> dict[str, object]:
    """The model and the ticket system. settings: `folder`, `data` when it is absent."""
    folder = Path(settings.get("folder", "data"))
    return {"reader": Reader(folder / MODEL), "tickets": Tickets(folder / "tickets")}


@step
def triage(request: Request, reader: Reader) -> Proposal[Triage]:
    """What the request is about, as a model says that learnt from earlier ones."""
    found = reader.read(request.text)
    other = f"{found.second} is possible too ({found.second_confidence:.0%})"
    return Proposal(
        value=Triage(kind=found.kind),
        confidence=found.confidence,
        rationale=f"earlier requests in such words were about {found.kind}",
        weak_point=other if found.second_confidence >= CLEAR_SECOND else "",
        evidence=[SimilarRequests(requests=found.similar)],
        model=found.model,
    )


def assignment_exists(
    request: Request, tickets: Tickets, idempotency_key: str
) -> Assignment | None:
    """The assignment made under this key, or None."""
    found = tickets.find(request.number)
    return found if found is not None and found.key == idempotency_key else None


def take_back(request: Request, tickets: Tickets) -> None:
    """Undoes an assignment; nothing happens the second time."""
    tickets.take_back(request.number)


@action(compensate=take_back, verify=assignment_exists)
def assign_team(
    request: Request, triage: Triage, tickets: Tickets, idempotency_key: str
) -> Assignment:
    """The team for this kind of request has it."""
    return tickets.assign(request.number, triage.kind, idempotency_key)
