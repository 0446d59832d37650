"""What a release moves is counted once, kept with its proposal, and is what a signature is for."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text

from interlock.domain.contract import Confidence, Stage
from interlock.domain.delta import DeltaOnRecord, Direction
from interlock.domain.release import Release, ReleaseState
from interlock.domain.rules.release_moves import ReleaseMoveRefused
from interlock.release import lifecycle
from interlock.release.widening import kept_delta
from tests.release.rollouts import (
    AUTHOR,
    GOVERNANCE,
    OWNER,
    WHY,
    proposed,
    started,
    with_both,
    with_contract,
)
from tests.runtime.office import Office


def wider(office: Office, line: float = 0.3) -> None:
    """The folder holds another version, in which the AI may be less sure."""
    old = office.workflow
    steps = tuple(
        replace(each, confidence=Confidence(accept_at=line)) if each.confidence else each
        for each in old.contract.steps
    )
    with_contract(office, fingerprint=f"{int(line * 10)}" * 64, steps=steps)
    with_both(office, office.workflow, old)


def delta_of(office: Office, release: Release) -> DeltaOnRecord:
    kept = kept_delta(office.store, release)
    assert kept is not None and kept.is_as_signed
    return kept.delta


def test_a_first_release_says_how_many_cases_the_ai_would_newly_act_in(office: Office) -> None:
    """Nothing can be compared, so all of it is new; the record still says how much that is."""
    office.handle("R-1", 100)
    office.handle("R-2", 250)

    release = lifecycle.propose(office.context, "refunds", AUTHOR, WHY)

    delta = delta_of(office, release)
    judge, announce = delta.lines
    assert (delta.old, judge.direction) == (None, Direction.WIDENS)
    assert judge.touched is not None and announce.touched is not None
    assert (judge.touched.cases, announce.touched.cases) == (2, 0)
    assert [str(each) for each in judge.touched.money] == ["EUR 350.00"]
    assert (delta.cases, delta.days) == (2, 30)
    assert release.widens == delta.widens


def test_a_wider_version_is_counted_against_the_one_in_force(office: Office) -> None:
    """The lowered line touches the case between the lines, and no other."""
    started(office)
    office.unsure("R-1", 40)
    office.handle("R-2", 100)
    wider(office)

    release = lifecycle.propose(office.context, "refunds", AUTHOR, WHY)

    delta = delta_of(office, release)
    lowered = next(each for each in delta.lines if "lowered" in each.words)
    assert lowered.touched is not None
    assert lowered.touched.cases == 1
    assert delta.cases == 2
    assert release.compared_with == delta.old != release.fingerprint


def test_a_signature_names_what_was_signed(office: Office) -> None:
    """The house log ties the proposal and the signature to the same count."""
    release = proposed(office)

    told = {
        each.kind: each.body["delta"]
        for each in office.store.house_entries(limit=20)
        if each.kind in ("release_propose", "release_sign")
    }

    assert told == {"release_propose": release.delta, "release_sign": release.delta}
    assert len(release.delta) == 64
    assert office.store.house_faults() == []


def test_what_is_counted_stays_as_it_was_proposed(small_office: Office) -> None:
    """Cases that come later change no number that somebody is about to sign."""
    release = lifecycle.propose(small_office.context, "refunds", AUTHOR, WHY)
    before = delta_of(small_office, release)
    small_office.handle("R-1", 100)

    signed = lifecycle.sign(small_office.context, release.id, GOVERNANCE, WHY)

    assert delta_of(small_office, signed) == before


def test_a_delta_that_was_changed_on_record_is_found_out(small_office: Office) -> None:
    """Whoever edits the database must not change what was signed without being seen."""
    small_office.handle("R-1", 100)
    release = proposed(small_office)
    with small_office.store.engine.begin() as conn:
        change = text("UPDATE release_delta SET body = replace(body, :was, :now)")
        conn.execute(change, {"was": '"cases":1', "now": '"cases":0'})

    kept = kept_delta(small_office.store, release)

    assert kept is not None and not kept.is_as_signed


def test_what_was_counted_against_another_version_is_not_started(small_office: Office) -> None:
    """Two proposals, each harmless against the old version: the second must be counted anew."""
    first = started(small_office)
    old = small_office.workflow
    wider(small_office, 0.3)
    one = proposed(small_office)
    third = small_office.workflow
    with_contract(small_office, fingerprint="7" * 64)
    with_both(small_office, small_office.workflow, old)
    other, fourth = proposed(small_office), small_office.workflow
    with_both(small_office, third, old)
    lifecycle.start(small_office.context, one.id, Stage.SHADOW, OWNER, WHY)
    with_both(small_office, fourth, third)

    with pytest.raises(ReleaseMoveRefused, match="propose it anew"):
        lifecycle.start(small_office.context, other.id, Stage.SHADOW, OWNER, WHY)

    refused = small_office.store.release(other.id)
    assert refused is not None and refused.state is ReleaseState.PROPOSED
    assert refused.compared_with == first.fingerprint


def test_protected_amounts_are_not_told_by_the_delta(small_office: Office) -> None:
    """Of one touched case the sum is its amount, and a release is read by more people."""
    case = small_office.workflow.contract.case
    assert case.amount_value is not None
    with_contract(small_office, case=replace(case, protected=(*case.protected, case.amount_value)))
    small_office.handle("R-1", 100)

    release = lifecycle.propose(small_office.context, "refunds", AUTHOR, WHY)

    touched = delta_of(small_office, release).touched
    assert (touched.cases, touched.money, touched.smallest, touched.largest) == (1, (), None, None)
