"""The report on review: each number by hand, and nothing unknown shown as known."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interlock.domain.fact import Fact, FactKind
from interlock.domain.ids import (
    CaseId,
    Fingerprint,
    PersonId,
    QueueName,
    StepName,
    TaskId,
    WorkflowId,
)
from interlock.domain.quality import ProbeResult
from interlock.domain.review import ReviewKind, Verb
from interlock.measure import (
    agreement_by_confidence,
    exact_interval,
    probes_of,
    rate_interval,
    sample_error,
    thinking_of,
)
from interlock.storage import PastDecision

AT = datetime(2026, 3, 2, tzinfo=UTC)


def a_fact(kind: FactKind, case: str = "c1", **changes: Any) -> Fact:
    """A fact of a case."""
    plain: dict[str, Any] = {
        "case_id": CaseId(case),
        "workflow": WorkflowId("letters"),
        "fingerprint": Fingerprint("f"),
        "tenant": "",
        "segment": "",
        "arm": "release",
        "stage": "autonomous",
        "kind": kind,
        "at": AT,
    }
    return Fact(**{**plain, **changes})


def closed(segment: str, *cases: str) -> list[Fact]:
    """These cases closed with nobody asked."""
    kind = FactKind.CASE_CLOSED
    return [a_fact(kind, case, segment=segment, name="autonomous") for case in cases]


def checked(segment: str, case: str, detail: str = "right") -> Fact:
    """Somebody looked at this case."""
    return a_fact(FactKind.SAMPLE_CHECKED, case, segment=segment, detail=detail)


def a_decision(number: int = 0, **changes: Any) -> PastDecision:
    """A suggestion that somebody approved."""
    plain: dict[str, Any] = {
        "task_id": TaskId(f"t{number}"),
        "case_id": CaseId(f"c{number}"),
        "workflow": WorkflowId("letters"),
        "tenant": "",
        "kind": ReviewKind.PROPOSAL,
        "queue": QueueName("desk"),
        "step": StepName("answer"),
        "exception_type": "",
        "segment": "",
        "amount": None,
        "confidence": 0.92,
        "verb": Verb.APPROVE,
        "reason_code": "",
        "note": "",
        "by": PersonId("anna"),
        "at": AT,
        "thinking_seconds": None,
        "too_quick": False,
    }
    return PastDecision(**{**plain, **changes})


def test_the_weighted_error_rate_by_hand() -> None:
    """80 easy cases, 4 checked, none wrong; 20 hard ones, 4 checked, 2 wrong.

    Unweighted it is 2 of 8, but hard cases are a fifth of the population: .8·0 + .2·.5 = .10.
    The sample is worth 1 / (.64/4 + .04/4) = 5.882 equal checks, so .588 wrong of 5.882.
    """
    closings = closed("easy", *[f"e{n}" for n in range(80)])
    closings += closed("hard", *[f"h{n}" for n in range(20)])
    checks = [checked("easy", f"e{n}") for n in range(4)]
    checks += [checked("hard", f"h{n}", "wrong" if n < 2 else "right") for n in range(4)]

    found = sample_error(closings, checks)

    assert (found.checked, found.wrong, found.population, found.covered) == (8, 2, 100, 1.0)
    assert found.rate == pytest.approx(0.10)
    assert found.effective == pytest.approx(1 / 0.17)
    low, high = exact_interval(0.1 / 0.17, 1 / 0.17)
    assert (found.low, found.high) == (pytest.approx(low), pytest.approx(high))


def test_with_one_segment_it_is_the_plain_rate() -> None:
    """Weights must change nothing where there is nothing to weigh."""
    closings = closed("", *[f"c{n}" for n in range(50)])
    checks = [checked("", f"c{n}", "wrong" if n == 0 else "right") for n in range(20)]

    found = sample_error(closings, checks)

    assert found.rate == pytest.approx(0.05)
    assert found.effective == pytest.approx(20)
    assert (found.low, found.high) == pytest.approx(exact_interval(1, 20))


def test_a_segment_nobody_checked_may_be_all_wrong() -> None:
    """Unknown is never success: a quarter unseen lifts the upper end by a quarter."""
    closings = closed("seen", "a", "b", "c") + closed("unseen", "d")

    found = sample_error(closings, [checked("seen", "a")])
    low, high = exact_interval(0, 1)

    assert found.covered == pytest.approx(0.75)
    assert found.rate == 0.0
    assert (found.low, found.high) == pytest.approx((0.75 * low, 0.75 * high + 0.25))


def test_nothing_checked_is_nothing_known() -> None:
    """No error found is not the same as nobody looked."""
    found = sample_error(closed("", "a", "b"), [])

    assert (found.rate, found.low, found.high) == (None, 0.0, 1.0)
    assert found.population == 2


def test_a_check_counts_for_the_window_its_case_closed_in_and_once() -> None:
    """A look next week is about this week's case; one asked again after a reopening is the last."""
    closings = [*closed("", "a"), a_fact(FactKind.CASE_CLOSED, "b", name="human")]
    checks = [checked("", "a", "wrong"), checked("", "a"), checked("", "b"), checked("", "old")]

    found = sample_error(closings, checks)

    assert (found.checked, found.wrong, found.population) == (1, 0, 1)


@given(
    sizes=st.dictionaries(st.sampled_from("abcd"), st.integers(1, 40), min_size=1),
    data=st.data(),
)
def test_the_rate_lies_in_its_interval_and_the_sample_is_worth_no_more_than_it_has(
    sizes: dict[str, int], data: st.DataObject
) -> None:
    """Weights can only make a sample worth less, and an estimate is inside its own interval."""
    closings, checks = [], []
    for segment, size in sizes.items():
        names = [f"{segment}{n}" for n in range(size)]
        closings += closed(segment, *names)
        seen = data.draw(st.integers(0, size))
        for name in names[:seen]:
            checks.append(checked(segment, name, data.draw(st.sampled_from(["right", "wrong"]))))

    found = sample_error(closings, checks)

    assert found.effective <= found.checked + 1e-9
    assert 0 <= found.low <= found.high <= 1
    if found.rate is not None:
        assert found.low <= found.rate * found.covered + 1e-9
        assert found.rate * found.covered <= found.high + 1e-9


def test_what_the_planted_questions_showed() -> None:
    """Caught of the planted ones, alarms of the clean ones; passing on counts for neither."""
    results = [
        *[ProbeResult.CAUGHT] * 8,
        *[ProbeResult.MISSED] * 2,
        *[ProbeResult.CLEARED] * 4,
        ProbeResult.FALSE_ALARM,
        ProbeResult.PASSED_ON,
        ProbeResult.UNANSWERED,
    ]
    found = probes_of(a_fact(FactKind.PROBE_ANSWERED, detail=each) for each in results)

    assert (found.caught.hits, found.caught.of) == (8, 10)
    assert (found.caught.low, found.caught.high) == rate_interval(8, 10)
    assert found.false_alarms.value == pytest.approx(0.2)
    assert (found.passed_on, found.unanswered) == (1, 1)


def test_no_probes_is_no_rate() -> None:
    """A review that was never tested did not pass."""
    found = probes_of([])

    assert found.caught.value is None
    assert (found.caught.low, found.caught.high) == (0.0, 1.0)


def test_thinking_time_is_a_median_of_what_is_known() -> None:
    """Half a minute, one and ten: one. What nobody knows is counted beside it, not as zero."""
    times = [30.0, 60.0, 600.0, None, None]
    decisions = [
        a_decision(n, thinking_seconds=time, too_quick=time == times[0])
        for n, time in enumerate(times)
    ]

    found = thinking_of(decisions)

    assert (found.median_seconds, found.timed, found.untimed, found.too_quick) == (60.0, 3, 2, 1)
    assert thinking_of([]).median_seconds is None


def test_calibration_counts_each_band_of_each_step() -> None:
    """90 to 95 sure, right 3 times of 4; another step has its own line; an edit is not right."""
    verbs = [Verb.APPROVE, Verb.APPROVE, Verb.APPROVE, Verb.EDIT]
    decisions = [a_decision(n, verb=verb, confidence=0.92) for n, verb in enumerate(verbs)]
    decisions += [
        a_decision(9, confidence=1.0),
        a_decision(10, step=StepName("other")),
        a_decision(11, confidence=None),
    ]

    lines = agreement_by_confidence(decisions)

    assert [(each.step, each.band.low, each.agreed, each.of) for each in lines] == [
        ("answer", 0.9, 3, 4),
        ("answer", 0.95, 1, 1),
        ("other", 0.9, 1, 1),
    ]
    assert (lines[0].low, lines[0].high) == rate_interval(3, 4)
    assert not lines[0].is_off


def test_a_confidence_that_says_too_much_is_pointed_out() -> None:
    """95 sure and right a third of the time: the interval ends far below the band."""
    decisions = [
        a_decision(n, confidence=0.97, verb=Verb.APPROVE if n % 3 == 0 else Verb.REJECT)
        for n in range(60)
    ]

    [line] = agreement_by_confidence(decisions)

    assert line.is_off
