"""Probes: they look like work, they are never work, and they say whether errors are caught."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interlock.domain.case import Arm, CaseState
from interlock.domain.contract import Stage
from interlock.domain.desk_event import CaseReopened
from interlock.domain.event import ReviewBreached, ReviewEscalated, StepReturned, TimerFired
from interlock.domain.fact import FactKind
from interlock.domain.ids import PersonId
from interlock.domain.quality import ProbeResult, Quality
from interlock.domain.review import ReviewState, ReviewTask, Verb
from interlock.domain.rules import probing
from interlock.domain.rules.advance import advance, due, is_out_of_place, replay
from interlock.domain.rules.outlook import consequences, silence
from interlock.testing.builders import MORNING, a_route
from tests.domain.rules.watching import (
    a_probe,
    a_probe_case,
    answer,
    facts_of,
    probed,
    suggested,
    watched,
)
from tests.domain.support import Play, raised

CLEAN = a_probe(name="fine", is_planted=False, correct={}, value={"text": "Dear Sir", "copies": 1})
SAME_IN_BOTH = (
    "kind",
    "queue",
    "severity",
    "verbs",
    "step",
    "exception_type",
    "why",
    "edits",
    "reason_codes",
    "required",
    "missing",
    "look",
    "about",
    "deciders",
    "excluded",
    "expires_at",
    "blind",
    "due_at",
    "at_risk_at",
)


def result(play: Play) -> str:
    """What the one answer to the probe showed."""
    [(queue, found)] = facts_of(play, FactKind.PROBE_ANSWERED)
    assert queue == "desk"
    return found


def test_a_probe_looks_exactly_like_the_real_question() -> None:
    """A reviewer who can tell is tested on telling, not on reviewing."""
    real, planted = suggested(), probed()

    for name in SAME_IN_BOTH:
        assert getattr(planted.task, name) == getattr(real.task, name), name
    shown = [play.transitions[-1].evidence[-1].content for play in (real, planted)]
    assert set(shown[0]) == set(shown[1])
    assert "probe" not in str(shown[1])
    assert set(consequences(real.contract, real.case, real.task)) == set(
        consequences(planted.contract, planted.case, planted.task)
    )
    assert silence(real.contract, real.task) == silence(planted.contract, planted.task)


def test_a_probe_can_be_an_exception_too() -> None:
    """Where the AI acts by itself, what reaches people are its exceptions."""
    routes = [a_route("low_confidence", question="Is {number} right?")]
    planted = a_probe(exception_type="low_confidence", detail="confidence 0.50 is under the line")
    real = Play(
        watched(Quality(), exceptions=routes),
        {"answer": [raised("low_confidence", value={"text": "x"}, has_value=True)]},
    )
    play = probed(planted, exceptions=routes)

    for name in (*SAME_IN_BOTH, "question"):
        assert getattr(play.task, name) == getattr(real.task, name), name
    play.reject("anna")
    assert result(play) == ProbeResult.CAUGHT


@pytest.mark.parametrize(
    ("probe", "verb", "value", "expected"),
    [
        (a_probe(), Verb.REJECT, None, ProbeResult.CAUGHT),
        (a_probe(), Verb.APPROVE, None, ProbeResult.MISSED),
        (a_probe(), Verb.EDIT, {"text": "Dear Sir", "copies": 1}, ProbeResult.CAUGHT),
        (a_probe(), Verb.EDIT, {"text": "Dear Madam", "copies": 2}, ProbeResult.MISSED),
        (a_probe(correct={}), Verb.EDIT, {"text": "Hi", "copies": 1}, ProbeResult.CAUGHT),
        (a_probe(correct={}), Verb.EDIT, {"text": "Dear Madam", "copies": 1}, ProbeResult.MISSED),
        (CLEAN, Verb.APPROVE, None, ProbeResult.CLEARED),
        (CLEAN, Verb.REJECT, None, ProbeResult.FALSE_ALARM),
        (CLEAN, Verb.EDIT, {"text": "Hi", "copies": 1}, ProbeResult.FALSE_ALARM),
        (CLEAN, Verb.EDIT, {"text": "Dear Sir", "copies": 1}, ProbeResult.CLEARED),
    ],
)
def test_what_an_answer_shows(probe: Any, verb: Verb, value: Any, expected: ProbeResult) -> None:
    """Changing something is only catching it when the change is the right one."""
    play = probed(probe)

    answer(play, play.task, verb, "anna", value=value)

    assert result(play) == expected
    assert play.case.state is CaseState.CLOSED


def test_passing_it_on_and_silence_say_neither() -> None:
    """Who hands it to the lead neither caught nor missed it; and nobody is late for a probe."""
    passed_on, left = probed(), probed()
    passed_on.apply(ReviewEscalated(task=passed_on.task, by=PersonId("anna")))
    left.now = left.task.due_at
    left.apply(ReviewEscalated(task=left.task))

    assert (result(passed_on), result(left)) == (ProbeResult.PASSED_ON, ProbeResult.UNANSWERED)
    assert facts_of(left, FactKind.REVIEW_BREACHED) == []
    assert [task.state for task in left.transitions[-1].tasks] == [ReviewState.WITHDRAWN]
    assert left.case.state is CaseState.CLOSED


def test_an_early_breach_is_no_end() -> None:
    """A clock that is wrong by a minute must not end a question somebody is reading."""
    play = probed()

    for event in (ReviewBreached(task=play.task), ReviewEscalated(task=play.task)):
        assert is_out_of_place(advance(play.contract, play.case, event, play.now))


@given(
    verb=st.sampled_from([Verb.APPROVE, Verb.EDIT, Verb.REJECT]),
    stage=st.sampled_from(Stage),
    planted=st.booleans(),
)
def test_nothing_of_a_probe_is_ever_done(verb: Verb, stage: Stage, planted: bool) -> None:
    """A planted invoice that is paid would be the worst error the tests ever found."""
    probe = a_probe(is_planted=planted, correct={})
    contract = watched()
    play = Play(contract, {}, case=replace(a_probe_case(contract, probe), stage=stage))
    task = play.task

    answer(play, task, verb, "anna", value={"text": "x"})
    after = (
        CaseReopened(by=PersonId("carla"), reason="it is wrong"),
        StepReturned(step=play.case.step or "", attempt=0, value=1),
        TimerFired(),
    )

    assert play.ran() == []
    assert play.case.actions == ()
    assert due(contract, play.case) is None
    for event in after:
        assert is_out_of_place(advance(contract, play.case, event, play.now))


def test_a_probe_is_drawn_for_no_sample_and_no_second_look() -> None:
    """Watching those who watch has an end."""
    play = probed()
    play.approve("anna")

    assert play.case.looks == ()
    assert replay(play.contract, play.history) == play.case


def test_every_fact_of_a_probe_says_so() -> None:
    """What counts business leaves them out by the arm; one fact without it would be counted."""
    play = probed()
    play.approve("anna")

    assert {fact.arm for each in play.transitions for fact in each.facts} == {Arm.PROBE}


@given(a_day=st.integers(1, 5), hours=st.integers(0, 23))
def test_each_probe_of_a_day_is_asked_once_and_in_its_hour(a_day: int, hours: int) -> None:
    """However often a worker looks; and one missed by an hour is left out, never heaped up."""
    contract = watched(Quality(probes_per_day=a_day), probes=(a_probe(), CLEAN))
    midnight = MORNING.replace(hour=0)
    found: Counter[int] = Counter()
    for minute in range(0, 24 * 60, 30):
        due_now = list(probing.due(contract, midnight + timedelta(minutes=minute)))
        found.update(number for _, number, _ in due_now)

    assert set(found) <= set(range(a_day))
    assert all(times <= 2 for times in found.values())
    now = midnight + timedelta(hours=hours)
    assert list(probing.due(contract, now)) == list(probing.due(contract, now))


def test_a_probe_has_another_number_each_time() -> None:
    """The same invoice number twice would tell a reviewer what it is."""
    probe = a_probe()
    day = MORNING.date()

    made = [probing.numbered(probe, "letters", day, number).data["number"] for number in range(20)]

    assert len(set(made)) > 15
    assert all(text.startswith("A-") and text[2:].isdigit() for text in made)


def test_without_probes_or_a_rate_none_is_due() -> None:
    """A contract that names no probes asks none."""
    none = watched(Quality(probes_per_day=5))
    never = watched(Quality(), probes=(a_probe(),))

    assert list(probing.due(none, MORNING)) == list(probing.due(never, MORNING)) == []


def test_a_suggestion_is_planted_only_where_people_decide_suggestions() -> None:
    """Where the AI acts by itself, a suggestion to a person would be told at once."""
    contract = watched()
    case = a_probe_case(contract, a_probe())
    acting = replace(case, stage=Stage.AUTONOMOUS)
    as_exception = a_probe_case(contract, a_probe(exception_type="low_confidence"))

    assert probing.is_plausible(contract, case)
    assert not probing.is_plausible(contract, acting)
    assert probing.is_plausible(contract, replace(as_exception, stage=Stage.AUTONOMOUS))


def test_a_probe_task_is_no_look() -> None:
    """It is the case's own question, so every path treats it as one."""
    task: ReviewTask = probed().task

    assert task.look is None
    assert task.about == ()
