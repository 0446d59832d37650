"""Backtest: what a changed contract would have made of the cases on record."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from interlock.domain.case import ClosingOutcome, Handling
from interlock.domain.contract import Stage
from interlock.domain.event import CaseMigrated
from interlock.domain.ids import StepName
from interlock.domain.money import Money
from interlock.domain.review import Verb
from interlock.foresight import (
    AnswersFrom,
    Difference,
    LeftOut,
    LiveSteps,
    ReplayedCase,
    TrailEnd,
    backtest,
)
from interlock.foresight.follow import follow
from interlock.runtime.workflow import Workflows
from tests.foresight.changed import changed, migrated, on_record
from tests.runtime.office import Office
from tests.runtime.test_replay import ENDS, Did, _happens, happenings

D = Difference
STRICTER = ("accept_at: 0.8}\n    retry", "accept_at: 0.97}\n    retry")


@pytest.fixture
def office(sqlite_url: str) -> Iterator[Office]:
    office = Office.opened(sqlite_url)
    yield office
    office.close()


@pytest.fixture
def assisted(sqlite_url: str) -> Iterator[Office]:
    office = Office.opened(sqlite_url, Stage.ASSISTED)
    yield office
    office.close()


@pytest.fixture
def shadow(sqlite_url: str) -> Iterator[Office]:
    office = Office.opened(sqlite_url, Stage.SHADOW)
    yield office
    office.close()


# --- the same contract --------------------------------------------------------------------------


@pytest.mark.parametrize(("story", "outcome", "handling"), ENDS)
def test_under_the_same_contract_a_case_ends_where_it_ended(
    office: Office, story: Callable[[Office], None], outcome: ClosingOutcome, handling: Handling
) -> None:
    """Field by field, or a difference could be the tool's and not the contract's."""
    story(office)

    [past] = on_record(office)
    assert isinstance(past, ReplayedCase)
    trail = follow(office.workflow, past)

    assert (trail.outcome, trail.case.handling) == (outcome, handling)
    assert replace(trail.case, version=0) == replace(past.case, version=0)


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    day=st.lists(happenings, min_size=4, max_size=14),
    stage=st.sampled_from([Stage.AUTONOMOUS, Stage.AUTONOMOUS, Stage.ASSISTED, Stage.SHADOW]),
)
def test_whatever_a_day_brought_the_same_contract_differs_in_nothing(
    day: list[Did], stage: Stage
) -> None:
    """Troubles, silence, stops and questions included; open cases stand where they stand."""
    with TemporaryDirectory() as folder:
        office = Office.opened(f"sqlite:///{Path(folder) / 'day.sqlite'}", stage)
        try:
            for did in day:
                _happens(office, did)

            cases = on_record(office)
            report = backtest(office.workflow, cases)

            assert not report.differs, report.differing
            assert report.was == report.would_be
            for past in cases:
                assert isinstance(past, ReplayedCase)
                assert replace(follow(office.workflow, past).case, version=0) == replace(
                    past.case, version=0
                )
        finally:
            office.close()


@pytest.mark.parametrize("story", [story for story, _, _ in ENDS])
def test_a_contract_that_differs_only_in_words_differs_in_nothing(
    office: Office, tmp_path: Path, story: Callable[[Office], None]
) -> None:
    """Another fingerprint alone moves no case."""
    story(office)
    other = changed(office, tmp_path, ("title: Refunds", "title: Money back"))

    report = backtest(other, on_record(office))

    assert report.fingerprint != office.workflow.contract.fingerprint
    assert not report.differs, report.differing


# --- a changed contract -------------------------------------------------------------------------


def test_a_higher_line_moves_cases_to_people_and_says_how_much_money(
    office: Office, tmp_path: Path
) -> None:
    """Each case went by itself with 0.95; under a line of 0.97 a person would be asked."""
    for number, amount in (("R-1", 100), ("R-2", 250)):
        office.handle(number, amount)
        office.later(30)

    report = backtest(changed(office, tmp_path, STRICTER), on_record(office))

    moved = report.kinds[D.MACHINE_TO_PERSON]
    assert (moved.cases, moved.money) == (2, (Money.of(350, "EUR"),))
    assert (report.was.machine, report.would_be.person) == (2, 2)
    [clerks] = report.queues
    assert (clerks.queue, clerks.was, clerks.would_be) == ("clerks", 0, 2)
    assert clerks.minutes_would_be == 10
    assert report.kinds[D.UNKNOWN].cases == 2, "nobody's answer is on record, so none is taken"


def test_a_lower_line_moves_cases_from_people_to_the_machine(
    office: Office, tmp_path: Path
) -> None:
    """Approved by a person as it was, the machine would have done the very same by itself."""
    office.unsure()
    office.decide("R-1", "ben", Verb.APPROVE, reason_code="clear")
    office.later(30)
    lower = changed(office, tmp_path, ("accept_at: 0.8}\n    retry", "accept_at: 0.4}\n    retry"))

    report = backtest(lower, on_record(office))

    [case] = report.differing
    assert case.kinds == {D.PERSON_TO_MACHINE, D.OTHER_EXCEPTIONS}
    assert report.kinds[D.PERSON_TO_MACHINE].money == (Money.of(100, "EUR"),)
    assert report.would_be.machine == 1


def test_an_action_nobody_did_is_begun_and_its_outcome_unknown(
    office: Office, tmp_path: Path
) -> None:
    """A person refused this one; the machine would have booked it, and that is all we know."""
    office.unsure()
    office.decide("R-1", "anna", Verb.REJECT, reason_code="unclear")
    lower = changed(office, tmp_path, ("accept_at: 0.8}\n    retry", "accept_at: 0.4}\n    retry"))

    [past] = on_record(office)
    assert isinstance(past, ReplayedCase)
    trail = follow(lower, past)
    report = backtest(lower, [past])

    assert trail.end is TrailEnd.UNKNOWN
    assert [each.name for each in trail.acted] == ["book"]
    assert report.unknown == {"book with these arguments was never done": 1}
    assert report.kinds[D.PERSON_TO_MACHINE].cases == 1
    assert office.shop.done("R-1") == [], "looking ahead does nothing"


def test_another_tier_is_seen_and_only_those_it_names_may_answer(
    office: Office, tmp_path: Path
) -> None:
    """The lead's yes on record is no yes of the head's."""
    office.handle(amount=350)
    office.decide("R-1", "lead", Verb.APPROVE)
    office.later(30)
    head = changed(
        office, tmp_path, ('"amount > 300", tier: [lead]', '"amount > 300", tier: [head]')
    )

    report = backtest(head, on_record(office))

    [case] = report.differing
    assert {D.OTHER_TIER, D.OTHER_QUEUE, D.UNKNOWN} <= case.kinds
    assert any("lead may not answer it here" in why for why in report.unknown)


def test_a_lower_threshold_asks_where_nobody_was_asked(office: Office, tmp_path: Path) -> None:
    """Money that went out by itself would have needed a yes."""
    office.handle(amount=200)
    office.later(30)
    lower = changed(office, tmp_path, ('"amount > 300"', '"amount > 150"'))

    report = backtest(lower, on_record(office))

    assert set(report.kinds) == {D.MACHINE_TO_PERSON, D.OTHER_TIER, D.UNKNOWN}


def test_another_stage_shows_what_autonomy_would_have_taken_over(assisted: Office) -> None:
    """The release board asks this before a promotion."""
    assisted.handle(amount=100)
    assisted.decide("R-1", "ben", Verb.APPROVE)
    assisted.later(30)

    report = backtest(assisted.workflow, on_record(assisted), stage=Stage.AUTONOMOUS)

    assert report.kinds[D.PERSON_TO_MACHINE].cases == 1
    assert D.UNKNOWN not in report.kinds


def test_less_time_for_people_passes_a_question_on_before_its_recorded_answer(
    office: Office, tmp_path: Path
) -> None:
    """Answered after 50 minutes of 60; with 30 it would have been the lead's by then."""
    office.unsure()
    office.later(50)
    office.decide("R-1", "ben", Verb.APPROVE, reason_code="clear")
    office.later(30)
    hurried = changed(
        office,
        tmp_path,
        (
            "low_confidence, severity: low, route_to: clerks, sla_minutes: 60",
            "low_confidence, severity: low, route_to: clerks, sla_minutes: 30",
        ),
    )

    [case] = backtest(hurried, on_record(office)).differing

    assert {D.OTHER_QUEUE, D.UNKNOWN} <= case.kinds


def test_differences_are_told_by_segment_and_in_words(office: Office, tmp_path: Path) -> None:
    """Easy and hard work are not averaged, and each case says what was and what would be."""
    office.handle("R-1", 100)
    office.later(30)
    by_money = ("deadline: promised_on", "deadline: promised_on\n  segment: [currency]")
    office.workflow = changed(office, tmp_path, by_money)
    office.context = replace(office.context, workflows=Workflows([office.workflow]))
    office.runner = replace(office.runner, workflows=office.context.workflows)
    office.handle("R-2", 200)
    office.later(30)

    report = backtest(changed(office, tmp_path, by_money, STRICTER), on_record(office))

    assert [(each.segment, each.compared) for each in report.segments] == [("EUR", 1)]
    assert sum(report.left_out.values()) == 1, "the first version's folder was not kept here"
    [change, *_] = report.differing[0].changes
    assert (change.was, change.would_be) == ("nobody is asked", "asks clerks (low_confidence)")


# --- what is not on record ----------------------------------------------------------------------


def test_an_erased_record_is_left_out_by_name(office: Office) -> None:
    """What was erased is not made up again."""
    office.handle()
    with office.store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE audit_entry SET payload = NULL, salt = NULL")

    [left] = on_record(office)
    report = backtest(office.workflow, [left])

    assert isinstance(left, LeftOut)
    assert report.left_out == {"part of its record was erased": 1}
    assert report.compared == 0


def test_in_shadow_the_ais_answer_is_on_record_and_the_real_handling_is_not(
    office: Office,
) -> None:
    """What the AI said alone is what a watched one would have said; what would have been done in
    its place, nobody knows."""
    office.handle()
    office.later(30)

    [past] = on_record(office)
    assert isinstance(past, ReplayedCase)
    trail = follow(office.workflow, past, stage=Stage.SHADOW)
    report = backtest(office.workflow, [past], stage=Stage.SHADOW)

    record = trail.case.shadows[StepName("judge")]
    assert (record.confidence, record.error) == (0.95, "")
    assert report.unknown == {"judge_by_rule has no answer on record": 1}
    assert set(report.kinds) == {D.UNKNOWN}
    assert report.would_be.neither_yet == 1


def test_what_a_watched_ai_said_counts_where_it_would_have_decided(shadow: Office) -> None:
    """Months of shadow are asked: what if it had been allowed to act?"""
    shadow.handle()
    shadow.later(30)

    [past] = on_record(shadow)
    assert isinstance(past, ReplayedCase)
    same = follow(shadow.workflow, past)
    alone = follow(shadow.workflow, past, stage=Stage.AUTONOMOUS)
    report = backtest(shadow.workflow, [past], stage=Stage.AUTONOMOUS)

    assert replace(same.case, version=0) == replace(past.case, version=0)
    assert alone.case.outputs[StepName("judge")] == past.case.shadows[StepName("judge")].value
    assert [each.name for each in alone.acted] == ["book"]
    assert report.unknown == {"book with these arguments was never done": 1}


def test_a_case_that_was_moved_is_retraced_under_each_of_its_versions(
    office: Office, tmp_path: Path
) -> None:
    """What happened before the move happened under the version before it; under the newer one
    alone the record would break off there."""
    office.unsure()
    later = changed(office, tmp_path, STRICTER)
    migrated(office, later)
    office.decide("R-1", "anna", Verb.APPROVE, reason_code="clear")
    office.later(30)

    [past] = on_record(office)
    report = backtest(later, [past])

    assert isinstance(past, ReplayedCase)
    assert past.contract.fingerprint == later.contract.fingerprint
    assert past.moments[0].contract.fingerprint != later.contract.fingerprint
    assert not any(isinstance(each.event, CaseMigrated) for each in past.moments)
    assert past.trail.outcome is past.case.outcome is ClosingOutcome.COMPLETED
    assert not report.differs, report.differing


def test_live_asks_the_candidates_model_and_still_does_nothing(
    office: Office, tmp_path: Path
) -> None:
    """The recorded answer was sure; the model of today is not."""
    office.handle()
    office.later(30)
    done = list(office.shop.lines)
    office.shop.confidence["R-1"] = 0.3
    candidate = changed(office, tmp_path, ("title: Refunds", "title: Money back"))
    with ThreadPoolExecutor(2) as threads:
        live = LiveSteps(workflow=candidate, store=office.store, threads=threads)
        report = backtest(candidate, on_record(office), live=live)

    assert report.answers is AnswersFrom.LIVE
    assert report.kinds[D.MACHINE_TO_PERSON].cases == 1
    assert office.shop.lines == done


def test_recorded_answers_of_other_code_are_named(office: Office, tmp_path: Path) -> None:
    """A rule that was rewritten did not give the answers on record."""
    office.handle()
    candidate = changed(
        office,
        tmp_path,
        code="\n\n@step\ndef judge_by_rule(check: Check) -> Judgement:\n"
        '    """Stricter."""\n    return Judgement(accept=False, reason="by rule")\n',
    )

    assert backtest(candidate, on_record(office)).older_code == ("judge_by_rule",)


def test_a_window_takes_only_the_cases_opened_in_it(office: Office) -> None:
    """Last month is last month."""
    from interlock.foresight import KeptVersions, replayed_cases

    office.handle("R-1")
    later = office.clock.now() + timedelta(hours=1)
    office.later(120)
    office.handle("R-2")
    versions = KeptVersions(office.store, office.context.workflows, Path())

    def keys(**window: object) -> list[str]:
        return [
            each.case.key
            for each in replayed_cases(office.store, versions, "refunds", **window)  # type: ignore[arg-type]
        ]

    assert keys() == ["R-2", "R-1"]
    assert keys(since=later) == ["R-2"]
    assert keys(until=later) == ["R-1"]
    assert keys(limit=1) == ["R-2"]
