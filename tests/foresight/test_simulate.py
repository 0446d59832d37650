"""Simulate: the same seed gives the same future, and each share has its denominator."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from interlock.contracts import load_workflow
from interlock.domain.contract import Stage
from interlock.domain.review import Verb
from interlock.foresight import ReplayedCase, Stated, StatedUnusable, read_stated
from interlock.foresight.simulate import Plan, simulate
from interlock.runtime.workflow import Workflow
from tests.foresight.changed import changed, on_record
from tests.runtime.office import REFUNDS, Office

KIND = {"share": 1, "case": {"number": "R-{n}", "amount": 100, "order": "O-1"}}
STEPS = {
    "check": {"returns": {"order": "O-1"}, "raises": {"missing_data": 0.1}},
    "judge": {"returns": {"accept": True}, "confidence": [8, 2], "wrong": 0.04},
    "judge_by_rule": {"returns": {"accept": True}},
}


@pytest.fixture(scope="module")
def refunds() -> Workflow:
    return Workflow(loaded=load_workflow(REFUNDS), systems={})


def a_plan(**changes: object) -> Plan:
    stated = Stated.model_validate(
        {"kinds": [KIND], "steps": STEPS, "decisions": {"approve": 0.9, "reject": 0.1}}
    )
    plan = Plan(volume_per_day=200, days=2, sample=200, stated=stated)
    return replace(plan, **changes)  # type: ignore[arg-type]


def test_the_same_seed_gives_the_same_report(refunds: Workflow) -> None:
    """Two people who talk about a simulation talk about the same numbers."""
    assert simulate(refunds, a_plan()) == simulate(refunds, a_plan())
    assert simulate(refunds, a_plan(seed=2)) != simulate(refunds, a_plan(seed=3))


def test_every_case_is_counted_once_and_shares_name_their_denominators(refunds: Workflow) -> None:
    """Machine, people and neither are all cases; 80-20 is read off them."""
    report = simulate(refunds, a_plan())

    parts = (report.machine, report.people, report.unsettled)
    assert {part.of for part in parts} == {report.cases}
    assert sum(part.hits for part in parts) == report.cases
    assert sum(report.handled.values()) == report.cases


def test_the_line_and_the_troubles_decide_who_is_asked(refunds: Workflow) -> None:
    """10 % meet missing data; of the others beta(8, 2) is under 0.8 for 43.6 %, who are asked:
    0.1 + 0.9 · 0.436, within the sample's three standard errors."""
    report = simulate(refunds, a_plan(sample=600, volume_per_day=5000))

    assert report.people.value == pytest.approx(0.1 + 0.9 * 0.436, abs=0.06)
    assert report.exception_rate.value == pytest.approx(0.49, abs=0.06)


def test_at_an_earlier_stage_people_are_asked_about_everything(refunds: Workflow) -> None:
    """The contract decides the path, not the simulation."""
    report = simulate(refunds, a_plan(stage=Stage.ASSISTED))

    assert report.machine.hits == 0
    assert report.human_override_rate.value == pytest.approx(0.1, abs=0.06)


def test_a_sample_of_paths_agrees_with_taking_every_case_through(refunds: Workflow) -> None:
    """At a small volume both can be had; the share of people differs by under five points."""
    sampled = simulate(refunds, a_plan(sample=400, volume_per_day=600))
    every = simulate(refunds, a_plan(sample=0, volume_per_day=600))

    assert every.paths == every.cases
    assert sampled.people.value == pytest.approx(every.people.value, abs=0.05)
    assert sampled.questions_a_case == pytest.approx(every.questions_a_case, abs=0.07)


def test_errors_burn_the_budget_only_where_somebody_stated_them(
    refunds: Workflow, tmp_path: Path
) -> None:
    """4 % wrong of what the machine does against 2 % allowed is a burn of two; unstated, none."""
    office = Office.opened(f"sqlite:///{tmp_path / 'x.sqlite'}")
    budget = "quality_sample: 0.0\nerror_budget: {rate: 0.02, window_days: 30}\nworkflow_release"
    with_budget = changed(office, tmp_path, ("workflow_release", budget))
    office.close()

    known = simulate(with_budget, a_plan(sample=1000)).budget
    silent = {name: {k: v for k, v in step.items() if k != "wrong"} for name, step in STEPS.items()}
    unknown = simulate(
        with_budget, a_plan(stated=Stated.model_validate({"kinds": [KIND], "steps": silent}))
    ).budget

    assert known is not None
    assert known.burn == pytest.approx(2, abs=0.9)
    assert known.days_to_spent == pytest.approx(30 / known.burn)
    assert unknown is not None
    assert unknown.burn is None


def test_too_few_people_are_said_to_be_too_few(refunds: Workflow) -> None:
    """500 questions a day of five minutes are 42 hours; two people round the clock have 48."""
    busy = simulate(refunds, a_plan(stage=Stage.ASSISTED, volume_per_day=2000))

    clerks = next(each for each in busy.queues if each.queue == "clerks")
    assert clerks.growing
    assert clerks.needed is not None
    assert clerks.needed > clerks.people
    assert clerks.late.hits > 0


def test_the_gate_is_told_how_many_days_it_needs(refunds: Workflow) -> None:
    """Half the cases meet an exception: the canary is taken back within days, never promoted."""
    [line] = simulate(refunds, a_plan()).gate

    assert line.promote_days is None
    assert line.roll_back_days is not None
    assert line.canary_cases_a_day == 20


# --- from the record ----------------------------------------------------------------------------


@pytest.fixture
def office(sqlite_url: str) -> Iterator[Office]:
    office = Office.opened(sqlite_url)
    yield office
    office.close()


def test_the_record_gives_the_paths_and_what_was_overruled(office: Office) -> None:
    """Three went by themselves, one was refused: so goes a quarter of the future."""
    for number in ("R-1", "R-2", "R-3"):
        office.handle(number)
    office.unsure("R-4")
    office.decide("R-4", "anna", Verb.REJECT, reason_code="unclear")
    office.later(30)
    cases = tuple(each for each in on_record(office) if isinstance(each, ReplayedCase))

    report = simulate(
        office.workflow, Plan(volume_per_day=2000, days=1, recorded=cases, source="the record")
    )

    assert report.paths == 4
    assert report.people.value == pytest.approx(0.25, abs=0.05)
    assert report.human_override_rate.value == 1
    assert report.unsettled.hits == 0


# --- what is stated wrongly ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("decisions: {approve: 0.5}", "must come to 1"),
        ("steps: {judge: {raises: {a: 0.7, b: 0.7}}}", "come to more than 1"),
        ("steps: {judge: {confidence: [0, 1]}}", "above 0"),
        ("volume: 3", "line 1"),
        ("kinds: [", "line"),
    ],
)
def test_a_wrong_statement_is_refused_with_its_line(tmp_path: Path, text: str, says: str) -> None:
    """A simulation of something else is worse than none."""
    file = tmp_path / "simulation.yaml"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(StatedUnusable, match=says):
        read_stated(file)


def test_a_kind_that_is_no_case_of_the_contract_is_refused(refunds: Workflow) -> None:
    """The contract's own case schema is asked."""
    stated = Stated.model_validate({"kinds": [{"share": 1, "case": {"number": "1"}}]})

    with pytest.raises(StatedUnusable, match="amount is missing"):
        simulate(refunds, a_plan(stated=stated))
