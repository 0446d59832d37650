"""Who is away, and who fills their seat: in queues, in approvals, and within both their limits."""

from __future__ import annotations

from datetime import timedelta

import pytest

from interlock.domain.ids import PersonId
from interlock.domain.people import Grant, Role
from interlock.domain.review import Verb
from interlock.runtime.commands import (
    AbsenceRefused,
    DecisionRefused,
    claim_task,
    decide_task,
    end_absence,
    set_absence,
)
from tests.runtime.desk.offices import hire
from tests.runtime.office import MONDAY, Office

WEEK = timedelta(days=7)


def away(office: Office, person: str, deputy: str | None = None, by: str | None = None) -> None:
    """The person is away for a week from now."""
    now = office.clock.now()
    set_absence(office.context, person, now, now + WEEK, deputy, by or person)


def test_who_is_away_is_not_asked(desk: Office) -> None:
    """Until they end it themselves, or its time is over."""
    task = desk.unsure()
    away(desk, "anna")

    with pytest.raises(DecisionRefused, match="you are away until 2026-03-09 09:00 UTC"):
        claim_task(desk.context, task, "anna")
    end_absence(desk.context, "anna", "anna")
    assert claim_task(desk.context, task, "anna").task.held_by == "anna"


def test_an_absence_ends_by_itself(small_desk: Office) -> None:
    """Nobody has to remember to be back."""
    task = small_desk.unsure()
    now = small_desk.clock.now()
    set_absence(small_desk.context, "anna", now, now + timedelta(minutes=10), None, "anna")
    small_desk.pass_time(10)

    assert claim_task(small_desk.context, task, "anna").task.held_by == "anna"


def test_a_deputy_works_in_the_queues_of_who_is_away(desk: Office) -> None:
    """And only meanwhile."""
    task = desk.unsure()
    with pytest.raises(DecisionRefused, match="not a member of queue clerks"):
        claim_task(desk.context, task, "engineer")

    away(desk, "anna", "engineer")
    decide_task(desk.context, task, "engineer", Verb.APPROVE, reason_code="clear")

    assert desk.decisions() == [("engineer", "approve")]


def test_a_deputy_has_the_lesser_of_both_limits(small_desk: Office) -> None:
    """Anna may decide up to 500 EUR, and so may nobody in her seat decide more."""
    task = small_desk.unsure(amount=600)
    away(small_desk, "anna", "engineer")

    with pytest.raises(DecisionRefused, match="up to EUR 500"):
        decide_task(small_desk.context, task, "engineer", Verb.APPROVE, reason_code="clear")


def test_a_deputy_fills_the_seat_of_a_named_approver(desk: Office) -> None:
    """The approval counts as that of the seat, and is recorded as who gave it."""
    desk.handle("R-1", amount=350)
    task = desk.task()
    assert task.deciders == ("lead",)
    away(desk, "lead", "head", by="lead")

    desk.decide("R-1", "head", Verb.APPROVE)

    [approval] = desk.case("R-1").approvals
    assert (approval.by, approval.seat) == ("head", "lead")


def test_nobody_fills_the_seat_of_who_had_their_say(small_desk: Office) -> None:
    """Four eyes are two people's: what anna may not decide, nobody decides in her place."""
    small_desk.shop.confidence["R-1"] = 0.5

    small_desk.send("R-1", opened_by=PersonId("anna"))
    small_desk.run()
    away(small_desk, "anna", "engineer")

    with pytest.raises(DecisionRefused, match="not a member of queue clerks"):
        claim_task(small_desk.context, small_desk.task().id, "engineer")


def test_only_oneself_or_who_runs_the_work_sets_an_absence(desk: Office) -> None:
    """And it is on record in the house log."""
    with pytest.raises(AbsenceRefused, match="ben answers neither"):
        away(desk, "anna", by="ben")
    hire(desk, "viv", Grant(role=Role.VIEWER))
    with pytest.raises(AbsenceRefused, match="this needs the role"):
        away(desk, "anna", by="viv")

    away(desk, "anna", "ben", by="lead")

    [entry] = [each for each in desk.store.house_entries() if each.kind == "absence_set"]
    assert (entry.actor, entry.body["person"], entry.body["deputy"]) == (
        "person:lead",
        "anna",
        "ben",
    )
    [absence] = desk.store.absences(desk.clock.now())
    assert (absence.person, absence.deputy, absence.until) == ("anna", "ben", MONDAY + WEEK)
    end_absence(desk.context, "anna", "lead")
    assert desk.store.absences(desk.clock.now()) == []


@pytest.mark.parametrize(
    ("deputy", "days", "words"),
    [
        ("anna", 1, "nobody stands in for themselves"),
        ("mallory", 1, "mallory is nobody who works here"),
        (None, -1, "its end is not after its beginning"),
        (None, 0, "its end is not after its beginning"),
    ],
)
def test_an_absence_that_makes_no_sense_is_refused(
    small_desk: Office, deputy: str | None, days: int, words: str
) -> None:
    """Nothing is recorded then."""
    now = small_desk.clock.now()

    with pytest.raises(AbsenceRefused, match=words):
        set_absence(small_desk.context, "anna", now, now + timedelta(days=days), deputy, "anna")
    with pytest.raises(AbsenceRefused, match="they are not away"):
        end_absence(small_desk.context, "anna", "anna")
