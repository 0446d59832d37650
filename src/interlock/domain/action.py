"""An action: one side effect, from plan to proof.

The arrows of its life are the table ACTION_MOVES, and there are no others. Its id is derived,
so the same action of the same case always has the same idempotency key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from interlock.domain.ids import ActionId, CaseId, PersonId, StepName
from interlock.domain.money import Money
from interlock.errors import InterlockError


class ActionState(StrEnum):
    PLANNED = "planned"  # policy answered; it may wait for approval or a hold
    INTENDED = "intended"  # recorded before it starts
    SUCCEEDED = "succeeded"  # the system said yes
    FAILED = "failed"  # the system said no; nothing happened there
    UNKNOWN = "unknown"  # a crash or timeout between intent and outcome
    VERIFIED = "verified"  # looked up in the system and found
    COMPENSATED = "compensated"  # undone
    WITHDRAWN = "withdrawn"  # planned, never started


class ActionMove(StrEnum):
    INTEND = "intend"
    SUCCEED = "succeed"
    FAIL = "fail"
    LOSE = "lose"
    VERIFY = "verify"
    REFUTE = "refute"
    COMPENSATE = "compensate"
    WITHDRAW = "withdraw"


S, M = ActionState, ActionMove
ACTION_MOVES: Final = MappingProxyType(
    {
        (S.PLANNED, M.INTEND): S.INTENDED,
        (S.PLANNED, M.WITHDRAW): S.WITHDRAWN,
        (S.INTENDED, M.SUCCEED): S.SUCCEEDED,
        (S.INTENDED, M.FAIL): S.FAILED,
        (S.INTENDED, M.LOSE): S.UNKNOWN,
        (S.UNKNOWN, M.VERIFY): S.VERIFIED,
        (S.UNKNOWN, M.REFUTE): S.FAILED,
        (S.FAILED, M.INTEND): S.INTENDED,
        (S.SUCCEEDED, M.VERIFY): S.VERIFIED,
        (S.SUCCEEDED, M.COMPENSATE): S.COMPENSATED,
        (S.VERIFIED, M.COMPENSATE): S.COMPENSATED,
    }
)
HAPPENED: Final = frozenset({S.SUCCEEDED, S.VERIFIED})  # the effect exists in the system


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One side effect of one case. `digest` covers the name and the exact arguments."""

    id: ActionId
    case_id: CaseId
    step: StepName
    visit: int  # which visit to the step planned it
    name: str
    arguments: Mapping[str, Any]  # only those the case itself does not fix
    digest: str
    state: ActionState = ActionState.PLANNED
    attempt: int = 0
    amount: Money | None = None
    hold_until: datetime | None = None
    state_digest: str | None = None  # of the business state it rests on, when it is watched
    receipt: Any = None
    error: str = ""
    approved_by: tuple[PersonId, ...] = ()
    kept: bool = False  # it could not be undone, and a person said to leave it
    intended_at: datetime | None = None
    finished_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """One person's yes to one action with exactly these arguments; used once, and it expires."""

    action_id: ActionId
    digest: str
    by: PersonId
    at: datetime
    expires_at: datetime
    seat: PersonId | None = None  # whose place in the tier it fills, e.g. the team's
    used: bool = False


class ActionMoveRefused(InterlockError):
    """The action is in a state that this move cannot leave."""

    code = "action_move_refused"

    def __init__(self, action_id: str, state: str, move: str) -> None:
        super().__init__(action_id, state, move)
        self.action_id, self.state, self.move = action_id, state, move

    def __str__(self) -> str:
        allowed = [str(m) for (state, m) in ACTION_MOVES if state == self.state]
        do = f"possible: {', '.join(allowed)}" if allowed else "this state is final"
        return f"cannot {self.move} action {self.action_id}: it is {self.state}; {do}"


def any_happened(actions: Iterable[Action]) -> bool:
    """True when one of them took effect and was not undone."""
    return any(each.state in HAPPENED for each in actions)


def move(action: Action, step: ActionMove, **changes: Any) -> Action:
    """The action after the move. Raises: ActionMoveRefused when no arrow leaves its state."""
    if (action.state, step) not in ACTION_MOVES:
        raise ActionMoveRefused(action.id, action.state, step)
    return replace(action, state=ACTION_MOVES[action.state, step], **changes)
