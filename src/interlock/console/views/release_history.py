"""The ladder a release climbs, and everything that was done to it.

One rule: it is read from the release's own history; nothing is remembered elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from interlock.console import words
from interlock.console.views.release_words import MOVES, STAGE_SAYS, stage_words
from interlock.console.views.scope import name_of
from interlock.domain.contract import Stage, WorkflowContract
from interlock.domain.gate import GateVerdict
from interlock.domain.release import (
    LADDER,
    Release,
    ReleaseEvent,
    ReleaseMove,
    ReleaseState,
    Stand,
)
from interlock.storage import Store

BACK: Final = frozenset({ReleaseMove.ROLL_BACK, ReleaseMove.STAND_DOWN})
GATE: Final = "gate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One stage of the ladder. state: is-done, is-now or empty; says: when, or what it means."""

    title: str
    says: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One line of the history. verdict: the id of what it rests on."""

    at: datetime
    title: str
    icon: str
    state: str
    word: str
    by: str
    reason: str
    verdict: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentStand:
    """Where one segment stands by itself. decision: what its gate said last; None: nothing yet."""

    name: str
    stage: str
    index: int
    since: datetime
    cool_off_until: datetime | None
    decision: str | None
    is_own: bool


def ladder(
    release: Release, stand: Stand, events: Sequence[ReleaseEvent], segment: str, now: datetime
) -> tuple[Rung, ...]:
    """The stages, those left behind with their days, and where it stands now."""
    spans = _spans(events, segment)
    is_live = release.state is ReleaseState.RUNNING
    here = LADDER.index(stand.stage)
    rungs = []
    for place, stage in enumerate(LADDER):
        is_now = is_live and stage is stand.stage
        is_done = stage in spans and not is_now and (place < here or not is_live)
        rungs.append(
            Rung(
                title=stage_words(stage, release.canary_share),
                says=_says(stage, spans, stand, now, is_now=is_now, is_next=place == here + 1),
                state="is-now" if is_now else "is-done" if is_done else "",
            )
        )
    return tuple(rungs)


def history(
    release: Release, contract: WorkflowContract, events: Sequence[ReleaseEvent]
) -> tuple[Told, ...]:
    """What was done, the newest first."""
    return tuple(_told(each, release, contract) for each in reversed(events))


def taken_back_by(events: Sequence[ReleaseEvent], stand: Stand) -> ReleaseEvent | None:
    """The rollback that began the era it is in now; None when it came there otherwise."""
    began = [each for each in events if each.era_after == stand.era]
    last = began[-1] if began else None
    return last if last and last.move in {*BACK, ReleaseMove.RESUME} else None


def last_fired(store: Store, events: Sequence[ReleaseEvent]) -> Mapping[str, tuple[datetime, int]]:
    """By rollback line: when it last took a release back, and the verdict that says so."""
    found: dict[str, tuple[datetime, int]] = {}
    for event in events:
        verdict = store.verdict(event.verdict) if event.move in BACK and event.verdict else None
        for each in verdict.triggers if verdict else ():
            found[each.text] = (event.at, event.verdict or 0)
    return found


def segment_stands(
    release: Release, seen: Sequence[str], latest: Mapping[str, GateVerdict]
) -> tuple[SegmentStand, ...]:
    """Where each segment stands, those with a stand of their own first."""
    names = sorted({*release.segments, *(each for each in seen if each)})
    found = []
    for name in sorted(names, key=lambda each: (each not in release.segments, each)):
        stand, verdict = release.stand_of(name), latest.get(name)
        found.append(
            SegmentStand(
                name=name,
                stage=stage_words(stand.stage, release.canary_share),
                index=LADDER.index(stand.stage),
                since=stand.since,
                cool_off_until=stand.cool_off_until,
                decision=str(verdict.decision) if verdict else None,
                is_own=name in release.segments,
            )
        )
    return tuple(found)


def actor_words(contract: WorkflowContract, by: str) -> str:
    """Who did it, as people call them."""
    if by == GATE:
        return "Automatic, by the gate"
    return name_of(contract, by.removeprefix("person:"))


def reason_words(event: ReleaseEvent) -> str:
    """Why it was done: what a person wrote, as they wrote it, or what the gate found."""
    if event.by != GATE:
        return words.sentence_of(event.reason)
    return words.sentence_of(words.spaced(event.reason.removeprefix("roll back. ")))


def _spans(
    events: Sequence[ReleaseEvent], segment: str
) -> dict[Stage, tuple[datetime, datetime | None, int]]:
    """By stage: when it was first entered, when last left, and how often it was taken back."""
    spans: dict[Stage, tuple[datetime, datetime | None, int]] = {}
    current: Stage | None = None
    for each in events:
        if each.stage_after is None or each.segment not in ("", segment):
            continue
        if current is not None:
            began, _, backs = spans[current]
            spans[current] = (began, each.at, backs + (each.move in BACK))
        current = each.stage_after
        before = spans.get(current)
        spans[current] = (before[0], None, before[2]) if before else (each.at, None, 0)
    return spans


def _says(
    stage: Stage,
    spans: Mapping[Stage, tuple[datetime, datetime | None, int]],
    stand: Stand,
    now: datetime,
    *,
    is_now: bool,
    is_next: bool,
) -> str:
    if is_now:
        return f"since {words.clock(stand.since, now)}"
    if stage in spans:
        began, ended, backs = spans[stage]
        days = list(dict.fromkeys(words.day(each, now) for each in (began, ended) if each))
        back = f", back {'once' if backs == 1 else f'{backs} times'}" if backs else ""
        return f"{' to '.join(days)}{back}"
    return "next" if is_next else STAGE_SAYS[stage]


def _told(event: ReleaseEvent, release: Release, contract: WorkflowContract) -> Told:
    icon, state, word = MOVES[event.move]
    return Told(
        at=event.at,
        title=_title(event, release),
        icon=icon,
        state=state,
        word=word,
        by=actor_words(contract, event.by),
        reason=reason_words(event),
        verdict=event.verdict,
    )


def _title(event: ReleaseEvent, release: Release) -> str:
    of = f"{event.segment}: " if event.segment else ""
    before, after = event.stage_before, event.stage_after
    share = release.canary_share
    if event.move is ReleaseMove.START and after is not None:
        return f"Started in {stage_words(after, share)}"
    if event.move is ReleaseMove.DRILL and event.took_seconds is not None:
        return f"The way back, rehearsed in {event.took_seconds:.1f} seconds"
    if after is not None and before is not None and after is not before:
        return f"{of}{stage_words(before, share)} to {stage_words(after, share)}"
    if after is not None:
        return f"{of}{stage_words(after, share)}, begun anew"
    return f"{of}{MOVES[event.move][2]}"
