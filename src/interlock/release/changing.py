"""Changing a release: found, moved by the rules, and saved once.

Its one rule: of several who change a release at the same moment one gets it through, and the
others hear of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import Connection

from interlock.domain.contract import FallbackMode, WorkflowContract
from interlock.domain.release import Release, ReleaseState
from interlock.domain.rules.release_moves import Act, Moved, person
from interlock.observe import RELEASE_MOVED, log
from interlock.release.errors import ReleaseOvertaken, ReleaseUnknown
from interlock.runtime.context import Context
from interlock.runtime.crash_points import CrashPoint

PROPOSED: Final = ReleaseState.PROPOSED


def find(context: Context, text: str, seen: int | None = None) -> Release:
    """The release of this id, or the running one of a workflow.

    seen: the version somebody decides on; what is found is saved on top of that one or not at all.
    Raises: ReleaseUnknown; ReleaseOvertaken when it is another version now.
    """
    release = context.store.release(text) or context.store.running_release(text)
    if release is None:
        known = tuple(each.id for each in context.store.releases(text))
        raise ReleaseUnknown(text, known)
    return _as_seen(release, seen)


def find_proposed(context: Context, text: str, seen: int | None = None) -> Release:
    """The release of this id, or the only proposed one of a workflow. seen, Raises: as `find`."""
    release = context.store.release(text)
    waiting = [each for each in context.store.releases(text) if each.state is PROPOSED]
    if release is None and len(waiting) != 1:
        raise ReleaseUnknown(f"{text} that is proposed", tuple(each.id for each in waiting))
    return _as_seen(release or waiting[0], seen)


def contract_of(context: Context, release: Release) -> WorkflowContract:
    """The contract a release is of. Raises: WorkflowUnknown when its code cannot be had here."""
    return context.workflows.version(release.workflow, release.fingerprint).contract


def fallback_of(contract: WorkflowContract) -> FallbackMode:
    """How its cases end without AI when it is taken back."""
    return contract.gate.fallback_mode if contract.gate else FallbackMode.HUMAN_REVIEW


def cool_off_of(contract: WorkflowContract) -> timedelta:
    """How long nothing is promoted after a rollback."""
    return timedelta(hours=contract.rollout.cool_off_hours)


def by_person(context: Context, by: str, reason: str, *, verdict: int | None = None) -> Act:
    """What a person does now."""
    return Act(by=person(by), at=context.clock.now(), reason=reason, verdict=verdict)


def save(context: Context, moves: Sequence[Moved]) -> list[Release]:
    """The releases as they are now. Raises: ReleaseOvertaken when somebody was quicker."""

    def before_commit(_: Connection) -> None:
        context.crash.reach(CrashPoint.RELEASE_BEFORE_COMMIT)

    saved = context.store.save_moves(moves, also=before_commit)
    if saved is None:
        raise ReleaseOvertaken(moves[-1].release.id)
    context.crash.reach(CrashPoint.RELEASE_AFTER_COMMIT)
    for moved in moves:
        event = moved.event
        say = log().warning if moved.taken_back else log().info
        say(
            RELEASE_MOVED,
            release=event.release,
            move=event.move,
            stage=event.stage_after,
            taken_back=len(moved.taken_back),
        )
    return saved


def _as_seen(release: Release, seen: int | None) -> Release:
    if seen is not None and release.version != seen:
        raise ReleaseOvertaken(release.id)
    return release
