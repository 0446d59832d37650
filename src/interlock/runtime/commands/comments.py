"""What people write about a case. It is on the record like everything else, and changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from interlock.domain.case import Case
from interlock.domain.desk_event import CaseCommented
from interlock.domain.ids import PersonId
from interlock.domain.rules.advance import advance, is_out_of_place
from interlock.runtime.commands.task_record import DecisionRefused, record
from interlock.runtime.context import Context
from interlock.runtime.plain import plain_text
from interlock.storage.codec import EVENT

LONGEST: Final = 4_000  # letters of a comment
KIND: Final = "case_commented"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """One comment as it stands in the record."""

    by: PersonId
    at: datetime
    text: str


def comment_case(context: Context, case: str, by: str, text: str) -> Case:
    """The case with the comment on its record, open or closed.

    Raises: CaseUnknown, DecisionRefused when the person may not or there is nothing to say,
    TaskMoved.
    """
    found = context.store.load([context.store.find_case(case)])[0]
    contract = context.workflows.of(found.fingerprint).contract
    now, said = context.clock.now(), plain_text(text.strip())
    standing = context.directory.standing(by, now)
    known = standing.known and standing.active
    if not known and (standing.known or PersonId(by) not in contract.people):
        reason = f"{by} is nobody who works with this workflow"
        raise DecisionRefused(found.id, "comment", "person", reason)
    if not said or len(said) > LONGEST:
        reason = f"the comment is longer than {LONGEST} letters" if said else "it is empty"
        raise DecisionRefused(found.id, "comment", "text", reason)
    transition = advance(contract, found, CaseCommented(by=PersonId(by), text=said), now)
    if is_out_of_place(transition):
        raise DecisionRefused(found.id, "comment", "state", "the case is not open yet")
    record(context, found, [transition], found.id)
    return transition.case


def comments(context: Context, case: str) -> list[Comment]:
    """What was written about a case, in order; what was erased since is left out."""
    found = []
    for entry in context.store.entries(context.store.find_case(case)):
        if entry.kind == KIND and entry.payload is not None:
            event = EVENT.decode(entry.payload)
            assert isinstance(event, CaseCommented)
            found.append(Comment(by=event.by, at=entry.at, text=event.text))
    return found
