"""Who may decide: one function for every path, and it answers with the reason."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from interlock.domain.ids import PersonId
from interlock.domain.review import ReviewState, Verb
from interlock.domain.rules import assign
from interlock.domain.rules.assign import Permission
from interlock.testing.builders import (
    MORNING,
    a_case,
    a_contract,
    a_person,
    a_queue,
    a_task,
    euros,
)

ANNA, CARLA = PersonId("anna"), PersonId("carla")
DECIDING = [Verb.APPROVE, Verb.EDIT, Verb.REJECT]


def permission(
    by: str = "anna", verb: Verb = Verb.APPROVE, *, case: Any = None, given: Any = None, **task: Any
) -> Permission:
    """What the rule says to this person about the default task with these changes."""
    contract = a_contract(
        people=[
            a_person("dora", groups=("clerks",)),
            a_person("small", approve_up_to=euros("100")),
        ],
        queues=[a_queue("pool", members=("group:clerks", "small"))],
    )
    return assign.may_decide(
        contract, case or a_case(), a_task(**task), by, verb, MORNING, **(given or {})
    )


def test_a_member_of_the_queue_may() -> None:
    """Alone, or through a group."""
    assert permission("anna").allowed
    assert permission("dora", queue="pool").allowed


@pytest.mark.parametrize(
    ("by", "task", "rule"),
    [
        ("nobody", {}, "person"),
        ("carla", {}, "queue"),
        ("anna", {"queue": "pool"}, "queue"),
        ("anna", {"state": ReviewState.DECIDED}, "state"),
        ("anna", {"state": ReviewState.EXPIRED}, "state"),
        ("anna", {"verbs": (Verb.REJECT,)}, "verb"),
        ("anna", {"excluded": (ANNA,)}, "four eyes"),
        ("anna", {"deciders": (CARLA,)}, "named approver"),
        ("anna", {"clock_stopped_at": MORNING}, "answer"),
        ("anna", {"missing": ("order",)}, "evidence"),
        ("anna", {"reason_codes": ("agreed",)}, "reason"),
        ("anna", {"expires_at": MORNING}, "expired"),
        ("small", {"queue": "pool", "amount": euros("100.01")}, "amount"),
        ("small", {"queue": "pool", "amount": euros("-100.01")}, "amount"),
    ],
)
def test_each_refusal_names_its_rule(by: str, task: Any, rule: str) -> None:
    """Whoever is refused is told why, in the words of one rule."""
    refused = permission(by, **task)

    assert (refused.allowed, refused.rule) == (False, rule)
    assert refused.reason


def test_nobody_decides_a_case_they_opened() -> None:
    """Never one's own work, whatever the queue says."""
    assert permission(case=a_case(opened_by=ANNA)).rule == "own work"


def test_a_named_decider_need_not_be_in_the_queue() -> None:
    """An approval asks a person; the queue is only where the question lies."""
    assert permission("carla", deciders=(CARLA,)).allowed


def test_a_limit_in_another_currency_is_no_limit_that_was_kept() -> None:
    """What cannot be compared is refused."""
    task: Any = {"queue": "pool", "amount": euros("5")}
    assert permission("small", **task).allowed

    other = permission("small", queue="pool", amount=type(euros("5"))(micros=1, currency="USD"))
    assert other.rule == "amount"


def test_a_limit_does_not_keep_anybody_from_saying_no() -> None:
    """Refusing spends nothing."""
    assert permission("small", Verb.REJECT, queue="pool", amount=euros("5000")).allowed


def test_a_claimed_task_is_its_holders_until_the_lease_ends() -> None:
    """Then anybody who is asked may take it."""
    claimed: Any = {"state": ReviewState.CLAIMED, "held_by": PersonId("ben")}

    held = permission(**claimed, lease_until=MORNING + timedelta(minutes=1))
    lapsed = permission(**claimed, lease_until=MORNING)

    assert held.rule == "lease"
    assert lapsed.allowed


@pytest.mark.parametrize("supplied", [{}, {"order": ""}, {"order": "  "}, {"other": "7"}])
def test_evidence_is_supplied_by_its_name_and_with_something_in_it(supplied: Any) -> None:
    """A blank is no document."""
    given = {"supplied": supplied}

    assert permission(missing=("order",), given=given).rule == "evidence"
    assert permission(missing=("order",), given={"supplied": {"order": "PO-7"}}).allowed


@pytest.mark.parametrize("verb", [Verb.ASK, Verb.ESCALATE])
def test_asking_and_passing_on_need_no_evidence_and_no_reason(verb: Verb) -> None:
    """They are how one comes by them."""
    task = {"missing": ("order",), "reason_codes": ("agreed",), "amount": euros("9000")}

    assert permission("anna", verb, **task).allowed


@pytest.mark.parametrize("verb", DECIDING)
def test_every_deciding_verb_meets_every_rule(verb: Verb) -> None:
    """A rejection on missing evidence is as unfounded as an approval."""
    assert permission("anna", verb, missing=("order",)).rule == "evidence"
    assert permission("anna", verb, excluded=(ANNA,)).rule == "four eyes"
    assert permission("anna", verb, expires_at=MORNING).rule == "expired"


def test_those_who_could_be_asked_are_known_beforehand() -> None:
    """So that a task nobody may decide is passed on at once."""
    contract = a_contract()

    assert assign.eligible(contract, a_task()) == {"anna", "ben"}
    assert assign.eligible(contract, a_task(excluded=(ANNA,))) == {"ben"}
    assert assign.eligible(contract, a_task(deciders=(CARLA,))) == {"carla"}
