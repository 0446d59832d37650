"""What happened to a case, told in sentences from its audit log.

One rule: nothing is guessed; every sentence comes from an entry's event, notes or records.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from types import MappingProxyType
from typing import Any, Final

from interlock.domain.audit import AuditEntry
from interlock.domain.event import (
    ActionFailed,
    ActionHeld,
    ActionLookedUp,
    ActionLost,
    ActionStarted,
    ActionSucceeded,
    BudgetRefused,
    CaseMigrated,
    CaseOpened,
    CompensationFinished,
    Event,
    PauseLifted,
    RemedyReturned,
    StateFoundChanged,
    StepFailed,
    StepHeld,
    StepRaised,
    StepReturned,
    TimerFired,
)
from interlock.domain.one_line import spaced
from interlock.domain.rules.lens import BLIND, Lens
from interlock.papers.consequences import aside, consequence
from interlock.papers.review_sentences import REVIEW_HEADLINES
from interlock.papers.words import clock, confidence, listed
from interlock.storage.codec import EVENT


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


def tell(
    entry: AuditEntry, *, now: datetime, lens: Lens = BLIND, zone: tzinfo | None = None
) -> Told:
    """The entry in words, as far as the lens lets values through. zone None: the local one."""
    event = event_of(entry)
    teller = Teller(entry, event, lens, lambda at: clock(at, now, zone))
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


def event_of(entry: AuditEntry) -> Event | None:
    """The event, or None when it was erased, or changed into what is none of ours."""
    try:
        return EVENT.decode(entry.payload) if entry.payload is not None else None
    except ValueError:
        return None


def _mark(entry: AuditEntry) -> str:
    case = entry.body.get("case", {})
    if case.get("state") == "closed":
        return "ok" if case.get("outcome") == "completed" else "bad"
    if entry.kind in ("step_failed", "action_failed", "action_lost", "review_breached"):
        return "bad"
    if case.get("state") == "waiting" and entry.kind not in ("review_claimed", "review_released"):
        return "warn"
    return "ok" if entry.kind in ("action_succeeded", "review_decided") else ""


class Teller:
    """One entry, its event, and how people in it are called."""

    def __init__(
        self,
        entry: AuditEntry,
        event: Event | None,
        lens: Lens,
        clock_of: Callable[[datetime], str],
    ) -> None:
        self.entry, self.event, self.lens, self._clock_of = entry, event, lens, clock_of
        self.body: Mapping[str, Any] = entry.body
        self.notes: list[Mapping[str, Any]] = list(entry.body.get("notes", []))
        self.step = str(entry.body.get("event", {}).get("step") or entry.body.get("step") or "")

    def who(self, person: str | None) -> str:
        """What people call a person."""
        return self.lens.who(person)

    def clock(self, at: datetime) -> str:
        """A moment's time of day, with its date when it is another day's."""
        return self._clock_of(at)

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
        if teller:
            return teller(self, self.event)
        gone = "erased" if self.entry.payload is None else "its private part cannot be read"
        return f"{spaced(self.entry.kind)} ({gone})"


def _opened(_: Teller, event: CaseOpened) -> str:
    source = event.case.source
    text = f"arrived: {source.name} by {source.channel}" if source else "arrived"
    return f"{text}; {event.problem.detail}" if event.problem else text


def _migrated(t: Teller, event: CaseMigrated) -> str:
    return f"{t.who(event.by)} moved it to version {event.fingerprint[:12]} of the contract"


def _watched(event: StepReturned | StepRaised | StepFailed) -> str:
    """What is told of a watched AI: never what it said, for the case may still be decided."""
    return f"{event.step}: the AI was watched; what it said decides nothing here"


def _returned(t: Teller, event: StepReturned) -> str:
    if event.is_shadow:
        return _watched(event)
    if event.proposal is None:
        return f"{event.step}: {t.brief(event.value)}" if event.value is not None else event.step
    said = event.proposal
    text = (
        f"{event.step}: AI proposes {t.brief(said.value)}, confidence {confidence(said.confidence)}"
    )
    weak = f"; weak point: {said.weak_point}" if said.weak_point else ""
    late = "; it came while the AI was paused and is not accepted" if event.paused_by else ""
    return f"{text}{weak}{late}"


def _raised(_: Teller, event: StepRaised) -> str:
    if event.is_shadow:
        return _watched(event)
    return f"{event.step}: {event.exception.detail or spaced(event.exception.type)}"


def _failed(_: Teller, event: StepFailed) -> str:
    if event.is_shadow:
        return _watched(event)
    how = "was too slow" if event.timed_out else "failed"
    return f"{event.step}: {how}, try {event.attempt + 1} ({event.error})"


def _remedied(_: Teller, event: RemedyReturned) -> str:
    if event.refit is not None:
        return f"the remedy found {listed(map(spaced, sorted(event.changes or {})))}"
    return f"the remedy failed: {event.error}" if event.error else "the remedy found nothing"


def _started(t: Teller, event: ActionStarted) -> str:
    name = t.action_name(event.action_id)
    recorded = any(each["state"] == "intended" for each in t.body.get("actions", []))
    approved = {who for each in t.body.get("actions", []) for who in each["approved_by"]}
    by = f", approved by {listed(map(t.who, sorted(approved)))}" if approved else ""
    return f"{name}: its intent is on record{by}" if recorded else f"{name}: its turn has come"


def _succeeded(t: Teller, event: ActionSucceeded) -> str:
    receipt = f", receipt {t.brief(event.receipt, 60)}" if event.receipt is not None else ""
    return f"{t.action_name(event.action_id)}: done{receipt}"


def _refused(t: Teller, event: ActionFailed) -> str:
    return f"{t.action_name(event.action_id)}: refused, nothing happened there ({event.error})"


def _lost(t: Teller, event: ActionLost) -> str:
    return f"{t.action_name(event.action_id)}: nobody knows whether it happened ({event.error})"


def _looked_up(t: Teller, event: ActionLookedUp) -> str:
    found = {True: "it is there", False: "it is not there", None: "it could not say"}[event.found]
    return f"{t.action_name(event.action_id)}: the system was asked, {found}"


def _moved(t: Teller, event: StateFoundChanged) -> str:
    return f"{t.action_name(event.action_id)}: not done, {event.detail}"


def _budget(t: Teller, event: BudgetRefused) -> str:
    return f"{t.action_name(event.action_id)}: not done, {event.detail}"


def _undone(t: Teller, event: CompensationFinished) -> str:
    name = t.action_name(event.action_id)
    return f"{name}: could not be undone ({event.error})" if event.error else f"{name}: undone"


def _step_held(_: Teller, event: StepHeld) -> str:
    return f"{event.step}: the AI is paused ({event.paused_by.scope}), so it does not begin"


def _action_held(t: Teller, event: ActionHeld) -> str:
    name = t.action_name(event.action_id)
    return f"{name}: paused ({event.paused_by.scope}), it waits until a person lifts the pause"


def _lifted(_: Teller, _event: PauseLifted) -> str:
    return "the pause was lifted; the case goes on from where it stood"


def _timer(_: Teller, _event: TimerFired) -> str:
    return "the wait is over"


_HEADLINES: Final[Mapping[type[Any], Callable[[Any, Any], str]]] = MappingProxyType(
    {
        CaseOpened: _opened,
        StepReturned: _returned,
        CaseMigrated: _migrated,
        StepRaised: _raised,
        StepFailed: _failed,
        StepHeld: _step_held,
        RemedyReturned: _remedied,
        ActionStarted: _started,
        ActionSucceeded: _succeeded,
        ActionFailed: _refused,
        ActionLost: _lost,
        ActionLookedUp: _looked_up,
        StateFoundChanged: _moved,
        BudgetRefused: _budget,
        ActionHeld: _action_held,
        PauseLifted: _lifted,
        CompensationFinished: _undone,
        TimerFired: _timer,
        **REVIEW_HEADLINES,
    }
)
