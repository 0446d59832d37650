"""What people may do to a release, who may, and that it happens once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from interlock.domain.contract import FallbackMode, Stage
from interlock.domain.gate import GateDecision
from interlock.domain.money import Money
from interlock.domain.quality import LookKind
from interlock.domain.release import Release, ReleaseMove, ReleaseState
from interlock.domain.review import Verb
from interlock.domain.rollout import BlastRadius, Rollout
from interlock.domain.rules.placing import NO_RADIUS_LEFT
from interlock.domain.rules.release_moves import ReleaseMoveRefused
from interlock.errors import InterlockError
from interlock.release import drill, lifecycle, migrating, taking_back
from interlock.release.chores import look_at_all
from interlock.release.errors import ReleaseOvertaken, ReleaseRefused
from interlock.runtime.commands import decide_task
from interlock.runtime.crash_points import CrashPlan, CrashPoint
from tests.release.rollouts import (
    AUTHOR,
    GOVERNANCE,
    OWNER,
    WHY,
    a_gate,
    at_stage,
    falls_back_to,
    look,
    proposed,
    running,
    started,
    with_both,
    with_contract,
)
from tests.runtime.office import Office

WORKERS = 6


class Died(BaseException):
    """Stands for the death of the process."""


class Dies(CrashPlan):
    """Dies at a point, and leaves the test alive."""

    def strike(self) -> None:
        raise Died


def moves_of(office: Office, release: Release) -> list[ReleaseMove]:
    """What was done to a release, in order."""
    return [each.move for each in office.store.release_events(release.id)]


def house(office: Office) -> list[str]:
    """The house log's entries about releases, in order."""
    kinds = [each.kind for each in reversed(office.store.house_entries(limit=100))]
    return [kind for kind in kinds if kind.startswith("release_")]


def test_a_release_climbs_one_rung_at_a_time_and_all_of_it_is_on_record(office: Office) -> None:
    """Each change, its line of history and its house entry are there, or none of them."""
    release = at_stage(office, Stage.AUTONOMOUS)

    assert moves_of(office, release) == ["propose", "sign", "start", "promote", "promote"]
    assert house(office) == [f"release_{move}" for move in moves_of(office, release)]
    assert release.stand.era == f"{release.id}.3"
    assert office.store.house_faults() == []


def test_a_promotion_needs_the_gates_latest_word(small_office: Office) -> None:
    """An old yes is no yes once the gate says anything else."""
    release = started(small_office)
    look(small_office, release, GateDecision.PROMOTE)
    look(small_office, release, GateDecision.HOLD)

    with pytest.raises(ReleaseMoveRefused, match="the gate says hold"):
        lifecycle.promote(small_office.context, release.id, OWNER, WHY)


def test_a_yes_of_yesterday_promotes_nothing(small_office: Office) -> None:
    """Stale evidence never passes."""
    release = started(small_office)
    look(small_office, release, GateDecision.PROMOTE)
    small_office.pass_time(60 * 25)

    with pytest.raises(ReleaseMoveRefused, match="too old"):
        lifecycle.promote(small_office.context, release.id, OWNER, WHY)


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (lambda o, r: lifecycle.promote(o.context, r.id, AUTHOR, WHY), "their own change"),
        (lambda o, r: lifecycle.promote(o.context, r.id, "anna", WHY), "is no owner"),
        (lambda o, r: lifecycle.promote(o.context, r.id, OWNER, " "), "no reason is given"),
        (lambda o, r: taking_back.roll_back(o.context, r.id, "anna", WHY), "is no owner"),
        (lambda o, r: lifecycle.withdraw(o.context, r.id, OWNER, WHY), "it is running"),
        (lambda o, r: lifecycle.start(o.context, r.id, Stage.SHADOW, OWNER, WHY), "it is running"),
        (lambda o, r: taking_back.stand_down(o.context, r.id, "x", OWNER, WHY), "no case of"),
    ],
)
def test_who_may_not_does_not(
    small_office: Office, act: Callable[[Office, Release], object], said: str
) -> None:
    """Never one's own change, never without the right, never without a reason."""
    release = started(small_office)
    look(small_office, release, GateDecision.PROMOTE)

    with pytest.raises(InterlockError, match=said):
        act(small_office, release)

    assert running(small_office) == release


def test_what_moves_to_the_machine_is_signed_by_governance_first(small_office: Office) -> None:
    """The first release moves everything; nobody else's signature starts it."""
    release = lifecycle.propose(small_office.context, "refunds", AUTHOR, WHY)
    assert release.widens

    with pytest.raises(ReleaseMoveRefused, match="governance owner signs"):
        lifecycle.start(small_office.context, release.id, Stage.SHADOW, OWNER, WHY)
    with pytest.raises(ReleaseRefused, match="governance owner"):
        lifecycle.sign(small_office.context, release.id, OWNER, WHY)

    lifecycle.sign(small_office.context, release.id, GOVERNANCE, WHY)
    assert lifecycle.start(small_office.context, release.id, Stage.SHADOW, OWNER, WHY)


@pytest.mark.parametrize("stage", [Stage.CANARY, Stage.AUTONOMOUS])
def test_nothing_starts_where_nobody_is_asked(small_office: Office, stage: Stage) -> None:
    """Autonomy is earned, never configured."""
    release = proposed(small_office)

    with pytest.raises(ReleaseMoveRefused, match="start it at shadow or assisted"):
        lifecycle.start(small_office.context, release.id, stage, OWNER, WHY)


def test_a_held_release_does_not_climb(small_office: Office) -> None:
    """A person can always stop it."""
    release = started(small_office)
    look(small_office, release, GateDecision.PROMOTE)
    lifecycle.hold(small_office.context, release.id, "lead", WHY)

    with pytest.raises(ReleaseMoveRefused, match="lead holds it"):
        lifecycle.promote(small_office.context, release.id, OWNER, WHY)

    lifecycle.end_hold(small_office.context, release.id, OWNER, WHY)
    promoted = lifecycle.promote(small_office.context, release.id, OWNER, WHY)
    assert promoted.stand.stage is Stage.CANARY


def test_after_a_rollback_it_cools_off(small_office: Office) -> None:
    """A release that was just taken back does not climb again on the next good hour."""
    at_stage(small_office, Stage.CANARY)
    back = taking_back.roll_back(small_office.context, "refunds", OWNER, WHY)
    look(small_office, back, GateDecision.PROMOTE)

    with pytest.raises(ReleaseMoveRefused, match="cools off"):
        lifecycle.promote(small_office.context, back.id, OWNER, WHY)

    small_office.pass_time(60 * 24)
    look(small_office, back, GateDecision.PROMOTE)
    assert lifecycle.promote(small_office.context, back.id, OWNER, WHY).stand.stage == "assisted"


def test_the_version_before_takes_over_at_the_stage_it_had(office: Office) -> None:
    """With that fallback, new cases join it again, in an era of its own."""
    falls_back_to(office, FallbackMode.PREVIOUS_VERSION)
    first = at_stage(office, Stage.CANARY)
    old = office.workflow
    with_contract(office, fingerprint="f" * 64)
    with_both(office, office.workflow, old)
    second = started(office)
    assert second.previous == first.id

    back = taking_back.roll_back(office.context, second.id, OWNER, WHY)

    assert (back.id, back.stand.stage) == (first.id, Stage.CANARY)
    assert back.stand.era != first.stand.era
    ended = office.store.release(second.id)
    assert ended is not None
    assert ended.state is ReleaseState.ROLLED_BACK
    assert office.send("R-7").case_id
    assert office.case("R-7").fingerprint == first.fingerprint


def test_a_version_before_that_cannot_be_loaded_stops_no_rollback(small_office: Office) -> None:
    """Nothing stands in the way of stopping it: its own version goes on, lower."""
    falls_back_to(small_office, FallbackMode.PREVIOUS_VERSION)
    started(small_office)
    old = small_office.workflow
    with_contract(small_office, fingerprint="f" * 64)
    alone = small_office.context
    with_both(small_office, small_office.workflow, old)
    second = started(small_office)

    back = taking_back.roll_back(alone, second.id, OWNER, WHY)

    assert (back.id, back.stand.stage) == (second.id, Stage.SHADOW)
    assert small_office.store.pauses_in_force()


def test_a_move_is_made_on_the_version_that_was_seen_or_not_at_all(small_office: Office) -> None:
    """Held and let go again, it stands as before; who signs on the old look is still told."""
    release = started(small_office)
    look(small_office, release, GateDecision.PROMOTE)
    lifecycle.hold(small_office.context, release.id, OWNER, WHY)
    after = lifecycle.end_hold(small_office.context, release.id, OWNER, WHY)

    with pytest.raises(ReleaseOvertaken):
        lifecycle.promote(small_office.context, release.id, OWNER, WHY, seen=release.version)

    assert running(small_office) == after
    promoted = lifecycle.promote(small_office.context, release.id, OWNER, WHY, seen=after.version)
    assert promoted.stand.stage is Stage.CANARY


def test_of_many_who_promote_at_once_one_does(office: Office) -> None:
    """Exactly one promotion, whatever the number of hands."""
    release = started(office)
    look(office, release, GateDecision.PROMOTE)

    def promote(_: int) -> bool:
        try:
            lifecycle.promote(office.context, release.id, OWNER, WHY)
        except (ReleaseOvertaken, ReleaseMoveRefused):
            return False
        return True

    with ThreadPoolExecutor(WORKERS) as pool:
        done = list(pool.map(promote, range(WORKERS)))

    assert done.count(True) == 1
    assert moves_of(office, release).count(ReleaseMove.PROMOTE) == 1
    assert running(office).stand.stage is Stage.CANARY


def test_of_many_workers_whose_gate_says_back_one_takes_it_back(office: Office) -> None:
    """Exactly one rollback, and it names the verdict it rests on."""
    release = at_stage(office, Stage.AUTONOMOUS)
    gate = a_gate(GateDecision.ROLL_BACK)

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(lambda _: look_at_all(office.context, gate), range(WORKERS)))

    assert moves_of(office, release).count(ReleaseMove.ROLL_BACK) == 1
    [event] = [e for e in office.store.release_events(release.id) if e.move == "roll_back"]
    assert event.by == "gate"
    assert event.verdict is not None
    assert office.store.verdict(event.verdict) is not None


@pytest.mark.parametrize(
    ("point", "happened"),
    [(CrashPoint.RELEASE_BEFORE_COMMIT, False), (CrashPoint.RELEASE_AFTER_COMMIT, True)],
)
def test_a_crash_around_a_rollback_leaves_all_of_it_or_nothing(
    office: Office, point: CrashPoint, happened: bool
) -> None:
    """The next look finishes what a dead worker left, and no more."""
    release = at_stage(office, Stage.AUTONOMOUS)
    gate = a_gate(GateDecision.ROLL_BACK)
    dying = replace(office.context, crash=Dies(point))

    with pytest.raises(Died):
        look_at_all(dying, gate)

    assert (running(office) != release) is happened
    assert bool(office.store.pauses_in_force()) is happened
    look_at_all(office.context, gate)
    assert moves_of(office, release).count(ReleaseMove.ROLL_BACK) == 1
    assert office.store.house_faults() == []


def test_the_gate_never_promotes_by_itself(small_office: Office) -> None:
    """More autonomy is a person's signature."""
    release = started(small_office)

    look_at_all(small_office.context, a_gate(GateDecision.PROMOTE))

    assert running(small_office) == release
    assert small_office.store.verdicts(release.id, 5)[0].decision is GateDecision.PROMOTE


def test_a_look_that_says_nothing_new_is_not_recorded(small_office: Office) -> None:
    """Or the record would fill with the same sentence."""
    release = started(small_office)

    for _ in range(3):
        look_at_all(small_office.context, a_gate(GateDecision.HOLD))

    assert len(small_office.store.verdicts(release.id, 9)) == 1


def test_beyond_the_days_radius_people_decide(office: Office) -> None:
    """However good the release, one day's damage is bounded."""
    radius = BlastRadius(cases_per_day=2, money_per_day=Money.of(1000, "EUR"))
    with_contract(office, rollout=Rollout(blast_radius=radius))
    at_stage(office, Stage.AUTONOMOUS)

    stages = [office.handle(f"R-{number}", 10).stage for number in range(3)]
    again = office.send("R-0", 10)

    assert stages == [Stage.AUTONOMOUS, Stage.AUTONOMOUS, Stage.ASSISTED]
    assert again.delivery == "known"
    opened = office.store.entries(office.case("R-2").id)[0]
    assert NO_RADIUS_LEFT in str(opened.body["notes"])
    office.clock.pass_time(timedelta(days=1))
    assert office.handle("R-9", 10).stage is Stage.AUTONOMOUS
    assert office.handle("R-10", 2000).stage is Stage.ASSISTED


def test_a_changed_folder_alone_changes_nothing(small_office: Office) -> None:
    """New cases join the release that runs, not the newest file."""
    release = started(small_office)
    old = small_office.workflow
    with_contract(small_office, fingerprint="e" * 64)
    with_both(small_office, small_office.workflow, old)

    case = small_office.handle("R-1")

    assert case.fingerprint == release.fingerprint


def test_a_rejected_autonomous_result_takes_the_release_back(small_office: Office) -> None:
    """Where the contract says so, a person's no is enough."""
    contract = small_office.workflow.contract
    quality = replace(contract.quality, sample=1.0)
    with_contract(small_office, rollout=Rollout(stand_down_on_rejection=True), quality=quality)
    at_stage(small_office, Stage.AUTONOMOUS)
    small_office.handle("R-1", 100)
    small_office.later(31)
    [sample] = [each for each in small_office.case("R-1").looks if each.kind is LookKind.SAMPLE]
    decide_task(
        small_office.context, sample.task, "lead", Verb.REJECT, reason_code="other", note="wrong"
    )

    look_at_all(small_office.context, a_gate(GateDecision.HOLD))

    assert running(small_office).stand.stage is Stage.SHADOW


def test_a_drill_walks_the_way_back_and_touches_nothing(small_office: Office) -> None:
    """Whoever has never rehearsed it does not know that it works."""
    at_stage(small_office, Stage.AUTONOMOUS)
    small_office.handle("R-1", 100)
    done = list(small_office.shop.lines)

    found = drill.drill(small_office.context, "refunds", OWNER, WHY)

    assert found.is_safe
    assert found.by_rules >= 1
    assert small_office.shop.lines == done
    assert small_office.store.pauses_in_force() == []
    [event] = small_office.store.release_events(found.release.id)[-1:]
    assert event.move is ReleaseMove.DRILL
    assert event.took_seconds is not None


@pytest.mark.parametrize(
    ("keep_queue", "why"), [(True, ""), (False, "the new version has no queue clerks")]
)
def test_waiting_cases_move_only_when_they_fit(
    small_office: Office, keep_queue: bool, why: str
) -> None:
    """The dry run says which would not, and why; the move does exactly that."""
    started(small_office)
    small_office.handle("R-1", 100)
    old = small_office.workflow
    queues = {n: q for n, q in old.contract.queues.items() if keep_queue or n != "clerks"}
    with_contract(small_office, fingerprint="d" * 64, queues=queues)
    with_both(small_office, small_office.workflow, old)
    release = started(small_office)
    version = old.contract.fingerprint[:8]

    dry = migrating.dry_run(small_office.context, "refunds", version)
    untouched = small_office.case("R-1")
    results = migrating.migrate(small_office.context, "refunds", version, OWNER, WHY)
    after = small_office.case("R-1")

    assert [each.why for each in dry] == [each.why for each in results] == [why]
    assert untouched.fingerprint == old.contract.fingerprint
    assert (after.fingerprint == release.fingerprint) is keep_queue
    assert (after.release == release.stand.era) is keep_queue
    decided = small_office.decide("R-1", "anna", Verb.APPROVE)
    assert decided.fingerprint == after.fingerprint
