"""How much of the record a change touches; what the record cannot tell is said to be unknown."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from interlock.domain.contract import Confidence, StepMode, WorkflowContract
from interlock.domain.delta import PastAction, PastCase, PastProposal
from interlock.domain.ids import CaseId, StepName, WorkflowId
from interlock.release.delta import NotTheSameWorkflow, autonomy_delta
from interlock.testing.builders import (
    MORNING,
    Holds,
    a_contract,
    a_step,
    a_tier,
    an_action_rule,
    euros,
)

SORT, PAY = StepName("sort"), "pay"
OVER_10 = Holds("arguments.x > 10", lambda facts: facts["arguments"]["x"] > 10)
OVER_20 = Holds("arguments.x > 20", lambda facts: facts["arguments"]["x"] > 20)


def a_version(line: float = 0.9, over: Holds = OVER_10, **segments: float) -> WorkflowContract:
    sort = a_step(
        "sort",
        mode=StepMode.AGENTIC,
        confidence=Confidence(accept_at=line, segments=segments),
        actions=(PAY,),
    )
    return a_contract(
        steps=[sort], actions=[an_action_rule(PAY)], approvals=(a_tier(PAY, when=over),)
    )


def a_past_case(key: str, sure: float | None, **more: Any) -> PastCase:
    said = () if sure is None else (PastProposal(step=SORT, confidence=sure),)
    plain: dict[str, Any] = {"steps": (SORT,), "proposals": said, "amount": euros("10")}
    return PastCase(id=CaseId(key), opened_at=MORNING, **{**plain, **more})


def test_a_lowered_line_touches_the_cases_between_the_lines() -> None:
    """Those under the new line are asked about still, those over the old one never were."""
    record = [a_past_case("low", 0.7), a_past_case("between", 0.85), a_past_case("high", 0.95)]

    [moved] = autonomy_delta(a_version(0.9), a_version(0.8), record).moved

    assert moved.touched is not None
    assert (moved.touched.cases, moved.touched.unknown) == (1, 0)
    assert moved.touched.money == (euros("10"),)


def test_a_line_of_one_segment_touches_only_its_cases() -> None:
    """Autonomy may differ by segment, so its weight does too."""
    record = [a_past_case("a", 0.85, segment="new"), a_past_case("b", 0.85, segment="old")]

    delta = autonomy_delta(a_version(new=0.9), a_version(new=0.8), record)

    assert delta.touched.segments == (("new", 1),)
    assert delta.widens == ("step sort: confidence line for new lowered from 0.9 to 0.8",)


def test_a_case_without_a_recorded_proposal_is_unknown() -> None:
    """A person may have done the step; nobody knows how sure the AI would have been."""
    [moved] = autonomy_delta(a_version(0.9), a_version(0.8), [a_past_case("1", None)]).moved

    assert moved.touched is not None
    assert (moved.touched.cases, moved.touched.unknown) == (0, 1)


def test_a_raised_threshold_touches_the_amounts_between() -> None:
    """The recorded arguments are held against both conditions, as the policy would."""

    def pays(x: int) -> PastCase:
        done = PastAction(name=PAY, step=SORT, arguments={"x": x})
        return a_past_case(str(x), 0.95, actions=(done,), amount=euros(str(x)))

    [moved] = autonomy_delta(a_version(), a_version(over=OVER_20), map(pays, (5, 12, 18, 25))).moved

    assert moved.touched is not None
    assert moved.touched.cases == 2
    assert (moved.touched.smallest, moved.touched.largest) == (euros("12"), euros("18"))


def test_a_case_counts_once_over_all_that_widens() -> None:
    """Two changes over the same case do not make it two cases."""
    old = a_version()
    wider = replace(old.steps[0], confidence=Confidence(accept_at=0.5), evidence_required=())
    before = replace(old, steps=(replace(old.steps[0], evidence_required=("proof",)),))

    delta = autonomy_delta(before, replace(old, steps=(wider,)), [a_past_case("1", 0.7)])

    assert len(delta.widens) == 2
    assert delta.touched.cases == 1


def test_two_workflows_are_not_compared() -> None:
    """A delta between different businesses would be signed for nothing."""
    other = replace(a_version(), workflow=WorkflowId("other"))

    with pytest.raises(NotTheSameWorkflow, match="name two of the same"):
        autonomy_delta(a_version(), other, [])
