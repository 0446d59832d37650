"""A task changes hands: takeover, hand-back, reassignment, and what is most urgent for somebody."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from interlock.domain.ids import PersonId
from interlock.domain.people import Grant, Role
from interlock.domain.review import ReviewState, Verb
from interlock.runtime.commands import (
    DecisionRefused,
    ask_question,
    cancel_case,
    claim_task,
    decide_task,
    hand_back_task,
    next_task,
    reassign_task,
    release_task,
    save_draft,
    takeover_task,
)
from interlock.runtime.desk_chores import forget_over_drafts
from interlock.storage import TaskQuery
from tests.runtime.desk.offices import AT_MOST, hire
from tests.runtime.office import Office


def test_the_lead_takes_over_with_all_it_has(desk: Office) -> None:
    """The questions, the notes and what was begun stay with the task."""
    task = desk.unsure()
    claim_task(desk.context, task, "anna")
    save_draft(desk.context, task, "anna", {"note": "I think so"})
    ask_question(desk.context, task, "anna", "Which order?")

    taken = takeover_task(desk.context, task, "lead", note="anna is ill").task

    assert (taken.held_by, taken.taken_from, len(taken.questions)) == ("lead", "anna", 1)
    assert [(each.what, each.by, each.text) for each in taken.notes] == [
        ("takeover", "lead", "anna is ill")
    ]
    kept = desk.store.draft(task)
    assert kept is not None
    assert kept.body == {"note": "I think so"}
    assert desk.events()[-1] == "review_taken_over"


def test_a_draft_is_kept_no_longer_than_its_task(desk: Office) -> None:
    """It may hold anything; a decision forgets it at once, whatever else ends a task soon after."""
    decided, stopped, open_one = (desk.unsure(f"R-{n}") for n in (1, 2, 3))
    for task in (decided, stopped):
        claim_task(desk.context, task, "anna")
        save_draft(desk.context, task, "anna", {"note": "?"})
    claim_task(desk.context, open_one, "ben")
    save_draft(desk.context, open_one, "ben", {"note": "?"})
    decide_task(desk.context, decided, "anna", Verb.APPROVE, reason_code="clear")
    assert desk.store.draft(decided) is None
    cancel_case(desk.context, "R-2", "lead")

    forget_over_drafts(desk.context)

    assert desk.store.draft(stopped) is None
    assert desk.store.draft(open_one) is not None


def test_whoever_took_it_over_from_the_escalation_sees_it_through(desk: Office) -> None:
    """It would have gone to them next; they need not be a member of the queue."""
    task = desk.unsure()
    claim_task(desk.context, task, "anna")
    takeover_task(desk.context, task, "lead")

    with pytest.raises(DecisionRefused, match="lead holds it"):
        decide_task(desk.context, task, "anna", Verb.APPROVE, reason_code="clear")
    decide_task(desk.context, task, "lead", Verb.APPROVE, reason_code="clear")

    assert desk.decisions() == [("lead", "approve")]


def test_a_colleague_takes_nothing_over(small_desk: Office) -> None:
    """A lease is worth something; only those who steer the work end it."""
    task = small_desk.unsure()
    with pytest.raises(DecisionRefused, match="nobody holds it; claim it"):
        takeover_task(small_desk.context, task, "lead")
    claim_task(small_desk.context, task, "anna")

    with pytest.raises(DecisionRefused, match="ben answers neither for the operations"):
        takeover_task(small_desk.context, task, "ben")
    with pytest.raises(DecisionRefused, match="you hold it already"):
        takeover_task(small_desk.context, task, "anna")


def test_an_operator_takes_over_and_still_does_not_decide(small_desk: Office) -> None:
    """The right to steer the work is not the right to decide it."""
    hire(small_desk, "olga", Grant(role=Role.OPERATOR))
    task = small_desk.unsure()
    claim_task(small_desk.context, task, "anna")

    takeover_task(small_desk.context, task, "olga")

    with pytest.raises(DecisionRefused, match="this needs the role reviewer"):
        decide_task(small_desk.context, task, "olga", Verb.APPROVE, reason_code="clear")


def test_a_task_goes_back_to_whom_it_was_taken_from(desk: Office) -> None:
    """Kept for them, with a word."""
    task = desk.unsure()
    claim_task(desk.context, task, "anna")
    takeover_task(desk.context, task, "lead")

    with pytest.raises(DecisionRefused, match="lead holds it"):
        hand_back_task(desk.context, task, "anna")
    back = hand_back_task(desk.context, task, "lead", note="yours again").task

    assert (back.state, back.held_by, back.assigned_to) == (ReviewState.OPEN, None, "anna")
    with pytest.raises(DecisionRefused, match="it is kept for anna until"):
        claim_task(desk.context, task, "ben")
    assert claim_task(desk.context, task, "anna").task.held_by == "anna"


def test_a_task_is_kept_for_a_named_person_until_it_is_at_risk(desk: Office) -> None:
    """Then anybody of the queue may take it: nothing waits for one person alone."""
    task = desk.unsure()

    given = reassign_task(desk.context, task, "ben", "lead", note="he knows them").task
    assert (given.assigned_to, given.lease_until) == ("ben", None)
    with pytest.raises(DecisionRefused, match="kept for ben"):
        claim_task(desk.context, task, "anna")

    desk.clock.move_to(desk.task().at_risk_at)
    assert claim_task(desk.context, task, "anna").task.held_by == "anna"


def test_nobody_is_given_what_they_may_not_work_on(small_desk: Office) -> None:
    """Not their own case, and nothing of a queue they do not work."""
    small_desk.shop.confidence["R-1"] = 0.5
    small_desk.send("R-1", opened_by=PersonId("ben"))
    small_desk.run()
    task = small_desk.task().id

    with pytest.raises(DecisionRefused, match="ben cannot take it: you opened this case"):
        reassign_task(small_desk.context, task, "ben", "lead")
    with pytest.raises(DecisionRefused, match="engineer cannot take it"):
        reassign_task(small_desk.context, task, "engineer", "lead")
    with pytest.raises(DecisionRefused, match="ben answers neither"):
        reassign_task(small_desk.context, task, "anna", "ben")


def test_its_holder_may_pass_it_to_a_colleague(small_desk: Office) -> None:
    """Whoever has begun may ask another to go on."""
    task = small_desk.unsure()
    claim_task(small_desk.context, task, "anna")

    given = reassign_task(small_desk.context, task, "ben", "anna").task

    assert (given.state, given.assigned_to) == (ReviewState.OPEN, "ben")


def test_giving_it_back_ends_the_keeping(small_desk: Office) -> None:
    """Who does not want it leaves it to all."""
    task = small_desk.unsure()
    reassign_task(small_desk.context, task, "ben", "lead")
    claim_task(small_desk.context, task, "ben")

    assert release_task(small_desk.context, task, "ben").task.assigned_to is None


# --- the next task ------------------------------------------------------------------------------


def test_the_next_task_is_the_most_urgent_one_may_work_on(desk: Office) -> None:
    """Their own case and what others hold are passed over."""
    for number in ("R-1", "R-2", "R-3"):
        desk.shop.confidence[number] = 0.5
        opened_by = PersonId("anna") if number == "R-1" else None
        desk.send(number, opened_by=opened_by)
        desk.run()
        desk.pass_time(1)
    claim_task(desk.context, desk.task("R-2").id, "ben")

    found = next_task(desk.context, "anna")

    assert found is not None
    assert found.case.key == "R-3"
    assert found.task.held_by == "anna"
    assert next_task(desk.context, "anna") is None
    assert next_task(desk.context, "anna", queue="lead") is None


def test_what_is_kept_for_somebody_comes_first(desk: Office) -> None:
    """It was given to them for a reason."""
    desk.unsure("R-1")
    desk.pass_time(1)
    second = desk.unsure("R-2")
    reassign_task(desk.context, second, "ben", "lead")

    found = next_task(desk.context, "ben")

    assert found is not None
    assert found.task.id == second


def test_nobody_gathers_more_than_the_queue_allows(desk: Office) -> None:
    """The refusal says what to finish; what waits for an answer does not count."""
    tasks = [desk.unsure(f"R-{n}") for n in range(AT_MOST + 1)]
    for task in tasks[:AT_MOST]:
        claim_task(desk.context, task, "anna")

    with pytest.raises(DecisionRefused, match="lets one hold 2 at once; finish task_"):
        next_task(desk.context, "anna")

    ask_question(desk.context, tasks[0], "anna", "Which one?")
    found = next_task(desk.context, "anna")
    assert found is not None
    assert found.task.id == tasks[-1]


def test_many_who_ask_at_once_get_different_tasks(desk: Office) -> None:
    """Nobody works on the same question, and nobody goes without while there is work."""
    for number in range(4):
        desk.unsure(f"R-{number}")

    with ThreadPoolExecutor(4) as threads:
        asked = ["anna", "ben", "anna", "ben"]
        found = list(threads.map(lambda who: next_task(desk.context, who), asked))

    taken = [each.task.id for each in found if each is not None]
    assert len(set(taken)) == len(taken) == 4


# --- finding tasks ------------------------------------------------------------------------------


def test_tasks_are_found_by_who_has_them_and_what_they_are_about(desk: Office) -> None:
    """The desk's filters, each by itself and with a page."""
    tasks = [desk.unsure(f"R-{n}") for n in range(3)]
    claim_task(desk.context, tasks[0], "anna")
    reassign_task(desk.context, tasks[1], "ben", "lead")

    def found(**query: object) -> list[str]:
        return [each.id for each in desk.store.tasks(TaskQuery(**query))]  # type: ignore[arg-type]

    assert found(held_by="anna") == [tasks[0]]
    assert found(assigned_to="ben") == [tasks[1]]
    assert found(assigned_to="ben", states=(ReviewState.OPEN,)) == [tasks[1]]
    assert found(text="r-2") == [tasks[2]]
    assert found(exception_type="low_confidence", queues=("clerks", "lead")) == sorted(
        tasks, key=lambda each: (desk.store.task(each).due_at, each)
    )
    assert found(exception_type="missing_data") == []
    assert found(tenants=frozenset({"other"})) == []
    assert found(due_before=desk.clock.now()) == []
    counts = {(each.person, each.queue): each.held for each in desk.store.in_hand_counts()}
    assert counts == {("anna", "clerks"): 1}
