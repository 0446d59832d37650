"""A release is taken back at any moment of any case: nothing the machine decided starts any more,
no case waits for a lifting that never comes, and every case still ends."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from interlock.domain.action import ActionState
from interlock.domain.case import Case, CaseState, WaitsFor
from interlock.domain.contract import Stage, WorkflowContract
from interlock.domain.effect import RunStep, StartAction
from interlock.domain.event import ActionHeld, ActionStarted, Event, StepHeld
from interlock.domain.ids import PersonId
from interlock.domain.pause import Pause, PauseId, PauseScope, ScopeKind
from interlock.domain.rules.advance import advance, due
from interlock.domain.rules.pausing import rests_on_machine, what_stops
from interlock.domain.transition import Transition
from interlock.testing.builders import MORNING
from tests.domain.random_play import RandomPlay
from tests.domain.worlds import cases, contracts

ERA = "rel_1.2"
TURNS = 40
TAKEN_BACK = Pause(
    id=PauseId(1),
    scope=PauseScope(kind=ScopeKind.ERA, workflow="invoices", name=ERA),
    by=PersonId("gate"),
    reason="too many exceptions",
    at=MORNING,
)


class TakenBack(RandomPlay):
    """A play whose case belongs to an era that is taken back after some events."""

    def __init__(
        self, data: st.DataObject, contract: WorkflowContract, case: Case, after: int
    ) -> None:
        self.left = after
        super().__init__(data, contract, case)

    @property
    def is_back(self) -> bool:
        return self.left <= 0

    def apply(self, event: Event) -> Transition:
        before, was_back = self.case, self.is_back
        self.left -= 1
        transition = super().apply(event)
        if was_back:
            begun = [each for each in transition.actions if each.state is ActionState.INTENDED]
            assert not any(rests_on_machine(transition.case, each) for each in begun)
            assert set(transition.case.decided_by_machine) <= set(before.decided_by_machine)
            assert transition.case.waits_for is not WaitsFor.PAUSE
        return transition

    def perform(self) -> bool:
        """As the runtime does it: a start that meets the pause goes on record as held."""
        effect = due(self.contract, self.case)
        if self.is_back and isinstance(effect, RunStep) and effect.is_ai:
            held = StepHeld(step=effect.step, attempt=effect.attempt, paused_by=TAKEN_BACK.mark)
            self.apply(held)
            return True
        if self.is_back and isinstance(effect, StartAction):
            intent = ActionStarted(action_id=effect.action.id)
            started = advance(self.contract, self.case, intent, self.now)
            if what_stops([TAKEN_BACK], started):
                self.apply(ActionHeld(action_id=effect.action.id, paused_by=TAKEN_BACK.mark))
                return True
        return super().perform()


@given(data=st.data(), after=st.integers(0, 12))
def test_a_rollback_at_any_moment_lets_nothing_start_and_every_case_end(
    data: st.DataObject, after: int
) -> None:
    """The one promise of a rollback, whatever models, systems and people do."""
    drawn = data.draw(cases)
    stage = data.draw(st.sampled_from([Stage.AUTONOMOUS, Stage.AUTONOMOUS, drawn.stage]))
    case = replace(drawn, stage=stage, release=ERA)
    play = TakenBack(data, data.draw(contracts()), case, after)

    for _ in range(TURNS):
        if play.case.state is CaseState.CLOSED:
            break
        if data.draw(st.booleans()):
            play.somebody_acts()
        else:
            play.time_passes()

    waits = play.case.state is CaseState.WAITING
    somebody_or_a_clock = play.case.task is not None or play.case.wake_at is not None
    assert play.case.state is CaseState.CLOSED or (waits and somebody_or_a_clock)
