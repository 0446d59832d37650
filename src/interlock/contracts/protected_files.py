"""The files of protected cases in a workflow's folder: read, held against the contract, compiled.

Its one rule: a file with a mistake in it is reported, never left out in silence. The files are no
part of the fingerprint: a new protected case asks more of a version, it does not change it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from interlock.contracts.case_model import DataRefused
from interlock.contracts.draft import Draft
from interlock.contracts.problem import ContractRefused, Problem, did_you_mean
from interlock.contracts.reading import Document as Lines
from interlock.contracts.reading import described, read_document
from interlock.contracts.shape_protected import (
    AnswerShape,
    DecisionShape,
    ExpectedShape,
    ProtectedShape,
)
from interlock.domain.authoring import Document
from interlock.domain.protected import (
    Expected,
    ExpectedAction,
    GivenDecision,
    ProtectedCase,
    StepAnswer,
)

LARGEST_BYTES: Final = 1_000_000
SUFFIXES: Final = frozenset({".yaml", ".yml"})


def protected_files(folder: Path, named: str) -> list[Path]:
    """The files of protected cases below a workflow's folder, by name; none when there are none."""
    place = folder / named
    if not place.resolve().is_relative_to(folder.resolve()) or not place.is_dir():
        return []
    return sorted(each for each in place.iterdir() if each.suffix in SUFFIXES and each.is_file())


def load_protected(folder: Path, named: str) -> list[ProtectedCase]:
    """The protected cases of a workflow's folder. Raises: ContractRefused with every mistake."""
    problems: list[Problem] = []
    found: list[ProtectedCase] = []
    for file in protected_files(folder, named):
        shape, lines, wrong = read_protected(file)
        problems += [*wrong, *(missing_keys(shape, lines, label(file)) if shape else ())]
        if shape is not None and not wrong:
            found += [_compiled(shape, file)] if not problems else []
    if problems:
        raise ContractRefused(tuple(problems))
    return found


def read_protected(file: Path) -> tuple[ProtectedShape | None, Lines, list[Problem]]:
    """The file's keys, its lines, and what is wrong with it as a file."""
    text = file.read_bytes()[:LARGEST_BYTES].decode("utf-8-sig", errors="replace")
    lines, problems = read_document(text, label(file))
    try:
        return ProtectedShape.model_validate(lines.data), lines, problems
    except ValidationError as wrong:
        problems += [_unfit(file, lines, each) for each in wrong.errors()]
        return None, lines, problems


def missing_keys(shape: ProtectedShape, lines: Lines, file: str) -> Iterator[Problem]:
    """The keys nobody wrote, the file's own and those of its decisions."""
    for key, remedy in ProtectedShape.REQUIRED.items():
        if getattr(shape, key) in (None, ""):
            yield Problem(file=file, line=1, message=f'it has no "{key}"', remedy=remedy)
    if (shape.input is None) == (shape.document is None):
        message = "it has neither input nor document" if shape.input is None else "it has both"
        remedy = "write input: with the case's fields, or document: and a file beside this one"
        yield Problem(file=file, line=1, message=message, remedy=remedy)
    if shape.expected is not None and not shape.expected.model_fields_set:
        message, remedy = "expected says nothing", "write what must come of it, as in outcome:"
        yield Problem(file=file, line=lines.line("expected"), message=message, remedy=remedy)
    for place, decision in enumerate(shape.decisions):
        for key, remedy in DecisionShape.REQUIRED.items():
            if key not in decision.model_fields_set:
                line = lines.line("decisions", place)
                said = f'decision {place + 1} has no "{key}"'
                yield Problem(file=file, line=line, message=said, remedy=remedy)


def label(file: Path) -> str:
    """What a file is called in a problem: its folder and its name."""
    return f"{file.parent.name}/{file.name}"


def unfit_input(draft: Draft, shape: ProtectedShape) -> str:
    """Which fields of the input do not fit the case, or nothing. A case that waits because of its
    input may say so on purpose."""
    expected = shape.expected
    if draft.functions is None or shape.input is None or (expected and expected.exception):
        return ""
    try:
        draft.functions.case_model.model_validate(shape.input)
    except ValidationError as wrong:
        places = (".".join(map(str, each["loc"])) or "the case" for each in wrong.errors())
        return ", ".join(dict.fromkeys(places))
    except DataRefused as wrong:
        return "; ".join(wrong.reasons)
    return ""


def _unfit(file: Path, lines: Lines, error: Any) -> Problem:
    place = ".".join(str(part + 1 if isinstance(part, int) else part) for part in error["loc"])
    line = lines.line(*error["loc"])
    if error["type"] == "extra_forbidden":
        keys = _keys_beside(error["loc"])
        otherwise = f"there are: {', '.join(keys)}"
        remedy = did_you_mean(str(error["loc"][-1]), keys, otherwise)
        message = f'"{place}" is no key of a protected case'
        return Problem(file=label(file), line=line, message=message, remedy=remedy)
    facts = error.get("ctx", {})
    remedy = str(facts.get("error") or f"write {facts.get('expected', 'it as documented')}")
    message = f"{place} is {described(error['input'])}"
    return Problem(file=label(file), line=line, message=message, remedy=remedy)


def _keys_beside(place: Sequence[str | int]) -> list[str]:
    """The keys that may stand where an unknown one was found."""
    inner: dict[str, type[BaseModel]] = {
        "expected": ExpectedShape,
        "answers": AnswerShape,
        "decisions": DecisionShape,
    }
    shape = inner.get(str(place[0]), ProtectedShape) if len(place) > 1 else ProtectedShape
    return list(shape.model_fields)


def _compiled(shape: ProtectedShape, file: Path) -> ProtectedCase:
    assert shape.severity and shape.expires and shape.expected  # nothing is missing
    document = None
    if shape.document is not None:
        beside = file.parent / shape.document
        document = Document(name=beside.name, content=beside.read_bytes())
    return ProtectedCase(
        name=shape.name,
        owner=shape.owner,
        reason=shape.reason,
        severity=shape.severity,
        expires=shape.expires,
        expected=_expected(shape.expected),
        data=shape.input,
        document=document,
        at=shape.at,
        stage=shape.stage,
        systems=shape.systems,
        answers={name: _answer(each) for name, each in shape.answers.items()},
        receipts=shape.receipts,
        decisions=tuple(
            GivenDecision(
                about=each.about,
                verb=each.verb,
                value=each.value,
                reason_code=each.reason_code or "",
            )
            for each in shape.decisions
        ),
        source=label(file),
    )


def _expected(shape: ExpectedShape) -> Expected:
    return Expected(
        said=frozenset(shape.model_fields_set),
        outcome=shape.outcome,
        handled=shape.handled,
        waits_at=shape.waits_at,
        exception=shape.exception,
        route=shape.route,
        outputs=shape.outputs,
        wrong_outputs=shape.wrong_outputs,
        actions=tuple(_action(each) for each in shape.actions),
        never=tuple(shape.never),
    )


def _action(said: str | dict[str, dict[str, Any]]) -> ExpectedAction:
    if isinstance(said, str):
        return ExpectedAction(name=said)
    [(name, arguments)] = said.items()
    return ExpectedAction(name=name, arguments=arguments)


def _answer(shape: AnswerShape) -> StepAnswer:
    return StepAnswer(
        value=shape.value,
        confidence=shape.confidence,
        raises=shape.raises or "",
        detail=shape.detail,
        missing=tuple(shape.missing),
        may_approve="value" in shape.model_fields_set and bool(shape.raises),
        may_retry=shape.may_retry,
        evidence=shape.evidence,
        failed=shape.failed or "",
    )
