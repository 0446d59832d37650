"""Where a new case joins a release: drawn from the case and the release, chosen by nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interlock.domain.case import Arm
from interlock.domain.contract import Stage
from interlock.domain.ids import CaseId, Fingerprint, PersonId, WorkflowId
from interlock.domain.release import Release, ReleaseId, ReleaseState, Stand, era_id
from interlock.domain.rules.placing import beyond_radius, place
from interlock.testing.builders import MORNING

MANY = 4_000
ID = ReleaseId("rel_1")


def a_release(stage: Stage, *, canary: float = 0.1, holdback: float = 0.05) -> Release:
    """A running release at a stage."""
    return Release(
        id=ID,
        workflow=WorkflowId("w"),
        fingerprint=Fingerprint("f"),
        state=ReleaseState.RUNNING,
        stand=Stand(stage=stage, era=era_id(ID, 1), since=MORNING),
        proposed_by=PersonId("engineer"),
        proposed_at=MORNING,
        canary_share=canary,
        holdback=holdback,
    )


cases = st.text(min_size=1, max_size=20).map(CaseId)


@given(case=cases, stage=st.sampled_from(Stage), canary=st.floats(0, 1), holdback=st.floats(0, 1))
def test_the_place_depends_on_case_and_release_alone(
    case: CaseId, stage: Stage, canary: float, holdback: float
) -> None:
    """Nobody can choose an arm by trying again."""
    release = a_release(stage, canary=canary, holdback=holdback)
    later = replace(release, proposed_at=MORNING + timedelta(days=1), version=9)

    assert place(release, case, "easy") == place(later, case, "easy")


@given(case=cases, low=st.sampled_from(Stage), high=st.sampled_from(Stage))
def test_the_holdback_is_the_same_at_every_stage(case: CaseId, low: Stage, high: Stage) -> None:
    """It is permanent: a case in it is never handled by the AI, however far the release came."""
    held = [place(a_release(stage, holdback=0.5), case, "").arm for stage in (low, high)]

    assert (held[0] is Arm.HOLDBACK) == (held[1] is Arm.HOLDBACK)


@given(case=cases, stage=st.sampled_from(Stage))
def test_only_canary_and_autonomous_cases_act(case: CaseId, stage: Stage) -> None:
    """Below those stages a person or a fixed rule decides, whatever was drawn."""
    found = place(a_release(stage), case, "")

    acts = found.arm is Arm.CANARY or (stage is Stage.AUTONOMOUS and found.arm is Arm.RELEASE)
    assert found.acts == acts
    if found.arm is Arm.CANARY:
        assert stage is Stage.CANARY
    assert not beyond_radius(found).acts


@pytest.mark.parametrize("share", [0.1, 0.5])
def test_the_drawn_share_is_the_stated_one(share: float) -> None:
    """Over many cases the canary is as large as the contract says, beside the holdback."""
    release = a_release(Stage.CANARY, canary=share, holdback=0.2)

    arms = [place(release, CaseId(f"case_{number}"), "").arm for number in range(MANY)]

    assert arms.count(Arm.HOLDBACK) / MANY == pytest.approx(0.2, abs=0.03)
    rest = MANY - arms.count(Arm.HOLDBACK)
    assert arms.count(Arm.CANARY) / rest == pytest.approx(share, abs=0.03)


def test_a_segment_with_a_stand_of_its_own_is_placed_there() -> None:
    """Easy work may be autonomous while hard work is still watched."""
    hard = Stand(stage=Stage.SHADOW, era=era_id(ID, 2), since=MORNING)
    release = replace(a_release(Stage.AUTONOMOUS, holdback=0), segments={"hard": hard})

    stages = {segment: place(release, CaseId("c"), segment) for segment in ("hard", "easy")}

    assert (stages["hard"].stage, stages["hard"].era) == (Stage.SHADOW, hard.era)
    assert (stages["easy"].stage, stages["easy"].era) == (Stage.AUTONOMOUS, release.stand.era)
