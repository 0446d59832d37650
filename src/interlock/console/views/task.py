"""One task, whole: the question, why it came, what silence does, the proposal, the document, the
fields, the evidence, and the bar of decisions.

One rule: everything here is of the frozen evidence, as far as this person may see it now.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from interlock.console import words
from interlock.console.views.decision_bar import DecisionBar, decision_bar
from interlock.console.views.document import DocumentShown, document_shown
from interlock.console.views.evidence import EvidenceShown, evidence_shown
from interlock.console.views.fields import FieldList, field_list, shown_values
from interlock.console.views.history import (
    Happened,
    SimilarShown,
    checks_from,
    similar_said,
    similar_shown,
    so_far,
)
from interlock.console.views.holding import Holding, holding_of
from interlock.console.views.proposal import ProposalShown, proposal_shown
from interlock.domain.case import Case
from interlock.domain.contract import WorkflowContract
from interlock.domain.one_line import brief
from interlock.domain.review import ReviewTask
from interlock.domain.rules import asking, assign
from interlock.domain.rules.outlook import name_of, owner_id
from interlock.domain.rules.shown import as_asked, is_hidden_from, shown_case, shown_package
from interlock.papers.veil import Veil
from interlock.web.boundary import Caller

LONGEST_LEAD = 220  # letters


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What a form came with that was not recorded, so that nobody types it twice.

    panel: the verb whose panel is open. problems: of an edit, a sentence each. refused: why the
    decision was not recorded. values, notes, supplied: by field, verb and evidence name.
    """

    panel: str = ""
    problems: tuple[str, ...] = ()
    refused: str = ""
    changed: bool = False
    values: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    supplied: Mapping[str, str] = field(default_factory=dict)
    party: str = ""


NOTHING_TYPED = Typed()


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskView:
    """Everything the task page shows."""

    task: ReviewTask
    case: Case
    clock: words.Clock
    what: str
    workflow: str
    question: str
    lead: str
    own: str
    answers_for: str
    why: str
    failed: tuple[str, ...]
    silence: str
    hidden: bool
    proposal: ProposalShown | None
    fields: FieldList
    document: DocumentShown | None
    document_hidden: bool
    evidence: EvidenceShown
    checks: tuple[tuple[str, str], ...]
    similar: tuple[SimilarShown, ...]
    similar_said: str
    happened: tuple[Happened, ...]
    holding: Holding
    bar: DecisionBar
    typed: Typed
    names: Mapping[str, str]
    veil: Veil


def task_view(caller: Caller, task: ReviewTask, typed: Typed = NOTHING_TYPED) -> TaskView:
    """The page of this task for this visitor."""
    context, now = caller.context, caller.services.clock.now()
    [case] = context.store.load([task.case_id])
    workflow = context.workflows.of(case.fingerprint)
    contract, person = workflow.contract, caller.id
    standing = context.directory.standing(person, now)
    lens, hidden = caller.lens(case), is_hidden_from(task, person)
    veil = Veil(lens, case)
    content = shown_package(task, context.store.evidence(task.id), person).content
    values, _ = shown_values(workflow, task, content)
    document = None if lens.hides else document_shown(context, case, task, values)
    kept = context.directory.kept_back(case.id, person, now)
    happened = so_far(context, contract, case, veil, now, kept)
    similar = (
        () if hidden else similar_shown(context, contract, case, task, says_why=not lens.hides)
    )
    return TaskView(
        task=task,
        case=shown_case(as_asked(case, kept)),
        clock=words.clock_of(task, now),
        what=words.sentence(task.exception_type or "") or words.KINDS[task.kind],
        workflow=contract.title,
        question=veil.text(task.question),
        lead=veil.text(_lead(case, task, content, veil, hidden=hidden)),
        own=_own(contract, case, task, caller, now),
        answers_for=f"{name_of(contract, owner_id(contract, task))} answers for it",
        why=words.sentence_of(_in_words(task.why)),
        failed=tuple(veil.text(each) for each in _failed(content)),
        silence=_silence(contract, task, now),
        hidden=hidden,
        proposal=proposal_shown(context, task, content, veil, hidden=hidden, kept=kept),
        fields=field_list(
            workflow,
            task,
            content,
            veil,
            typed=typed.values,
            problems=typed.problems,
            sources=document.sources if document else {},
        ),
        document=document,
        document_hidden=lens.hides and case.source is not None,
        evidence=evidence_shown(task, content, veil, typed.supplied),
        checks=() if hidden else checks_from(happened),
        similar=similar,
        similar_said=similar_said(similar),
        happened=() if hidden else happened,
        holding=holding_of(contract, case, task, person, now, standing),
        bar=decision_bar(contract, case, task, person, now, standing),
        typed=typed,
        names={str(each.id): each.name for each in contract.people.values()},
        veil=veil,
    )


def _lead(
    case: Case, task: ReviewTask, content: Mapping[str, Any], veil: Veil, *, hidden: bool
) -> str:
    """What it is about in a sentence: the case, the amount, its deadline."""
    amount = "" if hidden or task.amount is None else f"{task.amount}"
    action = content.get("action")
    if action:
        said = brief(veil.plain(action.get("arguments")), LONGEST_LEAD)
        return f"{case.title or case.key}: {words.spaced(action['name'])} with {said}."
    source = (content.get("source") or {}).get("name", "")
    parts = [case.title or case.key, amount, f"from {source}" if source else ""]
    return ", ".join(part for part in parts if part and part not in task.question) + "."


def _own(
    contract: WorkflowContract, case: Case, task: ReviewTask, caller: Caller, now: datetime
) -> str:
    standing = caller.context.directory.standing(caller.id, now)
    people = sorted(assign.eligible(contract, task))
    names = words.listed([name_of(contract, each) for each in people], "or")
    who = f"{names} may decide this." if names else "Nobody of this queue may decide this now."
    answer = assign.may_work_on(contract, case, task, caller.id, now, standing=standing)
    return f"{who} That is you." if answer.allowed else f"{who} Not you: {answer.reason}."


def _silence(contract: WorkflowContract, task: ReviewTask, now: datetime) -> str:
    onward = asking.next_queue(contract, task)
    goes = f"it goes to {words.spaced(onward)}" if onward else "it stays here, late"
    at = words.clock(task.due_at, now)
    ends = " In the end it runs out, undecided." if task.expires_at else ""
    when = f"It was due at {at}; then" if task.is_overdue(now) else f"At {at}"
    return f"{when} {goes}.{ends} Silence never approves."


def _failed(content: Mapping[str, Any]) -> tuple[str, ...]:
    exception = content.get("exception") or {}
    detail = str(exception.get("detail") or "")
    return tuple(part.strip() for part in detail.split(";") if part.strip())


def _in_words(why: str) -> str:
    said = {
        "deterministic": "fixed rules",
        "assistive": "AI suggests",
        "agentic": "AI acts",
        "human_owned": "a person decides",
    }
    for name, text in said.items():
        why = why.replace(name, text)
    return words.spaced(why)


def first_problem(problems: Sequence[str]) -> str:
    """The sentence a person reads first when an edit does not fit."""
    more = f" ({len(problems) - 1} more)" if len(problems) > 1 else ""
    return f"{words.sentence_of(problems[0])}{more}." if problems else ""
