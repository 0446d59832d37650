"""What the example's contract says about review: undo, tasks in hand, planted questions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from interlock.contracts import check_contract
from interlock.domain.case import Case, CaseState
from interlock.domain.ids import QueueName
from interlock.domain.quality import Probe
from interlock.domain.review import Verb
from interlock.runtime.quality_chores import ask_probes
from interlock.storage import TaskQuery
from tests.examples.accounts_payable.runtime_office import EXAMPLE, BackOffice, loaded

CLERKS = QueueName("ap_clerks")
DAYS_TRIED = 10
HALF_AN_HOUR = timedelta(minutes=30)
PROBES = {probe.name: probe for probe in loaded().contract.probes}


@pytest.fixture
def office(tmp_path: Path) -> Iterator[BackOffice]:
    """A department with an empty inbox."""
    made = BackOffice.opened(f"sqlite:///{tmp_path / 'interlock.sqlite'}", tmp_path / "data")
    yield made
    made.close()


def test_the_clerks_can_take_a_decision_back_and_hold_only_so_many() -> None:
    """A slip of the hand costs nothing, and nobody sits on the whole queue."""
    queue = loaded().contract.queues[CLERKS]

    assert 0 < queue.undo_seconds <= 60
    assert queue.at_most is not None


def test_errors_are_planted_and_clean_ones_too() -> None:
    """With errors alone, who rejects everything would look best."""
    assert {probe.is_planted for probe in PROBES.values()} == {True, False}
    assert all(probe.correct for probe in PROBES.values() if probe.is_planted)


def test_planted_questions_change_no_fingerprint() -> None:
    """A new question is no new release; and the file checks clean."""
    assert not [each for each in check_contract(EXAMPLE).problems if "probe" in each.message]


def test_each_planted_question_reaches_the_clerks_and_is_judged(office: BackOffice) -> None:
    """Asked on some day, on the clerks' desk like any other, and closed by its answer alone."""
    seen: dict[str, str] = {}
    for _ in range(DAYS_TRIED * 48):
        office.clock.pass_time(HALF_AN_HOUR)
        if ask_probes(office.context):
            [task] = office.store.tasks(TaskQuery())
            assert task.queue == CLERKS
            case = office.case(task.case_id)
            assert case.probe is not None
            probe = PROBES[case.probe.name]
            seen[probe.name] = task.question
            after = _answered(office, probe, case.id)
            assert after.state is CaseState.CLOSED
            assert after.actions == ()
        if set(seen) == set(PROBES):
            break

    assert set(seen) == set(PROBES)
    assert all(question.endswith("?") for question in seen.values())


def _answered(office: BackOffice, probe: Probe, case_id: str) -> Case:
    case = office.case(case_id)
    if probe.is_planted:
        return office.decide(case, "anna", Verb.EDIT, changes=dict(probe.correct))
    return office.decide(case, "anna", Verb.APPROVE)
