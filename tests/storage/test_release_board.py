"""What the release board reads beside the gate's own counts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from interlock.domain.case import Arm, CaseState, Phase, WaitsFor
from interlock.domain.fact import FactKind as K
from interlock.domain.release import EraId
from interlock.storage import Store
from interlock.storage.release_board import OpenInEra
from interlock.storage.verdicts import EraScope
from tests.storage.builders import NOW, WORKFLOW, a_case, a_fact, at, opened

ERA: Final = EraId("rel_1.2")
OLDER: Final = EraId("rel_1.1")


def put(store: Store, number: int, **fields: Any) -> None:
    """One case of the era."""
    opened(store, a_case(number, **{"release": ERA, "arm": Arm.RELEASE, **fields}))


def test_open_cases_are_counted_by_segment_and_by_whose_hands_they_are_in(store: Store) -> None:
    """Before a rollback somebody is told how many cases it stops."""
    by_people = {"state": CaseState.WAITING, "waits_for": WaitsFor.REVIEW}
    put(store, 1, segment="travel", state=CaseState.READY, phase=Phase.STEP)
    put(store, 2, segment="travel", phase=Phase.PERSON, **by_people)
    put(store, 3, segment="office", release=OLDER, state=CaseState.READY, phase=Phase.ACTIONS)
    put(store, 4, segment="office", release=EraId("rel_2.1"))
    put(store, 5, segment="office", arm=Arm.PROBE)

    found = store.open_in_eras(WORKFLOW, [OLDER, ERA])

    assert found == [
        OpenInEra(segment="office", cases=1, in_machine_hands=1),
        OpenInEra(segment="travel", cases=2, in_machine_hands=1),
    ]
    assert store.open_in_eras(WORKFLOW, []) == []


def test_samples_are_listed_one_by_one_within_their_window(store: Store) -> None:
    """The budget's line is drawn from these, and each wrong one can be opened."""
    for number, (detail, minute) in enumerate([("wrong", 1), ("right", 2), ("wrong", 90)]):
        case = a_case(number, release=ERA, arm=Arm.CANARY)
        fact = a_fact(case, K.SAMPLE_CHECKED, name="q", detail=detail, at=at(minute), release=ERA)
        opened(store, case, facts=(fact,))
    scope = EraScope(
        workflow=WORKFLOW,
        era=ERA,
        since=NOW,
        until=at(60),
        arms=frozenset({Arm.RELEASE, Arm.CANARY}),
    )

    listed = store.era_samples_listed(scope, timedelta(hours=2))
    late = store.era_samples_listed(scope, timedelta(minutes=58))

    assert [(each.is_wrong, each.at) for each in listed] == [(True, at(1)), (False, at(2))]
    assert late == []
