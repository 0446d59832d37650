"""One rule, whichever door: API, console, command line, one by one or many at once.

Whoever finds a door at which the answer is another has found the way around every control.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from interlock.domain.review import Verb
from interlock.runtime.commands import ask_question, question_link
from tests.doors.bank import (
    ACTS,
    BRANCHES,
    LIMIT,
    MANY,
    NOBODY,
    NOT_LET_IN,
    ONE_BY_ONE,
    OWN,
    PEOPLE,
    REASON,
    Attempt,
    Bank,
)
from tests.web.town import NORTH, SOUTH

DECIDING = (Verb.APPROVE, Verb.EDIT, Verb.REJECT)
TOGETHER = (Verb.APPROVE, Verb.REJECT)
CLERKS = {"anna", "ben", "small", "south"}  # who may ever decide in these queues
LIMITED = {"anna", "small"}
# Doors come from a table that every example runs through whole, so a failure needs no shrinking.
FEW = settings(
    max_examples=24,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

loans = st.fixed_dictionaries(
    {
        "odd": st.sampled_from(("", "unproven", "tricky")),
        "amount": st.sampled_from((100, LIMIT, LIMIT + 1, 9_000)),
        "branch": st.sampled_from((NORTH, *BRANCHES)),
        "own": st.booleans(),
        "held_by": st.sampled_from(("", "", "ben")),
    }
)
# The clerks more often: whoever is refused at once tells less.
people = st.sampled_from((*PEOPLE, *sorted(CLERKS), *sorted(CLERKS)))


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bank]:
    """One bank for all of these; every try has a loan of its own."""
    opened = Bank(f"sqlite:///{tmp_path_factory.mktemp('bank') / 'bank.sqlite'}")
    yield opened
    opened.close()


@FEW
@given(
    person=people,
    loan=loans,
    verb=st.sampled_from(DECIDING),
    reason=st.sampled_from(("", REASON, REASON, "made_up")),
    letter=st.booleans(),
)
@example("anna", {"odd": "", "amount": 100, "own": False}, Verb.APPROVE, REASON, False)
@example("anna", {"odd": "", "amount": 100, "own": True}, Verb.APPROVE, REASON, False)
@example("anna", {"odd": "", "amount": 501, "own": False}, Verb.EDIT, REASON, False)
@example("small", {"odd": "", "amount": 501, "own": False}, Verb.APPROVE, REASON, False)
@example("ben", {"odd": "unproven"}, Verb.APPROVE, REASON, False)
@example("ben", {"odd": "unproven"}, Verb.REJECT, REASON, True)
@example("ben", {"odd": "tricky"}, Verb.APPROVE, REASON, False)
@example("anna", {"odd": "tricky"}, Verb.APPROVE, REASON, False)
@example("south", {"branch": NORTH}, Verb.APPROVE, REASON, False)
@example("south", {"branch": SOUTH}, Verb.APPROVE, REASON, False)
@example("anna", {"held_by": "ben"}, Verb.APPROVE, REASON, False)
@example("robot", {}, Verb.APPROVE, REASON, False)
@example(NOBODY, {}, Verb.APPROVE, REASON, False)
def test_every_door_gives_the_answer_of_the_one_rule(
    bank: Bank, person: str, loan: dict[str, Any], verb: Verb, reason: str, letter: bool
) -> None:
    """Done where the rule says yes; refused, with the rule's own name for it, where it says no."""

    def attempt() -> Attempt:
        task = bank.loan(**loan)
        return Attempt(person=person, task=task, verb=verb, reason=reason, letter=letter)

    wanted = bank.rule(attempt())

    for name, door in {"command": Bank.by_command, **ONE_BY_ONE}.items():
        tried = attempt()
        said = door(bank, tried)

        assert said.done == wanted.allowed, (name, said, wanted)
        assert bank.decided(tried.task) == ([(person, str(verb))] if wanted.allowed else []), name
        if not said.done and said.rule != "shown":
            assert wanted.rule in NOT_LET_IN.get(said.rule, {said.rule}), (name, said, wanted)
        if said.done:
            _is_in_order(tried, loan)


@FEW
@given(
    person=people, loan=loans, verb=st.sampled_from(TOGETHER), reason=st.sampled_from(("", REASON))
)
@example("ben", {"odd": "unproven"}, Verb.APPROVE, REASON)
@example("anna", {"own": True}, Verb.REJECT, REASON)
@example("anna", {"amount": 501}, Verb.APPROVE, REASON)
@example("anna", {"odd": "tricky"}, Verb.APPROVE, REASON)
@example("south", {"branch": NORTH}, Verb.REJECT, REASON)
@example("ben", {}, Verb.APPROVE, REASON)
def test_many_at_once_is_the_same_rule_for_each(
    bank: Bank, person: str, loan: dict[str, Any], verb: Verb, reason: str
) -> None:
    """A list is a quick way to decide, and no way around anything."""
    wanted = bank.rule(Attempt(person=person, task=bank.loan(**loan), verb=verb, reason=reason))

    for name, door in MANY.items():
        tried = Attempt(person=person, task=bank.loan(**loan), verb=verb, reason=reason)
        said = door(bank, tried)

        assert said.done == wanted.allowed, (name, said, wanted)
        assert bank.decided(tried.task) == ([(person, str(verb))] if wanted.allowed else []), name
        if said.done:
            _is_in_order(tried, loan)


def _is_in_order(tried: Attempt, loan: dict[str, Any]) -> None:
    """What must hold of every decision, said without asking the rule that let it through."""
    person, amount = tried.person, loan.get("amount", 100)
    assert person in CLERKS
    assert not (loan.get("own") and person == OWN), "decided their own work"
    assert loan.get("branch", NORTH) == SOUTH or person != "south", "decided in another tenant"
    assert loan.get("held_by", "") in ("", person), "decided what somebody else held"
    assert tried.reason == REASON, "decided without a reason that the contract knows"
    assert loan.get("odd") != "unproven" or tried.letter, "decided without the evidence"
    if tried.verb is not Verb.REJECT:
        assert amount <= LIMIT or person not in LIMITED, "decided above their amount"
        assert loan.get("odd") != "tricky" or person == "ben", "decided without the training"


@settings(FEW, max_examples=8)
@given(said=st.text(max_size=40), person=people)
@example("approve", NOBODY)
@example("", "anna")
@example("confirm=approve&verb=approve&decision=approve", "ben")
def test_a_question_link_answers_and_never_decides(bank: Bank, said: str, person: str) -> None:
    """Who has the link may say something; mail scanners open it, and whatever is sent decides
    nothing."""
    task = bank.loan(held_by="ben")
    asked = ask_question(bank.context, task.id, "ben", "Whose account is it?").task
    link = f"/answer/{question_link(bank.context, asked.id)}"

    looked = [bank.browser(person).get(link).status_code for _ in range(3)]
    untouched = bank.task(task)
    form = {"text": said, "verb": "approve", "confirm": "approve", "task": task.id}
    answered = bank.post(person, link, form)
    again = bank.post(person, link, form)

    assert (looked, untouched) == ([200] * 3, asked)
    assert bank.decided(task) == []
    assert answered.status_code == (200 if said.strip() else 422)
    assert again.status_code == (404 if said.strip() else 422)
    assert (bank.task(task).clock_stopped_at is None) == bool(said.strip())


@settings(FEW, max_examples=14)
@given(person=people, act=st.sampled_from(sorted(ACTS)), held_by=st.sampled_from(("", "ben")))
@example("anna", "claim", "")
@example("anna", "claim", "ben")
@example("lead", "takeover", "ben")
@example("anna", "takeover", "ben")
@example("lead", "reassign", "")
@example("vera", "reassign", "")
@example("ben", "reassign", "ben")
@example("ben", "release", "ben")
@example("south", "claim", "")
@example("robot", "escalate", "")
@example("head", "takeover", "ben")
@example("auditor", "claim", "")
def test_whatever_else_is_done_with_a_task_has_one_answer_too(
    bank: Bank, person: str, act: str, held_by: str
) -> None:
    """Taking, giving back, passing on and asking change who decides."""
    answers = {}
    for name in ("command", "API", "form", "command line"):
        task = bank.loan(held_by=held_by)
        is_done = bank.act(name, act, person, task)
        answers[name] = is_done
        assert is_done == (bank.task(task).version != task.version), name

    assert len(set(answers.values())) == 1, answers
    assert not answers["command"] or person in {*CLERKS, "lead", "head"}
