"""The decision bar: what each verb will cause, why it is off, and what its panel asks.

One rule: whether a verb is off is asked of the rule that will judge the decision itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from interlock.console import words
from interlock.domain.case import Case
from interlock.domain.contract import WorkflowContract
from interlock.domain.people import Standing
from interlock.domain.review import ReviewTask, Verb
from interlock.domain.rules import asking, assign
from interlock.domain.rules.outlook import consequences, next_steps
from interlock.domain.rules.permission import Permission

SHORT: Final = MappingProxyType(
    {
        Verb.APPROVE: "Approve",
        Verb.EDIT: "Edit",
        Verb.REJECT: "Reject",
        Verb.ESCALATE: "Escalate",
        Verb.ASK: "Ask",
    }
)
ICONS: Final = MappingProxyType(
    {
        Verb.APPROVE: "check",
        Verb.EDIT: "edit",
        Verb.REJECT: "x",
        Verb.ESCALATE: "escalate",
        Verb.ASK: "ask",
    }
)
KEYS: Final = MappingProxyType(
    {Verb.APPROVE: "A", Verb.EDIT: "E", Verb.REJECT: "R", Verb.ESCALATE: "X", Verb.ASK: "I"}
)
TITLES: Final = MappingProxyType(
    {
        Verb.APPROVE: "Approve: why is this right?",
        Verb.EDIT: "Edit and approve: what was wrong?",
        Verb.REJECT: "Reject: why not?",
        Verb.ESCALATE: "Escalate: what makes it not yours?",
        Verb.ASK: "Ask for information: who can help?",
    }
)
CONFIRM: Final = MappingProxyType(
    {
        Verb.APPROVE: "Approve",
        Verb.EDIT: "Save and approve",
        Verb.REJECT: "Reject",
        Verb.ESCALATE: "Escalate",
        Verb.ASK: "Send question",
    }
)
ANY: Final = "any"  # stands for evidence the reviewer may still add


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionShown:
    """One verb of the bar. off: why it cannot be used now, empty when it can."""

    verb: str
    label: str
    short: str
    icon: str
    key: str
    consequence: str
    off: str
    main: bool
    title: str
    confirm: str
    reasons: tuple[tuple[str, str], ...]
    next: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionBar:
    """The five verbs in their order. note: what stands above them, empty for nothing."""

    actions: tuple[ActionShown, ...]
    note: str
    undo_seconds: int
    training: str = ""  # the queue whose training the reader has yet to pass


def decision_bar(
    contract: WorkflowContract,
    case: Case,
    task: ReviewTask,
    person: str,
    now: datetime,
    standing: Standing,
) -> DecisionBar:
    """The bar as this person gets it."""
    answers = {
        verb: _asked(contract, case, task, person, verb, now=now, standing=standing)
        for verb in task.verbs
    }
    may = [verb for verb in task.verbs if answers[verb].allowed]
    said = consequences(contract, case, task)
    steps = next_steps(contract, case, task) if task.look is None else ()
    undo = contract.queues[task.queue].undo_seconds
    actions = tuple(
        ActionShown(
            verb=verb,
            label=words.VERBS[verb],
            short=SHORT[verb],
            icon=ICONS[verb],
            key=KEYS[verb],
            consequence=_consequence(contract, task, verb, said[verb]),
            off="" if answers[verb].allowed else words.sentence_of(answers[verb].reason),
            main=bool(may) and verb is may[0],
            title=TITLES[verb],
            confirm=CONFIRM[verb],
            reasons=_reasons(task, verb),
            next=_next(steps, verb, undo),
        )
        for verb in Verb
        if verb in task.verbs
    )
    untrained = any(each.rule == "training" for each in answers.values())
    return DecisionBar(
        actions=actions,
        note=_note(task, answers),
        undo_seconds=undo,
        training=str(task.queue) if untrained else "",
    )


def _asked(
    contract: WorkflowContract,
    case: Case,
    task: ReviewTask,
    person: str,
    verb: Verb,
    *,
    now: datetime,
    standing: Standing,
) -> Permission:
    """The answer the rule gives, as if the reason and the evidence were there already."""
    if verb is Verb.ESCALATE and asking.next_queue(contract, task) is None:
        return Permission(allowed=False, reason="this is the end of the chain", rule="chain")
    if verb is Verb.ASK and task.clock_stopped_at is not None:
        return Permission(allowed=False, reason="a question is open already", rule="answer")
    return assign.may_decide(
        contract,
        case,
        task,
        person,
        verb,
        now,
        standing=standing,
        supplied=dict.fromkeys(task.missing, ANY),
        reason_code=next(iter(task.reason_codes), ""),
    )


def _consequence(contract: WorkflowContract, task: ReviewTask, verb: Verb, said: str) -> str:
    """What the verb will cause, with queues as people call them."""
    onward = asking.next_queue(contract, task)
    if verb is Verb.ESCALATE and onward is not None:
        return f"Hands it to {words.spaced(onward)}, with a new clock"
    return words.sentence_of(said)


def _reasons(task: ReviewTask, verb: Verb) -> tuple[tuple[str, str], ...]:
    if verb not in assign.DECIDING:
        return ()
    return tuple((code, words.sentence(code)) for code in task.reason_codes)


def _next(steps: tuple[str, ...], verb: Verb, undo_seconds: int) -> tuple[str, ...]:
    if verb is not Verb.APPROVE:
        return ()
    held = f"It is held {words.seconds(undo_seconds)} first: undo with Z." if undo_seconds else ""
    kept = "The audit log keeps your name, your reason and the evidence as you saw it."
    done = [f"{words.sentence_of(step)}." for step in steps]
    return tuple(part for part in (held, *done, kept) if part)


def _note(task: ReviewTask, answers: Mapping[Verb, Permission]) -> str:
    """Why nothing, or only some of it, can be decided now."""
    refused = {answers[verb].reason for verb in task.verbs if verb in assign.DECIDING}
    if not task.is_live or not answers:
        return ""
    if len(refused) == 1 and not any(answers[v].allowed for v in answers if v in assign.DECIDING):
        return f"{words.sentence_of(next(iter(refused)))}."
    if task.missing:
        names = words.listed([words.spaced(name) for name in task.missing])
        return f"Required evidence is missing: {names}. Add it under Evidence, or ask for it."
    return ""
