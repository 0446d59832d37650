"""Every kind of event has a sentence, and every sentence comes from the record."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, get_args

import pytest

from interlock.domain.audit import GENESIS, seal
from interlock.domain.desk_event import ReviewHeld
from interlock.domain.event import (
    ActionFailed,
    ActionLookedUp,
    ActionLost,
    ActionSucceeded,
    BudgetRefused,
    CaseCancelled,
    CompensationFinished,
    Event,
    QuestionAsked,
    RemedyReturned,
    ReviewBreached,
    ReviewClaimed,
    ReviewEscalated,
    ReviewExpired,
    ReviewReleased,
    StepFailed,
    TimerFired,
)
from interlock.domain.ids import ActionId, CaseId, PersonId, StepName
from interlock.domain.review import Decision, Verb
from interlock.domain.rules.lens import Lens
from interlock.papers.narrative import _HEADLINES, tell
from interlock.papers.timeline import worth_telling
from interlock.storage.codec import EVENT
from interlock.testing.builders import MORNING, a_task

CASE = CaseId("case_1")
PAY = {"id": "act_1", "name": "pay", "state": "succeeded", "approved_by": []}
LENS = Lens(people={"sam": "Sam Rivera"}, secret=frozenset())
ID = ActionId("act_1")
SAM = PersonId("sam")


def told(event: Event, notes: list[dict[str, Any]] | None = None, **body: Any) -> str:
    """The sentence for an event as it stands in the log."""
    entry = seal(
        case_id=CASE,
        seq=1,
        at=MORNING,
        actor="worker",
        kind=event.kind,
        body={"notes": notes or [], "actions": [PAY], **body},
        payload=EVENT.encode(event),
        salt="00",
        previous=GENESIS,
    )
    return tell(entry, now=MORNING, lens=LENS).text


def test_every_event_has_its_sentence() -> None:
    """A new event without words would show as nothing."""
    assert set(get_args(Event)) == set(_HEADLINES)


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (
            StepFailed(step=StepName("match"), attempt=0, error="TimeoutError", timed_out=True),
            "match: was too slow, try 1 (TimeoutError)",
        ),
        (ActionSucceeded(action_id=ID, receipt={"number": 7}), "pay: done, receipt 7"),
        (
            ActionFailed(action_id=ID, error="account closed"),
            "pay: refused, nothing happened there (account closed)",
        ),
        (
            ActionLost(action_id=ID, error="no answer"),
            "pay: nobody knows whether it happened (no answer)",
        ),
        (
            ActionLookedUp(action_id=ID, found=None),
            "pay: the system was asked, it could not say",
        ),
        (
            BudgetRefused(
                action_id=ID,
                budget="pay.money_per_day",
                detail="100 EUR are used of 100",
                free_again_at=MORNING + timedelta(days=1),
            ),
            "pay: not done, 100 EUR are used of 100",
        ),
        (CompensationFinished(action_id=ID), "pay: undone"),
        (RemedyReturned(exception_type="missing_data"), "the remedy found nothing"),
        (
            ReviewEscalated(task=a_task(), by=SAM, note="too large"),
            "Sam Rivera passed it on: “too large”",
        ),
        (ReviewEscalated(task=a_task()), "late in desk"),
        (
            ReviewBreached(task=a_task()),
            "late, and desk is the end of the chain; it stays there undecided",
        ),
        (
            ReviewExpired(task=a_task()),
            "the request ran out undecided; silence is never a yes",
        ),
        (ReviewClaimed(task=a_task(), by=SAM), "Sam Rivera holds the task"),
        (ReviewReleased(task=a_task()), "the hold on the task ran out"),
        (
            QuestionAsked(task=a_task(), by=SAM, text="Which order?"),
            "Sam Rivera asked: “Which order?”; the clock stands still",
        ),
        (TimerFired(), "the wait is over"),
        (CaseCancelled(by=SAM, note="twice"), "Sam Rivera cancelled the case: “twice”"),
    ],
    ids=lambda value: getattr(value, "kind", ""),
)
def test_an_event_is_told_in_plain_words(event: Event, words: str) -> None:
    """The same words on every screen, and none that a clerk has to look up."""
    assert told(event) == words


def test_what_follows_stands_after_an_arrow() -> None:
    """Cause and consequence are one line."""
    task = {"id": "task_1", "due_at": (MORNING + timedelta(hours=5)).isoformat(), "state": "open"}
    note = {
        "what": "task_opened",
        "rule": "exception price_variance goes to clerks",
        "detail": {"task": "task_1", "queue": "clerks", "kind": "exception"},
    }
    failed = StepFailed(step=StepName("match"), attempt=2, error="OSError")

    assert told(failed, [note], tasks=[task]).startswith(
        "match: failed, try 3 (OSError) → asked clerks, due "
    )


def test_an_erased_entry_still_says_what_it_was() -> None:
    """The chain proves that something happened; only what was private is gone."""
    entry = seal(
        case_id=CASE,
        seq=1,
        at=MORNING,
        actor="worker",
        kind="review_decided",
        body={},
        payload=None,
        salt="00",
        previous=GENESIS,
    )

    assert tell(entry, now=MORNING).text == "review decided (erased)"


def test_a_claim_that_only_comes_with_a_decision_goes_without_saying() -> None:
    """It is on record; a reader of the story does not need it twice."""
    claim = _told("review_claimed", "person:sam")
    decision = _told("review_decided", "person:sam")

    assert worth_telling([claim, decision]) == [decision]
    assert worth_telling([claim]) == [claim]


def _told(kind: str, actor: str) -> Any:
    entry = seal(
        case_id=CASE,
        seq=1,
        at=MORNING,
        actor=actor,
        kind=kind,
        body={},
        payload=None,
        salt="00",
        previous=GENESIS,
    )
    return tell(entry, now=MORNING)


def test_a_held_decision_is_told_beside_a_held_action() -> None:
    """One is held for its maker and one for everybody; a page that cannot tell it shows nothing."""
    note = {
        "what": "held",
        "rule": "it can be undone until it takes effect",
        "detail": {"task": "task_1"},
    }
    task = a_task()
    decision = Decision(
        task_id=task.id, case_id=task.case_id, verb=Verb.APPROVE, by=SAM, at=MORNING
    )

    said = told(ReviewHeld(task=task, decision=decision), notes=[note])

    assert said.endswith("→ it can be undone until it takes effect")
