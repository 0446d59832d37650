"""What a person's word, or a person's silence, means for the case."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from interlock.domain.action import HAPPENED, ActionMove, ActionState, Approval, move
from interlock.domain.case import (
    CaseState,
    ClosingOutcome,
    OpenException,
    WaitsFor,
)
from interlock.domain.event import (
    OwnAnswerGiven,
    QuestionAnswered,
    QuestionAsked,
    ReviewBreached,
    ReviewClaimed,
    ReviewDecided,
    ReviewEscalated,
    ReviewExpired,
    ReviewReleased,
)
from interlock.domain.fact import FactKind
from interlock.domain.ids import PersonId
from interlock.domain.people import Standing
from interlock.domain.review import (
    Decision,
    EditTarget,
    OwnAnswer,
    Question,
    ReviewAction,
    ReviewKind,
    ReviewTask,
    Verb,
)
from interlock.domain.review import move as move_task
from interlock.domain.rules import (
    acting,
    asking,
    assign,
    flow,
    reopening,
    second_look,
    sla,
    standing_down,
    thinking,
)
from interlock.domain.rules.draft import Draft
from interlock.domain.rules.refit import refit_case
from interlock.domain.rules.seats import GROUP
from interlock.domain.rules.undo import freed


def decided(draft: Draft, event: ReviewDecided) -> None:
    """A decision takes effect: the case goes on, goes back, or closes."""
    task, decision = event.task, event.decision
    done = move_task(freed(task), ReviewAction.DECIDE, ended_at=draft.now, held_by=decision.by)
    draft.tasks.append(done)
    draft.decision = thinking.timed(draft, task, decision)
    draft.change(person_decided=True, task=None)
    seconds = (draft.now - task.opened_at) / timedelta(seconds=1)
    draft.note("decided", task.why, task=task.id, verb=decision.verb, reason=decision.reason_code)
    draft.count(FactKind.REVIEW_DECIDED, name=task.queue, detail=decision.verb, value=seconds)
    if task.kind is ReviewKind.PROPOSAL:
        draft.count(FactKind.PROPOSAL_DECIDED, name=task.step or "", detail=decision.verb)
    _keep_evidence(draft, decision)
    second_look.consider(draft, task, decision)
    draft.change(hands=tuple(dict.fromkeys((*draft.case.hands, decision.by))))
    if decision.verb is Verb.REJECT:
        _rejected(draft, task)
    elif decision.verb is Verb.EDIT:
        _edited(draft, event)
    elif task.kind is ReviewKind.APPROVAL:
        _approved_action(draft, event)
    elif task.kind is ReviewKind.PROPOSAL:
        _approved_proposal(draft)
    elif task.kind is ReviewKind.HUMAN_STEP:
        _work_done(draft, decision)
    else:
        _approved_exception(draft)


def _keep_evidence(draft: Draft, decision: Decision) -> None:
    if decision.supplied:
        draft.change(evidence={**draft.case.evidence, **decision.supplied})


def _rejected(draft: Draft, task: ReviewTask) -> None:
    """A refused proposal is replaced by its fallback; anything else refused ends the case."""
    if task.kind is ReviewKind.PROPOSAL:
        draft.change(proposal=None)
        flow.fall_back(draft, draft.step, "a person rejected the proposal")
        return
    draft.change(person_worked=True)
    lost = acting.unsettled(draft.case.actions)
    if lost is not None:  # the question was whether it took effect, and the answer is no
        draft.put_action(move(lost, ActionMove.REFUTE, finished_at=draft.now))
    _leave_what_cannot_be_undone(draft)
    flow.begin_closing(draft, draft.case.closing or ClosingOutcome.REJECTED)


def _leave_what_cannot_be_undone(draft: Draft) -> None:
    """Refusing to try an undoing once more means: leave it, and close the case without it."""
    exception = draft.case.exception
    if draft.case.closing is None or exception is None:
        return
    for action in draft.case.actions:
        if action.id == exception.action_id and action.state in HAPPENED:
            draft.put_action(replace(action, kept=True))
            draft.note("left", "a person left what could not be undone", action=action.id)


def _edited(draft: Draft, event: ReviewDecided) -> None:
    task, decision = event.task, event.decision
    authors = draft.case.authors
    draft.change(authors=authors if decision.by in authors else (*authors, decision.by))
    if task.kind is ReviewKind.HUMAN_STEP:
        draft.change(person_worked=True)
    if task.edits is EditTarget.CASE and event.refit is not None:
        refit_case(draft, event.refit)
        flow.start(draft)
    else:
        flow.accept(draft, draft.step, decision.value, None, evidence_needed=False)


def _approved_action(draft: Draft, event: ReviewDecided) -> None:
    task, decision = event.task, event.decision
    action = next(each for each in draft.case.actions if each.id == task.action_id)
    approval = Approval(
        action_id=action.id,
        digest=task.action_digest or "",
        by=decision.by,
        at=draft.now,
        expires_at=task.expires_at or draft.now,
        seat=_seat(draft, task, decision.by, event.standing),
    )
    draft.change(approvals=(*draft.case.approvals, approval))
    flow.proceed(draft)


def _seat(draft: Draft, task: ReviewTask, by: PersonId, standing: Standing) -> PersonId:
    """Whose place in the tier this approval fills: the first one asked whom this person is, or
    belongs to, or stands in for; else, after an escalation, the first one asked."""
    asked_names = task.approvers or (by,)
    seated = [by, *standing.stands_in_for]
    for person in seated:
        for name in asked_names:
            if person in assign.people_of(draft.contract, name):
                return name
            team = name not in draft.contract.people and name.removeprefix(GROUP)
            if person == by and team in standing.groups:
                return name
    return asked_names[0]


def _approved_proposal(draft: Draft) -> None:
    proposal = draft.case.proposal
    if proposal is None:  # cannot be: a proposal task is opened with its proposal
        flow.raise_exception(draft, _failure(draft, "the proposal is gone"))
        return
    flow.accept(draft, draft.step, proposal.value, proposal.requests or None)


def _work_done(draft: Draft, decision: Decision) -> None:
    draft.change(person_worked=True)
    authors = draft.case.authors
    draft.change(authors=authors if decision.by in authors else (*authors, decision.by))
    value = {"done_by": decision.by, "note": decision.note, **decision.supplied}
    flow.accept(draft, draft.step, value, None)


def _approved_exception(draft: Draft) -> None:
    """As it is, or once more: whichever the task offered."""
    exception, case = draft.case.exception, draft.case
    if exception is None:
        flow.raise_exception(draft, _failure(draft, "the exception is gone"))
    elif exception.closed_as is not None:
        reopening.approved(draft, exception)
    elif exception.action_id is not None:
        _approved_about_action(draft, exception)
    elif case.step is None:
        flow.start(draft)
    elif exception.has_value:
        flow.accept(draft, draft.step, exception.value, exception.requests, evidence_needed=False)
    else:
        flow.begin(draft, draft.step)  # once more, and no further than its mandate goes


def _approved_about_action(draft: Draft, exception: OpenException) -> None:
    if exception.type == standing_down.TAKEN_BACK:  # it rests on this person's word from now on
        draft.change(decided_by_machine={})
    action = next(each for each in draft.case.actions if each.id == exception.action_id)
    draft.change(exception=None, attempt=0)
    if action.state is ActionState.UNKNOWN:
        draft.put_action(move(action, ActionMove.VERIFY, finished_at=draft.now))
    elif action.state is ActionState.FAILED:
        draft.put_action(replace(action, attempt=0))
    flow.proceed(draft)


def escalated(draft: Draft, event: ReviewEscalated) -> None:
    """The task goes to the next queue of its chain, as a new task with the same question."""
    task = event.task
    onward = asking.next_queue(draft.contract, task) or task.queue
    late = event.by is None
    draft.tasks.append(
        move_task(
            task,
            ReviewAction.ESCALATE,
            ended_at=draft.now,
            breached_at=(task.breached_at or draft.now) if late else task.breached_at,
        )
    )
    if late:
        draft.count(FactKind.REVIEW_BREACHED, name=task.queue, detail=task.kind)
    why = f"late in {task.queue}" if late else f"passed on by {event.by}: {event.note}"
    asking.ask_elsewhere(draft, task, onward, why)


def breached(draft: Draft, event: ReviewBreached) -> None:
    """It is late and nobody is left to pass it to; it stays, marked. Silence never approves."""
    draft.tasks.append(replace(event.task, breached_at=draft.now))
    draft.note("late", "the escalation chain has ended", task=event.task.id)
    draft.count(FactKind.REVIEW_BREACHED, name=event.task.queue, detail=event.task.kind)


def expired(draft: Draft, event: ReviewExpired) -> None:
    """Nobody decided in time. That is no yes: the handoff has stalled, and somebody is told."""
    draft.tasks.append(move_task(event.task, ReviewAction.EXPIRE, ended_at=draft.now))
    draft.change(task=None)
    detail = f"nobody decided in time: {event.task.question}"
    exception = OpenException(
        type="stalled_handoff",
        detail=detail,
        step=draft.case.step,
        action_id=event.task.action_id,
        may_retry=True,
    )
    flow.raise_exception(draft, exception, person_first=True)  # silence sets nothing in motion


def claimed(draft: Draft, event: ReviewClaimed) -> None:
    """One reviewer holds it, for the length of the queue's lease."""
    lease = timedelta(minutes=draft.contract.queues[event.task.queue].lease_minutes)
    task = event.task
    if task.held_by is None:
        task = move_task(task, ReviewAction.CLAIM)
    again = task.held_by == event.by
    taken_from = task.taken_from if again else None
    held = replace(task, held_by=event.by, lease_until=draft.now + lease, taken_from=taken_from)
    held = replace(held, claimed_at=(task.claimed_at if again else None) or draft.now)
    draft.tasks.append(held)
    draft.count(FactKind.REVIEW_CLAIMED, name=task.queue, detail="again" if again else "claim")


def released(draft: Draft, event: ReviewReleased) -> None:
    """It is back in its queue, with everything it had; no longer kept for whoever gave it back."""
    task = event.task
    kept_for = None if event.by is not None else task.assigned_to
    free = {"held_by": None, "lease_until": None, "taken_from": None, "assigned_to": kept_for}
    draft.tasks.append(move_task(task, ReviewAction.RELEASE, **free))
    how = "lapsed" if event.by is None else "release"
    draft.count(FactKind.REVIEW_RELEASED, name=task.queue, detail=how)


def asked(draft: Draft, event: QuestionAsked) -> None:
    """Somebody outside is asked; the clock stands still until the answer."""
    question = Question(text=event.text, by=event.by, at=draft.now)
    stopped = sla.stop_clock(event.task, draft.now)
    draft.tasks.append(replace(stopped, questions=(*stopped.questions, question)))
    draft.change(state=CaseState.WAITING, waits_for=WaitsFor.ANSWER)
    draft.count(FactKind.QUESTION_ASKED, name=event.task.queue, detail=event.task.kind)


def answered(draft: Draft, event: QuestionAnswered) -> None:
    """The answer is with the task, and its clock runs again."""
    task = event.task
    *earlier, last = task.questions
    last = replace(last, answer=event.text, answered_by=event.by, answered_at=draft.now)
    queue = draft.contract.queues[task.queue]
    running = sla.restart_clock(task, queue, draft.now)
    draft.tasks.append(replace(running, questions=(*earlier, last)))
    draft.change(state=CaseState.WAITING, waits_for=WaitsFor.REVIEW)
    draft.count(FactKind.QUESTION_ANSWERED, name=task.queue, detail=task.kind)


def said_own(draft: Draft, event: OwnAnswerGiven) -> None:
    """The reviewer's own answer is on record; from now on they see the AI's suggestion."""
    own = OwnAnswer(by=event.by, at=draft.now, value=event.value, text=event.text)
    draft.tasks.append(replace(event.task, own_answers=(*event.task.own_answers, own)))
    draft.note("own_answer", "given before the suggestion was shown", task=event.task.id)


def _failure(draft: Draft, detail: str) -> OpenException:
    return OpenException(
        type="workflow_failure", detail=detail, step=draft.case.step, may_retry=True
    )
