"""The quality sample: some of the cases that no person saw are looked at, so that the error rate
of autonomy is measured and not assumed.

Which ones is a hash of the case alone: nobody chooses, every case has the same chance, and asked
again the answer is the same. The look changes nothing; a case found wrong may be reopened.
"""

from __future__ import annotations

import hashlib
from typing import Any, Final

from interlock.domain.case import Arm, Case, Handling
from interlock.domain.contract import WorkflowContract
from interlock.domain.exceptions import CATCH_ALL
from interlock.domain.fact import FactKind
from interlock.domain.ids import QueueName
from interlock.domain.quality import RIGHT, WRONG, GivenAnswer, Look, LookKind
from interlock.domain.review import ReviewTask, Verb
from interlock.domain.rules import looks
from interlock.domain.rules.draft import Draft
from interlock.domain.rules.facts import arguments_of

QUESTION: Final = "Was this handled right?"
WHY: Final = "drawn at random from the cases that no person decided"
SPACE: Final = 2**64  # of the eight bytes a draw is made of


def drawn(purpose: str, subject: str, share: float) -> bool:
    """True for a share (of 1) of all subjects; always the same answer for one of them.

    purpose: draws for different purposes do not depend on each other.
    """
    made = hashlib.sha256(f"{purpose}\n{subject}".encode()).digest()
    return int.from_bytes(made[:8], "big") < share * SPACE


def consider(draft: Draft) -> None:
    """Opens the look at a case that has just closed, when it is drawn; once in its life."""
    case = draft.case
    unseen = case.handling is Handling.AUTONOMOUS and case.arm is not Arm.PROBE
    if not unseen or any(look.kind is LookKind.SAMPLE for look in case.looks):
        return
    if not drawn("quality_sample", case.id, draft.contract.sample_share):
        return
    task = looks.new_task(
        draft,
        LookKind.SAMPLE,
        queue=queue_of(draft.contract),
        question=QUESTION,
        why=WHY,
        verbs=(Verb.APPROVE, Verb.REJECT),
    )
    look = Look(task=task.id, kind=LookKind.SAMPLE)
    looks.put(draft, task, _what_was_done(draft, task), look)


def checked(draft: Draft, look: Look, answer: GivenAnswer, task: ReviewTask) -> None:
    """Somebody looked: it was right, or wrong for a stated reason."""
    found = RIGHT if answer.verb == Verb.APPROVE else WRONG
    looks.close(draft, look, answer)
    draft.note("sample", WHY, task=task.id, found=found, reason=answer.reason_code)
    draft.count(FactKind.SAMPLE_CHECKED, name=task.queue, detail=found)


def found_wrong(case: Case) -> bool:
    """True when a sample of the case was found wrong; then it may be reopened."""
    return any(
        look.kind is LookKind.SAMPLE and look.answer is not None and look.answer.verb == Verb.REJECT
        for look in case.looks
    )


def queue_of(contract: WorkflowContract) -> QueueName:
    """Where samples go: the queue the contract names, else the operations owner's, else where
    everything without a route goes."""
    if contract.quality.queue is not None:
        return contract.quality.queue
    try:
        return contract.queue_of(contract.owners.operations)
    except KeyError:
        return contract.route_for(CATCH_ALL).route_to


def _what_was_done(draft: Draft, task: ReviewTask) -> dict[str, Any]:
    """The input and what came of it; never how sure the AI was, nor why, which would persuade."""
    case, contract = draft.case, draft.contract
    done = [
        {
            "name": action.name,
            "arguments": arguments_of(contract, case, action.name, action.arguments),
            "state": str(action.state),
        }
        for action in case.actions
    ]
    return {
        "question": task.question,
        "why": task.why,
        "case": {"id": case.id, "title": case.title, "key": case.key, "data": dict(case.data)},
        "source": {"name": case.source.name, "document": case.source.document}
        if case.source
        else None,
        "outputs": dict(case.outputs),
        "done": done,
        "outcome": str(case.outcome),
        "required": {},
        "missing": [],
    }
