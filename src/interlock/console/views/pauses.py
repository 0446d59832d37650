"""What is paused, in words a whole house understands.

One rule: everybody sees that something is paused, who did it and why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from interlock.console import words
from interlock.domain.contract import WorkflowContract
from interlock.domain.ids import PersonId
from interlock.domain.pause import PauseScope, ScopeKind
from interlock.runtime.commands.pausing import pauses
from interlock.runtime.context import Context
from interlock.storage.alarm_rows import WATCH

AN_ALARM: Final = "an alarm"  # what people call what no person set


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseShown:
    """One pause in words: what, by whom, since when, why. `key` names it in a form."""

    key: str
    what: str
    by: str
    at: datetime
    reason: str

    @property
    def who(self) -> str:
        """By whom, as a sentence begins."""
        return "An alarm" if self.by == AN_ALARM else self.by


def shown_pauses(context: Context) -> tuple[PauseShown, ...]:
    """The pauses in force, the oldest first. What a gate took back is none of them: it stops the
    cases of one era for good, and the release board tells of it."""
    contracts = {str(each.contract.workflow): each.contract for each in context.workflows}
    return tuple(
        PauseShown(
            key=key_of(each.scope),
            what=scope_in_words(each.scope, contracts),
            by=_name(context, each.by, contracts),
            at=each.at,
            reason=each.reason,
        )
        for each in pauses(context)
        if each.scope.kind is not ScopeKind.ERA
    )


def key_of(scope: PauseScope) -> str:
    """What stands for a scope in a form."""
    return "|".join(scope.key)


def scope_in_words(scope: PauseScope, contracts: Mapping[str, WorkflowContract]) -> str:
    """What a pause of this scope stops, as people call it."""
    contract = contracts.get(scope.workflow)
    title = contract.title if contract else words.sentence(scope.workflow)
    match scope.kind:
        case ScopeKind.EVERYTHING:
            return "All AI work"
        case ScopeKind.WORKFLOW:
            return title
        case ScopeKind.STEP:
            return f"{title}, step {_step(contract, scope.name)}"
        case ScopeKind.ACTION:
            return f"{title}, action {words.spaced(scope.name)}"
        case ScopeKind.AGENT:
            return f"One agent: {scope.name}"
        case ScopeKind.ERA:
            return f"{title}, release {scope.name}, taken back"


def _step(contract: WorkflowContract | None, name: str) -> str:
    titles = {str(each.step_name): each.title for each in contract.steps} if contract else {}
    return words.spaced(titles.get(name) or name)


def _name(context: Context, person: str, contracts: Mapping[str, WorkflowContract]) -> str:
    if person == WATCH:
        return AN_ALARM
    who = PersonId(person)
    account = context.store.account(who)
    if account is not None:
        return account.name
    return next((each.people[who].name for each in contracts.values() if who in each.people), who)
