"""The life of releases against a model, with crashes around every change and several hands at once.

The model knows what may be true; the office does it on a real database. Whatever dies and whoever
is quicker, a change happened once or not at all, and autonomy only ever grew by a signed rung.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from interlock.domain.contract import FallbackMode, Stage
from interlock.domain.gate import GateDecision
from interlock.domain.release import LADDER, Release, ReleaseState
from interlock.domain.rules.release_moves import ReleaseMoveRefused
from interlock.errors import InterlockError
from interlock.release import lifecycle, taking_back
from interlock.release.chores import look_at_all
from interlock.release.errors import ReleaseOvertaken
from interlock.runtime.context import Context
from interlock.runtime.crash_points import CrashPlan, CrashPoint
from tests.release.rollouts import (
    AUTHOR,
    GOVERNANCE,
    OWNER,
    WHY,
    a_gate,
    falls_back_to,
    look,
    with_contract,
)
from tests.runtime.office import Office

HANDS = 3
COOL_OFF = timedelta(hours=24)

Command = Callable[[Context], object]
ways = st.sampled_from(["plainly", "plainly", "many at once", "dies before", "dies after"])


class Died(BaseException):
    """Stands for the death of the process."""


class Dies(CrashPlan):
    """Dies at a point, and leaves the test alive."""

    def strike(self) -> None:
        raise Died


@dataclass
class Known:
    """What the model knows of one release."""

    id: str
    state: ReleaseState = ReleaseState.PROPOSED
    stage: Stage = Stage.SHADOW
    compared: str | None = None  # the release that ran when what it moves was counted
    signed: bool = False
    held: bool = False
    verdict: GateDecision | None = None  # the latest of the era it is in
    cools_until: object = None
    previous: str | None = None
    moves: int = 1
    eras: int = 1


@dataclass
class Model:
    """All releases, the one that runs, and what may never act again."""

    releases: dict[str, Known] = field(default_factory=dict)
    running: str | None = None
    taken_back: set[str] = field(default_factory=set)


class ReleasesLive(RuleBasedStateMachine):
    """Random lives of releases."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.office = Office.opened(f"sqlite:///{Path(self.folder.name) / 'releases.sqlite'}")
        self.model = Model()
        self.versions = [self.office.workflow]

    def teardown(self) -> None:
        self.office.close()
        self.folder.cleanup()

    @initialize(mode=st.sampled_from(FallbackMode))
    def fallback(self, mode: FallbackMode) -> None:
        falls_back_to(self.office, mode)
        self.versions, self.mode = [self.office.workflow], mode

    # --- what people and the gate do --------------------------------------------------------

    @rule()
    def propose(self) -> None:
        if len(self.versions) > 1 or self.model.releases:
            with_contract(self.office, fingerprint=f"{len(self.versions):064d}")
            self.versions.insert(0, self.office.workflow)
        self._load_all()
        release = lifecycle.propose(self.office.context, "refunds", AUTHOR, WHY)
        self.model.releases[release.id] = Known(id=release.id, compared=self.model.running)

    @rule(stage=st.sampled_from([Stage.SHADOW, Stage.ASSISTED, Stage.ASSISTED]))
    def bring_a_new_one(self, stage: Stage) -> None:
        """The usual way, or plays would hardly ever get beyond a proposal."""
        self.propose()
        newest = len(self.model.releases) - 1
        self.sign(newest, "plainly")
        self.start(newest, stage, "plainly")

    @rule(way=ways)
    def climb(self, way: str) -> None:
        """A rung on a good verdict, when nothing stands against it."""
        self.gate_looks(GateDecision.PROMOTE)
        self.promote(way)

    @rule(pick=st.integers(0, 9), way=ways)
    def sign(self, pick: int, way: str) -> None:
        known = self._picked(pick)
        if known is not None:
            ok = known.state is ReleaseState.PROPOSED
            sign: Command = lambda c: lifecycle.sign(c, known.id, GOVERNANCE, WHY)  # noqa: E731
            if self._done(sign, way, may=ok, once=False):
                known.signed = True

    @rule(pick=st.integers(0, 9), stage=st.sampled_from(Stage), way=ways)
    def start(self, pick: int, stage: Stage, way: str) -> None:
        known = self._picked(pick)
        if known is None:
            return
        before = self.model.running
        # beside a version that runs it moves nothing, since both are one contract; alone, all of it
        agreed = known.signed or known.compared is not None
        ok = known.state is ReleaseState.PROPOSED and agreed and known.compared == before
        ok = ok and stage in (Stage.SHADOW, Stage.ASSISTED)
        start: Command = lambda c: lifecycle.start(c, known.id, stage, OWNER, WHY)  # noqa: E731
        if self._done(start, way, may=ok):
            if before is not None:
                self.model.releases[before].state = ReleaseState.REPLACED
                self.model.releases[before].held = False
            known.state, known.stage, known.previous = ReleaseState.RUNNING, stage, before
            self.model.running = known.id

    @rule(decision=st.sampled_from([GateDecision.PROMOTE, GateDecision.HOLD]))
    def gate_looks(self, decision: GateDecision) -> None:
        if self.model.running is not None:
            look(self.office, self._stored(self.model.running), decision)
            self.model.releases[self.model.running].verdict = decision

    @rule(way=ways)
    def promote(self, way: str) -> None:
        known = self._running()
        if known is None:
            return
        cool = known.cools_until is None or self.office.clock.now() >= known.cools_until  # type: ignore[operator]
        fresh = known.verdict is GateDecision.PROMOTE
        ok = fresh and cool and not known.held and known.stage is not Stage.AUTONOMOUS
        if self._done(lambda c: lifecycle.promote(c, known.id, OWNER, WHY), way, may=ok):
            known.stage = LADDER[LADDER.index(known.stage) + 1]
            known.eras, known.verdict, known.cools_until = known.eras + 1, None, None

    @rule(way=ways)
    def hold_or_end_it(self, way: str) -> None:
        known = self._running()
        if known is not None:
            command = lifecycle.end_hold if known.held else lifecycle.hold
            if self._done(lambda c: command(c, known.id, OWNER, WHY), way, may=True):
                known.held = not known.held

    @rule(way=ways)
    def roll_back(self, way: str) -> None:
        known = self._running()
        if known is not None:
            command: Command = lambda c: taking_back.roll_back(c, known.id, OWNER, WHY)  # noqa: E731
            # by hand it may be done again at once: with several hands, at least one has done it
            if self._done(command, "plainly" if way == "many at once" else way, may=True):
                self._taken_back(known)

    @rule(way=ways)
    def the_gate_takes_it_back(self, way: str) -> None:
        known = self._running()
        if known is None or known.stage is Stage.SHADOW:
            return
        # what it found is of this era; whoever looks after it was taken back finds a new one
        gate = a_gate(GateDecision.ROLL_BACK, self._stored(known.id).stand.era)
        if way == "many at once":
            with ThreadPoolExecutor(HANDS) as pool:
                list(pool.map(lambda _: look_at_all(self.office.context, gate), range(HANDS)))
        else:
            self._die(lambda c: look_at_all(c, gate), way)
            stage = self._stored(known.id).stand.stage
            if way == "dies before":
                assert stage is known.stage, "nothing of it happened"
                look_at_all(self.office.context, a_gate(GateDecision.HOLD))
        self._taken_back(known)

    @rule()
    def a_day_passes(self) -> None:
        self.office.clock.pass_time(COOL_OFF)
        for known in self.model.releases.values():
            if known.verdict is GateDecision.PROMOTE:
                self.office.clock.pass_time(timedelta(minutes=1))
                known.verdict = None  # too old to rest on

    @rule(pick=st.integers(0, 9))
    def withdraw(self, pick: int) -> None:
        known = self._picked(pick)
        if known is not None and known.state is ReleaseState.PROPOSED:
            lifecycle.withdraw(self.office.context, known.id, AUTHOR, WHY)
            known.state = ReleaseState.WITHDRAWN

    # --- what is always true ----------------------------------------------------------------

    @invariant()
    def the_office_is_as_the_model_says(self) -> None:
        for known in self.model.releases.values():
            stored = self._stored(known.id)
            assert stored.state is known.state
            assert stored.eras == known.eras
            if known.state is ReleaseState.RUNNING:
                assert stored.stand.stage is known.stage
                assert (stored.held_by is not None) == known.held
        running = self.office.store.running_release("refunds")
        assert (running.id if running else None) == self.model.running

    @invariant()
    def what_was_taken_back_never_comes_again(self) -> None:
        paused = {each.scope.name for each in self.office.store.pauses_in_force()}
        assert paused == self.model.taken_back
        running = self.office.store.running_release("refunds")
        assert running is None or running.stand.era not in paused

    @invariant()
    def every_line_of_history_is_in_the_house_log(self) -> None:
        store = self.office.store
        lines = sum(len(store.release_events(each)) for each in self.model.releases)
        entries = store.house_entries(limit=1000)
        assert lines == sum(each.kind.startswith("release_") for each in entries)
        assert store.house_faults() == []

    # --- how it is done ---------------------------------------------------------------------

    def _done(self, command: Command, way: str, *, may: bool, once: bool = True) -> bool:
        """True when the change is on record; what may not be done is refused, however tried."""
        if not may:
            try:
                command(self.office.context)
            except InterlockError:
                return False
            raise AssertionError("it was done and may not be")
        if way != "many at once":
            return self._die(command, way)
        with ThreadPoolExecutor(HANDS) as pool:
            done = list(pool.map(lambda _: self._tried(command), range(HANDS)))
        assert done.count(True) == 1 or not once
        return True

    def _tried(self, command: Command) -> bool:
        try:
            command(self.office.context)
        except (ReleaseOvertaken, ReleaseMoveRefused):
            return False
        return True

    def _die(self, command: Command, way: str) -> bool:
        points = {
            "dies before": CrashPoint.RELEASE_BEFORE_COMMIT,
            "dies after": CrashPoint.RELEASE_AFTER_COMMIT,
        }
        if way not in points:
            command(self.office.context)
            return True
        try:
            command(replace(self.office.context, crash=Dies(points[way])))
        except Died:
            return way == "dies after"
        raise AssertionError("nothing was changed, so nothing could die")

    def _taken_back(self, known: Known) -> None:
        until = self.office.clock.now() + COOL_OFF
        self.model.taken_back |= {f"{known.id}.{n + 1}" for n in range(known.eras)}
        known.verdict = None
        before = self.model.releases.get(known.previous or "")
        takes_over = before is not None and before.state is ReleaseState.REPLACED
        if self.mode is FallbackMode.PREVIOUS_VERSION and before is not None and takes_over:
            known.state, before.state = ReleaseState.ROLLED_BACK, ReleaseState.RUNNING
            before.eras, before.cools_until, before.verdict = before.eras + 1, until, None
            self.model.running = before.id
            return
        low = Stage.ASSISTED if self.mode is FallbackMode.HUMAN_REVIEW else Stage.SHADOW
        known.stage = min(known.stage, low, key=LADDER.index)
        known.eras, known.cools_until = known.eras + 1, until

    def _picked(self, pick: int) -> Known | None:
        all_known = list(self.model.releases.values())
        return all_known[pick % len(all_known)] if all_known else None

    def _running(self) -> Known | None:
        return self.model.releases[self.model.running] if self.model.running else None

    def _stored(self, release_id: str) -> Release:
        found = self.office.store.release(release_id)
        assert found is not None
        return found

    def _load_all(self) -> None:
        workflows = type(self.office.context.workflows)(self.versions)
        self.office.context = replace(self.office.context, workflows=workflows)
        self.office.runner = replace(self.office.runner, workflows=workflows)


ReleasesLive.TestCase.settings = settings(max_examples=50, stateful_step_count=25, deadline=None)
TestReleasesLive = ReleasesLive.TestCase
