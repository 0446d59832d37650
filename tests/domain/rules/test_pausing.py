"""What a pause stops: the table in `rules/pausing`, cell by cell."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interlock.domain.action import Action
from interlock.domain.case import Case, ProposalRecord
from interlock.domain.ids import ActionId, PersonId, StepName
from interlock.domain.pause import Pause, PauseId, PauseScope, ScopeKind
from interlock.domain.rules.pausing import agent_of, what_stops_action, what_stops_step
from interlock.testing.builders import MORNING, a_case

STEP, ACTION, AGENT, ERA = "judge", "pay_out", "small-1", "rel_1.1"
HERE = a_case().workflow

SCOPES = {
    ScopeKind.EVERYTHING: PauseScope(kind=ScopeKind.EVERYTHING),
    ScopeKind.WORKFLOW: PauseScope(kind=ScopeKind.WORKFLOW, workflow=HERE),
    ScopeKind.STEP: PauseScope(kind=ScopeKind.STEP, workflow=HERE, name=STEP),
    ScopeKind.ACTION: PauseScope(kind=ScopeKind.ACTION, workflow=HERE, name=ACTION),
    ScopeKind.AGENT: PauseScope(kind=ScopeKind.AGENT, name=AGENT),
    ScopeKind.ERA: PauseScope(kind=ScopeKind.ERA, workflow=HERE, name=ERA),
}
scopes = st.builds(
    PauseScope,
    kind=st.sampled_from(ScopeKind),
    workflow=st.sampled_from([HERE, "other"]),
    name=st.sampled_from([STEP, ACTION, AGENT, ERA, "other"]),
    also_actions=st.booleans(),
)


def a_pause(scope: PauseScope, number: int = 1) -> Pause:
    """A pause of this scope."""
    return Pause(id=PauseId(number), scope=scope, by=PersonId("lead"), reason="why", at=MORNING)


def an_action(*, approved: bool = False, step: str = "pay") -> Action:
    """A payment that is due."""
    by = (PersonId("lead"),) if approved else ()
    return Action(
        id=ActionId("act_1"),
        case_id=a_case().id,
        step=StepName(step),
        visit=1,
        name=ACTION,
        arguments={},
        digest="",
        approved_by=by,
    )


def decided_case() -> Case:
    """A case in which an AI step's result was accepted with nobody asked."""
    return replace(a_case(), decided_by_machine={STEP: AGENT}, release=ERA)


@pytest.mark.parametrize("kind", ScopeKind)
def test_an_ai_step_is_stopped_by_every_scope_but_an_action(kind: ScopeKind) -> None:
    """First column of the table."""
    stopped = what_stops_step([a_pause(SCOPES[kind])], HERE, STEP, [AGENT], era=ERA)

    assert (stopped is not None) is (kind is not ScopeKind.ACTION)


@pytest.mark.parametrize("kind", ScopeKind)
def test_an_action_that_rests_on_the_machine_is_stopped_by_every_scope(kind: ScopeKind) -> None:
    """Second column."""
    assert what_stops_action([a_pause(SCOPES[kind])], decided_case(), an_action())


@pytest.mark.parametrize("kind", ScopeKind)
@pytest.mark.parametrize("also", [False, True])
def test_an_action_a_person_approved_is_stopped_only_where_actions_are(
    kind: ScopeKind, also: bool
) -> None:
    """Third column: a pause stops AI, people carry on."""
    scope = replace(SCOPES[kind], also_actions=also)

    stopped = what_stops_action([a_pause(scope)], decided_case(), an_action(approved=True))

    wide = also and kind not in (ScopeKind.AGENT, ScopeKind.ERA)
    assert (stopped is not None) is (kind is ScopeKind.ACTION or wide)


@pytest.mark.parametrize("kind", sorted(set(ScopeKind) - {ScopeKind.ACTION}))
def test_an_action_of_fixed_rules_runs_while_ai_is_paused(kind: ScopeKind) -> None:
    """The business goes on when the AI is off."""
    assert what_stops_action([a_pause(SCOPES[kind])], a_case(), an_action()) is None


@given(scope=scopes, approved=st.booleans(), by_machine=st.booleans(), step=st.sampled_from("ab"))
def test_a_wider_pause_never_stops_less(
    scope: PauseScope, approved: bool, by_machine: bool, step: str
) -> None:
    """Whoever widens a pause in an emergency must not let something go by it."""
    case = decided_case() if by_machine else a_case()
    action = an_action(approved=approved, step=step)
    wider = PauseScope(kind=ScopeKind.EVERYTHING, also_actions=scope.also_actions)

    stopped = what_stops_action([a_pause(scope)], case, action)
    by_wider = what_stops_action([a_pause(replace(scope, also_actions=True))], case, action)
    by_widest = what_stops_action([a_pause(wider)], case, action)

    if stopped is not None:
        assert by_wider is not None
        assert by_widest is not None or scope.kind is ScopeKind.ACTION


@given(found=st.lists(scopes, max_size=4), scope=scopes)
def test_another_pause_never_lets_anything_go(found: list[PauseScope], scope: PauseScope) -> None:
    """Pauses only add up."""
    pauses = [a_pause(each, number) for number, each in enumerate(found)]
    more = [*pauses, a_pause(scope, 99)]

    if what_stops_action(pauses, decided_case(), an_action()):
        assert what_stops_action(more, decided_case(), an_action())
    if what_stops_step(pauses, HERE, STEP, [AGENT], era=ERA):
        assert what_stops_step(more, HERE, STEP, [AGENT], era=ERA)


def test_an_agent_without_a_name_goes_by_its_steps() -> None:
    """So that everything that decides can be paused by a name."""
    nameless = ProposalRecord(step=StepName(STEP), value=1, confidence=1.0)

    assert agent_of(nameless) == STEP
    assert agent_of(replace(nameless, model=AGENT)) == AGENT


@pytest.mark.parametrize(("name", "stops"), [(f"{ERA}/easy", True), (f"{ERA}/hard", False)])
def test_a_part_of_an_era_stops_its_segment_only(name: str, stops: bool) -> None:
    """One kind of work may be taken back while the others earn their keep."""
    pause = a_pause(PauseScope(kind=ScopeKind.ERA, workflow=HERE, name=name))
    case = replace(decided_case(), segment="easy")

    at_step = what_stops_step([pause], HERE, STEP, era=ERA, segment="easy")
    at_action = what_stops_action([pause], case, an_action())

    assert (at_step == pause) is stops
    assert (at_action == pause) is stops


def test_what_was_taken_back_comes_before_any_other_pause() -> None:
    """A case of an era that nobody brings back must not wait for a workflow to be resumed."""
    workflow = a_pause(SCOPES[ScopeKind.WORKFLOW], 1)
    era = a_pause(SCOPES[ScopeKind.ERA], 2)

    assert what_stops_action([workflow, era], decided_case(), an_action()) == era
