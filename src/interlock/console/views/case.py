"""One case, whole: facts, timeline, evidence, decisions, actions, comments and proof.

One rule: the proof is computed when the page is asked for; it is never remembered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from interlock.console import words
from interlock.console.views.case_evidence import Shown, shown_evidence, tasks_of
from interlock.console.views.cases import HANDLINGS, OUTCOME_STATE, OUTCOMES, WAITS
from interlock.console.views.timeline import Day, days_of
from interlock.domain.audit import AuditEntry
from interlock.domain.case import Case, CaseState
from interlock.domain.contract import WorkflowContract
from interlock.domain.people import Right
from interlock.domain.review import Decision
from interlock.domain.rules.lens import Lens
from interlock.domain.rules.shown import as_asked, kept_back, shown_case
from interlock.papers.timeline import decided_in, until_answered
from interlock.papers.veil import Veil
from interlock.papers.words import ACTIONS, span
from interlock.storage.codec import EVENT
from interlock.web.boundary import Caller

NO_CONTRACT: Final = (
    "Its contract is not loaded here, so nobody can say what is protected; no field is shown."
)
USUAL_PROTECTION: Final = timedelta(days=365)  # then somebody looks at it again


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What one person decided. minutes: how long they held the task before; None if unknown."""

    by: str
    at: datetime
    verb: str
    question: str
    reason: str
    note: str
    via: str
    held: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """One action and its outcome in words."""

    name: str
    says: str
    outcome: str
    state: str
    amount: str
    approved_by: str
    receipt: str
    error: str
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    by: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """The log as it verified just now. faults: every place where it does not hold."""

    is_whole: bool
    entries: int
    first: datetime | None
    last: datetime | None
    head: str
    faults: tuple[tuple[int, str], ...]
    checked_at: datetime

    @property
    def grouped_head(self) -> str:
        """The last hash in groups of four, as people compare it."""
        return " ".join(self.head[at : at + 4] for at in range(0, len(self.head), 4))


@dataclass(frozen=True, slots=True, kw_only=True)
class Protected:
    """What the case is protected as."""

    name: str
    owner: str
    reason: str
    severity: str
    expires: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePage:
    """Everything the page shows."""

    id: str
    version: int
    key: str
    title: str
    workflow: str
    workflow_title: str
    state: str
    state_color: str
    lead: str
    facts: tuple[tuple[str, str], ...]
    fields: tuple[tuple[str, str], ...]
    fields_note: str
    days: tuple[Day, ...]
    evidence: tuple[Shown, ...]
    decided: tuple[Decided, ...]
    actions: tuple[Done, ...]
    comments: tuple[Comment, ...]
    proof: Proof
    document: str
    task: str
    may_cancel: bool
    may_reopen: bool
    may_protect: bool
    protected_as: tuple[Protected, ...]
    owners: tuple[tuple[str, str], ...]
    next_year: str
    may_comment: bool
    everything: bool
    person_minutes: str
    hides_ai: bool
    hides_answer: bool


def case_page(caller: Caller, case: Case, *, everything: bool) -> CasePage:
    """The case as this caller may see it. everything: also each rule that decided on the way."""
    now, lens, contract = caller.context.clock.now(), caller.lens(case), caller.contract_of(case)
    chain, veil = caller.store.chain(case.id), caller.veil(case)
    entries = list(chain.entries) if chain else []
    decisions = caller.store.decisions(case.id)
    tasks = tasks_of(caller.store, case)
    kept = kept_back(tasks, caller.id, caller.context.directory.standing(caller.id, now))
    case = shown_case(as_asked(case, kept))
    seen, decided = until_answered(entries, kept), decisions
    if kept.answers:
        told = decided_in(seen)
        decided = [each for each in decisions if each.task_id in told]
        tasks = tuple(each for each in tasks if each.id in told or each.id in kept.answers)
    state, color = state_of(case, now)
    is_open = case.state is not CaseState.CLOSED
    operates = caller.may(Right.OPERATE, workflow=case.workflow, tenant=case.tenant)
    return CasePage(
        id=case.id,
        version=case.version,
        key=case.key,
        title=case.title or case.key,
        workflow=case.workflow,
        workflow_title=contract.title if contract else words.sentence(case.workflow),
        state=state,
        state_color=color,
        lead=_lead(case, now),
        facts=_facts(case, contract, now),
        fields=_fields(case, lens),
        fields_note="" if contract else NO_CONTRACT,
        days=days_of(
            entries,
            now=now,
            lens=lens,
            everything=everything,
            contract=contract,
            kept=kept,
            hide=veil.text,
        ),
        evidence=shown_evidence(caller.store, tasks, lens, caller.id),
        decided=tuple(_decided(each, seen, veil) for each in decided),
        actions=_actions(case, contract, veil),
        comments=_comments([*seen, *_own(entries, caller.id)] if kept.answers else seen, veil),
        proof=proof_of(caller, case, now, len(seen)),
        document=case.source.name if case.source else "",
        task=case.task or "",
        may_cancel=is_open and operates,
        may_reopen=not is_open and operates,
        may_protect=not is_open and operates and contract is not None,
        protected_as=_protected(caller, case),
        owners=_owners(contract),
        next_year=f"{now + USUAL_PROTECTION:%Y-%m-%d}",
        may_comment=caller.may(Right.DECIDE, workflow=case.workflow, tenant=case.tenant)
        or operates,
        everything=everything,
        person_minutes=_minutes(seen),
        hides_ai=kept.ai,
        hides_answer=bool(kept.answers),
    )


def _protected(caller: Caller, case: Case) -> tuple[Protected, ...]:
    return tuple(
        Protected(
            name=words.spaced(each.name),
            owner=each.owner,
            reason=each.reason,
            severity=each.severity,
            expires=f"{each.expires:%d %b %Y}",
        )
        for each in caller.store.protected_as(case.id)
    )


def _owners(contract: WorkflowContract | None) -> tuple[tuple[str, str], ...]:
    people = contract.people.values() if contract else ()
    return tuple((each.id, each.name or each.id) for each in people)


def state_of(case: Case, now: datetime) -> tuple[str, str]:
    """Where the case is, as a chip says it, and its colour."""
    if case.outcome is not None:
        return OUTCOMES[case.outcome].capitalize(), OUTCOME_STATE[case.outcome]
    if case.waits_for is None:
        return "On its way", "info"
    until = f" until {words.clock(case.wake_at, now)}" if case.wake_at else ""
    return f"Waits for {WAITS[case.waits_for]}{until}", ""


def proof_of(caller: Caller, case: Case, now: datetime, shown: int) -> Proof:
    """The case's log, verified now from its first entry to its last, and told as far as `shown`
    entries go: how much came after an answer would tell the answer."""
    chain = caller.store.chain(case.id)
    entries: Sequence[AuditEntry] = chain.entries if chain else ()
    faults = caller.store.record_faults([chain]) if chain else []
    told = entries[:shown]
    return Proof(
        is_whole=not faults and bool(entries),
        entries=len(told),
        first=told[0].at if told else None,
        last=told[-1].at if told else None,
        head=told[-1].hash if told else "",
        faults=tuple((fault.seq, fault.what) for fault in faults),
        checked_at=now,
    )


def _lead(case: Case, now: datetime) -> str:
    opened = f"Received {words.clock(case.opened_at, now)}"
    if case.closed_at is None:
        step = f" It stands at “{words.spaced(case.step)}”." if case.step else ""
        about = f" Reason: {words.spaced(case.exception.type)}." if case.exception else ""
        return f"{opened}, open for {words.left(now - case.opened_at)}.{step}{about}"
    handled = f" {HANDLINGS[case.handling].capitalize()}." if case.handling else ""
    lasted = words.left(case.closed_at - case.opened_at)
    return f"{opened}, closed {words.clock(case.closed_at, now)} after {lasted}.{handled}"


def _facts(
    case: Case, contract: WorkflowContract | None, now: datetime
) -> tuple[tuple[str, str], ...]:
    source = case.source
    wanted = (
        ("Key", case.key),
        ("Amount", str(case.amount) if case.amount else ""),
        ("Deadline", words.clock(case.deadline, now) if case.deadline else ""),
        ("Received as", f"{source.name} by {words.spaced(source.channel)}" if source else ""),
        ("Exception", words.spaced(case.exception.type) if case.exception else ""),
        ("Segment", case.segment.replace("/", ", ")),
        ("Path", f"{str(case.stage).capitalize()}, contract {case.fingerprint[:8]}"),
        ("Contract", "" if contract else "not loaded here"),
        ("Case number", case.id),
    )
    return tuple((label, value) for label, value in wanted if value)


def _fields(case: Case, lens: Lens) -> tuple[tuple[str, str], ...]:
    if lens.secret is None:
        return ()
    return tuple(
        (words.sentence(str(name)), lens.brief({str(name): value}, 200))
        for name, value in case.data.items()
        if value not in (None, "", [], {})
    )


def _decided(decision: Decision, entries: Sequence[AuditEntry], veil: Veil) -> Decided:
    held = _held(decision, entries)
    return Decided(
        by=veil.lens.who(decision.by),
        at=decision.at,
        verb=words.DONE[decision.verb],
        question=_question(decision, entries),
        reason=words.spaced(decision.reason_code),
        note=veil.text(decision.note),
        via=decision.via,
        held=span(held) if held is not None else "",
    )


def _held(decision: Decision, entries: Sequence[AuditEntry]) -> timedelta | None:
    """From the last claim of the task to the decision."""
    claims = [
        entry.at
        for entry in entries
        if entry.kind in ("review_claimed", "review_taken_over")
        and entry.at <= decision.at
        and any(task["id"] == decision.task_id for task in entry.body.get("tasks", []))
    ]
    return decision.at - claims[-1] if claims else None


def _question(decision: Decision, entries: Sequence[AuditEntry]) -> str:
    for entry in entries:
        for task in entry.body.get("tasks", []):
            if task["id"] == decision.task_id:
                kind = task.get("exception_type") or task.get("kind", "")
                return words.spaced(str(kind))
    return ""


def _minutes(entries: Sequence[AuditEntry]) -> str:
    """How long people held tasks of this case in all, in words; empty when nobody did."""
    total, since = timedelta(), dict[str, datetime]()
    for entry in entries:
        for task in entry.body.get("tasks", []):
            is_held = task["state"] == "claimed"
            if is_held:
                since.setdefault(task["id"], entry.at)
            elif task["id"] in since:
                total += entry.at - since.pop(task["id"])
    return span(total) if total else ""


def _actions(case: Case, contract: WorkflowContract | None, veil: Veil) -> tuple[Done, ...]:
    done = []
    for each in case.actions:
        outcome, state = ACTIONS[each.state]
        rule = contract.actions.get(each.name) if contract else None
        done.append(
            Done(
                name=words.sentence(each.name),
                says=f"in {words.spaced(rule.system)}" if rule else "",
                outcome="left as it is, by a person" if each.kept else outcome,
                state=state,
                amount=str(each.amount) if each.amount else "",
                approved_by=words.listed(
                    tuple(veil.lens.who(person) for person in each.approved_by)
                ),
                receipt=veil.text(veil.lens.brief(each.receipt, 100))
                if each.receipt is not None
                else "",
                error=veil.text(each.error),
                at=each.finished_at,
            )
        )
    return tuple(done)


def _comments(entries: Sequence[AuditEntry], veil: Veil) -> tuple[Comment, ...]:
    found = []
    for entry in entries:
        if entry.kind == "case_commented" and entry.payload is not None:
            event: Any = EVENT.decode(entry.payload)
            found.append(
                Comment(by=veil.lens.who(event.by), at=entry.at, text=veil.text(event.text))
            )
    return tuple(found)


def _own(entries: Sequence[AuditEntry], person: str) -> list[AuditEntry]:
    """What the reader wrote themselves is no news to them."""
    return [each for each in entries if each.actor == f"person:{person}"]
