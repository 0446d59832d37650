"""What people do about an alarm: look at it, say that they do, and decide what follows.

One rule: staying off takes the right to pause; going on takes the right to resume everything that
goes on by it. Never a program, and nobody who is not asked. Going on says what it was based on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from interlock.domain.alarm import AlarmDecision, AlarmReview, AlarmState, Unlike
from interlock.domain.contract import WorkflowContract
from interlock.domain.ids import PersonId
from interlock.domain.pause import Pause, PauseScope, ScopeKind
from interlock.domain.people import Right
from interlock.domain.rules import alarms as rules
from interlock.domain.rules.permission import Permission, refused
from interlock.domain.rules.watching import KINDS
from interlock.domain.watching import Reading
from interlock.errors import InterlockError
from interlock.observe import ALARM_DECIDED, log
from interlock.runtime.commands.pausing import may_set
from interlock.runtime.context import Context
from interlock.runtime.joining import joined
from interlock.runtime.reasons import reason_on_record
from interlock.storage import AlarmOvertaken
from interlock.storage.alarm_rows import WATCH

READINGS_SHOWN: Final = 20  # windows before and at the alarm
VERBS: Final = {
    AlarmDecision.GO_ON: "let it go on after",
    AlarmDecision.STAY_OFF: "keep it off for",
}


class AlarmRefused(InterlockError):
    """The rules do not let this one take or decide the alarm so, or not any more."""

    code = "alarm_refused"

    def __init__(self, verb: str, number: int, rule: str, reason: str) -> None:
        super().__init__(verb, number, rule, reason)
        self.verb, self.number, self.rule, self.reason = verb, number, rule, reason

    def __str__(self) -> str:
        return f"cannot {self.verb} alarm {self.number}: {self.reason}; nothing was changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What a decision did. kept: what stays paused, because a person or another alarm needs it."""

    alarm: AlarmReview
    lifted: tuple[Pause, ...]
    kept: tuple[Pause, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What there is to look at. readings: newest first. unlike: cases of every tenant."""

    readings: tuple[Reading, ...]
    pauses: tuple[Pause, ...]
    unlike: tuple[Unlike, ...]


def picture(context: Context, alarm: AlarmReview) -> Picture:
    """The readings around it, what it paused, and the cases of its window that stand out."""
    reading = alarm.reading
    facts = context.store.facts(
        workflow=alarm.workflow, kinds=KINDS, since=reading.begins, until=reading.ends
    )
    return Picture(
        readings=tuple(context.store.readings_of(reading, READINGS_SHOWN)),
        pauses=tuple(context.store.pauses_of_alarm(alarm.id)),
        unlike=tuple(rules.most_unlike(reading, facts)),
    )


def would_lift(context: Context, alarm: AlarmReview) -> tuple[list[Pause], list[Pause]]:
    """The pauses that going on would lift now, and those that would stay in force."""
    needed = context.store.needed_by_others(alarm.id)
    in_force = [each for each in context.store.pauses_of_alarm(alarm.id) if each.is_in_force]
    lifted = [each for each in in_force if _is_its_own(each) and each.id not in needed]
    return lifted, [each for each in in_force if each not in lifted]


def may_take(context: Context, alarm: AlarmReview, by: str) -> Permission:
    """Whether this person may say that they look at it, with the reason: who may decide, may."""
    return may_decide(context, alarm, by, AlarmDecision.STAY_OFF)


def may_decide(
    context: Context, alarm: AlarmReview, by: str, decision: AlarmDecision
) -> Permission:
    """Whether this person may decide it so now, with the reason. Raises: WorkflowUnknown."""
    if not alarm.is_open:
        return refused("state", f"{alarm.decided_by} decided it already")
    workflow = PauseScope(kind=ScopeKind.WORKFLOW, workflow=alarm.workflow)
    answer = may_set(context, workflow, by, Right.PAUSE)
    if answer.allowed and decision is AlarmDecision.GO_ON:
        scopes = (workflow, *_would_go_on(context, alarm))
        answers = [may_set(context, each, by, Right.RESUME) for each in scopes]
        answer = next((each for each in answers if not each.allowed), answer)
    if not answer.allowed:
        return answer
    now = context.clock.now()
    standing = context.directory.standing(by, now)
    return rules.is_asked(_contract(context, alarm), alarm, PersonId(by), now, standing)


def take(context: Context, number: int, by: str) -> AlarmReview:
    """The review, said to be looked at by this person; it keeps nobody else out.

    Raises: AlarmUnknown, AlarmRefused, AlarmOvertaken; then nothing is changed.
    """
    alarm = context.store.alarm(number)
    answer = may_take(context, alarm, by)
    if not answer.allowed:
        raise AlarmRefused("take", number, answer.rule, answer.reason)
    return context.store.take_alarm(alarm, by, context.clock.now())


def decide(
    context: Context,
    number: int,
    by: str,
    decision: AlarmDecision,
    reason: str,
    *,
    version: int | None = None,
) -> Decided:
    """What came of it. version: of the review as it was looked at; None: as it is now.

    GO_ON lifts what the alarm paused. STAY_OFF changes no pause and waits for nothing, so it
    holds whatever came since. Raises: AlarmUnknown, AlarmRefused, AlarmOvertaken; then nothing is
    changed.
    """
    alarm, verb = context.store.alarm(number), VERBS[decision]
    answer = may_decide(context, alarm, by, decision)
    if not answer.allowed:
        raise AlarmRefused(verb, number, answer.rule, answer.reason)
    said = reason_on_record(reason, lambda why: AlarmRefused(verb, number, "reason", why))
    if decision is AlarmDecision.GO_ON and version not in (None, alarm.version):
        raise AlarmOvertaken(number)
    lifted = context.store.decide_alarm(alarm, decision, by, said, context.clock.now())
    log().warning(ALARM_DECIDED, alarm=number, decision=str(decision), lifted=len(lifted))
    return Decided(
        alarm=context.store.alarm(number),
        lifted=tuple(lifted),
        kept=tuple(p for p in context.store.pauses_of_alarm(alarm.id) if p.is_in_force),
    )


def open_alarms(context: Context, workflow: str | None = None) -> list[AlarmReview]:
    """The open reviews, the one due first on top."""
    found = context.store.alarms(workflow, states=(AlarmState.OPEN,), limit=_MOST_OPEN)
    return sorted(found, key=lambda each: (each.due_at, each.id))


def for_whom(context: Context, alarms: Sequence[AlarmReview], by: str) -> list[AlarmReview]:
    """Those of them that this person may decide one way or the other."""
    loaded = {each.contract.workflow for each in context.workflows}
    return [
        each for each in alarms if each.workflow in loaded and may_take(context, each, by).allowed
    ]


_MOST_OPEN: Final = 200  # one a number; a contract watches a handful


def _contract(context: Context, alarm: AlarmReview) -> WorkflowContract:
    """The contract new cases begin with: it says who is asked."""
    return joined(context, alarm.workflow).workflow.contract


def _would_go_on(context: Context, alarm: AlarmReview) -> tuple[PauseScope, ...]:
    """What the alarm itself paused and is still paused; a person's pause is not for it to lift."""
    return tuple(
        each.scope
        for each in context.store.pauses_of_alarm(alarm.id)
        if each.is_in_force and _is_its_own(each)
    )


def _is_its_own(pause: Pause) -> bool:
    """Whether an alarm set it, as it is: no person asked for it, or for more of it."""
    return pause.by == WATCH and not pause.scope.also_actions
