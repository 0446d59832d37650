"""The policy answer, and which approval is asked for next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from interlock.domain.action import Approval
from interlock.domain.contract import ApprovalTier, Quorum
from interlock.domain.ids import PersonId
from interlock.domain.rules import policy
from interlock.domain.rules.policy import Answer
from interlock.testing.builders import (
    MORNING,
    Holds,
    a_contract,
    a_step,
    a_tier,
    an_action_rule,
)
from tests.domain.test_lifecycles import an_action

NAMES = ("carla", "dora", "eve")
OVER = Holds("pay > 100", lambda facts: facts["pay"] > 100)


def answer(action: str = "send", facts: Any = None, **contract: Any) -> policy.PolicyAnswer:
    """What the policy says to a step that lists `send`."""
    step = a_step(actions=("send",))
    whole = a_contract(steps=[step], actions=[an_action_rule(), an_action_rule("pay")], **contract)
    return policy.ask(whole, step, action, facts or {}, {})


def a_yes(by: str, **changes: Any) -> Approval:
    """A yes of this person to the default action, good for a day."""
    plain: dict[str, Any] = {
        "action_id": an_action().id,
        "digest": an_action().digest,
        "by": PersonId(by),
        "at": MORNING,
        "expires_at": MORNING + timedelta(days=1),
        "seat": PersonId(by),
    }
    return Approval(**{**plain, **changes})


def still_needed(tier: ApprovalTier, *given_now: Approval) -> Sequence[str]:
    """Who is asked next, or nobody."""
    needed = policy.next_approval((tier,), an_action(), given_now, MORNING)
    return needed.approvers if needed else ()


def test_what_a_step_lists_is_allowed() -> None:
    """With the rule that decided."""
    assert answer().answer is Answer.ALLOW
    assert answer().rule == "listed for check"


def test_what_a_step_does_not_list_is_denied_even_if_the_contract_knows_it() -> None:
    """The list of the step is the list that counts."""
    assert answer("pay").answer is Answer.DENY
    assert answer("wipe").rule == "what is not listed is denied"


def test_never_automate_denies_an_action_the_step_lists() -> None:
    """The workflow's list is stronger than a step's."""
    assert answer(never_automate=("send",)).answer is Answer.DENY


def test_a_tier_answers_with_its_own_line_of_the_contract() -> None:
    """The record says which rule asked for the approval."""
    found = answer(facts={"pay": 101}, approvals=(a_tier(when=OVER, name="over 100"),))

    assert (found.answer, found.rule) == (Answer.REQUIRE_APPROVAL, "over 100")


def test_a_condition_without_an_answer_denies_with_its_text() -> None:
    """Unknown is never success."""
    found = answer(approvals=(a_tier(when=OVER),))

    assert (found.answer, found.rule) == (Answer.DENY, "pay > 100")


@given(
    names=st.lists(st.sampled_from(NAMES), min_size=1, unique=True).map(tuple),
    quorum=st.sampled_from([Quorum.ALL, Quorum.ANY, 1, 2, 3]),
    by=st.lists(st.sampled_from([*NAMES, "boss"]), max_size=6),
    seat=st.sampled_from(NAMES),
)
def test_a_tier_is_met_by_enough_different_people_and_by_nothing_else(
    names: tuple[str, ...], quorum: Quorum | int, by: list[str], seat: str
) -> None:
    """However often one person says yes, and for whomever, it is one yes."""
    tier = a_tier(tier=tuple(map(PersonId, names)), quorum=quorum)
    yeses = [a_yes(who, seat=PersonId(who if who in NAMES else seat)) for who in by]

    asked = still_needed(tier, *yeses)

    counted = {each.by for each in yeses if each.seat in names}
    wanted = int(quorum) if isinstance(quorum, int) else 1
    if quorum is Quorum.ALL:
        wanted = len(names)
    if len(counted) < wanted:
        assert asked
    if not asked:
        assert len(counted) >= wanted


def test_a_yes_to_other_arguments_or_an_old_or_used_one_does_not_count() -> None:
    """Bound to exactly these arguments, in its time, and once."""
    tier = a_tier(tier=(PersonId("carla"),))

    assert still_needed(tier, a_yes("carla")) == ()
    for useless in (
        a_yes("carla", digest="other"),
        a_yes("carla", action_id="act_2"),
        a_yes("carla", used=True),
        a_yes("carla", expires_at=MORNING),
    ):
        assert still_needed(tier, useless) == ("carla",)


def test_those_who_said_yes_are_not_asked_again() -> None:
    """Four eyes: the next one is somebody else."""
    tier = a_tier(tier=(PersonId("carla"), PersonId("dora")))

    needed = policy.next_approval((tier,), an_action(), (a_yes("carla"),), MORNING)

    assert needed is not None
    assert (needed.approvers, needed.excluded) == (("dora",), ("carla",))
