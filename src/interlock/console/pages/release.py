"""The release board: how a release stands at its gate, and the moves people make on it.

One rule: a move takes two steps, the second of which says what will happen to how many cases; and
only the release's own commands change anything.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from interlock.console.guard import Form, text
from interlock.console.pages.release_live import seen_of
from interlock.console.pages.workflow import contract_of
from interlock.console.refusals import FormUnfit
from interlock.console.shell import page
from interlock.console.views.release import Board, board_of, which
from interlock.console.views.release_choices import (
    AT_ONCE,
    END_HOLD,
    HOLD,
    PROMOTE,
    ROLL_BACK,
    SIGN,
    STAND_DOWN,
    START_ASSISTED,
    START_SHADOW,
    WITHDRAW,
    Choice,
    asked,
    who_may,
)
from interlock.console.views.release_evidence import evidence_of
from interlock.console.views.release_gate import gate_lines
from interlock.console.views.release_past import past_of
from interlock.console.views.scope import scope_of
from interlock.console.views.workflow import head_now
from interlock.console.words import sentence_of
from interlock.domain.contract import Stage, WorkflowContract
from interlock.domain.people import Right
from interlock.domain.release import Release
from interlock.domain.rules.release_moves import ReleaseMoveRefused
from interlock.errors import InterlockError
from interlock.release import lifecycle, rights, taking_back
from interlock.release.errors import ReleaseOvertaken, ReleaseRefused
from interlock.web.boundary import Caller, needs
from interlock.web.problems import status_of

router = APIRouter()

Reader = Annotated[Caller, Depends(needs(Right.SEE))]
Proposer = Annotated[Caller, Depends(needs(Right.OPERATE))]
LARGEST_NUMBER: Final = 2**63 - 1
Place = Annotated[int | None, Query(ge=1, le=LARGEST_NUMBER)]  # where a list goes on
OVERTAKEN: Final = "It changed since you saw it. Look at it again, then decide."


@router.get("/workflows/{workflow}/release")
def release_board(request: Request, caller: Reader, workflow: str) -> Response:
    """Where the release stands, and what can be done."""
    contract = _contract(caller, workflow)
    if not _sees_all(caller):
        return _narrow(request, caller, contract)
    release = _wanted(caller, contract, request.query_params.get("release", ""))
    return _board(request, caller, contract, release)


@router.post("/workflows/{workflow}/release/ask")
def ask(request: Request, form: Form, caller: Reader, workflow: str) -> Response:
    """The second step: what the move would do. Nothing is done by asking."""
    contract, release, choice = _chosen(caller, workflow, form)
    board = board_of(caller, contract, release, choice.segment)
    reason = text(form, "reason")
    offered = next(
        (e for e in board.choices if (e.key, e.segment) == (choice.key, choice.segment)), None
    )
    if offered is None:
        return _board(
            request, caller, contract, release, refused=OVERTAKEN, typed=reason, status=409
        )
    if offered.off:
        return _board(
            request, caller, contract, release, refused=offered.off, typed=reason, status=403
        )
    if not reason:
        refused = "No reason is given; say why. It goes on record."
        return _board(request, caller, contract, release, refused=refused, status=422)
    return page(
        request,
        "release_confirm.html",
        section="ops",
        head=head_now(caller.context, contract),
        board=board,
        asked=asked(caller.context, release, board.contract, offered),
        reason=reason,
    )


@router.post("/workflows/{workflow}/release/do")
def do(request: Request, form: Form, caller: Reader, workflow: str) -> Response:
    """Does it, by the release's own command."""
    contract, release, choice = _chosen(caller, workflow, form)
    reason = text(form, "reason")
    if text(form, "version") != str(release.version) and choice.key not in AT_ONCE:
        return _board(
            request, caller, contract, release, refused=OVERTAKEN, typed=reason, status=409
        )
    try:
        after = _done(caller, release, choice, reason)
    except (ReleaseRefused, ReleaseMoveRefused, ReleaseOvertaken) as refused:
        said = _said(caller, contract, refused)
        now = caller.store.release(release.id) or release
        status = int(status_of(refused))
        return _board(request, caller, contract, now, refused=said, typed=reason, status=status)
    where = f"/workflows/{workflow}/release"
    is_main = which(caller.store.releases(workflow), "")
    other = f"?release={after.id}" if is_main is None or is_main.id != after.id else ""
    return RedirectResponse(f"{where}{other}", HTTPStatus.SEE_OTHER)


@router.post("/workflows/{workflow}/release/propose")
def propose(request: Request, form: Form, caller: Proposer, workflow: str) -> Response:
    """Proposes the version in the workflow's folder; no case joins it by that."""
    contract = _contract(caller, workflow)
    _need_all(caller)
    reason = text(form, "reason")
    try:
        found = lifecycle.propose(caller.context, workflow, caller.id, reason)
    except (ReleaseRefused, ReleaseMoveRefused, ReleaseOvertaken) as refused:
        said, status = _said(caller, contract, refused), int(status_of(refused))
        release = which(caller.store.releases(workflow), "")
        return _board(request, caller, contract, release, refused=said, typed=reason, status=status)
    where = f"/workflows/{workflow}/release?release={found.id}"
    return RedirectResponse(where, HTTPStatus.SEE_OTHER)


@router.get("/workflows/{workflow}/release/history")
def history_page(
    request: Request,
    caller: Reader,
    workflow: str,
    before: Place = None,
    verdicts: Place = None,
) -> Response:
    """Everything done to a release and everything its gate said, page by page."""
    contract = _contract(caller, workflow)
    _need_all(caller)
    release = _wanted(caller, contract, request.query_params.get("release", ""))
    if release is None:
        raise HTTPException(404)
    return page(
        request,
        "release_past.html",
        section="ops",
        head=head_now(caller.context, contract),
        release=release,
        past=past_of(caller.store, release, contract, before=before, verdicts_before=verdicts),
    )


@router.get("/workflows/{workflow}/release/verdicts/{number}")
def verdict_page(request: Request, caller: Reader, workflow: str, number: int) -> Response:
    """One verdict with the evidence it rests on, judged again before the reader's eyes."""
    contract = _contract(caller, workflow)
    _need_all(caller)
    verdict = caller.store.verdict(number) if 0 < number <= LARGEST_NUMBER else None
    if verdict is None or verdict.evidence.workflow != workflow:
        raise HTTPException(404)
    return page(
        request,
        "release_evidence.html",
        section="ops",
        head=head_now(caller.context, contract),
        evidence=evidence_of(caller.store, verdict),
    )


def _board(
    request: Request,
    caller: Caller,
    contract: WorkflowContract,
    release: Release | None,
    *,
    refused: str = "",
    typed: str = "",
    status: int = 200,
) -> Response:
    head = head_now(caller.context, contract)
    may = rights.permission(caller.context, contract.workflow, caller.id, Right.OPERATE)
    view: dict[str, Any] = {
        "head": head,
        "refused": refused,
        "typed": typed,
        "may_propose": may.allowed,
        "who_may_propose": "" if may.allowed else who_may(caller.context, contract, Right.OPERATE),
        "new_version": _new_version(caller, contract),
        "status": status,
        "section": "ops",
    }
    if release is None:
        lines = gate_lines(contract.gate) if contract.gate else ()
        return page(request, "release_none.html", contract=contract, lines=lines, **view)
    board = board_of(caller, contract, release, request.query_params.get("segment", ""))
    return page(request, "release.html", board=board, events=_events(board), **view)


def _narrow(request: Request, caller: Caller, contract: WorkflowContract) -> Response:
    """What somebody sees who may see some tenants only: where it stands, and no number."""
    release = caller.store.running_release(contract.workflow)
    return page(
        request,
        "release_narrow.html",
        section="ops",
        head=head_now(caller.context, contract),
        release=release,
    )


def _events(board: Board) -> str:
    latest = board.verdicts[0] if board.verdicts else None
    asked = {
        "release": board.release.id,
        "segment": board.segment,
        "seen": seen_of(board.release.version, str(latest.decision) if latest else ""),
    }
    return f"/events/release/{board.release.workflow}?{urlencode(asked)}"


def _new_version(caller: Caller, contract: WorkflowContract) -> bool:
    """Whether the version in the folder is none that was proposed and not given up."""
    loaded = caller.context.workflows.named(contract.workflow).contract.fingerprint
    known = caller.store.releases(contract.workflow)
    return contract.gate is not None and not any(
        each.fingerprint == loaded and each.state in lifecycle.LIVE for each in known
    )


def _contract(caller: Caller, workflow: str) -> WorkflowContract:
    return contract_of(scope_of(caller.context, caller.visitor), workflow)


def _wanted(caller: Caller, contract: WorkflowContract, wanted: str) -> Release | None:
    found = which(caller.store.releases(contract.workflow), wanted)
    if wanted and found is None:
        raise HTTPException(404)
    return found


def _sees_all(caller: Caller) -> bool:
    """A gate counts the cases of every tenant, so its numbers are for who may see every one."""
    return caller.visitor.tenants is None


def _need_all(caller: Caller) -> None:
    if not _sees_all(caller):
        raise HTTPException(404)


def _chosen(caller: Caller, workflow: str, form: Any) -> tuple[WorkflowContract, Release, Choice]:
    """What a form is about. Raises: FormUnfit, HTTPException."""
    contract = _contract(caller, workflow)
    _need_all(caller)
    release = caller.store.release(text(form, "release", most=200))
    if release is None or release.workflow != workflow:
        raise HTTPException(404)
    key, _, segment = text(form, "move", most=300).partition("|")
    if key not in _MOVES:
        raise FormUnfit("move", key[:80])
    return contract, release, Choice(key=key, title="", says="", segment=segment)


def _done(caller: Caller, release: Release, choice: Choice, reason: str) -> Release:
    """The release after the move. What goes up is held to the version that was on the page, in the
    command's own transaction; what goes down at once is not."""
    context, by = caller.context, caller.id
    seen = None if choice.key in AT_ONCE else release.version
    match choice.key:
        case "promote":
            segment = choice.segment
            return lifecycle.promote(context, release.id, by, reason, segment=segment, seen=seen)
        case "hold":
            return lifecycle.hold(context, release.id, by, reason, seen=seen)
        case "end_hold":
            return lifecycle.end_hold(context, release.id, by, reason, seen=seen)
        case "roll_back":
            return taking_back.roll_back(context, release.id, by, reason, seen=seen)
        case "stand_down":
            part = choice.segment
            return taking_back.stand_down(context, release.id, part, by, reason, seen=seen)
        case "sign":
            return lifecycle.sign(context, release.id, by, reason, seen=seen)
        case "withdraw":
            return lifecycle.withdraw(context, release.id, by, reason, seen=seen)
    stage = Stage.SHADOW if choice.key == START_SHADOW else Stage.ASSISTED
    return lifecycle.start(context, release.id, stage, by, reason, seen=seen)


def _said(caller: Caller, contract: WorkflowContract, refused: InterlockError) -> str:
    """Why it was refused, and who could."""
    if isinstance(refused, ReleaseOvertaken):
        return OVERTAKEN
    if isinstance(refused, ReleaseMoveRefused):
        return f"{sentence_of(refused.what)}; {refused.remedy}."
    reason = f"{sentence_of(str(getattr(refused, 'reason', refused)))}."
    verb = getattr(refused, "verb", "")
    right = Right.OPERATE if verb == "propose" else Right.PAUSE if verb in _DOWN else Right.SIGN
    is_right = getattr(refused, "rule", "") in ("role", "owner", "agent", "account")
    return f"{reason} {who_may(caller.context, contract, right)}" if is_right else reason


_MOVES: Final = frozenset(
    {
        PROMOTE,
        HOLD,
        END_HOLD,
        ROLL_BACK,
        STAND_DOWN,
        SIGN,
        START_SHADOW,
        START_ASSISTED,
        WITHDRAW,
    }
)
_DOWN: Final = frozenset({"hold", "roll back", "stand down"})
