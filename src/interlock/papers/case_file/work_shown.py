"""The review tasks and actions of a case file.

One rule: a decision stands beside the evidence it was made on, and says so when they differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from interlock.canonical import digest
from interlock.domain.action import Action
from interlock.domain.one_line import spaced
from interlock.domain.review import Decision, EvidencePackage, Question, ReviewTask, Verb
from interlock.papers.case_file.record import CaseRecord
from interlock.papers.case_file.redaction import Redactor
from interlock.papers.case_file.view import (
    ActionShown,
    DecisionShown,
    Fact,
    QuestionShown,
    TaskShown,
)
from interlock.papers.documents.plain_reading import value_parts
from interlock.papers.documents.reading import Places
from interlock.papers.documents.view import Part
from interlock.papers.review_sentences import DECIDED
from interlock.papers.words import ACTIONS, KINDS, listed, stamp

PARTS: Final = ("proposal", "exception", "action", "required", "outputs", "source")


def tasks_shown(record: CaseRecord, redactor: Redactor) -> tuple[TaskShown, ...]:
    """Every review task, in the order they were opened."""
    return tuple(_task(each, at, record, redactor) for at, each in enumerate(record.tasks, start=1))


def actions_shown(record: CaseRecord, redactor: Redactor) -> tuple[ActionShown, ...]:
    """Every action, in the order they were planned."""
    return tuple(
        _action(each, at, redactor, with_values=not record.kept.ai)
        for at, each in enumerate(record.case.actions, start=1)
    )


def _task(task: ReviewTask, at: int, record: CaseRecord, redactor: Redactor) -> TaskShown:
    package = record.evidence.get(task.id)
    state, holds = _evidence_state(task, package, redactor)
    rows: list[tuple[str, str]] = [
        ("Kind", KINDS.get(task.kind, spaced(str(task.kind)))),
        ("Queue", task.queue),
        ("Why", redactor.text(task.why)),
        ("Exception", spaced(task.exception_type or "")),
        ("Severity", str(task.severity)),
        ("Opened", stamp(task.opened_at)),
        ("Due", stamp(task.due_at)),
        ("Late since", stamp(task.breached_at)),
        ("Ended", stamp(task.ended_at)),
        ("Evidence asked for", listed(map(spaced, task.required), "")),
        ("Evidence missing", listed(map(spaced, task.missing), "")),
        ("Task", task.id),
    ]
    decided = [each for each in record.decisions if each.task_id == task.id]
    return TaskShown(
        question=redactor.text(task.question),
        state=str(task.state),
        facts=tuple(Fact(label=label, text=text) for label, text in rows if text),
        decisions=tuple(
            _decision(d, task, redactor, f"task{at}-{n}") for n, d in enumerate(decided)
        ),
        questions=tuple(_question(each, redactor) for each in task.questions),
        evidence=_evidence(record.shown_evidence(task), redactor, f"evidence{at}") if holds else (),
        evidence_digest=task.evidence_digest or (package.digest if package else ""),
        evidence_state=state,
        evidence_holds=holds,
    )


def _evidence_state(
    task: ReviewTask, package: EvidencePackage | None, redactor: Redactor
) -> tuple[str, bool]:
    if package is None:
        return "no evidence was frozen for this task", False
    if digest(dict(package.content)) != package.digest or package.digest != task.evidence_digest:
        return "the package kept is not the one that was shown: its digest differs", False
    hidden = redactor.withholds(dict(package.content)) if redactor.hides else False
    if hidden:
        return "as it was shown, protected values taken out; the digest is of the whole", True
    return "as it was shown; it has this digest", True


def _evidence(
    content: Mapping[str, Any] | None, redactor: Redactor, prefix: str
) -> tuple[Part, ...]:
    if content is None:
        return ()
    shown: Mapping[str, Any] = redactor.value(dict(content))
    places, parts = Places(prefix=prefix), list[Part]()
    case = shown.get("case")
    if isinstance(case, Mapping):
        parts += value_parts("The case", case.get("data"), places)
    for name in [*PARTS, *(each for each in shown if each not in PARTS)]:
        if shown.get(name) and name not in ("case", "question", "why"):
            parts += value_parts(spaced(name).capitalize(), shown[name], places)
    return tuple(parts)


def _decision(
    decision: Decision, task: ReviewTask, redactor: Redactor, prefix: str
) -> DecisionShown:
    verb = DECIDED.get(decision.verb, str(decision.verb))
    same = decision.evidence_digest == task.evidence_digest
    rows = [
        ("Reason", spaced(decision.reason_code)),
        ("Note", redactor.text(decision.note)),
        ("Came through", decision.via),
        ("On evidence", decision.evidence_digest),
        *((spaced(name), redactor.text(text)) for name, text in decision.supplied.items()),
    ]
    parts: tuple[Part, ...] = ()
    if decision.verb is Verb.EDIT:
        parts = value_parts("Changed to", redactor.value(decision.value), Places(prefix=prefix))
    return DecisionShown(
        sentence=f"{redactor.lens.who(decision.by)} {verb}",
        at=stamp(decision.at),
        saw="on the evidence below" if same else "on other evidence than is kept for this task",
        facts=tuple(Fact(label=label, text=text) for label, text in rows if text),
        parts=parts,
    )


def _question(question: Question, redactor: Redactor) -> QuestionShown:
    who = redactor.lens.who
    answered = f"{who(question.answered_by)}, {stamp(question.answered_at)}"
    return QuestionShown(
        asked=f"{who(question.by)}, {stamp(question.at)}",
        text=redactor.text(question.text),
        answered=answered if question.answer is not None else "",
        answer=redactor.text(question.answer or ""),
    )


def _action(action: Action, at: int, redactor: Redactor, *, with_values: bool) -> ActionShown:
    state, mark = ACTIONS[action.state]
    approved = listed((redactor.lens.who(each) for each in action.approved_by), "")
    rows: Iterable[tuple[str, str]] = [
        ("Amount", redactor.text(str(action.amount)) if action.amount else ""),
        ("Approved by", approved),
        ("Begun", stamp(action.intended_at)),
        ("Ended", stamp(action.finished_at)),
        ("Tries", str(action.attempt) if action.attempt > 1 else ""),
        ("Said by the system", redactor.text(action.error)),
        ("Kept", "it could not be undone, and a person said to leave it" if action.kept else ""),
        ("Idempotency key", action.id),
        ("SHA-256 of name and arguments", action.digest),
    ]
    places = Places(prefix=f"action{at}")
    parts = value_parts("Arguments", redactor.value(dict(action.arguments)), places)
    if action.receipt is not None:
        parts += value_parts("Receipt", _named(redactor, action.receipt), places)
    return ActionShown(
        name=spaced(action.name),
        state=state,
        mark=mark,
        facts=tuple(Fact(label=label, text=text) for label, text in rows if text),
        parts=parts if with_values else (),
    )


def _named(redactor: Redactor, receipt: Any) -> Any:
    """The receipt through the lens; a bare text gets a name, so that a blind lens hides it too."""
    shown = redactor.value(receipt if isinstance(receipt, Mapping) else {"receipt": receipt})
    return shown
