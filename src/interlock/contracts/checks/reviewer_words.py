"""Words a reviewer must understand at once: reason codes, names of programs, hard sentences.

`words` looks at length, verbs and engine words; here stands what else makes a reviewer guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from interlock.contracts.checks.case import placeholders
from interlock.contracts.checks.words import ENGINE_WORDS
from interlock.contracts.draft import Draft
from interlock.contracts.problem import Problem, did_you_mean
from interlock.contracts.reading import Path
from interlock.contracts.word_sets import word_set

LONGEST_CODE: Final = 40  # letters; a reason is read beside others, with a key in front of it
MOST_CODES: Final = 9  # the desk offers them under the keys 1 to 9
# Words no reviewer should have to know. "run" is none of them: businesses have payment runs.
INNER_WORDS: Final = ENGINE_WORDS | word_set(
    "job jobs interrupt interrupts timeout traceback stacktrace enum int bool string stdout"
)
# A sentence harder than an official letter. Source: Björnsson 1968, LIX over 60 is very difficult.
HARDEST: Final = 60
FEWEST_WORDS: Final = 8  # under it the measure says nothing
LONG_WORD: Final = 6  # letters; LIX counts the longer ones
_PLACE: Final = re.compile(r"\{[^{}]*\}")
_WORD: Final = re.compile(r"[^\W\d_]+")
_PROGRAM_NAME: Final = re.compile(r"\b(?:[A-Za-z]+(?:Error|Exception)|[A-Za-z]+_\w+)\b")
_SENTENCE_END: Final = re.compile(r"[.!?:;]+(?:\s|$)")


def problems(draft: Draft) -> Iterator[Problem]:
    """Reason codes and sentences that a reviewer would have to ask about."""
    for path, codes in _codes(draft):
        yield from _code_problems(draft, path, codes)
    for path, text in _texts(draft):
        yield from _text_problems(draft, path, text)
    yield from _unknown_places(draft)


def reading_difficulty(text: str) -> int | None:
    """The LIX of a text: words a sentence, and the share of long words; None when it is short."""
    plain = _PLACE.sub("name", text)
    words = _WORD.findall(plain)
    if len(words) < FEWEST_WORDS:
        return None
    sentences = max(len(_SENTENCE_END.findall(plain)), 1)
    long_words = sum(len(word) > LONG_WORD for word in words)
    return round(len(words) / sentences + 100 * long_words / len(words))


def _codes(draft: Draft) -> Iterator[tuple[Path, Sequence[str]]]:
    for place, step in draft.steps:
        yield ("steps", place, "reason_codes"), step.reason_codes
    for number, route in enumerate(draft.shape.exceptions):
        yield ("exceptions", number, "reason_codes"), route.reason_codes


def _texts(draft: Draft) -> Iterator[tuple[Path, str]]:
    for place, step in draft.steps:
        yield ("steps", place, "question"), step.question or ""
    for number, route in enumerate(draft.shape.exceptions):
        yield ("exceptions", number, "question"), route.question or ""
    for name, rule in draft.shape.actions.items():
        yield ("actions", name, "says"), rule.says or ""


def _code_problems(draft: Draft, path: Path, codes: Sequence[str]) -> Iterator[Problem]:
    if len(codes) > MOST_CODES:
        message = f"{draft.named(*path)} are {len(codes)}"
        yield draft.warning(path, message, f"offer {MOST_CODES}, one for each key")
    for code in codes:
        if len(code) > LONGEST_CODE:
            message = f'{draft.named(*path)} have "{code[:60]}", {len(code)} letters long'
            yield draft.warning(path, message, f"say it in {LONGEST_CODE}")
        inner = [word for word in code.lower().split("_") if word in INNER_WORDS]
        if inner or code.endswith(("Error", "Exception")):
            message = f'{draft.named(*path)} have "{code}", a word of programs'
            yield draft.warning(path, message, "say why in the words of the business")


def _text_problems(draft: Draft, path: Path, text: str) -> Iterator[Problem]:
    plain = _PLACE.sub(" ", text)
    named = dict.fromkeys(_PROGRAM_NAME.findall(plain))
    inner = dict.fromkeys(
        word for word in map(str.lower, _WORD.findall(plain)) if word in INNER_WORDS - ENGINE_WORDS
    )
    for word in (*named, *inner):
        message = f'{draft.named(*path)} says "{word}", a word of programs'
        yield draft.warning(path, message, "use the words of the business")
    difficulty = reading_difficulty(text)
    if difficulty is not None and difficulty > HARDEST:
        message = f"{draft.named(*path)} is hard to read (LIX {difficulty}, above {HARDEST})"
        yield draft.warning(path, message, "use shorter words and sentences")


def _unknown_places(draft: Draft) -> Iterator[Problem]:
    """Places in questions that nothing fills, which a reviewer would see as they stand."""
    if draft.functions is None:
        return
    nested = {field for fields in draft.output_fields().values() for field in fields}
    for place, step in draft.steps:
        path: Path = ("steps", place, "question")
        known = {*draft.outputs_before(place, included=True), *step.evidence_required, *nested}
        yield from _unknown(draft, path, step.question or "", known)
    everything = {*draft.outputs_before(len(draft.shape.steps), included=True), *nested}
    for number, route in enumerate(draft.shape.exceptions):
        path = ("exceptions", number, "question")
        known = {*everything, *route.reviewer_evidence}
        yield from _unknown(draft, path, route.question or "", known)


def _unknown(draft: Draft, path: Path, text: str, known: set[str]) -> Iterator[Problem]:
    names = {draft.case_name, *draft.case_fields, *known}
    for name in dict.fromkeys(placeholders(text)):
        head = name.split(".")[0]
        if head not in names:
            message = f'{draft.named(*path)} uses "{{{name}}}", which nothing gives it'
            remedy = did_you_mean(head, names, "use a field of the case, or evidence it asks for")
            yield draft.warning(path, message, remedy)
