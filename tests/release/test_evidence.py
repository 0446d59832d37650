"""What a gate judges by is counted from what really happened, and what is missing is said."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from interlock.domain.case import Arm
from interlock.domain.contract import Stage
from interlock.domain.fact import FactKind as K
from interlock.domain.gate import Count, Finding
from interlock.domain.pause import PauseScope, ScopeKind
from interlock.domain.release import EraId, Stand
from interlock.domain.review import Verb
from interlock.domain.rollout import Precondition, Rollout
from interlock.domain.rules.gate_stages import BUDGET_SPENT, CASES
from interlock.runtime.workflow import WorkflowUnknown
from interlock.storage.rows import fact_row
from tests.release.town_gate import ERA, a_release, collected, context_with, into_era, sampled
from tests.runtime.office import MONDAY, Office
from tests.storage.builders import a_case, a_fact, opened


@dataclass(frozen=True)
class Played:
    """What a run of the protected cases found."""

    failing_critical: tuple[str, ...] = ()
    regressions: tuple[str, ...] = ()
    is_pass: bool = True
    stale: str = ""


def test_the_shares_are_of_what_really_happened(office: Office) -> None:
    """Four refunds: one alone, one unsure and approved, one whose model failed, one still open."""
    office.shop.trouble("judge", "R-3", *[RuntimeError("down")] * 2)
    office.handle("R-1")
    office.unsure("R-2")
    office.decide("R-2", "anna", Verb.APPROVE, reason_code="clear")
    office.handle("R-3")
    office.later(40)
    office.later(40)
    office.handle("R-4")  # its payment is held for half an hour
    into_era(office)

    counts = collected(office).counts

    assert [office.case(each).handling for each in ("R-1", "R-2", "R-3", "R-4")] == [
        "autonomous",
        "assisted",
        "fallback",
        None,
    ]
    assert counts[CASES] == Count(hits=3)
    assert counts["exception_rate"] == Count(hits=1, cases=3, under_way=1)
    assert counts["autonomous_resolution_rate"] == Count(hits=1, cases=3)
    assert counts["escalation_rate"] == Count(hits=1, cases=3)
    assert counts["rework_rate"] == Count(hits=0, cases=3)


def test_a_changed_proposal_is_an_override(office: Office) -> None:
    """An assisted release is judged by what people did with its proposals."""
    assisted = Stand(stage=Stage.ASSISTED, era=ERA, since=MONDAY)
    office.context = replace(office.context, stage=Stage.ASSISTED)
    for number in ("R-1", "R-2"):
        office.handle(number)
    office.decide("R-1", "anna", Verb.APPROVE)
    office.decide("R-2", "anna", Verb.REJECT)
    into_era(office)

    counts = collected(office, stand=assisted).counts

    assert counts["human_override_rate"] == Count(hits=1, cases=2)


@pytest.mark.parametrize("arm", [Arm.HOLDBACK, Arm.PROBE])
def test_holdback_and_planted_questions_are_never_counted(office: Office, arm: Arm) -> None:
    """The one is handled without the AI, the other was never a case."""
    office.unsure("R-1")
    into_era(office, arm=arm)

    seen = collected(office)

    assert seen.counts[CASES] == Count(hits=0)
    assert seen.newest_fact_at is None


def test_a_canary_is_judged_by_its_own_cases(small_office: Office) -> None:
    """The other nine of ten are decided by people, and say nothing of the machine alone."""
    office = small_office
    canary = Stand(stage=Stage.CANARY, era=ERA, since=MONDAY)
    office.handle("R-1")
    office.later(40)
    into_era(office, arm=Arm.CANARY)
    office.handle("R-2")
    office.later(40)
    into_era(office)

    counts = collected(office, stand=canary).counts

    assert counts["exception_rate"] == Count(hits=0, cases=1)


def test_in_shadow_the_comparisons_are_the_evidence(small_office: Office) -> None:
    """Agreement with people is all that can be known of an AI nobody listened to."""
    office = small_office
    for number, found in enumerate(["same", "same", "different", "failed"]):
        case = a_case(number, workflow="refunds", release=ERA, source=None)
        told = a_fact(case, K.SHADOW_COMPARED, name="judge", detail=found, release=ERA)
        opened(office.store, case, facts=(told,))

    seen = collected(office, stand=Stand(stage=Stage.SHADOW, era=ERA, since=MONDAY))

    assert seen.counts["human_override_rate"] == Count(hits=1, cases=3)
    assert seen.counts["exception_rate"] == Count(hits=1, cases=4)
    assert seen.counts[CASES] == Count(hits=4)


def test_a_segment_is_judged_by_its_own_era(small_office: Office) -> None:
    """A segment that stands elsewhere has an era of its own."""
    office = small_office
    own = Stand(stage=Stage.CANARY, era=EraId("rel_1.7"), since=MONDAY)
    office.handle("R-1")
    office.later(40)
    into_era(office, era=own.era, segment="travel", arm=Arm.CANARY)

    there = collected(office, segment="travel", segments={"travel": own})
    here = collected(office, segments={"travel": own})

    assert (there.era, there.stage, there.counts[CASES].hits) == (own.era, Stage.CANARY, 1)
    assert (here.era, here.counts[CASES].hits) == (ERA, 0)


def test_without_a_sample_errors_are_unknown(small_office: Office) -> None:
    """Nobody looked is not the same as nobody found anything."""
    seen = collected(small_office, context_with(small_office, error_budget={"rate": 0.02}))

    assert seen.counts["error_rate"].hits is None
    assert "no quality sample" in seen.counts["error_rate"].broken
    assert BUDGET_SPENT not in seen.counts
    assert seen.conditions[Precondition.BUDGET][0] is Finding.BROKEN


def test_a_sample_found_wrong_is_an_error_and_spends_the_budget(small_office: Office) -> None:
    """Two wrong of two in a day: at that pace 60 are checked in the window, and 1.2 allowed."""
    office = small_office
    for number in (1, 2):
        case = a_case(number, workflow="refunds", release=ERA, source=None)
        told = a_fact(case, K.SAMPLE_CHECKED, detail="wrong", release=ERA)
        opened(office.store, case, facts=(told,))
    office.pass_time(60)

    seen = collected(office, sampled(office))

    assert seen.counts["error_rate"] == Count(hits=2, cases=2)
    assert seen.counts[BUDGET_SPENT] == Count(hits=1)
    assert seen.conditions[Precondition.BUDGET][0] is Finding.FAIL


@pytest.mark.parametrize(("late", "breached"), [(1, 0), (2, 1)])
def test_a_queue_is_late_when_more_than_its_share_is(
    small_office: Office, late: int, breached: int
) -> None:
    """5 % of twenty is one: the second late one is a breach."""
    office = small_office
    for number in range(20):
        case = a_case(number, workflow="refunds", release=ERA, source=None)
        facts = [a_fact(case, K.REVIEW_OPENED, name="clerks", release=ERA, at=MONDAY)]
        if number < late:
            facts.append(a_fact(case, K.REVIEW_BREACHED, name="clerks", release=ERA, at=MONDAY))
        opened(office.store, case, facts=tuple(facts))
    office.pass_time(5)

    assert collected(office).counts["reviewer_queue_sla_breach"] == Count(hits=breached)


def test_protected_cases_never_run_are_unknown(small_office: Office) -> None:
    """A suite nobody played has not passed."""
    seen = collected(small_office)

    assert seen.counts["critical_regressions"].hits is None
    assert seen.conditions[Precondition.PROTECTED_CASES][0] is Finding.NOT_YET


@pytest.mark.parametrize(
    ("found", "regressions", "said"),
    [
        (Played(), 0, Finding.PASS),
        (Played(is_pass=False), 0, Finding.NOT_YET),
        (
            Played(failing_critical=("vat", "iban"), regressions=("vat",), is_pass=False),
            1,
            Finding.FAIL,
        ),
        (Played(failing_critical=("vat",), is_pass=False), 0, Finding.FAIL),  # it failed before too
        (Played(stale="1 protected case was added"), None, Finding.NOT_YET),
        (
            Played(failing_critical=("vat",), regressions=("vat",), is_pass=False, stale="1 added"),
            1,
            Finding.FAIL,
        ),
    ],
)
def test_what_the_protected_cases_showed_counts(
    small_office: Office, found: Played, regressions: int | None, said: Finding
) -> None:
    """What fails anew is a count; any critical one that fails is a condition that fails."""
    seen = collected(small_office, latest=lambda *_: found)

    assert seen.counts["critical_regressions"].hits == regressions
    assert seen.conditions[Precondition.PROTECTED_CASES][0] is said


@pytest.mark.parametrize(
    ("scope", "held"),
    [
        (PauseScope(kind=ScopeKind.EVERYTHING), True),
        (PauseScope(kind=ScopeKind.STEP, workflow="refunds", name="judge"), True),
        (PauseScope(kind=ScopeKind.AGENT, name="judge"), True),
        (PauseScope(kind=ScopeKind.ERA, name=ERA), True),
        (PauseScope(kind=ScopeKind.ERA, name="rel_1.1"), False),
        (PauseScope(kind=ScopeKind.WORKFLOW, workflow="claims"), False),
    ],
)
def test_a_pause_of_the_workflow_holds(small_office: Office, scope: PauseScope, held: bool) -> None:
    """Nothing is promoted while somebody has stopped part of it."""
    small_office.store.set_pause(scope, "lead", "looking", MONDAY)

    found, words = collected(small_office).conditions[Precondition.PAUSED]

    assert (found is Finding.FAIL) == held
    assert held == ("paused:" in words)


def test_cool_off_and_pilot_are_waited_for(small_office: Office) -> None:
    """After a rollback nothing is promoted for a while; before autonomous, weeks must pass."""
    cooling = Stand(
        stage=Stage.CANARY, era=ERA, since=MONDAY, cool_off_until=MONDAY + timedelta(hours=24)
    )

    early = collected(small_office, stand=cooling).conditions
    late = collected(small_office, stand=cooling, now=MONDAY + timedelta(weeks=6)).conditions

    assert early[Precondition.COOL_OFF][0] is Finding.NOT_YET
    assert early[Precondition.PILOT][0] is Finding.NOT_YET
    assert late[Precondition.COOL_OFF][0] is Finding.PASS
    assert late[Precondition.PILOT][0] is Finding.PASS


@pytest.mark.parametrize("name", ["baseline", "readiness", "adoption"])
def test_parts_still_to_come_hold_by_name(small_office: Office, name: str) -> None:
    """What nothing supplies is not yet there, and says so."""
    assert collected(small_office).conditions[Precondition(name)][0] is Finding.NOT_YET


def test_a_contract_that_is_not_loaded_is_not_judged(small_office: Office) -> None:
    """Another worker has it; judged by the wrong lines, a verdict would be worse than none."""
    with pytest.raises(WorkflowUnknown):
        collected(small_office, small_office.without_workflows())


def test_the_terms_of_lateness_are_the_contracts(small_office: Office) -> None:
    """A desk that allows itself a third of late answers says so in its contract."""
    office = small_office
    case = a_case(1, workflow="refunds", release=ERA, source=None)
    late = [
        a_fact(case, kind, name="clerks", release=ERA)
        for kind in (K.REVIEW_OPENED, K.REVIEW_OPENED, K.REVIEW_OPENED, K.REVIEW_BREACHED)
    ]
    opened(office.store, case, facts=tuple(late))
    office.pass_time(5)
    lenient = context_with(office, rollout=Rollout(late_share=0.34))

    assert collected(office).counts["reviewer_queue_sla_breach"] == Count(hits=1)
    assert collected(office, lenient).counts["reviewer_queue_sla_breach"] == Count(hits=0)


def test_a_hundred_thousand_facts_are_counted_within_a_second(office: Office) -> None:
    """The sweep of every worker asks; it must not be what the workers are busy with."""
    case = a_case(1, workflow="refunds", release=ERA, source=None)
    kinds = (K.CASE_OPENED, K.PROPOSAL_MADE, K.STEP_FINISHED, K.EXCEPTION_ROUTED, K.CASE_CLOSED)
    rows = [fact_row(a_fact(case, kind, name="judge", release=ERA)) for kind in kinds]
    many = [{**row, "case_id": f"case_{n}"} for n in range(20_000) for row in rows]
    store: Any = office.store
    with store._db.writing() as conn:
        store._db.append(conn, "append_facts", many)
    with store.engine.begin() as conn:
        conn.execute(text("ANALYZE"))

    began = time.perf_counter()
    seen = collected(office)
    took = time.perf_counter() - began

    assert seen.counts["exception_rate"] == Count(hits=20_000, cases=20_000)
    assert took < 2.0  # a shared machine may be slow; measured on a quiet one: a quarter of it
    assert a_release(office.workflow.contract).id == seen.release
