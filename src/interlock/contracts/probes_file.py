"""The probes file beside a contract: planted questions, read and held against the contract.

It is no part of the fingerprint: a new probe is no new release, and reviewers should meet new
ones. What a probe asked is kept with its case.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from interlock.contracts.case_model import CaseModel, DataRefused
from interlock.contracts.draft import AI_MODES, Draft
from interlock.contracts.problem import Problem, did_you_mean
from interlock.contracts.reading import Document, described, read_document
from interlock.contracts.shape_quality import ProbeShape, ProbesShape
from interlock.domain.ids import StepName
from interlock.domain.quality import Probe
from interlock.domain.rules.probing import filled

LARGEST_BYTES: Final = 2_000_000
A_NUMBER: Final = "12345"  # what {n} is filled with to see whether the case fits


def probes_of(draft: Draft) -> tuple[Probe, ...]:
    """The probes of a contract without problems; none when it names no file."""
    if draft.shape.probes is None:
        return ()
    shape = _read(draft.folder / draft.shape.probes)[0]
    return tuple(map(_probe, shape.probes)) if shape else ()


def probe_problems(draft: Draft) -> Iterator[Problem]:
    """What is wrong in the probes file, each with its line there."""
    if draft.shape.probes is None:
        return
    file = draft.folder / draft.shape.probes
    if not file.resolve().is_relative_to(draft.folder.resolve()) or not file.is_file():
        message = f'probes names "{draft.shape.probes}", which is no file of this folder'
        yield draft.problem(("probes",), message, "write the file's path below the contract")
        return
    shape, document, found = _read(file)
    yield from found
    names = [each.name for each in shape.probes] if shape else []
    for place, probe in enumerate(shape.probes if shape else ()):
        where = ("probes", place)
        for message, remedy in (*_missing(probe), *_about(draft, probe)):
            line = document.line(*where)
            said = f'probe "{probe.name or place + 1}" {message}'
            yield Problem(file=file.name, line=line, message=said, remedy=remedy)
        if names.count(probe.name) > 1 and names.index(probe.name) != place:
            line = document.line(*where)
            said = f'there are two probes "{probe.name}"'
            yield Problem(file=file.name, line=line, message=said, remedy="give each its own name")


def _read(file: Path) -> tuple[ProbesShape | None, Document, list[Problem]]:
    text = file.read_bytes()[:LARGEST_BYTES].decode("utf-8-sig", errors="replace")
    document, problems = read_document(text, file.name)
    try:
        return ProbesShape.model_validate(document.data), document, problems
    except ValidationError as wrong:
        problems += [_unfit(file.name, document, each) for each in wrong.errors()]
        return None, document, problems


def _unfit(file: str, document: Document, error: Any) -> Problem:
    place = ".".join(str(part + 1 if isinstance(part, int) else part) for part in error["loc"])
    return Problem(
        file=file,
        line=document.line(*error["loc"]),
        message=f"{place} is {described(error['input'])}",
        remedy="write it as in the documentation of probes",
    )


def _missing(probe: ProbeShape) -> Iterator[tuple[str, str]]:
    for key, remedy in ProbeShape.REQUIRED.items():
        if getattr(probe, key) in (None, "", {}):
            yield f'has no "{key}"', remedy
    if probe.suggestion.value is None and probe.exception is None:
        yield "suggests nothing", "write suggestion: with value and confidence"
    if probe.correct and not probe.planted:
        yield "is clean and has a correction", "take correct: out, or write planted: true"


def _about(draft: Draft, probe: ProbeShape) -> Iterator[tuple[str, str]]:
    ai_steps = [step.step_name for _, step in draft.steps if step.mode in AI_MODES]
    if probe.step and probe.step not in ai_steps:
        otherwise = f"name an AI step: {', '.join(ai_steps) or 'there is none'}"
        yield f'is about "{probe.step}", no AI step', did_you_mean(probe.step, ai_steps, otherwise)
    value = probe.suggestion.value
    unknown = [n for n in probe.correct if isinstance(value, Mapping) and n not in value]
    if unknown:
        yield f"corrects {', '.join(unknown)}, which it does not suggest", "name suggested fields"
    if draft.functions is not None and probe.case:
        unfit = _does_not_fit(draft.functions.case_model, filled(probe.case, A_NUMBER))
        if unfit:
            yield f"is no case of this workflow: {unfit}", "write its fields as real input has them"


def _does_not_fit(model: CaseModel, data: Any) -> str:
    """Which fields do not fit, or nothing."""
    try:
        model.model_validate(data)
    except ValidationError as wrong:
        places = (".".join(map(str, each["loc"])) or "the case" for each in wrong.errors())
        return ", ".join(dict.fromkeys(places))
    except DataRefused as wrong:
        return "; ".join(wrong.reasons)
    return ""


def _probe(shape: ProbeShape) -> Probe:
    said = shape.suggestion
    return Probe(
        name=shape.name,
        step=StepName(shape.step),
        data=shape.case,
        value=said.value,
        confidence=said.confidence,
        is_planted=shape.planted is True,
        rationale=said.rationale,
        weak_point=said.weak_point,
        exception_type=shape.exception,
        detail=shape.detail,
        evidence=shape.evidence,
        outputs=shape.outputs,
        correct=shape.correct,
        document=shape.document.name if shape.document else "",
        content=shape.document.text if shape.document else "",
    )
