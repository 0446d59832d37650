"""The autonomy delta points the right way, and nothing that spares a person's answer is missed."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from interlock.domain import contract as parts
from interlock.domain.case import Arm, CaseState, WaitsFor
from interlock.domain.contract import (
    Budget,
    Confidence,
    Criterion,
    Fallback,
    FallbackMode,
    Quorum,
    ReleaseGate,
    Stage,
    StepMode,
    WhenSpent,
    WorkflowContract,
)
from interlock.domain.delta import Change, Direction
from interlock.domain.ids import Fingerprint, PersonId, StepName
from interlock.domain.quality import Quality
from interlock.domain.rollout import BlastRadius, Precondition, Rollout, Waiver
from interlock.domain.rules.delta import autonomy_changes
from interlock.domain.rules.delta_table import weigh_for
from interlock.domain.rules.weighing import unjudged
from interlock.testing.builders import (
    Holds,
    a_contract,
    a_person,
    a_queue,
    a_route,
    a_step,
    a_tier,
    an_action_rule,
    euros,
)
from tests.domain.support import Play, output, proposed, requests
from tests.domain.worlds import CONDITIONS, STEPS, cases, contracts

AGENT = a_step(
    "sort",
    mode=StepMode.AGENTIC,
    confidence=Confidence(accept_at=0.9, segments={"new": 0.97}),
    actions=("send",),
    evidence_required=("proof",),
    fallback=Fallback(mode=FallbackMode.HUMAN_REVIEW),
)
GATE = ReleaseGate(
    canary_traffic=0.1,
    promotion_window_hours=48,
    success_criteria=(Criterion(metric="exception_rate", op="<=", value=0.04, text="…"),),
    rollback_trigger=(Criterion(metric="exception_rate", op=">", value=0.06, text="…"),),
    fallback_mode=FallbackMode.HUMAN_REVIEW,
)
WATCHED: dict[str, Any] = {
    "tolerance": {"escalation_rate": [0.1, 0.3]},
    "drift": ["channel"],
    "alerts": [{"measure": "refusals", "high": 0.1, "low": None}],
}
OVER_10 = Holds("letter.x > 10", lambda facts: facts["letter"]["x"] > 10)
OVER_20 = Holds("letter.x > 20", lambda facts: facts["letter"]["x"] > 20)


def a_whole_contract(**changes: Any) -> WorkflowContract:
    """A contract with something of every kind."""
    plain: dict[str, Any] = {
        "steps": [AGENT, a_step("close")],
        "actions": [an_action_rule("send", budget=Budget(money_per_day=euros("100")))],
        "approvals": (a_tier("send", when=OVER_10, tier=(PersonId("carla"), PersonId("anna"))),),
        "never_automate": ("wipe",),
        "gate": GATE,
        "quality": Quality(sample=0.05),
        "holdback": 0.02,
        "error_budget": {"rate": 0.02, "window_days": 30, "when_spent": "human_review"},
        "people": [a_person("dora", approve_up_to=euros("100"))],
        "exceptions": [a_route(remedy="look_up")],
        "rollout": Rollout(blast_radius=BlastRadius(cases_per_day=10)),
        "monitoring": WATCHED,
    }
    return a_contract(**{**plain, **changes})


WHOLE = a_whole_contract()


def with_agent(**changes: Any) -> WorkflowContract:
    return a_whole_contract(steps=[replace(AGENT, **changes), a_step("close")])


def with_send(**changes: Any) -> WorkflowContract:
    rule = an_action_rule("send", **{"budget": Budget(money_per_day=euros("100")), **changes})
    return a_whole_contract(actions=[rule])


def with_tier(**changes: Any) -> WorkflowContract:
    given = {"when": OVER_10, "tier": (PersonId("carla"), PersonId("anna")), **changes}
    return a_whole_contract(approvals=(a_tier("send", **given),))


def with_gate(**changes: Any) -> WorkflowContract:
    return a_whole_contract(gate=replace(GATE, **changes))


def a_line(op: str, value: float) -> tuple[Criterion, ...]:
    return (Criterion(metric="exception_rate", op=op, value=value, text="…"),)


WIDER = {
    "step sort: confidence line lowered from 0.9 to 0.8": with_agent(
        confidence=Confidence(accept_at=0.8, segments={"new": 0.97})
    ),
    "step sort: confidence line for new lowered from 0.97 to 0.95": with_agent(
        confidence=Confidence(accept_at=0.9, segments={"new": 0.95})
    ),
    "step sort: confidence line for new lowered from 0.97 to 0.9": with_agent(
        confidence=Confidence(accept_at=0.9)
    ),
    "step sort: list of actions now has wipe": with_agent(actions=("send", "wipe")),
    "step sort: required evidence no longer has proof": with_agent(evidence_required=()),
    "step sort: when its AI fails: deterministic_path, rules, until now people do it": with_agent(
        fallback=Fallback(mode=FallbackMode.DETERMINISTIC_PATH, step=StepName("rules"))
    ),
    "the never-automate list no longer has wipe": a_whole_contract(never_automate=()),
    "action send: money a day raised from EUR 100.00 to EUR 200.00": with_send(
        budget=Budget(money_per_day=euros("200"))
    ),
    "action send: money a day raised from EUR 100.00 to none": with_send(budget=None),
    "action send: when its budget is spent is wait, was exception": with_send(
        budget=Budget(money_per_day=euros("100"), when_spent=WhenSpent.WAIT)
    ),
    "action send: how it is looked up is there no more": with_send(verify=None),
    "approval of send is no longer asked when letter.x > 10: all of carla, anna": a_whole_contract(
        approvals=()
    ),
    "approval of send is asked when letter.x > 20, until now when letter.x > 10": with_tier(
        when=OVER_20
    ),
    "approval of send needs any of carla, anna, until now all of carla, anna": with_tier(
        quorum=Quorum.ANY
    ),
    "approval of send needs carla, until now all of carla, anna": with_tier(
        tier=(PersonId("carla"),)
    ),
    "canary share raised from 0.1 to 0.5": with_gate(canary_traffic=0.5),
    "hours a stage lasts at least lowered from 48 to 1": with_gate(promotion_window_hours=1),
    "success line is exception_rate <= 0.1, was exception_rate <= 0.04": with_gate(
        success_criteria=a_line("<=", 0.1)
    ),
    "rollback line is exception_rate > 0.1, was exception_rate > 0.06": with_gate(
        rollback_trigger=a_line(">", 0.1)
    ),
    "rollback line is gone: exception_rate > 0.06": with_gate(rollback_trigger=()),
    "what takes over after a rollback is previous_version, was human_review": with_gate(
        fallback_mode=FallbackMode.PREVIOUS_VERSION
    ),
    "the release gate is there no more": a_whole_contract(gate=None),
    "error budget raised from 0.02 to 0.05": a_whole_contract(
        error_budget={"rate": 0.05, "window_days": 30, "when_spent": "human_review"}
    ),
    "error budget raised from 0.02 to none": a_whole_contract(error_budget={}),
    "share of autonomous cases looked at lowered from 0.05 to 0.01": a_whole_contract(
        quality=Quality(sample=0.01)
    ),
    "share held back from the AI lowered from 0.02 to 0": a_whole_contract(holdback=0.0),
    "exception *: look_up is tried before a person is asked": a_whole_contract(
        exceptions=[a_route(remedy="look_up", automation_allowed=True)]
    ),
    "person dora: amount they may decide alone raised from EUR 100.00 to EUR 900.00": (
        a_whole_contract(people=[a_person("dora", approve_up_to=euros("900"))])
    ),
    "blast radius, cases a day raised from 10 to none": a_whole_contract(
        rollout=Rollout(blast_radius=BlastRadius())
    ),
    "promotion: baseline is done without": a_whole_contract(
        rollout=Rollout(
            blast_radius=BlastRadius(cases_per_day=10),
            waive=(Waiver(condition=Precondition.BASELINE, by=PersonId("carla"), why="new"),),
        )
    ),
    "alert is watched no more: high 0.1, measure refusals": a_whole_contract(
        monitoring={**WATCHED, "alerts": []}
    ),
    "tolerance of escalation_rate is 0 to 0.5, was 0.1 to 0.3": a_whole_contract(
        monitoring={**WATCHED, "tolerance": {"escalation_rate": [0.0, 0.5]}}
    ),
}


def words(changes: tuple[Change, ...]) -> list[str]:
    return [each.words for each in changes]


@pytest.mark.parametrize("said", WIDER)
def test_what_spares_a_person_widens_and_its_way_back_narrows(said: str) -> None:
    """A governance owner signs what widens, so one way must never look like the other."""
    there, back = autonomy_changes(WHOLE, WIDER[said]), autonomy_changes(WIDER[said], WHOLE)

    assert words(there) == [said]
    assert [each.direction for each in there] == [Direction.WIDENS]
    assert [each.direction for each in back] == [Direction.NARROWS]


MODES = {
    (StepMode.HUMAN_OWNED, StepMode.ASSISTIVE): Direction.WIDENS,
    (StepMode.ASSISTIVE, StepMode.AGENTIC): Direction.WIDENS,
    (StepMode.HUMAN_OWNED, StepMode.DETERMINISTIC): Direction.WIDENS,
    (StepMode.AGENTIC, StepMode.HUMAN_OWNED): Direction.NARROWS,
    (StepMode.DETERMINISTIC, StepMode.AGENTIC): Direction.UNJUDGED,
    (StepMode.AGENTIC, StepMode.DETERMINISTIC): Direction.UNJUDGED,
}


@pytest.mark.parametrize(("before", "after"), MODES)
def test_a_step_that_goes_to_the_machine_widens(before: StepMode, after: StepMode) -> None:
    """Between an AI and fixed rules nobody can tell by reading; that has to be signed too."""
    found = autonomy_changes(with_agent(mode=before), with_agent(mode=after))

    assert [each.direction for each in found] == [MODES[before, after]]


def test_what_cannot_be_weighed_counts_as_widening() -> None:
    """A condition in CEL can say anything; a signature is asked for rather than guessed away."""
    other = Holds("letter.x > 10 || letter.flag", lambda facts: True)

    [found] = autonomy_changes(WHOLE, with_tier(when=other))

    assert found.direction is Direction.UNJUDGED
    assert found.widens


def test_changed_code_is_said_and_never_judged() -> None:
    """The fingerprint covers step code; what it does cannot be read off it."""
    changed = replace(WHOLE, fingerprint=Fingerprint("e" * 64))

    assert words(autonomy_changes(WHOLE, changed, same_code=False)) == [
        "step code changed: not judged by reading"
    ]
    assert words(autonomy_changes(WHOLE, changed)) == [
        "step code may have changed: not judged by reading"
    ]
    assert autonomy_changes(WHOLE, changed, same_code=True) == ()


def test_words_and_people_are_no_autonomy() -> None:
    """A signature for every new colleague would teach people to sign without reading."""
    other = a_whole_contract(
        title="Post",
        queues=[a_queue(members=("anna",))],
        steps=[replace(AGENT, question="Is it?", owner=PersonId("anna")), a_step("close")],
    )

    assert autonomy_changes(WHOLE, other) == ()


def test_every_part_of_a_contract_has_its_place_in_the_table() -> None:
    """A part nobody thought of is unjudged; this lists those, so that none is there by accident."""
    unknown = {path for path in paths(WorkflowContract) if weigh_for(path) is unjudged}

    assert unknown == {
        ("workflow",),
        ("currency",),
        ("probes",),
        ("case", "schema"),
        ("case", "name"),
        ("case", "key"),
        ("case", "amount_value"),
        ("case", "amount_currency"),
        ("case", "tenant"),
        ("case", "segment"),
        ("steps", "*", "next"),
        ("steps", "*", "produces"),
        ("steps", "*", "has_function"),
        ("actions", "*", "system"),
        ("actions", "*", "amount_value"),
        ("actions", "*", "parameters"),
        ("actions", "*", "produces"),
        ("rollout", "by_segment"),
    }


LISTS: dict[tuple[str, ...], Any] = {
    ("steps",): parts.WorkflowStep,
    ("actions",): parts.ActionRule,
    ("people",): parts.Person,
    ("queues",): parts.Queue,
    ("systems",): parts.System,
    ("intake",): parts.Intake,
}
INSIDE: dict[tuple[str, ...], Any] = {
    ("outcome",): parts.Outcome,
    ("owners",): parts.Owners,
    ("case",): parts.CaseSchema,
    ("gate",): ReleaseGate,
    ("quality",): Quality,
    ("rollout",): Rollout,
    ("rollout", "blast_radius"): BlastRadius,
    ("steps", "*", "limits"): parts.Limits,
    ("steps", "*", "retry"): parts.Retry,
    ("actions", "*", "retry"): parts.Retry,
    ("actions", "*", "budget"): Budget,
}
# by which the parts of a list are told apart, and what is weighed as a whole or by its own names
NAMES = {"step_name", "name", "channel", "id"}
ELSEWHERE = {
    ("approvals",),
    ("exceptions",),
    ("monitoring",),
    ("error_budget",),
    ("adoption",),
    ("rollout", "waive"),
}


def paths(kind: Any, path: tuple[str, ...] = ()) -> set[tuple[str, ...]]:
    """Every path of a contract's parts, a star for a name."""
    found: set[tuple[str, ...]] = set()
    for each in fields(kind):
        here = (*path, each.name)
        if here in ELSEWHERE or (path[1:] == ("*",) and each.name in NAMES):
            continue
        if here in LISTS:
            found |= paths(LISTS[here], (*here, "*"))
        elif here in INSIDE:
            found |= paths(INSIDE[here], here)
        else:
            found.add(here)
    return found


# what is found is shown as it is: making two contracts smaller takes longer than reading them
FOUND = (Phase.explicit, Phase.reuse, Phase.generate)


# --- any two contracts --------------------------------------------------------------------------


@given(contract=contracts())
@settings(max_examples=50)
def test_a_contract_widens_nothing_over_itself(contract: WorkflowContract) -> None:
    """Else every release would ask for a signature about nothing."""
    assert autonomy_changes(contract, contract) == ()


@given(old=contracts(), new=contracts())
@settings(max_examples=100)
def test_widening_one_way_is_narrowing_the_other(
    old: WorkflowContract, new: WorkflowContract
) -> None:
    """What cannot be judged is so in both directions; the rest changes sides."""
    there, back = autonomy_changes(old, new), autonomy_changes(new, old)

    def count(changes: tuple[Change, ...], direction: Direction) -> int:
        return sum(each.direction is direction for each in changes)

    assert count(there, Direction.WIDENS) == count(back, Direction.NARROWS)
    assert count(there, Direction.NARROWS) == count(back, Direction.WIDENS)
    assert count(there, Direction.UNJUDGED) == count(back, Direction.UNJUDGED)


NEW: dict[str, st.SearchStrategy[Any]] = {
    "mode": st.sampled_from(StepMode),
    "confidence": st.sampled_from([None, *(Confidence(accept_at=n) for n in (0.3, 0.6, 0.95))]),
    "actions": st.sampled_from([(), ("send",), ("pay",), ("book", "send"), ("pay", "book")]),
    "evidence_required": st.sampled_from([(), ("proof",)]),
    "fallback": st.sampled_from(
        [None, Fallback(mode=FallbackMode.DETERMINISTIC_PATH, step=StepName("by_rules"))]
    ),
    "when": st.sampled_from(CONDITIONS),
}


@st.composite
def changed(draw: st.DrawFn, old: WorkflowContract) -> WorkflowContract:
    """The contract with one of its parts changed: one of a step's, or one taken from another."""
    name = draw(st.sampled_from([*NEW, "approvals", "never_automate", "exceptions"]))
    if name not in NEW:
        return replace(old, **{name: getattr(draw(contracts()), name)})
    steps = list(old.steps)
    place = draw(st.integers(0, len(steps) - 1))
    steps[place] = replace(steps[place], **{name: draw(NEW[name])})
    return replace(old, steps=tuple(steps))


@st.composite
def small_contracts(draw: st.DrawFn) -> WorkflowContract:
    """One or two steps that mostly are the machine's, so that most plays get somewhere."""
    old = draw(contracts())
    plain = {"when": None, "next": None, "has_function": True, "evidence_required": ()}
    steps = tuple(
        replace(step, **plain, mode=draw(st.sampled_from([StepMode.AGENTIC, step.mode])))
        for step in old.steps[: draw(st.integers(1, 2))]
    )
    tiers = draw(st.sampled_from([(), old.approvals]))
    return replace(old, steps=steps, never_automate=(), approvals=tiers)


def world_of(draw: Any) -> dict[str, Any]:
    """One answer a function, the same for both contracts."""
    asked = st.sampled_from([(), (), requests(send={}), requests(pay={"x": 9}), requests(book={})])
    sure = st.sampled_from([0.5, 0.7, 0.95])
    world: dict[str, Any] = {}
    for name in STEPS:
        said = draw(asked)
        world[name] = (draw(sure), said, draw(st.sampled_from([{}, {"proof": "seen"}])))
    return world


def answers_of(contract: WorkflowContract, world: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for step in contract.steps:
        sure, said, proof = world[step.step_name]
        found[step.step_name] = [
            proposed({"x": 7}, sure, requests=said, evidence=proof)
            if step.is_ai
            else output({"x": 7}, requests=said or None, evidence=proof)
        ]
    return found


def without_people(play: Play) -> set[str]:
    """What was done before anybody was asked: steps taken, actions begun, and the end."""
    taken = {f"step {name}" for name in play.case.outputs}
    begun = {f"action {action.name}" for action in play.intents()}
    return taken | begun | ({"the end"} if play.case.state is CaseState.CLOSED else set())


def is_over(play: Play) -> bool:
    """Whether a person is asked now, or nothing more comes; a timer may still bring anything."""
    return play.case.waits_for in (WaitsFor.REVIEW, None)


@given(data=st.data())
@settings(max_examples=400, deadline=None, phases=FOUND)
def test_whatever_advance_now_does_without_a_person_is_listed(data: st.DataObject) -> None:
    """The heart of it: no change lets the machine go where it asked before, and goes unsigned.

    The same case and the same answers of the world are played through `advance` under both
    contracts; until the first person is asked, the new one may do more only if the delta says so.
    """
    old = data.draw(st.one_of(small_contracts(), small_contracts(), contracts()))
    new = data.draw(changed(old))
    case = replace(data.draw(cases), stage=Stage.AUTONOMOUS, arm=Arm.RELEASE)
    world = world_of(data.draw)

    before = Play(old, answers_of(old, world), case=case)
    after = Play(new, answers_of(new, world), case=case)

    more = without_people(after) - without_people(before)
    if is_over(before) and more:
        assert any(each.widens for each in autonomy_changes(old, new)), more
