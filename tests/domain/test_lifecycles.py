"""The lives of a review task and of an action, held to their tables of arrows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from interlock.canonical import digest
from interlock.domain import action as actions
from interlock.domain import review as reviews
from interlock.domain.action import (
    ACTION_MOVES,
    HAPPENED,
    Action,
    ActionMove,
    ActionMoveRefused,
    ActionState,
)
from interlock.domain.ids import ActionId, CaseId, StepName
from interlock.domain.review import (
    REVIEW_MOVES,
    ReviewAction,
    ReviewMoveRefused,
    ReviewState,
)
from interlock.testing.builders import a_task

FINAL_REVIEW = {
    ReviewState.DECIDED,
    ReviewState.ESCALATED,
    ReviewState.EXPIRED,
    ReviewState.WITHDRAWN,
}
FINAL_ACTION = {ActionState.COMPENSATED, ActionState.WITHDRAWN}


def an_action(**changes: Any) -> Action:
    """A planned action."""
    plain: dict[str, Any] = {
        "id": ActionId("act_1"),
        "case_id": CaseId("case_1"),
        "step": StepName("check"),
        "visit": 1,
        "name": "send",
        "arguments": {},
        "digest": digest(["send", {}]),
    }
    return Action(**{**plain, **changes})


class ReviewLife(RuleBasedStateMachine):
    """A task against a model that is a dict of where each word leads."""

    MODEL: ClassVar[Mapping[str, Mapping[str, str]]] = {
        "open": {
            "claim": "claimed",
            "assign": "open",
            "escalate": "escalated",
            "expire": "expired",
            "withdraw": "withdrawn",
        },
        "claimed": {
            "release": "open",
            "decide": "decided",
            "hold": "claimed",
            "undo": "claimed",
            "take_over": "claimed",
            "assign": "open",
            "escalate": "escalated",
            "expire": "expired",
            "withdraw": "withdrawn",
        },
    }

    def __init__(self) -> None:
        super().__init__()
        self.task, self.state = a_task(), "open"
        self.was_claimed = False

    @rule(action=st.sampled_from(ReviewAction))
    def move(self, action: ReviewAction) -> None:
        to = self.MODEL.get(self.state, {}).get(action)
        if to is None:
            with pytest.raises(ReviewMoveRefused, match=f"cannot {action}"):
                reviews.move(self.task, action)
            return
        self.task = reviews.move(self.task, action)
        self.was_claimed |= action is ReviewAction.CLAIM
        self.state = to

    @invariant()
    def is_where_the_model_is(self) -> None:
        assert self.task.state == self.state
        assert self.task.is_live == (self.state in self.MODEL)

    @invariant()
    def is_decided_only_by_one_who_claimed_it(self) -> None:
        assert self.task.state is not ReviewState.DECIDED or self.was_claimed


class ActionLife(RuleBasedStateMachine):
    """An action against a model that is a dict of where each word leads."""

    MODEL: ClassVar[Mapping[str, Mapping[str, str]]] = {
        "planned": {"intend": "intended", "withdraw": "withdrawn"},
        "intended": {"succeed": "succeeded", "fail": "failed", "lose": "unknown"},
        "unknown": {"verify": "verified", "refute": "failed"},
        "failed": {"intend": "intended"},
        "succeeded": {"verify": "verified", "compensate": "compensated"},
        "verified": {"compensate": "compensated"},
    }

    def __init__(self) -> None:
        super().__init__()
        self.action, self.state = an_action(), "planned"
        self.open_intents = 0

    @rule(step=st.sampled_from(ActionMove))
    def move(self, step: ActionMove) -> None:
        to = self.MODEL.get(self.state, {}).get(step)
        if to is None:
            with pytest.raises(ActionMoveRefused, match=f"cannot {step}"):
                actions.move(self.action, step)
            return
        self.action = actions.move(self.action, step)
        self.open_intents += step is ActionMove.INTEND
        self.open_intents -= step in (ActionMove.FAIL, ActionMove.REFUTE)
        self.state = to

    @invariant()
    def is_where_the_model_is(self) -> None:
        assert self.action.state == self.state

    @invariant()
    def is_intended_again_only_after_it_is_known_not_to_have_happened(self) -> None:
        assert self.open_intents in (0, 1)
        assert self.action.state not in HAPPENED or self.open_intents == 1


TestReviewLife = ReviewLife.TestCase
TestActionLife = ActionLife.TestCase
TestReviewLife.settings = settings(max_examples=50, stateful_step_count=20, deadline=None)
TestActionLife.settings = settings(max_examples=50, stateful_step_count=20, deadline=None)


def test_the_tables_are_the_models() -> None:
    """The table is the law: code, database and docs are held to it, so it is held to this."""

    def arrows(model: Mapping[str, Mapping[str, str]]) -> dict[tuple[str, str], str]:
        return {(start, way): to for start, ways in model.items() for way, to in ways.items()}

    assert dict(REVIEW_MOVES) == arrows(ReviewLife.MODEL)
    assert dict(ACTION_MOVES) == arrows(ActionLife.MODEL)


@given(state=st.sampled_from(sorted(FINAL_REVIEW)), action=st.sampled_from(ReviewAction))
def test_a_final_task_never_moves(state: ReviewState, action: ReviewAction) -> None:
    """A recorded decision is evidence, so nothing may change it afterwards."""
    task = a_task(state=state)

    with pytest.raises(ReviewMoveRefused, match="this state is final"):
        reviews.move(task, action)


@given(state=st.sampled_from(sorted(FINAL_ACTION)), step=st.sampled_from(ActionMove))
def test_a_final_action_never_moves(state: ActionState, step: ActionMove) -> None:
    """What was undone stays undone; doing it again is another action."""
    with pytest.raises(ActionMoveRefused, match="this state is final"):
        actions.move(an_action(state=state), step)


def test_only_a_persons_decision_leads_to_decided() -> None:
    """Silence never approves: time has no arrow there."""
    ways = {action for (_, action), to in REVIEW_MOVES.items() if to is ReviewState.DECIDED}

    assert ways == {ReviewAction.DECIDE}


def test_no_arrow_leads_from_unknown_to_doing_it_again() -> None:
    """An action nobody knows the outcome of is never blindly repeated."""
    assert (ActionState.UNKNOWN, ActionMove.INTEND) not in ACTION_MOVES
    assert (ActionState.INTENDED, ActionMove.INTEND) not in ACTION_MOVES
