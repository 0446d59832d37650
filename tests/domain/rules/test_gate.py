"""What a gate says of an era: proven, not yet, unknown, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interlock.contracts.gate_expression import parsed
from interlock.domain.contract import FallbackMode, ReleaseGate, Stage
from interlock.domain.gate import Count, Finding, GateDecision, GateEvidence, GateVerdict
from interlock.domain.ids import Fingerprint, PersonId, WorkflowId
from interlock.domain.release import EraId, ReleaseId
from interlock.domain.rollout import WAIVABLE, Precondition, Rollout, Waiver
from interlock.domain.rules.gate import judge
from interlock.domain.rules.gate_stages import BUDGET_SPENT, CASES

SINCE: Final = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NOW: Final = SINCE + timedelta(hours=72)
FINE: Final = dict.fromkeys(Precondition, (Finding.PASS, "it is so"))
GOOD: Final = {
    CASES: Count(hits=500),
    "exception_rate": Count(hits=8, cases=500),
    "human_override_rate": Count(hits=30, cases=500),
    "critical_regressions": Count(hits=0),
    "reviewer_queue_sla_breach": Count(hits=0),
}


def a_gate(success: tuple[str, ...] | None = None, **fields: Any) -> ReleaseGate:
    """The field's own gate, or one with these success lines."""
    lines = ("exception_rate <= 0.04", "human_override_rate <= 0.15", "critical_regressions == 0")
    rollback = (
        "exception_rate > 0.06",
        "reviewer_queue_sla_breach == true",
        "critical_regressions > 0",
    )
    plain: dict[str, Any] = {
        "canary_traffic": 0.1,
        "promotion_window_hours": 48,
        "success_criteria": tuple(parsed(each) for each in success or lines),
        "rollback_trigger": tuple(parsed(each) for each in fields.pop("rollback", rollback)),
        "fallback_mode": FallbackMode.DETERMINISTIC_PATH,
    }
    return ReleaseGate(**{**plain, **fields})


def seen(counts: dict[str, Count] | None = None, **fields: Any) -> GateEvidence:
    """Evidence on a good canary, but for these counts."""
    plain: dict[str, Any] = {
        "release": ReleaseId("rel_1"),
        "era": EraId("rel_1.3"),
        "workflow": WorkflowId("ap"),
        "fingerprint": Fingerprint("f" * 64),
        "segment": "",
        "stage": Stage.CANARY,
        "since": SINCE,
        "at": NOW,
        "counts": {**GOOD, **(counts or {})},
        "conditions": FINE,
        "newest_fact_at": NOW - timedelta(hours=1),
    }
    return GateEvidence(**{**plain, **fields})


def judged(counts: dict[str, Count] | None = None, **fields: Any) -> GateVerdict:
    return judge(seen(counts, **fields), a_gate(), Rollout())


def finding(verdict: GateVerdict, metric: str) -> Finding:
    return next(each.finding for each in verdict.criteria if each.metric == metric)


def test_a_release_is_promoted_when_everything_is_proven() -> None:
    """The way up exists; everything else here is about what closes it."""
    verdict = judged()

    assert verdict.decision is GateDecision.PROMOTE
    assert "autonomous" in verdict.words
    assert {each.finding for each in verdict.criteria} == {Finding.PASS}
    assert verdict.triggers == ()
    assert verdict.watched[0].text == "exception_rate > 0.06"


def test_too_few_cases_are_said_with_how_many_are_missing() -> None:
    """A lead plans by it: not "insufficient data" but a number."""
    verdict = judged({"exception_rate": Count(hits=4, cases=200)})
    line = verdict.criteria[0]

    assert verdict.decision is GateDecision.HOLD
    assert line.finding is Finding.NOT_YET
    assert line.cases_to_go == 336
    assert line.words == (
        "2.0 %: 4 of 200 cases that entered the AI path and left it; the truth lies between "
        "0.21 % and 5.87 %; needs about 340 more cases"
    )


def test_a_share_the_line_will_never_be_proven_at_has_no_number() -> None:
    """At the line itself, no number of cases helps, and a number would mislead."""
    line = judged({"exception_rate": Count(hits=10, cases=200)}).criteria[0]

    assert line.cases_to_go is None
    assert "no number of cases" in line.words


def test_between_the_lines_it_holds() -> None:
    """5 % of 8,000 is known to be over 4 % and under 6 %: neither success nor rollback."""
    verdict = judged({"exception_rate": Count(hits=400, cases=8_000)})

    assert verdict.decision is GateDecision.HOLD
    assert finding(verdict, "exception_rate") is Finding.FAIL
    assert verdict.watched[0].finding is Finding.PASS


def test_a_share_proven_over_the_rollback_line_takes_it_back() -> None:
    """The verdict names the line and what was seen."""
    verdict = judged({"exception_rate": Count(hits=60, cases=500)})

    assert verdict.decision is GateDecision.ROLL_BACK
    assert [each.text for each in verdict.triggers] == ["exception_rate > 0.06"]
    assert "60 of 500" in verdict.words


def test_a_share_over_the_rollback_line_by_chance_does_not() -> None:
    """Two of the first ten are 20 %, and nothing: a rollback too soon is an error too."""
    verdict = judged({"exception_rate": Count(hits=2, cases=10)})

    assert verdict.decision is GateDecision.HOLD
    assert verdict.triggers == ()


def test_nothing_is_taken_back_because_good_outcomes_are_slower() -> None:
    """Exceptions show at once; cases without one close days later."""
    early = Count(hits=30, cases=60, under_way=1_000)

    assert judged({"exception_rate": early}).decision is GateDecision.HOLD
    assert judged({"exception_rate": replace(early, under_way=0)}).triggers


@pytest.mark.parametrize(
    ("metric", "hits"), [("critical_regressions", 1), ("reviewer_queue_sla_breach", 1)]
)
def test_a_flag_or_a_count_fires_at_once(metric: str, hits: int) -> None:
    """They are facts: no sample has to grow before a regression counts."""
    verdict = judged({metric: Count(hits=hits)}, at=SINCE + timedelta(minutes=5))

    assert verdict.decision is GateDecision.ROLL_BACK
    assert [each.metric for each in verdict.triggers] == [metric]


@pytest.mark.parametrize("missing", ["exception_rate", "critical_regressions"])
@pytest.mark.parametrize("how", [None, Count(broken="the counter is down")])
def test_what_is_missing_is_broken_and_never_passes(missing: str, how: Count | None) -> None:
    """Unknown is never success; nor is it a reason to take back what works."""
    counts = {name: each for name, each in GOOD.items() if name != missing}
    verdict = judge(
        replace(seen(), counts={**counts, **({missing: how} if how else {})}), a_gate(), Rollout()
    )

    assert verdict.decision is GateDecision.HOLD
    assert finding(verdict, missing) is Finding.BROKEN
    if how is not None:
        assert "the counter is down" in verdict.words


def test_a_rollback_line_that_cannot_be_watched_stops_the_promotion() -> None:
    """Going up while blind to what would bring it down is no promotion on evidence."""
    verdict = judged({"reviewer_queue_sla_breach": Count(broken="no queue was read")})

    assert verdict.decision is GateDecision.HOLD
    assert "cannot be watched: no queue was read" in verdict.words


def test_data_that_contradict_themselves_are_broken() -> None:
    """More hits than cases is a fault of the counting, not of the release."""
    verdict = judged({"exception_rate": Count(hits=9, cases=8)})

    assert finding(verdict, "exception_rate") is Finding.BROKEN
    assert verdict.decision is GateDecision.HOLD


def test_stale_data_promote_nothing() -> None:
    """With nothing recorded for a whole window, what was proven is about another time."""
    verdict = judged(newest_fact_at=NOW - timedelta(hours=49), since=SINCE - timedelta(weeks=9))

    assert verdict.decision is GateDecision.HOLD
    assert finding(verdict, "exception_rate") is Finding.BROKEN
    assert "stale" in verdict.words


def test_stale_data_still_take_back_what_they_prove() -> None:
    """That workers stopped does not clear the release they worked for."""
    verdict = judged(
        {"exception_rate": Count(hits=60, cases=500)}, newest_fact_at=NOW - timedelta(hours=71)
    )

    assert verdict.decision is GateDecision.ROLL_BACK


def test_the_window_is_waited_for() -> None:
    """A lucky first hour is not a week."""
    verdict = judged(at=SINCE + timedelta(hours=47))

    assert verdict.decision is GateDecision.HOLD
    assert "window: 47 of at least 48 hours at canary" in verdict.words


def test_the_sample_is_waited_for() -> None:
    """Whatever the shares say, a stage is not left on fewer cases than agreed."""
    verdict = judge(seen(), a_gate(), Rollout(minimum_cases=501))

    assert verdict.decision is GateDecision.HOLD
    assert "sample: 500 of at least 501 cases" in verdict.words


@pytest.mark.parametrize("condition", sorted(set(Precondition) - {"window", "sample"}))
def test_a_condition_nobody_supplied_holds_by_name(condition: Precondition) -> None:
    """Parts still to come hold the verdict, and the reader learns which."""
    conditions = {name: each for name, each in FINE.items() if name is not condition}
    verdict = judged(conditions=conditions)

    assert verdict.decision is GateDecision.HOLD
    assert f"{condition}: nothing was found out" in verdict.words


@pytest.mark.parametrize("condition", sorted(Precondition))
def test_only_what_may_be_waived_is_waived(condition: Precondition) -> None:
    """A waiver is signed and shown; the gate's own conditions cannot be waived away."""
    waiver = Waiver(condition=condition, by=PersonId("gwen"), why="it is a rehearsal")
    conditions = {**FINE, condition: (Finding.NOT_YET, "not there")}
    evidence = seen(conditions=conditions, at=SINCE + timedelta(hours=1), counts={})
    verdict = judge(evidence, a_gate(promotion_window_hours=1), Rollout(waive=(waiver,)))
    [found] = [each for each in verdict.conditions if each.condition is condition]

    if condition in WAIVABLE:
        assert (found.finding, found.waived_by) == (Finding.PASS, "gwen")
        assert "it is a rehearsal" in found.words
        assert "not there" in found.words
    else:
        assert found.waived_by == ""


def test_a_waiver_does_without_evidence_but_never_against_it() -> None:
    """Whoever signed to go without protected cases did not sign for one that fails."""
    protected = Precondition.PROTECTED_CASES
    waiver = Waiver(condition=protected, by=PersonId("gwen"), why="none yet")
    evidence = seen(conditions={**FINE, protected: (Finding.FAIL, "2 critical ones fail")})

    assert judge(evidence, a_gate(), Rollout(waive=(waiver,))).decision is GateDecision.HOLD


def test_the_pilot_is_asked_for_before_autonomous_only() -> None:
    """Six weeks are the length of the pilot, not of each step in it."""
    short = {**FINE, Precondition.PILOT: (Finding.NOT_YET, "1 of 6 weeks")}

    assert judged(conditions=short).decision is GateDecision.HOLD
    assert judged(conditions=short, stage=Stage.ASSISTED).decision is GateDecision.PROMOTE


def test_a_line_a_stage_cannot_show_is_named_and_not_judged() -> None:
    """Where people decide every case, nothing is learnt of what the machine does alone."""
    gate = a_gate(("error_rate <= 0.02", "human_override_rate <= 0.15"), rollback=())
    assisted = judge(seen(stage=Stage.ASSISTED), gate, Rollout())
    canary = judge(seen(), gate, Rollout())

    assert assisted.decision is GateDecision.PROMOTE
    assert "error_rate <= 0.02 is not judged at assisted" in assisted.words
    assert finding(canary, "error_rate") is Finding.BROKEN


def test_a_stage_where_no_share_is_judged_is_not_left() -> None:
    """Else a gate of only error_rate would let a release out of shadow on no evidence at all."""
    gate = a_gate(("error_rate <= 0.02", "critical_regressions == 0"), rollback=())
    verdict = judge(seen(stage=Stage.SHADOW), gate, Rollout())

    assert verdict.decision is GateDecision.HOLD
    assert "no share among the gate's lines is judged at shadow" in verdict.words


def test_at_the_top_it_is_watched() -> None:
    """Autonomous is never final: the same evidence that held may still take it back."""
    top = judged(stage=Stage.AUTONOMOUS)
    gone = judged({"exception_rate": Count(hits=60, cases=500)}, stage=Stage.AUTONOMOUS)

    assert top.decision is GateDecision.HOLD
    assert "top of the ladder" in top.words
    assert gone.decision is GateDecision.ROLL_BACK


def test_a_spent_error_budget_takes_it_back() -> None:
    """Exceeding the budget falls back to people by itself."""
    spent = judged({BUDGET_SPENT: Count(hits=1)})
    left = judged({BUDGET_SPENT: Count(hits=0)})

    assert [each.metric for each in spent.triggers] == [BUDGET_SPENT]
    assert spent.decision is GateDecision.ROLL_BACK
    assert left.decision is GateDecision.PROMOTE


def test_a_share_from_below_is_proven_from_below() -> None:
    """`first_pass_accuracy >= 0.95` is the mirror image of an error rate under 5 %."""
    gate = a_gate(("first_pass_accuracy >= 0.95",), rollback=("first_pass_accuracy < 0.9",))
    good = judge(seen({"first_pass_accuracy": Count(hits=495, cases=500)}), gate, Rollout())
    few = judge(seen({"first_pass_accuracy": Count(hits=49, cases=50)}), gate, Rollout())
    bad = judge(seen({"first_pass_accuracy": Count(hits=400, cases=500)}), gate, Rollout())

    assert good.decision is GateDecision.PROMOTE
    assert few.criteria[0].cases_to_go is not None
    assert bad.decision is GateDecision.ROLL_BACK


def test_rollback_lines_share_alpha_among_them() -> None:
    """Ten chances of a false alarm would be ten alphas; success lines need no such care.

    48 of 500 is over 6 % at 5 % error, and no more so at 1 %.
    """
    count = {"exception_rate": Count(hits=48, cases=500)}
    others = ("error_rate", "rework_rate", "escalation_rate", "human_override_rate")
    crowd = {name: Count(hits=0, cases=10) for name in others}
    alone = a_gate(rollback=("exception_rate > 0.06",))
    many = a_gate(
        rollback=("exception_rate > 0.06", *(f"{name} > 0.5" for name in others)),
    )
    evidence = seen({**count, **crowd})

    assert judge(evidence, alone, Rollout()).decision is GateDecision.ROLL_BACK
    assert judge(evidence, many, Rollout()).decision is GateDecision.HOLD


COUNTS = st.one_of(
    st.none(),
    st.builds(Count, broken=st.just("gone")),
    st.builds(Count, hits=st.integers(-3, 800), cases=st.integers(-3, 800)),
    st.builds(
        Count, hits=st.integers(0, 50), cases=st.integers(50, 900), under_way=st.integers(0, 99)
    ),
    st.builds(Count, hits=st.integers(0, 3)),
)


@given(
    counts=st.dictionaries(st.sampled_from([*sorted(GOOD), BUDGET_SPENT]), COUNTS),
    stage=st.sampled_from(Stage),
    conditions=st.dictionaries(
        st.sampled_from(Precondition), st.tuples(st.sampled_from(Finding), st.just("so"))
    ),
    age=st.integers(0, 200),
)
def test_a_promotion_rests_on_nothing_unknown(
    counts: dict[str, Count | None], stage: Stage, conditions: Any, age: int
) -> None:
    """Whatever the evidence looks like: a promotion means that every line and condition passes,
    and a rollback that a line is met. Judged again, it is the same verdict."""
    kept = {name: each for name, each in {**GOOD, **counts}.items() if each is not None}
    evidence = replace(
        seen(stage=stage, newest_fact_at=NOW - timedelta(hours=age)),
        counts=kept,
        conditions={**FINE, **conditions},
    )

    verdict = judge(evidence, a_gate(), Rollout())

    assert judge(evidence, a_gate(), Rollout()) == verdict
    assert (verdict.decision is GateDecision.ROLL_BACK) == bool(verdict.triggers)
    if verdict.decision is GateDecision.PROMOTE:
        assert age <= 48
        found = {each.finding for each in (*verdict.criteria, *verdict.conditions)}
        assert found == {Finding.PASS}
        assert Finding.BROKEN not in {each.finding for each in verdict.watched}


@given(st.integers(0, 400), st.integers(1, 400))
def test_more_exceptions_never_help(hits: int, more: int) -> None:
    """With the sample the same, a worse share is never a better verdict."""
    order = [GateDecision.ROLL_BACK, GateDecision.HOLD, GateDecision.PROMOTE]
    first = judged({"exception_rate": Count(hits=hits, cases=800)})
    second = judged({"exception_rate": Count(hits=min(800, hits + more), cases=800)})

    assert order.index(second.decision) <= order.index(first.decision)


def test_the_digest_is_of_all_the_evidence() -> None:
    """A count changed after the verdict is found out."""
    first = judged()
    tampered = judged({"exception_rate": Count(hits=7, cases=500)})

    assert first.evidence_digest != tampered.evidence_digest
    assert first.evidence_digest != judged(looks=1).evidence_digest
