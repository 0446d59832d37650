"""Who may decide, with accounts beside the contract: the least of all limits, and the same door."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interlock.domain.case import Case
from interlock.domain.ids import PersonId, QueueName, TaskId, WorkflowId
from interlock.domain.people import ROLE_RIGHTS, Grant, Right, Role, Standing
from interlock.domain.review import Decision, ReviewState, ReviewTask, Verb
from interlock.domain.rules import assign
from interlock.domain.rules.permission import Permission
from interlock.domain.training import Exercise, Training
from interlock.testing.builders import (
    MORNING,
    a_case,
    a_contract,
    a_person,
    a_queue,
    a_task,
    euros,
)

ANNA, BEN, CARLA, DORA = map(PersonId, ("anna", "ben", "carla", "dora"))
REVIEWER = Grant(role=Role.REVIEWER)
TRAINING = Training(
    digest="t1", exercises=(Exercise(title="One", question="?", verb="approve", why="So."),)
)
POOL = QueueName("pool")


def contract(**queue: Any) -> Any:
    """A pool of clerks (dora and small), beside the desk of anna and ben."""
    return a_contract(
        people=[
            a_person("dora", groups=("clerks",)),
            a_person("small", approve_up_to=euros("100")),
        ],
        queues=[a_queue(POOL, members=("group:clerks", "small"), **queue)],
    )


def permission(by: str = "anna", verb: Verb = Verb.APPROVE, **given: Any) -> Permission:
    """What the rule says to this person; `standing`, `case` and `queue` by name, else the task."""
    standing, case = given.pop("standing", Standing()), given.pop("case", None)
    agreed = contract(**given.pop("keys", {}))
    return assign.may_decide(
        agreed, case or a_case(), a_task(**given), by, verb, MORNING, standing=standing
    )


def known(*grants: Grant, **changes: Any) -> Standing:
    """The standing of somebody with an account."""
    return Standing(known=True, grants=grants or (REVIEWER,), **changes)


@pytest.mark.parametrize(
    ("standing", "rule"),
    [
        (known(active=False), "account"),
        (known(is_agent=True), "agent"),
        (known(Grant(role=Role.VIEWER)), "role"),
        (known(Grant(role=Role.ADMIN)), "role"),
        (known(Grant(role=Role.OPERATOR)), "role"),
        (known(Grant(role=Role.REVIEWER, queue="other")), "role"),
        (known(Grant(role=Role.REVIEWER, workflow="other")), "role"),
        (known(Grant(role=Role.REVIEWER, tenant="other")), "role"),
        (known(absent_until=MORNING + timedelta(hours=1)), "absence"),
        (known(Grant(role=Role.REVIEWER, up_to=euros("10"))), "amount"),
    ],
)
def test_an_account_must_have_the_role_here_and_now(standing: Standing, rule: str) -> None:
    """The contract names the queue; the account says whether this person may still work there."""
    refused = permission(standing=standing, amount=euros("50"))

    assert (refused.allowed, refused.rule) == (False, rule)
    assert permission(standing=known(), amount=euros("50")).allowed


def test_a_group_of_the_account_is_a_member_of_the_queue() -> None:
    """Whoever the directory puts into the contract's group works it, unnamed by the contract."""
    assert permission("zoe", queue=POOL, standing=known(groups=("clerks",))).allowed
    assert permission("zoe", queue=POOL, standing=known(groups=("others",))).rule == "queue"
    assert permission("zoe", queue=POOL, standing=Standing(groups=("clerks",))).rule == "person"


def test_a_group_of_the_account_fills_the_teams_place_in_a_tier() -> None:
    """An approval that asks a team may be given by any of it."""
    asked: Any = {"deciders": (DORA,), "approvers": (PersonId("clerks"),), "queue": POOL}

    assert permission("zoe", standing=known(groups=("clerks",)), **asked).allowed
    assert permission("zoe", standing=known(groups=("x",)), **asked).rule == "named approver"


def test_one_grant_without_a_bound_is_enough() -> None:
    """Grants add up; limits of the person and of the grant do not."""
    bound = Grant(role=Role.REVIEWER, up_to=euros("10"))

    assert permission(standing=known(bound, REVIEWER), amount=euros("50")).allowed
    assert permission("small", queue=POOL, standing=known(), amount=euros("101")).rule == "amount"
    other = Grant(role=Role.REVIEWER, up_to=replace(euros("99"), currency="USD"))
    assert permission(standing=known(other), amount=euros("5")).rule == "amount"


@pytest.mark.parametrize("verb", [Verb.APPROVE, Verb.EDIT])
def test_a_queue_with_a_training_wants_it_passed(verb: Verb) -> None:
    """For saying yes. A changed training has another digest and is passed anew."""
    keys: Any = {"queue": POOL, "keys": {"training": TRAINING}}

    assert permission("dora", verb, **keys).rule == "training"
    assert permission("dora", verb, standing=Standing(trained=("t0",)), **keys).rule == "training"
    assert permission("dora", verb, standing=Standing(trained=("t1",)), **keys).allowed
    for free in (Verb.REJECT, Verb.ESCALATE, Verb.ASK):
        assert permission("dora", free, **keys).allowed


def test_only_so_many_are_held_at_once() -> None:
    """What one holds already may be held on to, and decided."""
    agreed = contract(at_most=1)
    task = a_task(queue=POOL)
    full = Standing(holding={POOL: (TaskId("task_9"),)})
    this = Standing(holding={POOL: (task.id,)})

    refused = assign.may_claim(agreed, a_case(), task, DORA, MORNING, standing=full)
    assert (refused.rule, "finish task_9" in refused.reason) == ("at most", True)
    assert assign.may_claim(agreed, a_case(), task, DORA, MORNING, standing=this).allowed
    assert assign.may_work_on(agreed, a_case(), task, DORA, MORNING, standing=full).allowed


def test_people_who_are_away_are_not_asked() -> None:
    """Everybody else still could be."""
    assert assign.eligible(contract(), a_task(), frozenset({ANNA})) == {BEN}


# --- whatever the circumstances -------------------------------------------------------------------

grants = st.builds(
    Grant,
    role=st.sampled_from(Role),
    workflow=st.sampled_from([None, "letters", "other"]),
    queue=st.sampled_from([None, "desk", "pool"]),
    tenant=st.sampled_from([None, "", "t1"]),
    up_to=st.sampled_from([None, euros("10"), euros("500")]),
)
standings = st.builds(
    Standing,
    known=st.booleans(),
    active=st.sampled_from([True, True, True, False]),
    is_agent=st.sampled_from([False, False, False, True]),
    grants=st.lists(grants, max_size=3).map(tuple),
    groups=st.sampled_from([(), ("clerks",)]),
    stands_in_for=st.lists(
        st.sampled_from([ANNA, BEN, CARLA, DORA, PersonId("small")]), max_size=2, unique=True
    ).map(tuple),
    absent_until=st.sampled_from([None, None, MORNING + timedelta(hours=1)]),
    trained=st.sampled_from([(), ("t1",)]),
)
people = st.sampled_from(["anna", "ben", "carla", "dora", "small", "zoe"])
holders = st.sampled_from([None, ANNA, BEN, CARLA, DORA])


@st.composite
def tasks(draw: st.DrawFn) -> ReviewTask:
    """A live task in any circumstances."""
    holder = draw(holders)
    held = draw(st.booleans()) and holder is not None
    decision = Decision(
        task_id=TaskId("task_1"),
        case_id=a_case().id,
        verb=Verb.APPROVE,
        by=holder or ANNA,
        at=MORNING,
    )
    return a_task(
        queue=draw(st.sampled_from([QueueName("desk"), POOL, QueueName("lead")])),
        tenant=draw(st.sampled_from(["", "t1"])),
        amount=draw(st.sampled_from([None, euros("5"), euros("300"), euros("9000")])),
        missing=draw(st.sampled_from([(), ("order",)])),
        excluded=tuple(draw(st.lists(holders.filter(bool), max_size=2))),
        deciders=draw(st.sampled_from([(), (), (CARLA,), (DORA, ANNA)])),
        state=ReviewState.CLAIMED if holder else ReviewState.OPEN,
        held_by=holder,
        lease_until=MORNING + timedelta(minutes=draw(st.sampled_from([-5, 10]))),
        assigned_to=draw(holders),
        taken_from=draw(holders),
        held_decision=decision if held else None,
        takes_effect_at=MORNING + timedelta(seconds=20) if held else None,
    )


opened_by = st.sampled_from([None, ANNA, DORA, PersonId("zoe")])


@given(
    task=tasks(),
    case=opened_by.map(lambda by: a_case(opened_by=by)),
    by=people,
    standing=standings,
    verb=st.sampled_from(sorted(assign.DECIDING)),
    trains=st.booleans(),
)
def test_whoever_may_decide_broke_no_rule(
    task: ReviewTask, case: Case, by: str, standing: Standing, verb: Verb, trains: bool
) -> None:
    """Told in other words than the rule tells it: own work, four eyes, role, amount, evidence,
    hands, absence and training, in every mixture."""
    agreed = contract(training=TRAINING if trains else None)
    answer = assign.may_decide(agreed, case, task, by, verb, MORNING, standing=standing)
    assert answer.reason
    assert answer.rule
    if not answer.allowed:
        return

    assert by != case.opened_by
    assert by not in task.excluded
    assert not task.missing
    assert standing.active
    assert not standing.is_agent
    assert standing.absent_until is None
    assert task.held_decision is None
    another = task.held_by not in (None, by)
    assert not another or task.lease_until is None or task.lease_until <= MORNING
    kept = {None, by, *standing.stands_in_for}
    assert task.assigned_to in kept or task.held_by == by
    if standing.known:
        assert any(fits(grant, task) for grant in standing.grants)
    else:
        assert PersonId(by) in agreed.people
    if trains and task.queue == POOL and verb is not Verb.REJECT:
        assert standing.trained == ("t1",)
    if task.amount is not None and verb is not Verb.REJECT:
        own = agreed.people.get(PersonId(by))
        limits = [own.approve_up_to] if own and own.approve_up_to else []
        up_to = [grant.up_to for grant in standing.grants if fits(grant, task)]
        if standing.known and None not in up_to:
            limits.append(max((each for each in up_to if each), key=lambda each: each.micros))
        assert all(task.amount.micros <= limit.micros for limit in limits)


def fits(grant: Grant, task: ReviewTask) -> bool:
    """True for a grant to decide this task."""
    decides = Right.DECIDE in ROLE_RIGHTS[grant.role]
    here = grant.workflow in (None, WorkflowId("letters")) and grant.queue in (None, task.queue)
    return decides and here and grant.tenant in (None, task.tenant)


@given(task=tasks(), by=people, standing=standings)
def test_a_seat_makes_nobody_another_person(task: ReviewTask, by: str, standing: Standing) -> None:
    """Standing in for a colleague opens no door that is shut to oneself, or to them."""
    blocked = replace(task, excluded=(PersonId(by), *standing.stands_in_for))

    answer = assign.may_work_on(contract(), a_case(), blocked, by, MORNING, standing=standing)

    assert not answer.allowed
