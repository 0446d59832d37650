"""What a gate counts in an era, and that each look at it is made once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import pytest
from sqlalchemy import insert

from interlock.domain.case import Arm, Case
from interlock.domain.contract import FallbackMode, ReleaseGate, Stage
from interlock.domain.fact import FactKind as K
from interlock.domain.gate import Count, Finding, GateDecision, GateEvidence, GateVerdict
from interlock.domain.ids import Fingerprint
from interlock.domain.release import EraId, ReleaseId
from interlock.domain.review import Verb
from interlock.domain.rollout import Precondition, Rollout
from interlock.domain.rules.gate import judge
from interlock.storage import Store
from interlock.storage.tables.releases import release_file
from interlock.storage.verdicts import EraScope
from tests.storage.builders import NOW, WORKFLOW, a_case, a_fact, at, opened

RELEASE: Final = ReleaseId("rel_1")
ERA: Final = EraId("rel_1.2")
Told = tuple[K, str, str]  # a kind of fact, its name, its detail

PROPOSED: Final[Told] = (K.PROPOSAL_MADE, "code", "")
ROUTED: Final[Told] = (K.EXCEPTION_ROUTED, "low_confidence", "code")
ALONE: Final[Told] = (K.CASE_CLOSED, "autonomous", "completed")
BY_PEOPLE: Final[Told] = (K.CASE_CLOSED, "assisted", "completed")
REOPENED: Final[Told] = (K.CASE_REOPENED, "autonomous", "completed")
RIGHT: Final[Told] = (K.SAMPLE_CHECKED, "ap_clerks", "right")
WRONG: Final[Told] = (K.SAMPLE_CHECKED, "ap_clerks", "wrong")


def scope(**fields: Any) -> EraScope:
    plain: dict[str, Any] = {
        "workflow": WORKFLOW,
        "era": ERA,
        "since": NOW,
        "until": at(1_000),
        "arms": frozenset({Arm.RELEASE, Arm.CANARY}),
    }
    return EraScope(**{**plain, **fields})


def told(store: Store, number: int, *facts: Told, **case: Any) -> Case:
    """A case of the era with these facts, a minute apart."""
    made = a_case(number, **{"release": ERA, "arm": Arm.CANARY, **case})
    written = tuple(
        a_fact(made, kind, name=name, detail=detail, at=at(minute), release=made.release)
        for minute, (kind, name, detail) in enumerate(facts)
    )
    opened(store, made, facts=written)
    return made


def test_each_case_of_an_era_is_counted_once(store: Store) -> None:
    """However many exceptions a case has, it is one case with an exception."""
    told(store, 1, PROPOSED, ALONE)
    told(store, 2, PROPOSED, ROUTED, ROUTED, BY_PEOPLE)
    told(store, 3, PROPOSED)  # under way
    told(store, 4, ALONE)  # never came to the AI
    told(store, 5, (K.INCIDENT, "code", "TimeoutError"), (K.CASE_CLOSED, "fallback", "completed"))

    seen = store.era_counts(scope(), ["code"])

    assert (seen.entered, seen.left_it, seen.routed) == (4, 3, 1)
    assert (seen.closed, seen.alone, seen.with_people) == (4, 2, 1)
    assert seen.last_id > 0
    assert seen.last_at == at(3)


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"release": "rel_1.1"},
        {"release": ""},
        {"arm": Arm.HOLDBACK},
        {"arm": Arm.PROBE},
        {"segment": "travel"},
    ],
)
def test_only_the_eras_own_business_is_counted(store: Store, elsewhere: dict[str, Any]) -> None:
    """Planted questions, the holdback arm, other eras and other segments prove nothing here."""
    told(store, 1, PROPOSED, ALONE, segment="office")
    told(store, 2, PROPOSED, ROUTED, BY_PEOPLE, RIGHT, **{"segment": "office", **elsewhere})

    seen = store.era_counts(scope(segment="office"), ["code"])

    assert (seen.entered, seen.routed, seen.closed, seen.checked) == (1, 0, 1, 0)


def test_a_case_reopened_was_neither_right_nor_closed_by_the_machine_alone(store: Store) -> None:
    """Whoever complains has found an error that the sample may have missed."""
    told(store, 1, PROPOSED, ALONE, RIGHT)
    told(store, 2, PROPOSED, ALONE, RIGHT, REOPENED, BY_PEOPLE)
    told(store, 3, PROPOSED, ALONE, WRONG)
    told(store, 4, PROPOSED, (K.CASE_CLOSED, "autonomous", "compensated"), RIGHT)
    told(store, 5, PROPOSED, ALONE, REOPENED, BY_PEOPLE)  # not in the sample

    seen = store.era_counts(scope(), ["code"])

    assert (seen.checked, seen.wrong, seen.not_first_time) == (4, 3, 2)
    assert (seen.closed, seen.reworked, seen.alone, seen.with_people) == (5, 2, 3, 2)


def test_nothing_happened_is_nothing_counted(store: Store) -> None:
    """The first look at an era finds no case, and does not fail."""
    seen = store.era_counts(scope(), ["code"])

    assert (seen.entered, seen.closed, seen.last_id, seen.last_at) == (0, 0, 0, None)


def test_what_was_watched_is_counted_by_comparison(store: Store) -> None:
    """In shadow the evidence is what the AI would have said."""
    told(
        store,
        1,
        (K.SHADOW_COMPARED, "code", "same"),
        (K.SHADOW_COMPARED, "check", "different"),
        arm=Arm.RELEASE,
    )
    told(store, 2, (K.SHADOW_COMPARED, "code", "failed"), arm=Arm.RELEASE)

    seen = store.era_comparisons(scope())

    assert (seen.compared, seen.cases, seen.different, seen.failed) == (3, 2, 1, 1)


def test_changed_proposals_are_counted_among_those_decided(store: Store) -> None:
    """People who change what the AI proposed say that it was wrong."""
    for number, verb in enumerate([Verb.APPROVE, Verb.EDIT, Verb.REJECT]):
        told(store, number, (K.PROPOSAL_DECIDED, "code", verb))
    told(store, 4, (K.PROPOSAL_DECIDED, "code", Verb.REJECT), arm=Arm.HOLDBACK)
    told(store, 5, (K.REVIEW_DECIDED, "ap_clerks", Verb.REJECT))  # about an exception

    assert store.era_proposals_decided(scope()) == (2, 3)
    assert store.era_proposals_decided(scope(era=EraId("rel_1.1"))) == (0, 0)


def test_late_questions_are_counted_by_queue_within_the_window(store: Store) -> None:
    """Two quiet queues do not make a late one punctual."""
    opening, late = (K.REVIEW_OPENED, "clerks", "exception"), (K.REVIEW_BREACHED, "clerks", "x")
    told(store, 1, opening, late, (K.REVIEW_OPENED, "leads", "exception"))

    [clerks, leads] = store.era_reviews(scope(until=at(10)), timedelta(minutes=20))

    assert (clerks.queue, clerks.opened, clerks.late) == ("clerks", 1, 1)
    assert (leads.opened, leads.late) == (1, 0)
    assert store.era_reviews(scope(until=at(30)), timedelta(minutes=10)) == []


def test_samples_are_counted_within_a_window(store: Store) -> None:
    """How fast a budget burns is asked of the last hour and of the last month."""
    told(store, 1, ALONE, WRONG)
    told(store, 2, ALONE, RIGHT)

    recent = store.era_samples(scope(until=at(5)), timedelta(minutes=10))

    assert (recent.wrong, recent.checked) == (1, 2)
    assert store.era_samples(scope(until=at(50)), timedelta(minutes=10)).checked == 0


def a_verdict(look: int = 1, **fields: Any) -> GateVerdict:
    """What the gate says of a little evidence."""
    evidence = GateEvidence(
        release=RELEASE,
        era=ERA,
        workflow=WORKFLOW,
        fingerprint=Fingerprint("f" * 64),
        segment="",
        stage=Stage.CANARY,
        since=NOW,
        at=at(look),
        counts={"exception_rate": Count(hits=1, cases=30, under_way=2)},
        conditions={Precondition.BASELINE: (Finding.NOT_YET, "nobody measured it")},
        newest_fact_at=at(0.5),
        looks=look - 1,
    )
    return judge(replace(evidence, **fields), A_GATE, Rollout())


A_GATE: Final = ReleaseGate(
    canary_traffic=0.1,
    promotion_window_hours=48,
    success_criteria=(),
    rollback_trigger=(),
    fallback_mode=FallbackMode.HUMAN_REVIEW,
)


@pytest.fixture
def released(store: Store) -> Store:
    """A store with a release to judge."""
    row = {
        "id": RELEASE,
        "workflow": WORKFLOW,
        "fingerprint": "f" * 64,
        "state": "running",
        "proposed_at": NOW if store.dialect == "postgresql" else NOW.isoformat(),
        "version": 1,
        "body": "{}",
    }
    with store.engine.begin() as conn:
        conn.execute(insert(release_file), [row])
    return store


def test_a_look_is_made_once(released: Store) -> None:
    """Two workers judge the same look; one verdict is on record, and one of them knows it is not
    theirs."""
    verdict = a_verdict()

    first = released.add_verdict(verdict, 1)
    second = released.add_verdict(a_verdict(at=at(7)), 1)

    assert first is not None
    assert second is None
    assert released.looks_made(ERA, "") == 1
    assert [each.id for each in released.verdicts(RELEASE)] == [first.id]


def test_a_verdict_comes_back_as_it_was_given(released: Store) -> None:
    """It is evidence; a rounded number would give another digest, and perhaps another verdict."""
    kept = released.add_verdict(a_verdict(), 1)
    assert kept is not None
    assert kept.id is not None

    found = released.verdict(kept.id)

    assert found == kept
    assert found is not None
    assert judge(found.evidence, A_GATE, Rollout()).evidence_digest == kept.evidence_digest
    assert found.decision is GateDecision.HOLD


def test_the_newest_verdicts_come_first(released: Store) -> None:
    """Whoever opens the board wants to know how it stands now."""
    for look in (1, 2, 3):
        released.add_verdict(a_verdict(look), look)
    released.add_verdict(a_verdict(segment="travel"), 1)

    assert [each.evidence.segment for each in released.verdicts(RELEASE, 2)] == ["travel", ""]
    assert [each.evidence.looks for each in released.verdicts(RELEASE, segment="")] == [2, 1, 0]
    assert released.verdict(999) is None
