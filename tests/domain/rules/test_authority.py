"""Who decides: the whole table of mode × stage × arm, and the guards of a proposal."""

from __future__ import annotations

import math
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interlock.domain.case import Arm, CaseState, Handling, Phase
from interlock.domain.contract import Confidence, Fallback, FallbackMode, Stage, StepMode
from interlock.domain.ids import StepName
from interlock.domain.review import ReviewKind, Verb
from interlock.domain.rules.authority import Mandate, mandate
from interlock.testing.builders import a_case, a_contract, a_step, an_action_rule
from tests.domain.support import Play, output, proposed, raised, requests

D, A, G, H = StepMode.DETERMINISTIC, StepMode.ASSISTIVE, StepMode.AGENTIC, StepMode.HUMAN_OWNED
SURE = Confidence(accept_at=0.9)


def expected(mode: StepMode, stage: Stage, arm: Arm) -> Mandate:
    """The table of the semantics, in words of its own."""
    if mode is D:
        return Mandate.RUNS
    if mode is H:
        return Mandate.PERSON
    if stage is Stage.SHADOW or arm is Arm.HOLDBACK:
        return Mandate.HIDDEN
    acts = stage is Stage.AUTONOMOUS or (stage is Stage.CANARY and arm is Arm.CANARY)
    return Mandate.ACTS if mode is G and acts else Mandate.PROPOSES


@pytest.mark.parametrize(("mode", "stage", "arm"), list(product(StepMode, Stage, Arm)))
def test_a_step_may_do_the_lesser_of_its_mode_and_its_stage(
    mode: StepMode, stage: Stage, arm: Arm
) -> None:
    """Every one of the 48 combinations has one answer, and it is the table's."""
    given_now = mandate(a_step(mode=mode), a_case(stage=stage, arm=arm))

    assert given_now is expected(mode, stage, arm)


@pytest.mark.parametrize("mode", list(StepMode))
def test_a_never_automate_step_is_a_persons_whatever_its_mode(mode: StepMode) -> None:
    """The list binds more than the step's own line; somebody may have forgotten that line."""
    contract = a_contract(steps=[a_step(mode=mode)], never_automate=("check",))

    play = Play(contract)

    assert play.ran() == []
    assert play.task.kind is ReviewKind.HUMAN_STEP


@pytest.mark.parametrize(
    ("arm", "ran"), [(Arm.RELEASE, ["check", "by_rules"]), (Arm.HOLDBACK, ["by_rules"])]
)
def test_in_shadow_and_in_the_holdback_arm_the_case_is_handled_without_the_ai(
    arm: Arm, ran: list[str]
) -> None:
    """Otherwise there would be nothing to compare the AI with. In the holdback it is not run."""
    by_rules = Fallback(mode=FallbackMode.DETERMINISTIC_PATH, step=StepName("by_rules"))
    step = a_step(mode=G, confidence=SURE, fallback=by_rules)
    stage = Stage.SHADOW if arm is Arm.RELEASE else Stage.AUTONOMOUS

    play = Play(a_contract(steps=[step]), case=a_case(stage=stage, arm=arm))

    assert play.ran() == ran
    assert play.case.handling is Handling.FALLBACK


def test_trying_again_goes_no_further_than_the_mandate() -> None:
    """A retry is no way around shadow: the AI stays hidden when its fallback fails."""
    by_rules = Fallback(mode=FallbackMode.DETERMINISTIC_PATH, step=StepName("by_rules"))
    step = a_step(mode=G, confidence=SURE, fallback=by_rules)
    play = Play(
        a_contract(steps=[step]),
        {"by_rules": [raised("odd", may_retry=True), output({})]},
        case=a_case(stage=Stage.SHADOW),
    )

    play.approve()

    assert play.ran() == ["check", "by_rules", "by_rules"]


@given(confidence=st.floats(allow_nan=True, allow_infinity=True))
def test_only_a_probability_over_the_line_is_acted_on(confidence: float) -> None:
    """Unknown is never success: NaN, infinity and 1.5 are no confidence at all."""
    step = a_step(mode=G, confidence=SURE, actions=("send",))

    play = Play(
        a_contract(steps=[step], actions=[an_action_rule()]), {"check": [proposed({}, confidence)]}
    )

    acted = play.case.state is CaseState.CLOSED
    assert acted == (0.9 <= confidence <= 1)
    assert bool(play.intents()) == acted


@pytest.mark.parametrize("mode", [A, G])
@pytest.mark.parametrize("stage", [Stage.ASSISTED, Stage.AUTONOMOUS])
@pytest.mark.parametrize("confidence", [math.nan, math.inf, -math.inf, -0.01, 1.01])
def test_a_confidence_that_is_no_probability_is_an_unexpected_output(
    mode: StepMode, stage: Stage, confidence: float
) -> None:
    """It is neither shown nor accepted, at any stage: a person cannot weigh it either."""
    step = a_step(mode=mode, confidence=SURE)

    play = Play(
        a_contract(steps=[step]), {"check": [proposed({}, confidence)]}, case=a_case(stage=stage)
    )

    assert play.task.exception_type == "unexpected_output"
    assert Verb.APPROVE not in play.task.verbs
    assert play.case.proposal is None


def test_without_a_line_nothing_is_sure_enough() -> None:
    """A guard that cannot be evaluated fails closed."""
    play = Play(a_contract(steps=[a_step(mode=G)]), {"check": [proposed({}, 1.0)]})

    assert play.task.exception_type == "low_confidence"


def test_a_segment_has_its_own_line() -> None:
    """Autonomy may differ by segment: a risky one can ask for more."""
    step = a_step(mode=G, confidence=Confidence(accept_at=0.5, segments={"risky": 0.99}))
    contract, world = a_contract(steps=[step]), {"check": [proposed({}, 0.9)]}

    easy, risky = Play(contract, world), Play(contract, world, case=a_case(segment="risky"))

    assert easy.case.phase is Phase.DONE
    assert risky.task.exception_type == "low_confidence"


@pytest.mark.parametrize("stage", [Stage.ASSISTED, Stage.AUTONOMOUS])
@pytest.mark.parametrize("wish", ["wipe", "book", ""])
def test_a_model_that_asks_for_what_is_not_listed_is_denied(stage: Stage, wish: str) -> None:
    """Nothing a model returns widens what it may do, not even through a person's approval."""
    step = a_step(mode=G, confidence=SURE, actions=("send",))
    contract = a_contract(steps=[step], actions=[an_action_rule(), an_action_rule("book")])
    asked = proposed({}, requests=requests(**{wish: {}}))

    play = Play(contract, {"check": [asked]}, case=a_case(stage=stage))

    assert play.task.exception_type == "permission_denied"
    assert Verb.APPROVE not in play.task.verbs
    assert play.case.actions == ()


def test_a_model_cannot_override_what_the_case_says() -> None:
    """The case is the record; a model fills only names that nothing else fills."""
    step = a_step(mode=G, confidence=SURE, actions=("send",))
    contract = a_contract(
        steps=[step], actions=[an_action_rule(parameters=("number", "copies"), hold_minutes=9)]
    )
    wish = requests(send={"number": "999", "letter": "forged", "copies": 3})

    play = Play(contract, {"check": [proposed({}, requests=wish)]})

    assert play.case.actions[0].arguments == {"copies": 3}


def test_an_ai_step_that_returns_no_proposal_is_not_believed() -> None:
    """A bare value carries no confidence, so there is nothing to hold against the line."""
    step = a_step(mode=G, confidence=SURE, actions=("send",))

    play = Play(a_contract(steps=[step], actions=[an_action_rule()]), {"check": [output({"x": 1})]})

    assert play.task.exception_type == "unexpected_output"
    assert play.intents() == []
