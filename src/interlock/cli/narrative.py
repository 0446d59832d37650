"""What happened to a case, told in sentences from its audit log.

One rule: nothing is guessed; every sentence comes from an entry's event, notes or records.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from interlock.cli.consequences import aside, consequence
from interlock.cli.lens import BLIND, Lens
from interlock.cli.words import confidence, counted, listed, spaced
from interlock.domain.audit import AuditEntry
from interlock.domain.event import (
    ActionFailed,
    ActionLookedUp,
    ActionLost,
    ActionStarted,
    ActionSucceeded,
    BudgetRefused,
    CaseCancelled,
    CaseOpened,
    CompensationFinished,
    Event,
    QuestionAnswered,
    QuestionAsked,
    RemedyReturned,
    ReviewBreached,
    ReviewClaimed,
    ReviewDecided,
    ReviewEscalated,
    ReviewExpired,
    ReviewReleased,
    StateFoundChanged,
    StepFailed,
    StepRaised,
    StepReturned,
    TimerFired,
)
from interlock.domain.review import Verb
from interlock.storage.codec import EVENT

DECIDED: Final = MappingProxyType(
    {Verb.APPROVE: "approved", Verb.EDIT: "edited", Verb.REJECT: "rejected"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One audit entry as a person reads it.

    mark: ok, warn, bad, or empty for what is only passing. asides: what was decided on the way.
    """

    seq: int
    at: datetime
    kind: str
    actor: str
    mark: str
    text: str
    asides: tuple[str, ...] = ()


def tell(entry: AuditEntry, *, now: datetime, lens: Lens = BLIND) -> Told:
    """The entry in words, as far as the lens lets values through."""
    event = EVENT.decode(entry.payload) if entry.payload is not None else None
    teller = _Teller(entry, event, now, lens)
    consequences = [c for note in teller.notes if (c := consequence(teller, note))]
    text = " → ".join([teller.headline(), *consequences])
    asides = tuple(a for note in teller.notes if (a := aside(teller, note)))
    return Told(
        seq=entry.seq,
        at=entry.at,
        kind=entry.kind,
        actor=entry.actor,
        mark=_mark(entry),
        text=text,
        asides=asides,
    )


def _mark(entry: AuditEntry) -> str:
    case = entry.body.get("case", {})
    if case.get("state") == "closed":
        return "ok" if case.get("outcome") == "completed" else "bad"
    if entry.kind in ("step_failed", "action_failed", "action_lost", "review_breached"):
        return "bad"
    if case.get("state") == "waiting" and entry.kind not in ("review_claimed", "review_released"):
        return "warn"
    return "ok" if entry.kind in ("action_succeeded", "review_decided") else ""


class _Teller:
    """One entry, its event, and how people in it are called."""

    def __init__(self, entry: AuditEntry, event: Event | None, now: datetime, lens: Lens) -> None:
        self.entry, self.event, self.now, self.lens = entry, event, now, lens
        self.body: Mapping[str, Any] = entry.body
        self.notes: list[Mapping[str, Any]] = list(entry.body.get("notes", []))
        self.step = str(entry.body.get("event", {}).get("step") or entry.body.get("step") or "")

    def who(self, person: str | None) -> str:
        """What people call a person."""
        return self.lens.who(person)

    def brief(self, value: Any, width: int = 72) -> str:
        """A value in one line, what is protected in it masked."""
        return self.lens.brief(value, width)

    def action_name(self, action_id: str) -> str:
        """The name of one of the entry's actions, else of the only thing known: its id."""
        for each in self.body.get("actions", []):
            if each["id"] == action_id:
                return str(each["name"])
        return action_id

    def task(self, task_id: str) -> Mapping[str, Any]:
        """The public part of one of the entry's tasks."""
        found = [each for each in self.body.get("tasks", []) if each["id"] == task_id]
        return found[-1] if found else {}

    def headline(self) -> str:
        """What happened. Without its private part: the kind of entry, in words."""
        teller = _HEADLINES.get(type(self.event))
        return teller(self, self.event) if teller else f"{spaced(self.entry.kind)} (erased)"


def _opened(_: _Teller, event: CaseOpened) -> str:
    source = event.case.source
    text = f"arrived: {source.name} by {source.channel}" if source else "arrived"
    return f"{text}; {event.problem.detail}" if event.problem else text


def _returned(t: _Teller, event: StepReturned) -> str:
    if event.proposal is None:
        return f"{event.step}: {t.brief(event.value)}" if event.value is not None else event.step
    said = event.proposal
    text = (
        f"{event.step}: AI proposes {t.brief(said.value)}, confidence {confidence(said.confidence)}"
    )
    return f"{text}; weak point: {said.weak_point}" if said.weak_point else text


def _raised(_: _Teller, event: StepRaised) -> str:
    return f"{event.step}: {event.exception.detail or spaced(event.exception.type)}"


def _failed(_: _Teller, event: StepFailed) -> str:
    how = "was too slow" if event.timed_out else "failed"
    return f"{event.step}: {how}, try {event.attempt + 1} ({event.error})"


def _remedied(_: _Teller, event: RemedyReturned) -> str:
    if event.refit is not None:
        return f"the remedy found {listed(map(spaced, sorted(event.changes or {})))}"
    return f"the remedy failed: {event.error}" if event.error else "the remedy found nothing"


def _started(t: _Teller, event: ActionStarted) -> str:
    name = t.action_name(event.action_id)
    recorded = any(each["state"] == "intended" for each in t.body.get("actions", []))
    approved = {who for each in t.body.get("actions", []) for who in each["approved_by"]}
    by = f", approved by {listed(map(t.who, sorted(approved)))}" if approved else ""
    return f"{name}: its intent is on record{by}" if recorded else f"{name}: its turn has come"


def _succeeded(t: _Teller, event: ActionSucceeded) -> str:
    receipt = f", receipt {t.brief(event.receipt, 60)}" if event.receipt is not None else ""
    return f"{t.action_name(event.action_id)}: done{receipt}"


def _refused(t: _Teller, event: ActionFailed) -> str:
    return f"{t.action_name(event.action_id)}: refused, nothing happened there ({event.error})"


def _lost(t: _Teller, event: ActionLost) -> str:
    return f"{t.action_name(event.action_id)}: nobody knows whether it happened ({event.error})"


def _looked_up(t: _Teller, event: ActionLookedUp) -> str:
    found = {True: "it is there", False: "it is not there", None: "it could not say"}[event.found]
    return f"{t.action_name(event.action_id)}: the system was asked, {found}"


def _moved(t: _Teller, event: StateFoundChanged) -> str:
    return f"{t.action_name(event.action_id)}: not done, {event.detail}"


def _budget(t: _Teller, event: BudgetRefused) -> str:
    return f"{t.action_name(event.action_id)}: not done, {event.detail}"


def _undone(t: _Teller, event: CompensationFinished) -> str:
    name = t.action_name(event.action_id)
    return f"{name}: could not be undone ({event.error})" if event.error else f"{name}: undone"


def _decision(t: _Teller, event: ReviewDecided) -> str:
    decision = event.decision
    verb = DECIDED.get(decision.verb, str(decision.verb))
    parts = [f"{t.who(decision.by)} {verb}"]
    if decision.reason_code:
        parts.append(f"reason: {spaced(decision.reason_code)}")
    if decision.note:
        parts.append(f"“{decision.note}”")
    if isinstance(decision.value, Mapping):
        parts.append(f"now {t.brief(decision.value)}")
    return f"{', '.join(parts)} ({event.task.question})"


def _escalated(t: _Teller, event: ReviewEscalated) -> str:
    said = f": “{event.note}”" if event.note else ""
    return f"{t.who(event.by)} passed it on{said}" if event.by else f"late in {event.task.queue}"


def _breached(_: _Teller, event: ReviewBreached) -> str:
    return f"late, and {event.task.queue} is the end of the chain; it stays there undecided"


def _expired(_: _Teller, _event: ReviewExpired) -> str:
    return "the request ran out undecided; silence is never a yes"


def _claimed(t: _Teller, event: ReviewClaimed) -> str:
    return f"{t.who(event.by)} holds the task"


def _released(t: _Teller, event: ReviewReleased) -> str:
    return f"{t.who(event.by)} gave the task back" if event.by else "the hold on the task ran out"


def _asked(t: _Teller, event: QuestionAsked) -> str:
    return f"{t.who(event.by)} asked: “{event.text}”; the clock stands still"


def _answered(t: _Teller, event: QuestionAnswered) -> str:
    return f"{t.who(event.by)} answered: “{event.text}”; the clock runs again"


def _timer(_: _Teller, _event: TimerFired) -> str:
    return "the wait is over"


def _cancelled(t: _Teller, event: CaseCancelled) -> str:
    said = f": “{event.note}”" if event.note else ""
    return f"{t.who(event.by)} cancelled the case{said}"


_HEADLINES: Final[Mapping[type[Any], Callable[[_Teller, Any], str]]] = MappingProxyType(
    {
        CaseOpened: _opened,
        StepReturned: _returned,
        StepRaised: _raised,
        StepFailed: _failed,
        RemedyReturned: _remedied,
        ActionStarted: _started,
        ActionSucceeded: _succeeded,
        ActionFailed: _refused,
        ActionLost: _lost,
        ActionLookedUp: _looked_up,
        StateFoundChanged: _moved,
        BudgetRefused: _budget,
        CompensationFinished: _undone,
        ReviewDecided: _decision,
        ReviewEscalated: _escalated,
        ReviewBreached: _breached,
        ReviewExpired: _expired,
        ReviewClaimed: _claimed,
        ReviewReleased: _released,
        QuestionAsked: _asked,
        QuestionAnswered: _answered,
        TimerFired: _timer,
        CaseCancelled: _cancelled,
    }
)


def worth_telling(told: Sequence[Told]) -> list[Told]:
    """The entries without what goes without saying: the claim that only comes with a decision."""
    followed = [*told[1:], None]
    return [
        each
        for each, after in zip(told, followed, strict=True)
        if not (
            each.kind == "review_claimed"
            and after is not None
            and (after.at, after.actor) == (each.at, each.actor)
        )
    ]


def proof_line(entries: int, head: str) -> str:
    """How much is on record and the seal it ends with."""
    return f"{counted(entries, 'entry', 'entries')} on record, the last sealed {head[:16]}…"
