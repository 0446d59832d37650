"""Random contracts, cases and worlds: every mode, arm and rule, in unforeseen combinations."""

from __future__ import annotations

from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from interlock.domain.case import Arm, Case, RequestRecord
from interlock.domain.contract import (
    ActionRule,
    ApprovalTier,
    Budget,
    Confidence,
    ExceptionRoute,
    Fallback,
    FallbackMode,
    Limits,
    Quorum,
    Retry,
    Stage,
    StepMode,
    WhenSpent,
    WorkflowContract,
    WorkflowStep,
)
from interlock.domain.effect import Compensate, LookUpAction, RunAction, RunRemedy, RunStep
from interlock.domain.exceptions import CATCH_ALL
from interlock.domain.ids import PersonId, StepName
from interlock.domain.rules.flow import END
from interlock.testing.builders import (
    DESK,
    LEAD,
    Holds,
    a_case,
    a_contract,
    a_person,
    a_queue,
    a_route,
    a_step,
    a_tier,
    an_action_rule,
    euros,
)
from tests.domain import support
from tests.domain.support import Answer

ACTIONS: Final = ("send", "pay", "book")
STEPS: Final = ("s0", "s1", "s2", "s3")
PEOPLE: Final = ("anna", "ben", "carla", "dora", "eve", "finn")
APPROVERS: Final = ("carla", "dora", "team")
TOO_MUCH: Final = Holds("arguments.x > 5", lambda facts: facts["arguments"]["x"] > 5)
FLAGGED: Final = Holds("letter.flag", lambda facts: facts["letter"]["flag"])
NEVER: Final = Holds("false", lambda facts: False)
UNANSWERABLE: Final = Holds("missing > 1", lambda facts: facts["missing"] > 1)
CONDITIONS: Final = (None, None, TOO_MUCH, FLAGGED, NEVER, UNANSWERABLE)


def mostly(usual: SearchStrategy[Any], *odd: SearchStrategy[Any]) -> SearchStrategy[Any]:
    """The usual in three of four cases: plays in which all goes wrong at once end too early."""
    return st.sampled_from([usual] * 3 * len(odd) + [*odd]).flatmap(lambda chosen: chosen)


confidences = mostly(
    st.sampled_from([0.9, 0.95, 1.0]),
    st.floats(min_value=0, max_value=1),
    st.sampled_from([0.0, 0.5, 0.89999, 1.5, -1.0]),
    st.floats(allow_nan=True, allow_infinity=True),
)
retries = st.builds(Retry, attempts=st.integers(1, 2))


@st.composite
def action_rules(draw: st.DrawFn, name: str) -> ActionRule:
    """One action of any make."""
    budget = Budget(count_per_hour=2, when_spent=draw(st.sampled_from(WhenSpent)))
    return an_action_rule(
        name,
        compensate=draw(st.sampled_from([f"undo_{name}", None])),
        verify=draw(st.sampled_from([f"find_{name}", None])),
        idempotent=draw(st.booleans()),
        hold_minutes=draw(st.sampled_from([0, 0, 45])),
        budget=draw(st.sampled_from([None, budget])),
        retry=draw(retries),
        parameters=("number", "x"),
        says="sends {number} to {x}",
    )


names = st.lists(st.sampled_from(APPROVERS), min_size=1, unique=True).map(
    lambda chosen: tuple(map(PersonId, chosen))
)
quorums = st.sampled_from([Quorum.ALL, Quorum.ANY, 2])
tiers: SearchStrategy[ApprovalTier] = st.builds(
    a_tier,
    st.sampled_from(ACTIONS),
    when=st.sampled_from(CONDITIONS),
    tier=names,
    quorum=quorums,
    valid_minutes=st.sampled_from([30, 1440]),
)


@st.composite
def workflow_steps(draw: st.DrawFn, place: int, count: int) -> WorkflowStep:
    """One step of any mode, that leads on to a later one."""
    mode = draw(st.sampled_from(StepMode))
    is_ai = mode in (StepMode.AGENTIC, StepMode.ASSISTIVE)
    later = [StepName(name) for name in STEPS[place + 1 : count]]
    by_rules = Fallback(mode=FallbackMode.DETERMINISTIC_PATH, step=StepName("by_rules"))
    by_people = Fallback(mode=FallbackMode.HUMAN_REVIEW)
    return a_step(
        STEPS[place],
        mode=mode,
        has_function=is_ai or draw(st.booleans()),
        actions=draw(st.sampled_from([(), ("send",), ("pay",), ("book", "send"), ("pay", "book")])),
        when=draw(st.sampled_from([*[None] * 7, FLAGGED, NEVER, UNANSWERABLE])),
        next=draw(st.sampled_from([*[None] * 6, *later, StepName(END)])),
        confidence=draw(st.sampled_from([None, *[Confidence(accept_at=0.9)] * 3])),
        limits=Limits(timeout_seconds=20),
        evidence_required=draw(st.sampled_from([(), (), (), ("proof",)])),
        fallback=draw(st.sampled_from([None, by_rules, by_people])) if is_ai else None,
        retry=draw(retries),
        escalation_target=draw(st.sampled_from([None, PersonId("dora")])),
        produces=(f"{STEPS[place]}_result",),
    )


def routes() -> SearchStrategy[list[ExceptionRoute]]:
    """Routes with and without a remedy, and a catch-all."""
    kinds = ("low_confidence", "workflow_failure", "state_changed", "stalled_handoff", "odd")
    named = st.builds(
        a_route,
        st.sampled_from(kinds),
        remedy=st.sampled_from([None, "remedy"]),
        automation_allowed=st.booleans(),
        route_to=st.sampled_from([DESK, LEAD]),
        reviewer_evidence=st.sampled_from([(), ("case_file",), ("nowhere",)]),
    )
    unique = st.lists(named, max_size=3, unique_by=lambda route: route.exception_type)
    return unique.map(lambda found: [*found, a_route(CATCH_ALL)])


@st.composite
def contracts(draw: st.DrawFn) -> WorkflowContract:
    """A contract that `check` would let pass, or nearly."""
    count = draw(st.integers(1, len(STEPS)))
    steps = [draw(workflow_steps(place, count)) for place in range(count)]
    forbidden = st.sampled_from([*[()] * 10, *((name,) for name in [*STEPS, *ACTIONS])])
    return draw(contracts_of(steps, never_automate=draw(forbidden)))


@st.composite
def approval_contracts(draw: st.DrawFn) -> WorkflowContract:
    """A contract in which everything turns on approvals: one step, actions that need them."""
    step = a_step("s0", actions=draw(st.permutations(["pay", "book"]).map(tuple)))
    needed = a_tier("pay", tier=draw(names), quorum=draw(quorums), valid_minutes=30)
    return draw(contracts_of([step], approvals=(needed, *draw(st.lists(tiers, max_size=2)))))


@st.composite
def contracts_of(draw: st.DrawFn, /, steps: list[WorkflowStep], **parts: Any) -> WorkflowContract:
    """A contract of these steps, with people and queues enough for all of them."""
    return a_contract(
        steps=steps,
        actions=[draw(action_rules(name)) for name in ACTIONS],
        people=[
            a_person("dora", approve_up_to=draw(st.sampled_from([None, euros("100")]))),
            a_person("eve", groups=("team",)),
            a_person("finn", groups=("team",)),
        ],
        queues=[
            a_queue(DESK, undo_seconds=draw(st.sampled_from([0, 0, 20]))),
            a_queue(LEAD, escalate_to=("dora",)),
            a_queue("dora", members=("dora",)),
            a_queue("team", members=("group:team",), escalate_to=("lead",)),
        ],
        exceptions=draw(routes()),
        **{"approvals": tuple(draw(st.lists(tiers, max_size=3))), **parts},
    )


cases: SearchStrategy[Case] = st.builds(
    a_case,
    stage=st.sampled_from([*[Stage.AUTONOMOUS] * 4, *Stage]),
    arm=st.sampled_from([*[Arm.RELEASE] * 4, Arm.CANARY, Arm.HOLDBACK]),  # a probe never runs
    opened_by=st.sampled_from([None, None, *map(PersonId, PEOPLE)]),
    amount=st.sampled_from([None, euros("50"), euros("500")]),
    data=st.fixed_dictionaries({"number": st.just("1"), "flag": st.booleans()}),
)

arguments = st.dictionaries(
    st.sampled_from(["x", "number", "letter", "to", "arguments"]),
    st.one_of(st.integers(0, 9), st.text(max_size=3)),
    max_size=3,
)
wishes = st.lists(
    st.builds(
        RequestRecord,
        action=st.sampled_from([*ACTIONS, *ACTIONS, "wipe", "", "undo_send"]),
        arguments=arguments,
    ),
    max_size=3,
).map(tuple)
values: SearchStrategy[Any] = st.dictionaries(st.sampled_from(["x", "number"]), st.integers(0, 9))
proofs = st.sampled_from([{}, {"proof": "seen"}])


def answers(effect: Any) -> SearchStrategy[Answer]:
    """Anything the world may say to an effect."""
    match effect:
        case RunStep(is_ai=True):
            asked = mostly(st.just(()), wishes)
            return mostly(
                st.builds(support.proposed, values, confidences, requests=asked, evidence=proofs),
                _step_troubles(),
                st.builds(support.output, values),
            )
        case RunStep():
            asked = mostly(st.none(), wishes)
            return mostly(
                st.builds(support.output, values, requests=asked, evidence=proofs),
                _step_troubles(),
            )
        case RunRemedy():
            changed = st.builds(support.found_values, flag=st.booleans())
            return st.one_of(st.just(support.found_nothing), changed)
        case RunAction():
            refused = st.builds(support.refused, kind=st.sampled_from([None, "odd"]))
            return mostly(
                st.builds(support.done, st.sampled_from([None, {"id": 1}])),
                refused,
                st.just(support.lost),
                st.builds(support.moved, st.sampled_from(["", "new"])),
            )
        case LookUpAction():
            return st.builds(support.found, st.sampled_from([True, False, None]))
        case Compensate():
            return st.sampled_from([support.undone, support.undone, support.not_undone])
    return st.sampled_from([support.started, support.started, support.spent(hours=2)])


def _step_troubles() -> SearchStrategy[Answer]:
    kinds = st.sampled_from(["odd", "low_confidence", "missing_data"])
    return st.one_of(
        st.builds(support.raised, kinds, detail=st.sampled_from(["", "{number:>9}"])),
        st.builds(support.raised, kinds, value=values, has_value=st.just(True)),
        st.builds(support.crashed, timed_out=st.booleans()),
    )
