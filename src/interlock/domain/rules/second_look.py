"""The second reviewer: the same question to another person who does not know the first answer.

It measures how far decisions depend on who decides. It never changes the case; where the two
differ, a third person says which answer was right.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from interlock.domain.case import Arm
from interlock.domain.fact import FactKind
from interlock.domain.quality import GivenAnswer, Look, LookKind
from interlock.domain.review import Decision, ReviewKind, ReviewTask, Verb
from interlock.domain.rules import asking, assign, evidence, looks, sampling
from interlock.domain.rules.draft import Draft

DRAWN_KINDS: Final = frozenset({ReviewKind.PROPOSAL, ReviewKind.EXCEPTION})
WHY_SECOND: Final = "a second, independent answer shows how far decisions depend on who decides"
WHY_THIRD: Final = "two people answered differently; a third says which answer was right"
OTHERWISE: Final = "_otherwise"  # the same verb with another value is another answer


def consider(draft: Draft, task: ReviewTask, decision: Decision) -> None:
    """Opens the second look at a task that has just been decided, when it is drawn.

    Call it before the case moves on: the second reviewer sees what the first one saw. Where
    nobody else works the queue, there is nobody to ask.
    """
    fits = task.kind in DRAWN_KINDS and task.action_id is None and draft.case.arm is not Arm.PROBE
    if not fits or not sampling.drawn("second_look", task.id, draft.contract.quality.second_look):
        return
    second = _second_task(draft, task, decision)
    if not assign.eligible(draft.contract, second):
        return
    content = dict(evidence.package(draft, second).content)
    look = Look(
        task=second.id,
        kind=LookKind.SECOND,
        first=looks.given(task, decision),
        content=content,
    )
    looks.put(draft, second, content, look)


def answered(draft: Draft, look: Look, answer: GivenAnswer, task: ReviewTask) -> None:
    """The second answer: counted beside the first; when they differ, a third person is asked."""
    first = look.first
    assert first is not None  # a second look is opened with the first answer
    looks.close(draft, look, answer)
    one, other = ratings(first, answer)
    draft.note("second_look", WHY_SECOND, task=task.id, agreed=one == other)
    draft.count(FactKind.SECOND_LOOK, name=place_of(task), detail=f"{one}/{other}")
    if one != other:
        _ask_a_third(draft, look, answer, task)


def adjudicated(draft: Draft, look: Look, answer: GivenAnswer, task: ReviewTask) -> None:
    """The third answer: which of the two it agrees with."""
    first, second = look.first, look.second
    assert first is not None and second is not None
    right = "neither_right"
    if agree(first, answer):
        right = "first_right"
    elif agree(second, answer):
        right = "second_right"
    looks.close(draft, look, answer)
    draft.note("adjudicated", WHY_THIRD, task=task.id, right=right)
    draft.count(FactKind.SECOND_LOOK, name=place_of(task), detail=right)


def agree(one: GivenAnswer, other: GivenAnswer) -> bool:
    """True for the same verb and, when both changed something, the same new value."""
    same_verb = one.verb == other.verb
    return same_verb and (one.verb != Verb.EDIT or one.value == other.value)


def ratings(one: GivenAnswer, other: GivenAnswer) -> tuple[str, str]:
    """The two answers as categories to compare; two edits with other values are two categories."""
    if one.verb == other.verb and not agree(one, other):
        return str(one.verb), f"{other.verb}{OTHERWISE}"
    return str(one.verb), str(other.verb)


def place_of(task: ReviewTask) -> str:
    """`queue/step`: where the question was asked first; the step is empty before the first one.

    An adjudication may lie in another queue than the question did, so it names its own.
    """
    return f"{task.queue}/{task.step or ''}"


def _second_task(draft: Draft, task: ReviewTask, decision: Decision) -> ReviewTask:
    made = looks.new_task(
        draft,
        LookKind.SECOND,
        queue=task.queue,
        question=task.question,
        why=WHY_SECOND,
        verbs=tuple(verb for verb in task.verbs if verb in assign.DECIDING),
        about=(task.id,),
    )
    return replace(
        made,
        step=task.step,
        exception_type=task.exception_type,
        amount=task.amount,
        edits=task.edits,
        reason_codes=task.reason_codes,
        required=task.required,
        missing=evidence.missing(draft.contract, draft.case, task.required),
        excluded=tuple(dict.fromkeys((*made.excluded, *task.excluded, decision.by))),
        blind=task.blind,
    )


def _ask_a_third(draft: Draft, look: Look, answer: GivenAnswer, task: ReviewTask) -> None:
    first = look.first
    assert first is not None  # asked by the caller
    contract = draft.contract
    onward = asking.next_queue(contract, replace(task, look=None))
    third = looks.new_task(
        draft,
        LookKind.ADJUDICATION,
        queue=onward or sampling.queue_of(contract),
        question=f"Two people answered this differently: {task.question}",
        why=WHY_THIRD,
        verbs=task.verbs,
        about=(first.task, task.id),
    )
    third = replace(
        third,
        step=task.step,
        exception_type=task.exception_type,
        edits=task.edits,
        reason_codes=task.reason_codes,
        required=task.required,
        excluded=tuple(dict.fromkeys((*task.excluded, first.by, answer.by))),
    )
    content = {
        **(look.content or {}),
        "question": third.question,
        "why": third.why,
        "answers": _nameless(first, answer),
    }
    opened = Look(task=third.id, kind=LookKind.ADJUDICATION, first=first, second=answer)
    looks.put(draft, third, content, opened)


def _nameless(first: GivenAnswer, second: GivenAnswer) -> list[dict[str, Any]]:
    """Both answers without names, in an order that does not say which came first."""
    return [
        {
            "verb": str(each.verb),
            "reason_code": each.reason_code,
            "note": each.note,
            "value": each.value,
        }
        for each in sorted((first, second), key=lambda answer: answer.task)
    ]
