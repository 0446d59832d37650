"""Words a reviewer reads: short, in the business's own language, and saying what happens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from interlock.contracts.checks.case import placeholders
from interlock.contracts.draft import Draft
from interlock.contracts.problem import Problem, did_you_mean, nearest
from interlock.contracts.reading import Path
from interlock.contracts.word_sets import word_set

LONGEST: Final = 120  # letters; one line on a phone held sideways
ENGINE_WORDS: Final = word_set(
    "workflow payload node token tokens llm prompt prompts embedding json yaml api webhook "
    "endpoint episode engine runtime callback boolean null schema step_name"
)
VERBS: Final = word_set(
    "accept add agree allow answer apply approve archive ask assign attach be block book bring "
    "buy call can cancel change charge check close collect confirm continue correct could create "
    "credit decide decline delay delete deliver deny dispute do does enter escalate exchange "
    "extend file fill fit give grant handle has have hold inform invoice is are was will keep "
    "leave let list lock look make mark match may merge move must name need note notify offer "
    "open order pass pay plan post print promise put read receive record refund refuse reject "
    "release remind remove renew reopen repair replace reply report request reserve reset resolve "
    "return review route run save say schedule see sell send set settle shall ship should show "
    "sign split start stay stop store submit suspend take tell transfer treat try unlock update "
    "use verify wait waive want warn withdraw write would"
)
_WORD: Final = re.compile(r"[A-Za-z_]+")


def problems(draft: Draft) -> Iterator[Problem]:
    """Questions and consequences a reviewer would have to translate."""
    for path, text in _texts(draft):
        if len(text) > LONGEST:
            message = f"{draft.named(*path)} is {len(text)} letters long"
            yield draft.warning(path, message, f"say it in {LONGEST}")
        words = [word.lower() for word in _WORD.findall(re.sub(r"\{[^{}]*\}", " ", text))]
        for word in dict.fromkeys(word for word in words if word in ENGINE_WORDS):
            message = f'{draft.named(*path)} says "{word}"'
            yield draft.warning(path, message, "use the words of the business")
        if not any(_is_verb(word) for word in words):
            message = f'{draft.named(*path)} "{text[:60]}" says nothing is done'
            yield draft.warning(path, message, 'use a verb, as in "pay" or "posts"')
        for name in dict.fromkeys(placeholders(text)):
            if name.split(".")[-1] in draft.shape.case.protected:
                message = f'{draft.named(*path)} shows "{name}", which is protected'
                yield draft.problem(path, message, "leave it out; reviewers see its last letters")
    yield from _placeholder_problems(draft)


def _texts(draft: Draft) -> Iterator[tuple[Path, str]]:
    for place, step in draft.steps:
        if step.question:
            yield ("steps", place, "question"), step.question
    for number, route in enumerate(draft.shape.exceptions):
        if route.question:
            yield ("exceptions", number, "question"), route.question
    for name, rule in draft.shape.actions.items():
        if rule.says:
            yield ("actions", name, "says"), rule.says


def _is_verb(word: str) -> bool:
    if word in VERBS:
        return True
    for ending, put_back in (
        ("s", ""),
        ("es", ""),
        ("ies", "y"),
        ("ed", ""),
        ("d", ""),
        ("ing", ""),
    ):
        stem = word.removesuffix(ending) + put_back
        if word.endswith(ending) and (stem in VERBS or stem + "e" in VERBS):
            return True
    return False


def _placeholder_problems(draft: Draft) -> Iterator[Problem]:
    """What an action promises can only name what the case or the action knows."""
    if draft.functions is None:
        return
    outputs = draft.outputs_before(len(draft.shape.steps), included=True)
    nested = {field for fields in draft.output_fields().values() for field in fields}
    for name, rule in draft.shape.actions.items():
        function = draft.functions.actions.get(name)
        own = [parameter.name for parameter in function.parameters] if function else []
        known = {draft.case_name, *draft.case_fields, *outputs, *own, *nested}
        for place in placeholders(rule.says or ""):
            head = place.split(".")[0]
            if head not in known:
                message = f'says of action "{name}" uses "{{{place}}}", which nothing gives it'
                close = nearest(head, known)
                remedy = (
                    did_you_mean(head, known, "use a field of the case")
                    if close
                    else (f"use a field of the case: {', '.join(draft.case_fields)}")
                )
                yield draft.warning(("actions", name, "says"), message, remedy)
