"""A pause: what a person stopped, why, and until when.

Only a person sets one and only a person lifts it; but an era of a release that is taken back is
stopped by its gate, and nobody lifts that. What each scope stops is in `rules/pausing`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, NewType

from interlock.domain.ids import PersonId

PauseId = NewType("PauseId", int)  # drawn by the database; it only grows


class ScopeKind(StrEnum):
    EVERYTHING = "everything"  # all AI work, in every workflow
    WORKFLOW = "workflow"  # all AI work of one workflow
    STEP = "step"  # one step's AI, and what rests on it
    ACTION = "action"  # one action of one workflow, whoever decided it
    AGENT = "agent"  # one agent, in every workflow that uses it
    ERA = "era"  # all AI work of one era of a release; set by its gate, never lifted


IN_A_WORKFLOW: Final = frozenset(
    {ScopeKind.WORKFLOW, ScopeKind.STEP, ScopeKind.ACTION, ScopeKind.ERA}
)
NAMED: Final = frozenset({ScopeKind.STEP, ScopeKind.ACTION, ScopeKind.AGENT, ScopeKind.ERA})


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseScope:
    """What stops. Two scopes are the same when kind, workflow and name are.

    also_actions: the actions inside wait too when fixed rules or a person decided them.
    """

    kind: ScopeKind
    workflow: str = ""
    name: str = ""
    also_actions: bool = False

    def __str__(self) -> str:
        match self.kind:
            case ScopeKind.EVERYTHING:
                return "everything"
            case ScopeKind.WORKFLOW:
                return f"workflow {self.workflow}"
            case ScopeKind.AGENT:
                return f"agent {self.name}"
            case ScopeKind.ERA:
                return f"release {self.name}"
        return f"{self.kind} {self.workflow}.{self.name}"

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes it this scope and no other."""
        return (self.kind, self.workflow, self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """One pause, in force until it is lifted."""

    id: PauseId
    scope: PauseScope
    by: PersonId
    reason: str
    at: datetime
    lifted_at: datetime | None = None
    lifted_by: PersonId | None = None
    lifted_because: str = ""

    @property
    def is_in_force(self) -> bool:
        return self.lifted_at is None

    @property
    def mark(self) -> PausedBy:
        """What a case's record says about it."""
        for_good = self.scope.kind is ScopeKind.ERA
        return PausedBy(pause=self.id, scope=str(self.scope), by=self.by, taken_back=for_good)


@dataclass(frozen=True, slots=True, kw_only=True)
class PausedBy:
    """Which pause stopped something of a case, as the case's own record has it.

    taken_back: its release was; nobody ever lifts that, so the case goes on without AI.
    """

    pause: PauseId
    scope: str
    by: PersonId
    taken_back: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentSeen:
    """An agent that did a step of a contract: what a proposal says it was made by."""

    workflow: str
    fingerprint: str
    step: str
    agent: str
