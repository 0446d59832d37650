"""Releases: where versions stand at their gate, and the moves people make on them.

Its one rule: going up says which version of the release it is based on; going down never waits.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request, Response

from interlock.api import paging
from interlock.api.etags import IfMatch, PreconditionNeeded, ReleaseChanged, is_known, release_tag
from interlock.api.idempotent import IdempotentRoute
from interlock.api.shapes.ahead import LooksAheadShape, looks_ahead_shape
from interlock.api.shapes.plain import Name, Paged, PageShape
from interlock.api.shapes.releases import (
    AgreementsShape,
    PromoteIn,
    ProposeIn,
    ReasonIn,
    ReleaseEventShape,
    ReleaseId,
    ReleaseShape,
    Segment,
    StandDownIn,
    StartIn,
    VerdictNumber,
    WholeReleaseShape,
    agreement_shape,
    disagreement_shape,
    event_shape,
    release_shape,
    whole_release_shape,
)
from interlock.api.shapes.verdicts import (
    GateNowShape,
    ReplayShape,
    VerdictShape,
    gate_now_shape,
    replay_shape,
    verdict_shape,
)
from interlock.domain.contract import Stage
from interlock.domain.people import Right
from interlock.domain.release import Release, ReleaseState
from interlock.release import lifecycle, taking_back
from interlock.release.agreement import agreement, disagreements
from interlock.release.errors import ReleaseOvertaken, ReleaseUnknown, VerdictUnknown
from interlock.release.gate_now import NoReleaseRunning, look
from interlock.release.replay import replay
from interlock.release.widening import kept_delta
from interlock.web.boundary import Caller, RightMissing, needs

router = APIRouter(prefix="/releases", tags=["releases"], route_class=IdempotentRoute)

Seeing = Annotated[Caller, Depends(needs(Right.SEE))]
Operating = Annotated[Caller, Depends(needs(Right.OPERATE))]
Signing = Annotated[Caller, Depends(needs(Right.SIGN))]
Pausing = Annotated[Caller, Depends(needs(Right.PAUSE))]
Resuming = Annotated[Caller, Depends(needs(Right.RESUME))]
OfWorkflow = Annotated[Name | None, Query(description="Only of this workflow.")]
OfSegment = Annotated[Segment, Query()]
LISTED: Final = 50  # disagreements


@router.get("")
def list_releases(caller: Seeing, workflow: OfWorkflow = None) -> list[ReleaseShape]:
    """The releases of the workflows you may see, the newest first."""
    _for_all_tenants(caller)
    return [
        release_shape(each)
        for each in caller.store.releases(workflow)
        if caller.is_visible(each.workflow, "") and caller.may(Right.SEE, workflow=each.workflow)
    ]


@router.post("", status_code=201)
def propose_release(wanted: ProposeIn, response: Response, caller: Operating) -> WholeReleaseShape:
    """Propose the version in the workflow's folder; no case joins it before it is started.

    The answer says what it moves from people to the machine, in how many of last month's cases.
    """
    _for_all_tenants(caller)
    caller.need(Right.OPERATE, workflow=wanted.workflow)
    found = lifecycle.propose(caller.context, wanted.workflow, caller.id, wanted.reason)
    response.headers["etag"] = release_tag(found)
    return whole_release_shape(found, kept_delta(caller.store, found))


@router.get("/{release_id}", response_model=WholeReleaseShape)
def show_release(
    release_id: ReleaseId, request: Request, response: Response, caller: Seeing
) -> WholeReleaseShape | Response:
    """Where a release stands and what it moves. Its ETag is what a move on it is based on."""
    release = _found(caller, release_id)
    known = is_known(request, release_tag(release), response)
    return known or whole_release_shape(release, kept_delta(caller.store, release))


@router.get("/{release_id}/history")
def release_history(
    release_id: ReleaseId,
    request: Request,
    response: Response,
    caller: Seeing,
    wanted: Annotated[Paged, Query()],
) -> PageShape[ReleaseEventShape]:
    """Everything done to it, the newest first, each with the verdict it rests on."""
    release, before = _found(caller, release_id), paging.number(wanted.after)
    found = caller.store.release_history(release.id, wanted.limit + 1, before=before)
    page, following = paging.cut(found, wanted.limit, lambda each: str(each.number))
    paging.link_next(request, response, following)
    return PageShape(items=[event_shape(each.event) for each in page], next=following)


@router.get("/{release_id}/gate")
def gate_now(release_id: ReleaseId, caller: Seeing, segment: OfSegment = "") -> GateNowShape:
    """How it stands at its gate at this moment, and its error budget; nothing is recorded."""
    release = _found(caller, release_id)
    if release.state is not ReleaseState.RUNNING:
        raise NoReleaseRunning(release.workflow)
    return gate_now_shape(look(caller.context, release, segment))


@router.get("/{release_id}/foresight")
def looks_ahead(release_id: ReleaseId, caller: Seeing) -> LooksAheadShape:
    """What the latest backtest and the latest simulation of its version found, and on what terms.

    They take minutes, so they are run on the command line.
    """
    release = _found(caller, release_id)
    return looks_ahead_shape(caller.store.looks_ahead(release.fingerprint))


@router.get("/{release_id}/agreement")
def shadow_agreement(release_id: ReleaseId, caller: Seeing) -> AgreementsShape:
    """How far a watched AI came to the same as the real handling, and where it did not."""
    release = _found(caller, release_id)
    apart = disagreements(caller.store, release, LISTED)
    cases = {each.id: each for each in caller.store.load([each.case_id for each in apart])}
    return AgreementsShape(
        agreement=[agreement_shape(each) for each in agreement(caller.store, release)],
        disagreements=[
            disagreement_shape(each, caller.veil(cases[each.case_id]))
            for each in apart
            if each.case_id in cases
        ],
    )


@router.get("/{release_id}/verdicts")
def list_verdicts(
    release_id: ReleaseId,
    request: Request,
    response: Response,
    caller: Seeing,
    wanted: Annotated[Paged, Query()],
) -> PageShape[VerdictShape]:
    """What its gate said, the newest first, each with the evidence it rests on."""
    release = _found(caller, release_id)
    found = caller.store.verdicts(release.id, wanted.limit + 1, before=paging.number(wanted.after))
    page, following = paging.cut(found, wanted.limit, lambda each: str(each.id))
    paging.link_next(request, response, following)
    return PageShape(items=[verdict_shape(each) for each in page], next=following)


@router.get("/{release_id}/verdicts/{number}")
def show_verdict(release_id: ReleaseId, number: VerdictNumber, caller: Seeing) -> VerdictShape:
    """One verdict with its evidence."""
    release = _found(caller, release_id)
    verdict = caller.store.verdict(number)
    if verdict is None or verdict.evidence.release != release.id:
        raise VerdictUnknown(number)
    return verdict_shape(verdict)


@router.get("/{release_id}/verdicts/{number}/replay")
def replay_verdict(release_id: ReleaseId, number: VerdictNumber, caller: Seeing) -> ReplayShape:
    """The same evidence judged again, by the terms of its own contract."""
    release = _found(caller, release_id)
    verdict = caller.store.verdict(number)
    if verdict is None or verdict.evidence.release != release.id:
        raise VerdictUnknown(number)
    return replay_shape(replay(caller.store, verdict))


@router.post("/{release_id}/sign")
def sign_release(
    release_id: ReleaseId,
    wanted: ReasonIn,
    response: Response,
    caller: Signing,
    if_match: IfMatch = None,
) -> ReleaseShape:
    """Sign, as the governance owner, what it moves to the machine; never one's own change."""
    with _on(caller, _found(caller, release_id, Right.SIGN), _required(if_match)) as seen:
        found = lifecycle.sign(caller.context, release_id, caller.id, wanted.reason, seen=seen)
    return _told(found, response)


@router.post("/{release_id}/start")
def start_release(
    release_id: ReleaseId,
    wanted: StartIn,
    response: Response,
    caller: Signing,
    if_match: IfMatch = None,
) -> ReleaseShape:
    """New cases join it from now on; the one before is kept as the way back."""
    context, stage = caller.context, Stage(wanted.stage)
    with _on(caller, _found(caller, release_id, Right.SIGN), _required(if_match)) as seen:
        found = lifecycle.start(context, release_id, stage, caller.id, wanted.reason, seen=seen)
    return _told(found, response)


@router.post("/{release_id}/promote")
def promote_release(
    release_id: ReleaseId,
    wanted: PromoteIn,
    response: Response,
    caller: Signing,
    if_match: IfMatch = None,
) -> ReleaseShape:
    """One rung up, on its gate's latest verdict on record; never by whoever proposed it."""
    context, segment = caller.context, wanted.segment
    with _on(caller, _found(caller, release_id, Right.SIGN), _required(if_match)) as seen:
        found = lifecycle.promote(
            context, release_id, caller.id, wanted.reason, segment=segment, seen=seen
        )
    return _told(found, response)


@router.post("/{release_id}/hold")
def hold_release(
    release_id: ReleaseId,
    wanted: ReasonIn,
    response: Response,
    caller: Pausing,
    if_match: IfMatch = None,
) -> ReleaseShape:
    """Keep it at its stage. If-Match is checked when it is sent, and not asked for."""
    with _on(caller, _found(caller, release_id, Right.PAUSE), if_match) as seen:
        found = lifecycle.hold(caller.context, release_id, caller.id, wanted.reason, seen=seen)
    return _told(found, response)


@router.post("/{release_id}/hold/end")
def end_hold_of_release(
    release_id: ReleaseId,
    wanted: ReasonIn,
    response: Response,
    caller: Resuming,
    if_match: IfMatch = None,
) -> ReleaseShape:
    """End the hold; it may climb again, on evidence."""
    with _on(caller, _found(caller, release_id, Right.RESUME), _required(if_match)) as seen:
        found = lifecycle.end_hold(caller.context, release_id, caller.id, wanted.reason, seen=seen)
    return _told(found, response)


@router.post("/{release_id}/rollback")
def roll_back_release(
    release_id: ReleaseId,
    wanted: ReasonIn,
    response: Response,
    caller: Pausing,
    if_match: IfMatch = None,
) -> ReleaseShape:
    """Take it back now, with its cases in flight; gives what new cases join from now on.

    If-Match is checked when it is sent, and not asked for: a person can always stop it.
    """
    context = caller.context
    with _on(caller, _found(caller, release_id, Right.PAUSE), if_match) as seen:
        found = taking_back.roll_back(context, release_id, caller.id, wanted.reason, seen=seen)
    return _told(found, response)


@router.post("/{release_id}/stand-down")
def stand_down_segment(
    release_id: ReleaseId,
    wanted: StandDownIn,
    response: Response,
    caller: Pausing,
    if_match: IfMatch = None,
) -> ReleaseShape:
    """Take one segment back now, with its cases in flight; the others go on."""
    context, segment = caller.context, wanted.segment
    with _on(caller, _found(caller, release_id, Right.PAUSE), if_match) as seen:
        found = taking_back.stand_down(
            context, release_id, segment, caller.id, wanted.reason, seen=seen
        )
    return _told(found, response)


@router.post("/{release_id}/withdraw")
def withdraw_release(
    release_id: ReleaseId,
    wanted: ReasonIn,
    response: Response,
    caller: Seeing,
    if_match: IfMatch = None,
) -> ReleaseShape:
    """Give up a release that never started: whoever proposed it, or an owner."""
    with _on(caller, _found(caller, release_id), _required(if_match)) as seen:
        found = lifecycle.withdraw(caller.context, release_id, caller.id, wanted.reason, seen=seen)
    return _told(found, response)


def _found(caller: Caller, release_id: str, right: Right = Right.SEE) -> Release:
    """The release, when it is the caller's to see. Raises: ReleaseUnknown, RightMissing."""
    release = caller.store.release(release_id)
    seen = caller.visitor.workflows
    if release is None or (seen is not None and release.workflow not in seen):
        raise ReleaseUnknown(release_id)
    _for_all_tenants(caller)
    caller.need(right, workflow=release.workflow)
    return release


def _for_all_tenants(caller: Caller) -> None:
    """A gate counts every tenant's cases. Raises: RightMissing for whoever sees some only."""
    if caller.visitor.tenants is not None:
        raise RightMissing(
            Right.SEE, "a release is of every tenant's cases, and you may see some tenants only"
        )


def _required(if_match: str | None) -> str:
    """What the caller has seen. Raises: PreconditionNeeded."""
    if if_match is None:
        raise PreconditionNeeded
    return if_match


@contextmanager
def _on(caller: Caller, release: Release, if_match: str | None) -> Iterator[int | None]:
    """The version a move is based on, which the command holds it to in its own transaction; None:
    on any, where the caller did not say.

    Raises: ReleaseChanged, also when another was quicker after this look.
    """
    if if_match is None:
        yield None
        return
    if release_tag(release) not in {each.strip() for each in if_match.split(",")}:
        raise ReleaseChanged(release.id, release.state, release_tag(release))
    try:
        yield release.version
    except ReleaseOvertaken:
        now = caller.store.release(release.id) or release
        raise ReleaseChanged(now.id, now.state, release_tag(now)) from None


def _told(release: Release, response: Response) -> ReleaseShape:
    response.headers["etag"] = release_tag(release)
    return release_shape(release)
