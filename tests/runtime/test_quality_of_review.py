"""The quality of review in a running office: looks, probes, blind queues, precedents."""

from __future__ import annotations

import json
from typing import Any

import pytest

from interlock.domain.case import CaseState
from interlock.domain.contract import Stage
from interlock.domain.fact import Fact, FactKind
from interlock.domain.quality import LookKind, Quality
from interlock.domain.review import ReviewState, Verb
from interlock.runtime.commands import (
    DecisionRefused,
    calibration,
    cancel_case,
    claim_task,
    decide_task,
    evidence_shown,
    follow_up,
    give_own_answer,
    similar_decisions,
)
from interlock.runtime.commands.editing import EditRefused
from interlock.runtime.quality_chores import ask_probes
from interlock.storage import CaseQuery, TaskQuery
from tests.runtime.office import MONDAY, Office
from tests.runtime.watched import a_planted_refund, look_of, watch

PROBES = Quality(probes_per_day=3)
CLEAR = {"reason_code": "clear"}


def asked_probes(office: Office, hours: int = 24) -> list[str]:
    """Lets so many hours pass; the ids of the probe cases that were asked."""
    for _ in range(hours * 2):
        ask_probes(office.context)
        office.pass_time(30)
    return [case.id for case in probes_in(office)]


def probes_in(office: Office) -> list[Any]:
    """The probe cases, which must be asked for."""
    everything = office.store.cases(CaseQuery(probes=True, limit=1000))
    real = {case.id for case in office.store.cases(CaseQuery(limit=1000))}
    return [case for case in everything if case.id not in real]


def test_a_sampled_case_is_looked_at_while_it_stays_closed(office: Office) -> None:
    """From the close to the answer on a real database, and the case is as it was."""
    watch(office, Quality(sample=1.0))
    office.handle("R-1")
    office.later(31)
    closed = office.case("R-1")
    task = look_of(office, "R-1", LookKind.SAMPLE)

    with pytest.raises(DecisionRefused, match="say what was wrong"):
        decide_task(office.context, task.id, "lead", Verb.REJECT)
    answered = decide_task(office.context, task.id, "lead", Verb.REJECT, note="paid twice")
    office.run()

    after = office.case("R-1")
    assert closed.state is after.state is CaseState.CLOSED
    assert office.deeds("R-1") == [(each.name, str(each.state)) for each in closed.actions]
    assert "may be reopened" in follow_up(answered.case, answered.task)
    [fact] = office.store.facts(kinds=[FactKind.SAMPLE_CHECKED])
    assert (fact.name, fact.detail) == ("lead", "wrong")


def test_the_sample_is_opened_once_even_when_workers_crash(office: Office) -> None:
    """Its id is that of the case, and it is one transaction with the close."""
    watch(office, Quality(sample=1.0))
    for number in range(5):
        office.handle(f"R-{number}")
    office.later(31)
    office.later(31)

    tasks = office.store.tasks(TaskQuery(queues=("lead",), limit=100))

    assert len([task for task in tasks if task.look is LookKind.SAMPLE]) == 5


def test_stopping_a_case_does_not_meet_its_look(assisted_office: Office) -> None:
    """A case with an open look beside its own question can still be stopped."""
    office = watch(assisted_office, Quality(second_look=1.0))
    office.handle("R-1", 450)
    office.decide("R-1", "ben", Verb.APPROVE)
    assert look_of(office, "R-1", LookKind.SECOND).is_live
    assert office.task("R-1").step == "call_customer"

    cancel_case(office.context, "R-1", "lead")
    office.run()

    assert office.case("R-1").state is CaseState.CLOSED
    assert look_of(office, "R-1", LookKind.SECOND).is_live


def test_two_reviewers_and_a_third_on_a_real_database(office: Office) -> None:
    """From the first answer to the adjudication, every one recorded and the case untouched."""
    watch(office, Quality(second_look=1.0))
    office.unsure("R-1")
    office.decide("R-1", "anna", Verb.APPROVE, **CLEAR)
    second = look_of(office, "R-1", LookKind.SECOND)
    with pytest.raises(DecisionRefused, match="a second person must decide"):
        decide_task(office.context, second.id, "anna", Verb.APPROVE, **CLEAR)

    decide_task(office.context, second.id, "ben", Verb.REJECT, reason_code="unclear")
    third = look_of(office, "R-1", LookKind.ADJUDICATION)
    decide_task(office.context, third.id, "lead", Verb.APPROVE, **CLEAR)
    office.later(31)

    details = [fact.detail for fact in office.store.facts(kinds=[FactKind.SECOND_LOOK])]
    assert details == ["approve/reject", "first_right"]
    assert office.case("R-1").state is CaseState.CLOSED
    assert office.is_paid("R-1")


def test_an_edit_of_a_second_look_is_validated_and_not_taken(office: Office) -> None:
    """The same schema as for any edit; and what it says goes nowhere."""
    watch(office, Quality(second_look=1.0))
    office.unsure("R-1")
    office.decide("R-1", "anna", Verb.APPROVE, **CLEAR)
    second = look_of(office, "R-1", LookKind.SECOND)

    with pytest.raises(EditRefused):
        decide_task(
            office.context, second.id, "ben", Verb.EDIT, changes={"accept": "maybe"}, **CLEAR
        )
    decide_task(office.context, second.id, "ben", Verb.EDIT, changes={"accept": False}, **CLEAR)

    assert office.case("R-1").outputs["judge"]["accept"] is True


def test_a_probe_is_asked_decided_and_gone(office: Office) -> None:
    """It lies in the queue like work, its answer is judged, and nothing was done."""
    watch(office, PROBES, probes=(a_planted_refund(),))
    office.later(1)
    before = list(office.shop.lines)

    ids = asked_probes(office)
    task = next(t for t in office.store.tasks(TaskQuery(queues=("clerks",))) if t.case_id in ids)
    package = evidence_shown(office.context, task.id, "anna")
    decide_task(office.context, task.id, "anna", Verb.REJECT, reason_code="unclear")
    office.run()

    assert "probe" not in json.dumps(package.content, default=str)
    assert office.store.document(package.content["source"]["document"]).name.startswith("R-")
    [fact] = office.store.facts(kinds=[FactKind.PROBE_ANSWERED], probes=True)
    assert fact.detail == "caught"
    assert office.store.task(task.id).state is ReviewState.DECIDED
    assert office.shop.lines == before


def test_a_probe_is_asked_once_however_many_workers_ask(office: Office) -> None:
    """Its id is its place in the day."""
    watch(office, PROBES, probes=(a_planted_refund(),))
    asked = []
    for _ in range(48):
        asked.append((ask_probes(office.context), ask_probes(office.context)))
        office.pass_time(30)

    assert sum(first for first, _ in asked) == len(probes_in(office)) > 0
    assert not any(again for _, again in asked)


def test_a_probe_never_takes_the_place_of_a_real_case(office: Office) -> None:
    """A real refund with the very key of a probe is a case of its own, and is paid."""
    watch(office, PROBES, probes=(a_planted_refund(),))
    asked_probes(office)
    key = probes_in(office)[0].key

    office.handle(key)
    office.later(31)

    assert office.is_paid(key)
    assert office.case(key).exceptions_seen == 0


def test_a_late_probe_is_taken_back_quietly(office: Office) -> None:
    """Nobody was late for it, and nobody further up is asked."""
    watch(office, PROBES, probes=(a_planted_refund(),))
    ids = asked_probes(office)

    office.later(24 * 60)
    office.later(1)

    found = [f.detail for f in office.store.facts(kinds=[FactKind.PROBE_ANSWERED], probes=True)]
    assert found == ["unanswered"] * len(ids)
    assert list(office.store.facts(kinds=[FactKind.REVIEW_BREACHED], probes=True)) == []


def a_day(office: Office) -> None:
    """Refunds that are paid, refused, escalated and late, and decisions with precedents."""
    for number in range(4):
        office.handle(f"R-{number}", 100 + number)
    for number in (7, 8):
        office.unsure(f"R-{number}", 200 + number)
        office.decide(f"R-{number}", "ben", Verb.APPROVE, **CLEAR)
    office.unsure("R-9", 250)
    office.handle("R-10", 350)
    for _ in range(48):
        ask_probes(office.context)
        for case in probes_in(office):
            if case.state is CaseState.WAITING:
                decide_task(office.context, case.task, "anna", Verb.REJECT, reason_code="unclear")
        office.later(30)


def _value(fact: Fact) -> float | None:
    """What was measured; how long a function took is another time at each run."""
    return None if fact.kind in (FactKind.STEP_FINISHED, FactKind.ACTION_FINISHED) else fact.value


def numbers(office: Office) -> dict[str, Any]:
    """Everything the business counts, lists and measures."""
    store, now = office.store, office.clock.now()
    facts = [
        (str(f.kind), f.case_id, f.name, f.detail, _value(f), f.at, f.amount_micros)
        for f in store.facts()
    ]
    of_one = [(str(f.kind), f.case_id) for f in store.facts(workflow="refunds")]
    return {
        "counts": store.counts(now=now),
        "of one": store.counts("refunds", now=now),
        "contracts": store.open_by_contract(),
        "facts": sorted(map(repr, facts)),
        "facts of one": sorted(of_one),
        "cases": [case.id for case in store.cases(CaseQuery(limit=1000))],
        "found": [case.id for case in store.cases(CaseQuery(text="R-", limit=1000))],
        "past": list(store.past_decisions("refunds")),
        "calibration": calibration(office.context, "judge", 0.5),
        "budget": store.budget_used("refunds", "pay_out.money_per_day", "2026-03-02"),
        "open": store.open_counts(),
        "steps": store.step_counts("refunds"),
        "closed": store.closed_since(MONDAY),
        "opened": store.opened_since(MONDAY),
        "on time": store.on_time(MONDAY),
        "exceptions": store.exception_counts(since=MONDAY, today=MONDAY),
        "visible": store.visible_cases(),
        "shop": list(office.shop.done("R-1")),
    }


@pytest.mark.parametrize(
    "fixture", ["sqlite_url", pytest.param("module_postgres_url", marks=pytest.mark.postgres)]
)
def test_a_day_with_probes_gives_the_numbers_of_a_day_without(
    fixture: str, request: pytest.FixtureRequest
) -> None:
    """Whoever reads a number must not read ours into it: counts, money, budgets, exceptions,
    deadlines, searches, precedents and calibration are the same to the last one."""
    url, days, asked = request.getfixturevalue(fixture), [], []
    for probes in ((), (a_planted_refund(),)):
        office = watch(Office.opened(url), Quality(probes_per_day=len(probes) * 4), probes=probes)
        a_day(office)
        days.append(numbers(office))
        asked.append(len(probes_in(office)))
        office.close()

    assert asked[0] == 0
    assert asked[1] > 1
    for name, number in days[0].items():
        assert days[1][name] == number, name


def test_a_blind_queue_hears_the_reviewer_first(office: Office) -> None:
    """Their own answer is checked like an edit, on record, and opens the suggestion to them."""
    watch(office, blind=True)
    task = office.unsure("R-1")
    hidden = evidence_shown(office.context, task, "anna")
    with pytest.raises(DecisionRefused, match="give your own answer first"):
        decide_task(office.context, task, "anna", Verb.APPROVE, **CLEAR)
    with pytest.raises(DecisionRefused, match="your answer is empty"):
        give_own_answer(office.context, task, "anna")
    with pytest.raises(EditRefused):
        give_own_answer(office.context, task, "anna", changes={"accept": "maybe"})

    mine = {"accept": True, "reason": "they have the receipt"}
    give_own_answer(office.context, task, "anna", changes=mine)
    open_now = evidence_shown(office.context, task, "anna")
    office.decide("R-1", "anna", Verb.APPROVE, **CLEAR)

    assert "proposal" in hidden.content["hidden"]
    assert "proposal" not in hidden.content
    assert open_now.content["proposal"]["value"]["accept"] is True
    [said] = office.store.task(task).own_answers
    assert (said.by, said.value) == ("anna", mine)
    assert office.events("R-1").count("own_answer_given") == 1


def test_a_blind_edit_says_everything_itself(office: Office) -> None:
    """A field left out would be taken from a suggestion the reviewer never saw."""
    watch(office, blind=True)
    task = office.unsure("R-1")

    with pytest.raises(EditRefused):
        decide_task(office.context, task, "anna", Verb.EDIT, changes={"accept": False}, **CLEAR)
    whole = {"accept": False, "reason": "no receipt"}
    decide_task(office.context, task, "anna", Verb.EDIT, changes=whole, **CLEAR)

    assert office.case("R-1").outputs["judge"] == whole


def test_where_nothing_is_hidden_no_own_answer_is_needed(office: Office) -> None:
    """The command says so instead of keeping an answer nobody asked for."""
    watch(office)
    task = office.unsure("R-1")

    with pytest.raises(DecisionRefused, match="nothing is kept back"):
        give_own_answer(office.context, task, "anna", text="yes")


def test_precedents_are_the_same_question_with_the_nearest_amount_first(office: Office) -> None:
    """A reviewer wants to know how this was decided before, for about this much."""
    watch(office)
    for number, amount in (("R-1", 100), ("R-2", 190), ("R-3", 260)):
        office.unsure(number, amount)
        office.decide(number, "ben", Verb.APPROVE, note=f"as for {number}", **CLEAR)
    office.unsure("R-4", 200)

    found = similar_decisions(office.context, office.task("R-4").id, limit=2)

    assert [each.note for each in found] == ["as for R-2", "as for R-3"]
    assert (found[0].verb, found[0].by, found[0].reason_code) == (Verb.APPROVE, "ben", "clear")
    assert found[0].at == MONDAY


def test_calibration_counts_what_reviewers_took_as_it_was(assisted_office: Office) -> None:
    """Two suggestions at 0.9, one taken and one changed: one of two."""
    office = watch(assisted_office)
    for number, verb in (("R-1", Verb.APPROVE), ("R-2", Verb.REJECT)):
        office.shop.confidence[number] = 0.92
        office.handle(number)
        office.decide(number, "ben", verb)

    assert calibration(office.context, "judge", 0.92) == (1, 2)
    assert calibration(office.context, "judge", 0.92, workflow="refunds") == (1, 2)
    assert calibration(office.context, "judge", 0.97) == (0, 0)
    assert calibration(office.context, "judge", 0.92, tenant="another") == (0, 0)


def test_thinking_time_is_on_record(office: Office) -> None:
    """From taking the task to deciding it, and marked when that is faster than the contract's."""
    watch(office, Quality(thinking_seconds=30))
    for number, seconds in (("R-1", 10), ("R-2", 60)):
        task = office.unsure(number)
        claim_task(office.context, task, "ben")
        office.pass_time(seconds / 60)
        office.decide(number, "ben", Verb.APPROVE, **CLEAR)

    found = {d.case_id: (d.thinking_seconds, d.too_quick) for d in past(office)}

    assert found == {
        office.case("R-1").id: (10.0, True),
        office.case("R-2").id: (60.0, False),
    }


def past(office: Office) -> list[Any]:
    """Every decision of the workflow."""
    return list(office.store.past_decisions("refunds"))


def test_a_suggestion_is_planted_only_where_a_person_decides_suggestions(office: Office) -> None:
    """At this stage the AI acts by itself, so a suggestion in the queue would be told at once."""
    assert office.context.stage is Stage.AUTONOMOUS
    watch(office, PROBES, probes=(a_planted_refund(exception_type=None, detail=""),))

    assert asked_probes(office) == []


def test_a_probe_that_no_longer_fits_the_case_is_left_out(office: Office) -> None:
    """A probe is a helper: a wrong one stops neither the others nor the work."""
    broken = a_planted_refund(data={"number": "R-{n}", "amount": -5})
    watch(office, PROBES, probes=(broken,))

    assert asked_probes(office) == []
