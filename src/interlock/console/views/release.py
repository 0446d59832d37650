"""The release board of one workflow: one release, as its gate sees it at this moment.

One rule: what the board says of now is judged now and recorded nowhere; what was decided rests on
the verdicts on record, and both can be opened.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from interlock.console.views.pauses import shown_pauses
from interlock.console.views.release_ahead import AheadShown, ahead_shown
from interlock.console.views.release_budget import Burn, burn_of
from interlock.console.views.release_choices import Choice, OnTheWay, choices_of, on_the_way
from interlock.console.views.release_delta import Proposal, proposal_of
from interlock.console.views.release_gate import Shown, shown
from interlock.console.views.release_history import (
    Rung,
    SegmentStand,
    Told,
    history,
    ladder,
    last_fired,
    segment_stands,
    taken_back_by,
)
from interlock.console.views.release_verdict import Said, said_of
from interlock.domain.contract import Stage, WorkflowContract
from interlock.domain.gate import GateVerdict
from interlock.domain.release import Release, ReleaseState, next_stage
from interlock.domain.rules import release_moves as moves
from interlock.errors import InterlockError
from interlock.release.agreement import Agreement, Disagreement, agreement, disagreements
from interlock.release.changing import contract_of
from interlock.release.gate_now import GateNow, look
from interlock.runtime.context import Context
from interlock.storage import Store
from interlock.storage.releases import HistoryLine
from interlock.web.boundary import Caller

VERDICTS: Final = 10  # on record, listed
LINES: Final = 20  # of its history; the others have a page of their own
APART: Final = 12  # disagreements, listed
OFFERED: Final = 12  # segments to choose from; any other is chosen on its own page


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """One case in which a watched AI did not come to the same. pairs: (field, said, done)."""

    case_id: str
    key: str
    step: str
    segment: str
    error: str
    is_open: bool
    pairs: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """Everything the board shows of one release."""

    release: Release
    contract: WorkflowContract
    segment: str
    said: Said
    rungs: tuple[Rung, ...]
    gate: Shown | None
    recorded: GateVerdict | None
    is_as_recorded: bool
    burn: Burn | None
    segments: tuple[SegmentStand, ...]
    history: tuple[Told, ...]
    older_than: int | None  # the number of the last line shown; None: there are no older ones
    verdicts: tuple[GateVerdict, ...]
    choices: tuple[Choice, ...]
    proposal: Proposal
    ahead: tuple[AheadShown, ...]
    on_the_way: OnTheWay
    agreement: tuple[Agreement, ...] = ()
    apart: tuple[Apart, ...] = ()
    is_paused: bool = False
    others: tuple[Release, ...] = field(default=())

    @property
    def is_running(self) -> bool:
        return self.release.state is ReleaseState.RUNNING

    @property
    def next_stage(self) -> Stage | None:
        """One rung up from where it stands; None at the top."""
        return next_stage(self.release.stand_of(self.segment).stage)


def which(releases: Sequence[Release], wanted: str) -> Release | None:
    """The release asked for; else the running one, the newest proposed, or the newest."""
    by_id = {str(each.id): each for each in releases}
    if wanted:
        return by_id.get(wanted)
    for state in (ReleaseState.RUNNING, ReleaseState.PROPOSED):
        found = next((each for each in releases if each.state is state), None)
        if found is not None:
            return found
    return releases[0] if releases else None


def board_of(
    caller: Caller, contract: WorkflowContract, release: Release, segment: str = ""
) -> Board:
    """The board of one release. contract: the one in force, for names; the gate is the release's.

    segment: judged by itself; empty: all cases.
    """
    context, now = caller.context, caller.context.clock.now()
    store = caller.store
    own, why = _own(context, release, contract)
    events = store.release_events(release.id)
    lines, older_than = _latest_lines(store, release)
    eras = moves.eras_of(release)
    seen = store.segments_of_eras(eras)
    segment = segment if segment in {*seen, *release.segments} else ""
    stand = release.stand_of(segment)
    found, why = (None, why) if why else _looked(caller, release, segment)
    fired = last_fired(store, events)
    gate = shown(found.verdict, own.gate, fired) if found and own.gate else None
    latest = {each.evidence.segment: each for each in store.latest_verdicts(release.id)}
    recorded = latest.get(segment)
    if recorded is not None and recorded.evidence.era != stand.era:
        recorded = None  # it is about the stage before
    pauses = [each for each in shown_pauses(context) if _is_here(each.key, release.workflow)]
    return Board(
        release=release,
        contract=own,
        segment=segment,
        said=said_of(
            release,
            stand,
            own,
            gate,
            taken_back_by(events, stand) if release.state is ReleaseState.RUNNING else None,
            now,
            is_paused=bool(pauses),
            why_none=why,
        ),
        rungs=ladder(release, stand, events, segment, now),
        gate=gate,
        recorded=recorded,
        is_as_recorded=_same(recorded, found),
        burn=burn_of(store, release, segment, found.budget if found else None, now),
        segments=segment_stands(release, seen, latest),
        history=history(release, contract, [each.event for each in reversed(lines)]),
        older_than=older_than,
        verdicts=tuple(store.verdicts(release.id, VERDICTS)),
        choices=choices_of(
            context, release, own, caller.id, latest, [segment] if segment else seen[:OFFERED]
        ),
        proposal=proposal_of(store, release, contract),
        ahead=ahead_shown(store, release, contract),
        on_the_way=on_the_way(context, release),
        agreement=tuple(agreement(store, release)),
        apart=tuple(_apart(caller, each) for each in disagreements(store, release, APART)),
        is_paused=bool(pauses),
        others=tuple(each for each in store.releases(release.workflow) if each.id != release.id),
    )


def _own(
    context: Context, release: Release, contract: WorkflowContract
) -> tuple[WorkflowContract, str]:
    """The release's own contract; else the one in force, and why it is not its own."""
    try:
        return contract_of(context, release), ""
    except InterlockError as unable:
        return contract, f"Its code is not loaded here: {unable}."


def _latest_lines(store: Store, release: Release) -> tuple[list[HistoryLine], int | None]:
    """The newest lines of its history, and the number of the last of them when there are more."""
    found = store.release_history(release.id, LINES + 1)
    return found[:LINES], found[LINES - 1].number if len(found) > LINES else None


def _looked(caller: Caller, release: Release, segment: str) -> tuple[GateNow | None, str]:
    """The gate as of now; else why there is none."""
    if release.state is not ReleaseState.RUNNING:
        return None, ""
    try:
        return look(caller.context, release, segment), ""
    except InterlockError as unable:
        return None, f"It cannot be judged here: {unable}."


def _same(recorded: GateVerdict | None, found: GateNow | None) -> bool:
    """Whether what is on record says what would be said now."""
    if recorded is None or found is None:
        return False
    now = found.verdict
    same_era = recorded.evidence.era == now.evidence.era
    return (
        same_era
        and recorded.decision is now.decision
        and (recorded.evidence.counts == now.evidence.counts)
    )


def _is_here(key: str, workflow: str) -> bool:
    kind, of, _ = (*key.split("|"), "", "")[:3]
    return kind == "everything" or of == workflow


def _apart(caller: Caller, each: Disagreement) -> Apart:
    """One disagreement with what is protected in it hidden."""
    found = caller.store.load([each.case_id])
    veil = caller.veil(found[0]) if found else None
    said = veil.fields(each.said or {}) if veil else {}
    done = veil.fields(each.done or {}) if veil else {}
    pairs = tuple((name, _text(said.get(name)), _text(done.get(name))) for name in each.differs)
    return Apart(
        case_id=each.case_id,
        key=each.key,
        step=each.step,
        segment=each.segment,
        error=veil.text(each.error) if veil else "",
        is_open=each.said is None and not each.error,
        pairs=pairs if each.said is not None else (),
    )


def _text(value: Any) -> str:
    return "nothing" if value in (None, "") else str(value)
