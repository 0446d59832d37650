"""What thresholds and the autonomy delta read from a real record."""

from __future__ import annotations

from datetime import timedelta

from interlock.domain.review import Verb
from interlock.measure.reviewed_cases import reviewed_cases
from interlock.release.past_cases import past_cases
from tests.runtime.office import MONDAY, Office


def test_what_people_decided_says_what_was_right(assisted_office: Office) -> None:
    """Approved is right, rejected is wrong; what nobody decided says nothing."""
    office = assisted_office
    for number in ("R-1", "R-2", "R-3"):
        office.handle(number)
    office.decide("R-1", "anna", Verb.APPROVE)
    office.decide("R-2", "anna", Verb.REJECT)
    contract = office.workflow.contract

    found = reviewed_cases(office.store, contract, contract.step("judge"))

    assert sorted(each.right for each in found) == [False, True]
    assert all(each.seen_from == 0 and each.confidence > 0.5 for each in found)


def test_a_case_asked_about_for_low_confidence_is_left_out(small_office: Office) -> None:
    """It was chosen by its confidence, so it would tilt what the others say."""
    small_office.unsure("R-1")
    small_office.decide("R-1", "anna", Verb.APPROVE, reason_code="clear")
    contract = small_office.workflow.contract

    assert reviewed_cases(small_office.store, contract, contract.step("judge")) == []


def test_a_recorded_case_is_told_as_far_as_the_record_goes(office: Office) -> None:
    """Its steps, what was said with which confidence, what was done, and how it was routed."""
    office.handle("R-1")
    office.unsure("R-2")
    office.later(31)

    found = {
        each.facts["number"]: each
        for each in past_cases(
            office.store, office.workflow.contract, since=MONDAY - timedelta(days=1)
        )
    }

    assert "judge" in found["R-1"].steps
    assert found["R-1"].proposals[0].confidence > 0.5
    assert {each.name for each in found["R-1"].actions} == {"book", "pay_out"}
    assert (found["R-1"].closed, found["R-2"].closed) == (True, False)
    assert found["R-2"].exceptions == ("low_confidence",)
    assert found["R-2"].proposals[0].confidence == 0.5
