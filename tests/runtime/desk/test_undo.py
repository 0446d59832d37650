"""The undo window: a decision takes effect once, when its time has come, or not at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from interlock.domain.case import CaseState, ClosingOutcome, WaitsFor
from interlock.domain.ids import PersonId, TaskId
from interlock.domain.review import ReviewState, Verb
from interlock.runtime.commands import (
    DecisionRefused,
    cancel_case,
    claim_task,
    decide_many,
    decide_task,
    escalate_task,
    release_task,
    save_draft,
    takeover_task,
    undo_decision,
)
from interlock.runtime.crash_points import CrashPlan, CrashPoint
from interlock.runtime.sweep import sweep
from tests.runtime.desk.offices import UNDO_SECONDS, hire
from tests.runtime.office import WORKER, Office


class Crashed(Exception):
    """The worker died here."""


class Crashing(CrashPlan):
    """A plan that kills the thread instead of the process."""

    def strike(self) -> None:
        raise Crashed


SOON = UNDO_SECONDS / 60  # minutes


def hold(office: Office, key: str = "R-1", by: str = "anna") -> TaskId:
    """A refund that somebody approved, held for the undo window."""
    task = office.unsure(key)
    decide_task(office.context, task, by, Verb.APPROVE, reason_code="clear", hold=True)
    office.run()
    return task


def test_a_held_decision_takes_effect_after_its_window(desk: Office) -> None:
    """Nothing happens to the case before, and everything once after."""
    hold(desk)

    assert desk.case("R-1").state is CaseState.WAITING
    assert desk.task().held_decision is not None
    assert desk.store.decisions(desk.case("R-1").id) == []
    assert desk.later(SOON / 2).tasks == 0

    assert desk.later(SOON / 2).tasks == 1
    assert desk.later(5).tasks == 0
    assert desk.case("R-1").waits_for is WaitsFor.HOLD
    assert [each.by for each in desk.store.decisions(desk.case("R-1").id)] == ["anna"]


def test_who_made_it_can_undo_it(desk: Office) -> None:
    """And decides anew: they still hold the task, with a lease of its own length."""
    task = hold(desk)

    undone = undo_decision(desk.context, task, "anna").task

    assert (undone.state, undone.held_by, undone.held_decision) == (
        ReviewState.CLAIMED,
        "anna",
        None,
    )
    assert desk.later(SOON * 2).tasks == 0
    assert desk.store.decisions(desk.case("R-1").id) == []
    case = desk.decide("R-1", "anna", Verb.REJECT, reason_code="unclear")
    assert case.outcome is ClosingOutcome.REJECTED


def test_nobody_else_undoes_or_decides_meanwhile(small_desk: Office) -> None:
    """It is decided; nothing comes between that and its effect."""
    task, context = hold(small_desk), small_desk.context

    for refused in (
        lambda: undo_decision(context, task, "ben"),
        lambda: decide_task(context, task, "ben", Verb.REJECT, reason_code="clear"),
        lambda: decide_task(context, task, "anna", Verb.REJECT, reason_code="clear"),
        lambda: claim_task(context, task, "ben"),
        lambda: release_task(context, task, "anna"),
        lambda: escalate_task(context, task, "anna"),
        lambda: takeover_task(context, task, "lead"),
        lambda: save_draft(context, task, "anna", {}),
    ):
        with pytest.raises(DecisionRefused):
            refused()


def test_an_effect_cannot_be_undone(small_desk: Office) -> None:
    """Not in the moment itself either, whether a sweep was there or not."""
    task = hold(small_desk)
    small_desk.pass_time(SOON)

    with pytest.raises(DecisionRefused, match="it took effect at 09:00:20 UTC"):
        undo_decision(small_desk.context, task, "anna")


def test_the_rules_are_asked_again(desk: Office) -> None:
    """Whose account was switched off meanwhile decides nothing any more; the task says why."""
    hire(desk, "anna")
    hold(desk)
    hire(desk, "anna", active=False)

    desk.later(SOON)

    task = desk.task()
    assert (task.state, task.held_by, task.held_decision) == (ReviewState.OPEN, None, None)
    assert task.notes[-1].text == "the account anna is switched off"
    assert desk.events()[-1] == "held_review_refused"


def test_a_stopped_case_stays_stopped(desk: Office) -> None:
    """A person can always stop it: the held decision never takes effect."""
    hold(desk)

    cancel_case(desk.context, "R-1", "lead")
    desk.run()
    desk.later(SOON)

    assert desk.case("R-1").outcome is ClosingOutcome.CANCELLED
    assert desk.store.decisions(desk.case("R-1").id) == []


def test_a_held_edit_of_the_case_is_read_anew(desk: Office) -> None:
    """The case gets its new fields when the decision takes effect, not before."""
    desk.handle("R-1", order=None)
    task = desk.task().id
    decide_task(desk.context, task, "anna", Verb.EDIT, changes={"order": "O-9"}, hold=True)
    assert desk.case("R-1").data.get("order") is None

    desk.later(SOON)

    assert desk.case("R-1").data["order"] == "O-9"


def test_a_held_edit_whose_key_is_taken_goes_back(desk: Office) -> None:
    """What cannot be recorded is not tried for ever; somebody looks at it again."""
    desk.handle("R-1", order=None)
    task = desk.task().id
    decide_task(desk.context, task, "anna", Verb.EDIT, changes={"number": "R-2"}, hold=True)
    desk.send("R-2")

    desk.later(SOON)

    assert desk.task("R-1").state is ReviewState.OPEN
    assert "belongs to case" in desk.task("R-1").notes[-1].text


def test_a_crash_of_the_sweep_changes_nothing(desk: Office) -> None:
    """The next sweep brings the same effect, once."""
    hold(desk)
    desk.pass_time(SOON)
    with pytest.raises(Crashed):
        sweep(replace(desk.context, crash=Crashing(CrashPoint.SWEEP_BEFORE_COMMIT)), WORKER)

    assert desk.later(0).tasks == 1
    assert len(desk.store.decisions(desk.case("R-1").id)) == 1


def test_a_queue_without_a_window_decides_at_once(small_desk: Office) -> None:
    """`hold` asks for what the contract gives; the lead's queue gives none."""
    small_desk.shop.confidence["R-1"] = 0.9
    small_desk.handle("R-1", amount=350)
    task = small_desk.task()
    assert task.queue == "lead"

    done = decide_task(small_desk.context, task.id, "lead", Verb.APPROVE, hold=True)

    assert done.task.state is ReviewState.DECIDED


def test_many_can_be_held_together(small_desk: Office) -> None:
    """Each with a window and a record of its own."""
    tasks = [small_desk.unsure(f"R-{n}") for n in (1, 2, 3)]

    results = decide_many(
        small_desk.context, tasks, "anna", Verb.APPROVE, reason_code="clear", hold=True
    )
    undo_decision(small_desk.context, tasks[1], "anna")
    small_desk.later(SOON)

    assert all(each.is_decided for each in results)
    decided = [bool(small_desk.store.decisions(small_desk.case(f"R-{n}").id)) for n in (1, 2, 3)]
    assert decided == [True, False, True]


def test_a_window_is_no_lateness(small_desk: Office) -> None:
    """It was decided in time; the deadline passing meanwhile breaches nothing."""
    task = small_desk.unsure()
    left = small_desk.task().due_at - small_desk.clock.now()
    small_desk.clock.pass_time(left - timedelta(seconds=5))
    decide_task(small_desk.context, task, "anna", Verb.APPROVE, reason_code="clear", hold=True)

    small_desk.later(SOON / 2)

    assert small_desk.task().id == task
    assert small_desk.task().held_by == PersonId("anna")
    small_desk.later(SOON)
    assert small_desk.case("R-1").waits_for is WaitsFor.HOLD
