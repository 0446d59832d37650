"""Queues: somebody works each of them, and a late task always has somewhere to go."""

from __future__ import annotations

from collections.abc import Iterator

from interlock.contracts.checks.people import REMEDY, is_machine
from interlock.contracts.draft import AI_MODES, Draft
from interlock.contracts.opening_hours import business_hours, days_off_of
from interlock.contracts.problem import Problem, did_you_mean
from interlock.contracts.reading import Path
from interlock.contracts.shape_parts import QueueShape
from interlock.contracts.training_file import training_problems
from interlock.domain.contract import StepMode

GROUP = "group:"


def problems(draft: Draft) -> Iterator[Problem]:
    """Queues without people, without an end, and people without a queue."""
    for name, queue in draft.shape.queues.items():
        yield from _member_problems(draft, name, queue)
        yield from _hours_problems(draft, name, queue)
        yield from _escalation_problems(draft, name, queue)
        yield from training_problems(draft, name)
    for place, step in draft.steps:
        if step.queue is not None and step.queue not in draft.shape.queues:
            yield unknown_queue(draft, ("steps", place, "queue"), step.queue)
    yield from _cycles(draft)
    yield from _homeless(draft)


def unknown_queue(draft: Draft, path: Path, name: str) -> Problem:
    """The problem of a queue that is not under `queues`."""
    message = f'{draft.named(*path)} is "{name}", which is no queue'
    otherwise = f"add a queue {name} under queues"
    return draft.problem(path, message, did_you_mean(name, draft.shape.queues, otherwise))


def _member_problems(draft: Draft, name: str, queue: QueueShape) -> Iterator[Problem]:
    for number, member in enumerate(queue.members):
        path = ("queues", name, "members", number)
        group = member.removeprefix(GROUP)
        if is_machine(group):
            message = f'queue "{name}" has the member "{member}", which is no person'
            yield draft.problem(path, message, REMEDY)
        elif group != member and group not in draft.groups:
            message = f'queue "{name}" has the group "{group}", which nobody is in'
            otherwise = f"add groups: [{group}] to somebody under people"
            yield draft.problem(path, message, did_you_mean(group, draft.groups, otherwise))
        elif group == member and member not in draft.shape.people:
            message = f'queue "{name}" has the member "{member}", who is not under people'
            otherwise = "add them under people"
            if member in draft.groups:
                otherwise = f"write {GROUP}{member} for the group"
                yield draft.problem(path, message, otherwise)
            else:
                remedy = did_you_mean(member, draft.shape.people, otherwise)
                yield draft.problem(path, message, remedy)


def _hours_problems(draft: Draft, name: str, queue: QueueShape) -> Iterator[Problem]:
    try:
        business_hours(queue.hours, ())
    except ValueError as problem:
        message = f'hours of queue "{name}" are "{queue.hours}"'
        yield draft.problem(("queues", name, "hours"), message, str(problem))
    for number, day in enumerate(queue.holidays):
        try:
            days_off_of([day])
        except ValueError as problem:
            message = f'holidays of queue "{name}" are "{day}"'
            path = ("queues", name, "holidays", number)
            yield draft.problem(path, message, str(problem))


def _escalation_problems(draft: Draft, name: str, queue: QueueShape) -> Iterator[Problem]:
    for number, target in enumerate(queue.escalate_to):
        path = ("queues", name, "escalate_to", number)
        if target not in draft.shape.queues:
            message = f'queue "{name}" escalates to "{target}", which is no queue'
            otherwise = f"add a queue {target} under queues"
            yield draft.problem(path, message, did_you_mean(target, draft.shape.queues, otherwise))
    last_word = {draft.shape.owners.business, draft.shape.owners.governance}
    refused = draft.was_refused("queues", name, "escalate_to")
    ends_here = set(queue.members) <= last_word or "" in last_word  # a missing owner is reported
    if queue.members and not queue.escalate_to and not refused and not ends_here:
        message = f'queue "{name}" does not say where a late task goes'
        remedy = "write escalate_to: and the next queue; only the business or governance owner "
        yield draft.problem(("queues", name), message, remedy + "may have the last word")


def _cycles(draft: Draft) -> Iterator[Problem]:
    queues = draft.shape.queues
    for name in queues:
        seen, waiting = set[str](), list(queues[name].escalate_to)
        while waiting:
            each = waiting.pop()
            if each not in seen and each in queues:
                seen.add(each)
                waiting += queues[each].escalate_to
        if name in seen:
            path = ("queues", name, "escalate_to")
            message = f'a late task of queue "{name}" comes back to it'
            yield draft.problem(path, message, "let the chain end at an owner")


def _homeless(draft: Draft) -> Iterator[Problem]:
    """People who are asked for something, and whom no queue reaches."""
    reported: set[str] = set()
    for path, name in _asked(draft):
        known = name in draft.shape.people or name in draft.groups
        if known and name not in reported and not _has_queue(draft, name):
            reported.add(name)
            message = f'{draft.named(*path)} is "{name}", who has no queue'
            remedy = f"add {name}: {{members: [{name}]}} under queues"
            if name in draft.groups:
                remedy = f"add {name}: {{members: [{GROUP}{name}]}} under queues"
            yield draft.problem(path, message, remedy)


def _asked(draft: Draft) -> Iterator[tuple[Path, str]]:
    for place, step in draft.steps:
        asks = step.mode in AI_MODES or step.mode is StepMode.HUMAN_OWNED
        if step.owner and step.queue is None and asks:
            yield ("steps", place, "owner"), step.owner
        if step.escalation_target and step.escalation_target not in draft.shape.queues:
            yield ("steps", place, "escalation_target"), step.escalation_target
    for place, tier in enumerate(draft.shape.approvals):
        for number, person in enumerate(tier.tier):
            yield ("approvals", place, "tier", number), person


def _has_queue(draft: Draft, name: str) -> bool:
    if name in draft.shape.queues:
        return True
    person = draft.shape.people.get(name)
    reach = {name, GROUP + name, *(GROUP + group for group in (person.groups if person else ()))}
    return any(reach & set(queue.members) for queue in draft.shape.queues.values())
