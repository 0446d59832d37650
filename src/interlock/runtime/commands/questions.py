"""Asking somebody outside, and the answer: from the desk, or by a link that answers once.

Its one rule: looking at a link changes nothing; only the answer itself does.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import Connection

from interlock.domain.event import Event, QuestionAnswered, QuestionAsked
from interlock.domain.ids import PersonId
from interlock.domain.review import Question, ReviewTask, Verb
from interlock.domain.rules import assign
from interlock.errors import InterlockError
from interlock.runtime.commands.task_record import (
    Answered,
    DecisionRefused,
    apply_event,
    claim_then,
    demand,
    look,
)
from interlock.runtime.context import Context
from interlock.runtime.plain import plain_text
from interlock.storage import Also, AnswerLink

TOKEN_BYTES = 32  # of randomness in a link; nobody guesses 256 bits
THE_PARTY = "the party asked"


class LinkOver(InterlockError):
    """The link does not exist, was used, or its question has its answer."""

    code = "link_over"

    def __str__(self) -> str:
        return "this link is not valid, or was used already; ask for a new one"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a link asks: the question, and about which task."""

    task: ReviewTask
    question: Question
    party: str


def ask_question(context: Context, task: str, by: str, text: str) -> Answered:
    """The question on record, the clock stopped until the answer. Raises: DecisionRefused."""
    found, case, contract = look(context, task)
    now = context.clock.now()
    standing = context.directory.standing(by, now)
    permission = assign.may_decide(contract, case, found, by, Verb.ASK, now, standing=standing)
    demand(found.id, Verb.ASK, permission)
    if found.clock_stopped_at is not None:
        raise DecisionRefused(found.id, Verb.ASK, "answer", "a question is open already")
    if not text.strip():
        raise DecisionRefused(found.id, Verb.ASK, "question", "the question is empty")

    def event(held: ReviewTask) -> Event:
        return QuestionAsked(task=held, by=PersonId(by), text=plain_text(text.strip()))

    return claim_then(context, case, found, PersonId(by), event, now)


def answer_question(context: Context, task: str, by: str, text: str) -> Answered:
    """The answer on record, the clock running again. `by`: who answered, a person or a party.

    Raises: DecisionRefused when no question is open or the answer is empty.
    """
    return _answer(context, task, by, text, context.clock.now())


def question_link(context: Context, task: str, *, party: str = THE_PARTY) -> str:
    """A token with which the open question of a task can be answered once, without an account.

    party: who is asked; the answer is recorded as theirs. Only the token's digest is kept.
    Raises: DecisionRefused when no question is open.
    """
    found, _, _ = look(context, task)
    if found.clock_stopped_at is None or not found.questions:
        raise DecisionRefused(found.id, "ask by link", "question", "no question is open")
    token = secrets.token_urlsafe(TOKEN_BYTES)
    context.store.add_answer_link(
        AnswerLink(
            digest=_digest(token),
            task_id=found.id,
            question=len(found.questions) - 1,
            party=plain_text(party.strip() or THE_PARTY),
            made_at=context.clock.now(),
        )
    )
    return token


def question_behind(context: Context, token: str) -> Asked:
    """What the link asks; nothing changes by looking. Raises: LinkOver."""
    link = context.store.answer_link(_digest(token))
    if link is None or link.used_at is not None:
        raise LinkOver
    task, _, _ = look(context, link.task_id)
    is_open = task.is_live and task.clock_stopped_at is not None
    if not is_open or len(task.questions) - 1 != link.question:
        raise LinkOver
    return Asked(task=task, question=task.questions[link.question], party=link.party)


def answer_by_link(context: Context, token: str, text: str) -> Answered:
    """The answer on record as the party's, and the link used up.

    Raises: LinkOver; DecisionRefused when the answer is empty; TaskMoved.
    """
    asked, now = question_behind(context, token), context.clock.now()

    def use(connection: Connection) -> None:
        if not context.store.use_answer_link(connection, _digest(token), now):
            raise LinkOver

    return _answer(context, asked.task.id, asked.party, text, now, also=use)


def _answer(
    context: Context, task: str, by: str, text: str, now: datetime, also: Also | None = None
) -> Answered:
    found, case, _ = look(context, task)
    if found.clock_stopped_at is None:
        raise DecisionRefused(found.id, "answer", "question", "no question is open")
    if not text.strip():
        raise DecisionRefused(found.id, "answer", "answer", "the answer is empty")
    event = QuestionAnswered(task=found, by=by, text=plain_text(text.strip()))
    return apply_event(context, case, found, event, now, also=also)


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()
