"""One review task, whole: the question first, then everything a person needs to answer it.

One rule: a protected field is never shown in full; the seal is over the evidence as it was kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.text import Text

from interlock.cli.outlook import consequences, if_nobody_decides, owner_of
from interlock.cli.screen import BAD, BOLD, DIM, OK, WARN, facts, heading
from interlock.domain.case import Case
from interlock.domain.contract import Queue, WorkflowContract
from interlock.domain.one_line import brief, spaced
from interlock.domain.review import EvidencePackage, Question, ReviewTask, Verb
from interlock.domain.rules.assign import DECIDING
from interlock.domain.rules.lens import lens_of
from interlock.domain.rules.shown import HIDDEN
from interlock.papers.veil import Veil
from interlock.papers.words import KINDS, MODES, clock, confidence, short, span

WIDE = 400  # letters of an evidence item that are shown; the whole is in --json


def due_words(task: ReviewTask, queue: Queue | None, now: datetime) -> tuple[str, str]:
    """(when a task is due in words and business time, its colour): late, at risk or on time."""
    between = queue.hours.between if queue else lambda start, end: max(end - start, start - start)
    if not task.is_live:
        return str(task.state), DIM
    if task.clock_stopped_at is not None:
        return "clock stopped, a question is open", DIM
    if task.is_overdue(now):
        return f"late by {span(between(task.due_at, now))}", BAD
    remains = between(now, task.due_at)
    time_left = f"{span(remains)} left" if remains else "no business time left"
    left = f"due {clock(task.due_at, now)}, {time_left}"
    return (f"at risk, {left}", WARN) if task.is_at_risk(now) else (left, "")


def task_document(
    task: ReviewTask,
    case: Case,
    contract: WorkflowContract,
    evidence: EvidencePackage,
    now: datetime,
) -> dict[str, Any]:
    """The task for programs."""
    veil = Veil(lens_of(contract), case)
    return {
        **task_row(task, case, contract.queues.get(task.queue), now),
        "why": why_in_words(task),
        "owner": owner_of(contract, task),
        "if_nobody_decides": if_nobody_decides(contract, task, now),
        "required": list(task.required),
        "reason_codes": list(task.reason_codes),
        "decisions": dict(consequences(contract, case, task)),
        "questions": [_veiled(each, veil) for each in task.questions],
        "evidence": veil.fields(evidence.content),
        "evidence_digest": evidence.digest,
    }


def task_row(
    task: ReviewTask, case: Case | None, queue: Queue | None, now: datetime
) -> dict[str, Any]:
    """The keys of a task that programs may rely on."""
    return {
        "task": task.id,
        "case": task.case_id,
        "title": case.title if case else None,
        "kind": task.kind,
        "queue": task.queue,
        "severity": task.severity,
        "question": task.question,
        "exception": task.exception_type,
        "amount": task.amount,
        "state": task.state,
        "held_by": task.held_by,
        "due_at": task.due_at,
        "late": task.is_overdue(now),
        "at_risk": task.is_at_risk(now),
        "due": due_words(task, queue, now)[0],
        "missing": list(task.missing),
        "evidence_digest": task.evidence_digest,
    }


def print_task(
    console: Console,
    task: ReviewTask,
    case: Case,
    contract: WorkflowContract,
    evidence: EvidencePackage,
    now: datetime,
) -> None:
    """Prints the task for the person who is to decide it."""
    due, colour = due_words(task, contract.queues.get(task.queue), now)
    console.print(Text(task.question, style=BOLD))
    what = [case.title or case.key, str(task.amount or ""), KINDS[task.kind], str(task.queue)]
    console.print(Text.assemble("  ", ", ".join(p for p in what if p), ", ", (due, colour)))
    console.print()
    veil = Veil(lens_of(contract), case)
    console.print(facts(_why(task, contract, evidence, veil, now)))
    proposal = evidence.content.get("proposal")
    if proposal:
        console.print(heading("\nAI proposal"))
        console.print(facts(_proposal(proposal, veil)))
    if evidence.content.get(HIDDEN):
        own = f"interlock review own {short(task.id)} --set FIELD=VALUE --as PERSON"
        console.print(heading("\nAI proposal"))
        console.print(f"  [dim]shown after your own answer: {own}[/dim]", soft_wrap=True)
    console.print(heading("\nEvidence"))
    console.print(facts(_evidence(task, evidence, veil)))
    if task.questions:
        console.print(heading("\nAsked"))
        console.print(facts(_questions(task, veil)))
    if task.is_live:
        console.print(heading("\nYour decision"))
        rows = [(str(verb), said) for verb, said in consequences(contract, case, task).items()]
        console.print(facts([*rows, ("reason codes", ", ".join(task.reason_codes))]))
        first = next((each for each in task.verbs if each in DECIDING), Verb.REJECT)
        more = " --set FIELD=VALUE" if first is Verb.EDIT else ""
        command = f"interlock review decide {short(task.id)} {first}{more} --as PERSON"
        console.print(f"\n[dim]{command} --seen {evidence.digest[:16]}[/dim]", soft_wrap=True)


def why_in_words(task: ReviewTask) -> str:
    """The rule that brought the task here, with the modes as people say them."""
    words = task.why
    for mode, said in MODES.items():
        words = words.replace(f" is {mode} ", f" is a step where {said.replace('AI', 'the AI')} ")
    return words


def _why(
    task: ReviewTask,
    contract: WorkflowContract,
    evidence: EvidencePackage,
    veil: Veil,
    now: datetime,
) -> list[tuple[str, object]]:
    exception = evidence.content.get("exception") or {}
    held = f"{task.held_by} holds it" if task.held_by and task.is_live else None
    return [
        ("who owns it", owner_of(contract, task)),
        ("why it came", why_in_words(task)),
        ("what is wrong", veil.text(str(exception.get("detail") or "")) or None),
        ("if nobody decides", if_nobody_decides(contract, task, now) if task.is_live else None),
        ("held", held),
        ("task", task.id),
        ("case", task.case_id),
    ]


def _proposal(proposal: Mapping[str, Any], veil: Veil) -> list[tuple[str, object]]:
    weak = proposal.get("weak_point")
    return [
        ("it suggests", brief(veil.plain(proposal.get("value")), WIDE)),
        ("confidence", confidence(float(proposal["confidence"]))),
        ("because", veil.text(str(proposal.get("rationale") or "")) or None),
        ("weak point", Text(veil.text(str(weak)), style=WARN) if weak else "none named"),
        ("model", proposal.get("model")),
    ]


def _evidence(task: ReviewTask, evidence: EvidencePackage, veil: Veil) -> list[tuple[str, object]]:
    shown = veil.fields(evidence.content.get("required", {}))
    rows: list[tuple[str, object]] = []
    for name in task.required:
        if name in task.missing:
            said = Text(f"✗ missing; give it with --evidence {name}=TEXT", style=BAD)
        else:
            said = Text.assemble(("✓ ", OK), brief(shown.get(name), WIDE))
        rows.append((spaced(name), said))
    source = evidence.content.get("source") or {}
    rows.append(("source", source.get("name")))
    rows.append(("sealed as", evidence.digest))
    return rows


def _questions(task: ReviewTask, veil: Veil) -> list[tuple[str, object]]:
    asked = [_veiled(each, veil) for each in task.questions]
    return [(each.by, f"{each.text} – {each.answer or 'no answer yet'}") for each in asked]


def _veiled(asked: Question, veil: Veil) -> Question:
    answer = None if asked.answer is None else veil.text(asked.answer)
    return replace(asked, text=veil.text(asked.text), answer=answer)
