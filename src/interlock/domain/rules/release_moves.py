"""What can be done to a release: the table of its life, and each move as a pure function.

A move gives the release as it is then, its line of history, and the eras it takes back. A change
of stage begins a new era, one rung at a time upwards; downwards there is no waiting.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

from interlock.domain.contract import FallbackMode, Stage
from interlock.domain.delta import DeltaOnRecord
from interlock.domain.gate import GateDecision, GateVerdict
from interlock.domain.ids import PersonId
from interlock.domain.release import (
    EraId,
    Release,
    ReleaseEvent,
    ReleaseMove,
    ReleaseState,
    Signature,
    Stand,
    era_id,
    lower,
    next_stage,
    part_of,
    stage_after_rollback,
)
from interlock.domain.rules.delta_digest import digest_of_delta
from interlock.errors import InterlockError

S, M = ReleaseState, ReleaseMove
RELEASE_MOVES: Final[Mapping[tuple[ReleaseState, ReleaseMove], frozenset[ReleaseState]]] = (
    MappingProxyType(
        {
            (S.PROPOSED, M.SIGN): frozenset({S.PROPOSED}),
            (S.PROPOSED, M.START): frozenset({S.RUNNING}),
            (S.PROPOSED, M.WITHDRAW): frozenset({S.WITHDRAWN}),
            (S.RUNNING, M.PROMOTE): frozenset({S.RUNNING}),
            (S.RUNNING, M.HOLD): frozenset({S.RUNNING}),
            (S.RUNNING, M.RELEASE_HOLD): frozenset({S.RUNNING}),
            (S.RUNNING, M.STAND_DOWN): frozenset({S.RUNNING}),
            (S.RUNNING, M.DRILL): frozenset({S.RUNNING}),
            (S.RUNNING, M.MIGRATE): frozenset({S.RUNNING}),
            (S.RUNNING, M.ROLL_BACK): frozenset({S.RUNNING, S.ROLLED_BACK}),
            (S.RUNNING, M.REPLACE): frozenset({S.REPLACED}),
            (S.REPLACED, M.RESUME): frozenset({S.RUNNING}),
        }
    )
)
BEGINNINGS: Final = (Stage.SHADOW, Stage.ASSISTED)  # where a release may start: people decide
WIDENING: Final = "widening"  # what a signature under what moves from people to machine is about
SHOWN: Final = 12  # letters of a fingerprint in a message
FRESH: Final = timedelta(hours=24)  # an older verdict is no ground for a promotion


class ReleaseMoveRefused(InterlockError):
    """The release is not where this move could begin, or not ripe for it."""

    code = "release_move_refused"

    def __init__(self, release: str, move: str, what: str, remedy: str) -> None:
        super().__init__(release, move, what, remedy)
        self.release, self.move, self.what, self.remedy = release, move, what, remedy

    def __str__(self) -> str:
        return f"cannot {self.move.replace('_', ' ')} {self.release}: {self.what}; {self.remedy}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A release after a move. Its `version` is still the one that was seen: the store counts.

    delta: of a proposal, what goes on record with it.
    """

    release: Release
    event: ReleaseEvent
    taken_back: tuple[EraId, ...] = ()
    delta: DeltaOnRecord | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Who does it, when and why. by: person:anna, or gate."""

    by: str
    at: datetime
    reason: str = ""
    verdict: int | None = None


def person(by: str) -> str:
    """How a history names a person."""
    return f"person:{by}"


def propose(release: Release, delta: DeltaOnRecord, act: Act) -> Moved:
    """The first line of a release's history, with what it moves from people to the machine."""
    weighed = replace(
        release,
        widens=delta.widens,
        delta=digest_of_delta(delta),
        compared_with=delta.old,
    )
    return Moved(release=weighed, event=_event(weighed, M.PROPOSE, act), delta=delta)


def sign(release: Release, signature: Signature, act: Act) -> Moved:
    """The release with one more signature. Raises: ReleaseMoveRefused for one's own change."""
    _require(release, M.SIGN, S.PROPOSED)
    _not_ones_own(release, M.SIGN, signature.by)
    signed = replace(release, signatures=(*release.signatures, signature))
    return Moved(release=signed, event=_event(release, M.SIGN, act))


def start(release: Release, stage: Stage, running: Release | None, act: Act) -> tuple[Moved, ...]:
    """The release, joined by new cases from now on, after the one it replaces.

    Raises: ReleaseMoveRefused above the stages where people decide, while what it widens is not
    signed, or when that was counted against another version than the one in force.
    """
    _require(release, M.START, S.RUNNING)
    if stage not in BEGINNINGS:
        what = f"it cannot start at {stage}, where nobody is asked"
        raise ReleaseMoveRefused(release.id, M.START, what, "start it at shadow or assisted")
    if release.widens and not is_signed(release, WIDENING):
        what = f"it moves to the machine what people decide now ({'; '.join(release.widens)})"
        remedy = "the governance owner signs that first: interlock release sign"
        raise ReleaseMoveRefused(release.id, M.START, what, remedy)
    _still_compared(release, running)
    stand = Stand(stage=stage, era=release.stand.era, since=act.at)
    started = replace(
        release,
        state=S.RUNNING,
        stand=stand,
        started_at=act.at,
        previous=running.id if running else None,
        previous_fingerprint=running.fingerprint if running else None,
    )
    event = _event(release, M.START, act, stage_after=stage, era_after=stand.era)
    own = Moved(release=started, event=event)
    return (_replaced(running, act), own) if running else (own,)


def promote(release: Release, verdict: GateVerdict, by: PersonId, act: Act) -> Moved:
    """The release, or the segment the verdict is about, one rung higher and in a new era.

    The verdict must be the latest one of its segment; the caller sees to that.
    Raises: ReleaseMoveRefused.
    """
    segment = verdict.evidence.segment
    _require(release, M.PROMOTE, S.RUNNING)
    _not_ones_own(release, M.PROMOTE, by)
    stand = release.stand_of(segment)
    higher = next_stage(stand.stage)
    refusal = why_not_yet(release, verdict, act.at)
    if refusal is not None or higher is None:
        what, remedy = refusal or ("it is at the top", "nothing is left to promote")
        raise ReleaseMoveRefused(release.id, M.PROMOTE, what, remedy)
    signature = Signature(by=by, at=act.at, about=f"promotion:{higher}", note=act.reason)
    signed = replace(release, signatures=(*release.signatures, signature))
    promoted = _moved_to(signed, segment, higher, act.at)
    return Moved(release=promoted, event=_stage_event(release, promoted, M.PROMOTE, act, segment))


def why_not_yet(release: Release, verdict: GateVerdict, now: datetime) -> tuple[str, str] | None:
    """What stands against a promotion on this verdict, and what to do; None: nothing but a
    signature."""
    stand = release.stand_of(verdict.evidence.segment)
    if next_stage(stand.stage) is None:
        return f"it stands at {stand.stage}, the top", "nothing is left to promote"
    if release.held_by is not None:
        return f"{release.held_by} holds it where it is", "ask for the hold to be released"
    if stand.cool_off_until is not None and now < stand.cool_off_until:
        until = stand.cool_off_until.isoformat(timespec="minutes")
        return f"it was taken back and cools off until {until}", "wait for new evidence"
    if verdict.decision is not GateDecision.PROMOTE:
        return f"the gate says {verdict.decision}: {verdict.words}", "wait for more evidence"
    if verdict.evidence.release != release.id or verdict.evidence.era != stand.era:
        return (
            f"the verdict is about {verdict.evidence.era} and it is in {stand.era} now",
            "wait for the gate's next look",
        )
    if now - verdict.evidence.at > FRESH:
        seen = verdict.evidence.at.isoformat(timespec="minutes")
        return f"the verdict is of {seen}, which is too old", "let a worker look again"
    return None


def hold(release: Release, by: PersonId, act: Act) -> Moved:
    """The release, kept where it is until the hold is released. Raises: ReleaseMoveRefused."""
    _require(release, M.HOLD, S.RUNNING)
    if release.held_by is not None:
        what = f"{release.held_by} holds it already"
        remedy = "release that hold first: interlock release hold --end"
        raise ReleaseMoveRefused(release.id, M.HOLD, what, remedy)
    return Moved(release=replace(release, held_by=by), event=_event(release, M.HOLD, act))


def release_hold(release: Release, act: Act) -> Moved:
    """The release, which may climb again. Raises: ReleaseMoveRefused when nobody holds it."""
    _require(release, M.RELEASE_HOLD, S.RUNNING)
    if release.held_by is None:
        raise ReleaseMoveRefused(release.id, M.RELEASE_HOLD, "nobody holds it", "leave it as it is")
    return Moved(release=replace(release, held_by=None), event=_event(release, M.RELEASE_HOLD, act))


def roll_back(
    release: Release,
    previous: Release | None,
    mode: FallbackMode,
    cool_off: timedelta,
    act: Act,
) -> tuple[Moved, ...]:
    """The release taken back, with every era it ever had.

    previous_version, where the version before can take over: new cases join that one again, at
    the stage it had. Else its own version goes on where no result is acted on.
    """
    taken = eras_of(release)
    until = act.at + cool_off
    takes_over = previous is not None and previous.state is S.REPLACED
    if mode is FallbackMode.PREVIOUS_VERSION and previous is not None and takes_over:
        _require(release, M.ROLL_BACK, S.ROLLED_BACK)
        ended = replace(release, state=S.ROLLED_BACK, ended_at=act.at)
        event = _event(release, M.ROLL_BACK, act, stage_after=previous.stand.stage)
        return (Moved(release=ended, event=event, taken_back=taken), _resumed(previous, until, act))
    _require(release, M.ROLL_BACK, S.RUNNING)
    low = lower(release.stand.stage, stage_after_rollback(mode))
    back = _moved_to(replace(release, segments={}), "", low, act.at, until)
    event = _stage_event(release, back, M.ROLL_BACK, act, "")
    return (Moved(release=back, event=event, taken_back=taken),)


def stand_down(
    release: Release, segment: str, mode: FallbackMode, cool_off: timedelta, act: Act
) -> Moved:
    """One segment taken back; the others go on. Raises: ReleaseMoveRefused."""
    _require(release, M.STAND_DOWN, S.RUNNING)
    if not segment:
        remedy = "name the segment, or roll back all of it"
        raise ReleaseMoveRefused(release.id, M.STAND_DOWN, "no segment is named", remedy)
    low = lower(release.stand_of(segment).stage, stage_after_rollback(mode))
    back = _moved_to(release, segment, low, act.at, act.at + cool_off)
    event = _stage_event(release, back, M.STAND_DOWN, act, segment)
    taken = tuple(part_of(each, segment) for each in eras_of(release))
    return Moved(release=back, event=event, taken_back=taken)


def withdraw(release: Release, act: Act) -> Moved:
    """The release, given up before it started. Raises: ReleaseMoveRefused."""
    _require(release, M.WITHDRAW, S.WITHDRAWN)
    ended = replace(release, state=S.WITHDRAWN, ended_at=act.at)
    return Moved(release=ended, event=_event(release, M.WITHDRAW, act))


def noted(release: Release, move: ReleaseMove, act: Act, **facts: Any) -> Moved:
    """A line of history that changes nothing: a drill, or cases that were moved to it."""
    _require(release, move, S.RUNNING)
    return Moved(release=release, event=_event(release, move, act, **facts))


def is_signed(release: Release, about: str) -> bool:
    """True when somebody else than its author signed this about it."""
    return any(
        each.about == about and each.by != release.proposed_by for each in release.signatures
    )


def eras_of(release: Release) -> tuple[EraId, ...]:
    """Every era the release had, whatever the segment."""
    return tuple(era_id(release.id, number + 1) for number in range(release.eras))


def _moved_to(
    release: Release,
    segment: str,
    stage: Stage,
    at: datetime,
    cool_off_until: datetime | None = None,
) -> Release:
    """The release with this segment, or all of it, at a stage and in a new era."""
    number = release.eras + 1
    stand = Stand(
        stage=stage, era=era_id(release.id, number), since=at, cool_off_until=cool_off_until
    )
    if segment:
        return replace(release, segments={**release.segments, segment: stand}, eras=number)
    return replace(release, stand=stand, eras=number)


def _replaced(running: Release, act: Act) -> Moved:
    _require(running, M.REPLACE, S.REPLACED)
    ended = replace(running, state=S.REPLACED, ended_at=act.at, held_by=None)
    return Moved(release=ended, event=_event(running, M.REPLACE, act))


def _resumed(previous: Release, cool_off_until: datetime, act: Act) -> Moved:
    """The version before, at the stages it had, each in an era of its own."""
    _require(previous, M.RESUME, S.RUNNING)
    back = replace(previous, state=S.RUNNING, ended_at=None)
    back = _moved_to(back, "", previous.stand.stage, act.at, cool_off_until)
    for segment, stand in previous.segments.items():
        back = _moved_to(back, segment, stand.stage, act.at, cool_off_until)
    return Moved(release=back, event=_stage_event(previous, back, M.RESUME, act, ""))


def _require(release: Release, move: ReleaseMove, to: ReleaseState) -> None:
    if to in RELEASE_MOVES.get((release.state, move), frozenset()):
        return
    allowed = sorted(str(m) for (state, m) in RELEASE_MOVES if state is release.state)
    remedy = f"possible now: {', '.join(allowed)}" if allowed else "this state is final"
    raise ReleaseMoveRefused(release.id, move, f"it is {release.state}", remedy)


def _still_compared(release: Release, running: Release | None) -> None:
    """Nothing, when what was signed is what it widens now: against the version in force."""
    in_force = running.fingerprint if running else None
    if release.compared_with == in_force:
        return
    before = release.compared_with[:SHOWN] if release.compared_with else "no version"
    what = f"what it moves was counted against {before}, and {(in_force or 'none')[:SHOWN]} runs"
    remedy = "withdraw it and propose it anew, so that what is signed is what happens"
    raise ReleaseMoveRefused(release.id, M.START, what, remedy)


def _not_ones_own(release: Release, move: ReleaseMove, by: PersonId) -> None:
    if by == release.proposed_by:
        what = f"{by} proposed it, and nobody signs their own change"
        raise ReleaseMoveRefused(release.id, move, what, "ask another owner to sign")


def _stage_event(
    before: Release, after: Release, move: ReleaseMove, act: Act, segment: str
) -> ReleaseEvent:
    old, new = before.stand_of(segment), after.stand_of(segment)
    return _event(
        before,
        move,
        act,
        segment=segment,
        stage_after=new.stage,
        era_after=new.era,
        stage_before=old.stage,
        era_before=old.era,
    )


def _event(release: Release, move: ReleaseMove, act: Act, **facts: Any) -> ReleaseEvent:
    facts = {"stage_before": release.stand.stage, "era_before": release.stand.era, **facts}
    return ReleaseEvent(
        release=release.id,
        move=move,
        at=act.at,
        by=act.by,
        reason=act.reason,
        verdict=act.verdict,
        **facts,
    )
