"""Owners and people: named humans or teams answer for everything; a machine never does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from interlock.contracts.draft import Draft
from interlock.contracts.problem import Problem, did_you_mean
from interlock.contracts.word_sets import word_set

OWNERS: Final = ("business", "operations", "technical", "governance")
ALWAYS_MACHINES: Final = word_set(
    "bot bots chatbot chatbots copilot llm llms gpt chatgpt claude gemini openai"
)
MACHINES: Final = ALWAYS_MACHINES | word_set(
    "ai agent agents assistant assistants model models automation machine robot robots ml"
)
GENERIC: Final = word_set(  # words that make no machine a person
    "the a our my team teams group squad department platform system service engine owner "
    "autonomous agentic digital virtual main default"
)
HUMAN_KINDS: Final = ("person", "team")
REMEDY: Final = "name a person or a team that answers for it"


def problems(draft: Draft) -> Iterator[Problem]:
    """Owners nobody knows, and machines where a person belongs."""
    yield from _people_problems(draft)
    for role in OWNERS:
        owner = getattr(draft.shape.owners, role)
        if owner:
            yield from unknown_person(draft, ("owners", role), owner, groups=False)
    for place, step in draft.steps:
        if step.owner:
            yield from unknown_person(draft, ("steps", place, "owner"), step.owner)
        if step.escalation_target and step.escalation_target not in draft.shape.queues:
            path = ("steps", place, "escalation_target")
            yield from unknown_person(draft, path, step.escalation_target)


def unknown_person(
    draft: Draft, path: tuple[str | int, ...], name: str, *, groups: bool = True
) -> Iterator[Problem]:
    """A problem when a name is a machine, or nobody under `people`."""
    if is_machine(name):
        message = f'{draft.named(*path)} is "{name}", which is no person'
        yield draft.problem(path, message, REMEDY)
        return
    known = {*draft.shape.people, *(draft.groups if groups else ())}
    if name not in known:
        message = f'{draft.named(*path)} is "{name}", who is not under people'
        yield draft.problem(path, message, did_you_mean(name, known, "add them under people"))


def is_machine(name: str) -> bool:
    """True for an agent, a model, or a bare "AI team"; false for `support_agents` and the like."""
    words = [word for word in re.split(r"[^a-z0-9]+", name.casefold()) if word]
    plain = [re.sub(r"\d+[a-z]?$", "", word) for word in words]
    if any(word in ALWAYS_MACHINES for word in plain):
        return True
    said = [word for word in plain if word and word not in GENERIC]
    return bool(said) and all(word in MACHINES for word in said)


def _people_problems(draft: Draft) -> Iterator[Problem]:
    for name, person in draft.shape.people.items():
        path = ("people", name)
        if person.kind is not None and person.kind not in HUMAN_KINDS:
            message = f'person "{name}" is of kind "{person.kind}"'
            yield draft.problem((*path, "kind"), message, "only a person or a team can be here")
        elif is_machine(name) or is_machine(person.name):
            message = f'person "{name}" ({person.name}) is a machine'
            yield draft.problem(path, message, REMEDY)
        if name in draft.groups:
            message = f'"{name}" is both a person and a group'
            yield draft.problem(path, message, "give the group another name")
