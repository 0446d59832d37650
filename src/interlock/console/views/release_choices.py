"""What may be done to a release from the board, who may, and what it would do to whom.

One rule: nothing here changes anything; a move that is off says why and who could.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from interlock.console import words
from interlock.console.views.release_delta import delta_shown
from interlock.console.views.release_words import FALLBACKS, STAGE_SAYS, stage_words
from interlock.domain.contract import FallbackMode, Stage, WorkflowContract
from interlock.domain.gate import GateDecision, GateVerdict
from interlock.domain.people import Right
from interlock.domain.release import (
    Release,
    ReleaseState,
    lower,
    next_stage,
    stage_after_rollback,
)
from interlock.domain.rules import release_moves as moves
from interlock.domain.rules.rights import may, roles_with
from interlock.release import rights
from interlock.release.changing import fallback_of
from interlock.release.errors import ReleaseRefused
from interlock.runtime.context import Context

PROMOTE, HOLD, END_HOLD = "promote", "hold", "end_hold"
ROLL_BACK, STAND_DOWN = "roll_back", "stand_down"
SIGN, START_SHADOW, START_ASSISTED, WITHDRAW = "sign", "start_shadow", "start_assisted", "withdraw"
RIGHTS: Final = MappingProxyType(
    {
        PROMOTE: Right.SIGN,
        HOLD: Right.PAUSE,
        END_HOLD: Right.RESUME,
        ROLL_BACK: Right.PAUSE,
        STAND_DOWN: Right.PAUSE,
        SIGN: Right.SIGN,
        START_SHADOW: Right.SIGN,
        START_ASSISTED: Right.SIGN,
        WITHDRAW: Right.SIGN,
    }
)
# Going down is never kept waiting for a newer look at the page.
AT_ONCE: Final = frozenset({HOLD, ROLL_BACK, STAND_DOWN})
NAMED: Final = 4  # people; enough to find somebody to ask


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One thing that can be done. off: why not, empty when it can. segment: only that one."""

    key: str
    title: str
    says: str
    off: str = ""
    segment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OnTheWay:
    """Open cases of a release. in_machine_hands: those no person is asked about now."""

    cases: int = 0
    in_machine_hands: int = 0

    @property
    def with_people(self) -> int:
        return self.cases - self.in_machine_hands


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The second step: what exactly would happen. button: its words; is_down: it takes back."""

    choice: Choice
    title: str
    effects: tuple[str, ...]
    button: str
    is_down: bool


def choices_of(
    context: Context,
    release: Release,
    contract: WorkflowContract,
    person: str,
    verdicts: Mapping[str, GateVerdict],
    segments: Sequence[str],
) -> tuple[Choice, ...]:
    """Everything that can be done to a release as it stands, the way up first.

    verdicts: the latest on record, by segment, for that is what a promotion rests on.
    """
    offered = (
        _running(release, contract, verdicts, segments)
        if release.state is ReleaseState.RUNNING
        else _proposed(release)
        if release.state is ReleaseState.PROPOSED
        else iter(())
    )
    return tuple(_permitted(context, release, contract, person, each) for each in offered)


def on_the_way(context: Context, release: Release, segment: str = "") -> OnTheWay:
    """The open cases of a release, or of one segment of it."""
    rows = context.store.open_in_eras(release.workflow, moves.eras_of(release))
    those = [each for each in rows if not segment or each.segment == segment]
    return OnTheWay(
        cases=sum(each.cases for each in those),
        in_machine_hands=sum(each.in_machine_hands for each in those),
    )


def asked(context: Context, release: Release, contract: WorkflowContract, choice: Choice) -> Asked:
    """What a choice would do, to how many cases."""
    flow = on_the_way(context, release, choice.segment)
    running = context.store.running_release(release.workflow)
    effects = tuple(_effects(release, contract, choice, flow, running, context))
    is_down = choice.key in (ROLL_BACK, STAND_DOWN)
    return Asked(
        choice=choice,
        title=f"{choice.title}?",
        effects=effects,
        button=_button(choice),
        is_down=is_down,
    )


def who_may(context: Context, contract: WorkflowContract, right: Right) -> str:
    """Who could do it instead, by role and by name."""
    roles = " or ".join(str(each) for each in roles_with(right))
    people = [
        each.name
        for each in context.store.accounts()
        if may(each, right, workflow=contract.workflow).allowed and not each.is_agent
    ]
    names = f": {words.listed(people[:NAMED], 'or')}" if people else ""
    return f"The role {roles} may{names}."


def _running(
    release: Release,
    contract: WorkflowContract,
    verdicts: Mapping[str, GateVerdict],
    segments: Sequence[str],
) -> Iterator[Choice]:
    own = [each for each in segments if each]
    judged = own if contract.rollout.by_segment and own else ["", *release.segments]
    for segment in judged:
        yield _promote(release, segment, verdicts.get(segment))
    if release.held_by is None:
        says = "Nothing changes. It is not promoted until somebody ends the hold."
        yield Choice(key=HOLD, title="Hold", says=says)
    else:
        says = "It may climb again, on its gate's next verdict."
        yield Choice(key=END_HOLD, title="End the hold", says=says)
    down = _down_words(contract)
    low = _stage_after(release, contract)
    yield Choice(key=ROLL_BACK, title=f"Roll back to {low}", says=f"At once. {down}")
    for segment in own:
        title = f"Stand down {words.spaced(segment)}"
        says = "At once, this segment only; the others go on."
        yield Choice(key=STAND_DOWN, title=title, says=says, segment=segment)


def _promote(release: Release, segment: str, verdict: GateVerdict | None) -> Choice:
    stand = release.stand_of(segment)
    higher = next_stage(stand.stage)
    of = f" {words.spaced(segment)}" if segment else ""
    if higher is None:
        says = "It stands at the top of the ladder."
        return Choice(key=PROMOTE, title=f"Promote{of}", says=says, off=says, segment=segment)
    title = f"Promote{of} to {stage_words(higher, release.canary_share)}"
    says = f"{STAGE_SAYS[higher]}."
    return Choice(
        key=PROMOTE,
        title=title,
        says=says,
        off=_not_ripe(release, verdict, stand.era),
        segment=segment,
    )


def _not_ripe(release: Release, verdict: GateVerdict | None, era: str) -> str:
    if release.held_by is not None:
        return "Blocked: somebody holds it where it is."
    if verdict is None or verdict.evidence.era != era:
        return "Blocked: its gate has said nothing on record at this stage yet."
    if verdict.decision is not GateDecision.PROMOTE:
        return f"Blocked: the verdict is {str(verdict.decision).replace('_', ' ')}, not promote."
    return ""


def _proposed(release: Release) -> Iterator[Choice]:
    signed = moves.is_signed(release, moves.WIDENING)
    if release.widens and not signed:
        says = "That what moves to the machine may move, in your name."
        yield Choice(key=SIGN, title="Sign what AI may newly do", says=says)
    unsigned = (
        "Blocked: what AI may newly do is not signed." if release.widens and not signed else ""
    )
    for key, stage in ((START_SHADOW, Stage.SHADOW), (START_ASSISTED, Stage.ASSISTED)):
        title = f"Start in {stage_words(stage)}"
        yield Choice(key=key, title=title, says=f"{STAGE_SAYS[stage]}.", off=unsigned)
    says = "It is given up. No case ever joins it."
    yield Choice(key=WITHDRAW, title="Withdraw", says=says)


def _permitted(
    context: Context, release: Release, contract: WorkflowContract, person: str, choice: Choice
) -> Choice:
    """The choice, off when this person may not make it."""
    off = _not_theirs(context, release, contract, person, choice.key) or choice.off
    return Choice(
        key=choice.key, title=choice.title, says=choice.says, off=off, segment=choice.segment
    )


def _not_theirs(
    context: Context, release: Release, contract: WorkflowContract, person: str, key: str
) -> str:
    mine = person == release.proposed_by
    if key == WITHDRAW and mine:
        return ""
    if key in (SIGN, PROMOTE) and mine:
        return "You proposed this version, and nobody signs their own change."
    if key == SIGN and not _is_governance(context, release, person):
        return f"Only the governance owner signs this. {who_governs(context, contract)}"
    if rights.permission(context, release.workflow, person, RIGHTS[key]).allowed:
        return ""
    return f"You may not. {who_may(context, contract, RIGHTS[key])}"


def who_governs(context: Context, contract: WorkflowContract) -> str:
    """The governance owner by name."""
    owner = contract.owners.governance
    account = context.store.account(owner)
    known = contract.people.get(owner)
    name = account.name if account else known.name if known else owner
    return f"That is {name}."


def _is_governance(context: Context, release: Release, person: str) -> bool:
    try:
        rights.demand_governance(context, release.workflow, person, release.id)
    except ReleaseRefused:
        return False
    return True


def _stage_after(release: Release, contract: WorkflowContract) -> str:
    mode = fallback_of(contract)
    if mode is FallbackMode.PREVIOUS_VERSION and release.previous is not None:
        return "the version before"
    return stage_words(lower(release.stand.stage, stage_after_rollback(mode)))


def _down_words(contract: WorkflowContract) -> str:
    mode = fallback_of(contract)
    return f"AI stops at a safe point in its cases, and they {FALLBACKS[mode]}."


def _effects(
    release: Release,
    contract: WorkflowContract,
    choice: Choice,
    flow: OnTheWay,
    running: Release | None,
    context: Context,
) -> Iterator[str]:
    """What would happen, one sentence each."""
    hours = contract.rollout.cool_off_hours
    match choice.key:
        case "promote":
            yield from _up(release, choice, flow)
        case "hold":
            yield f"{_cases(flow)} on the way: nothing changes for any of them."
            yield "The gate goes on looking. It still takes the release back by itself."
        case "end_hold":
            yield f"{_cases(flow)} on the way: nothing changes for any of them."
            yield "Going up still needs a verdict and a signature."
        case "roll_back" | "stand_down":
            mode = fallback_of(contract)
            yield (
                f"{_cases(flow)} on the way. {flow.in_machine_hands:,} in AI hands or on their way "
                f"by themselves stop at a safe point, and {FALLBACKS[mode]}; "
                f"{flow.with_people:,} are with people and stay there."
            )
            yield "Nothing the AI decided in these cases starts any more. That is never lifted."
            yield from _new_cases(release, contract, choice)
            calm = words.counted(hours, "hour")
            yield f"It climbs again on new evidence only, after {calm} of calm."
        case "sign":
            yield from _signed(context, release)
            yield "Nothing starts by this. Somebody starts the release afterwards."
        case "withdraw":
            yield "No case has joined it, so nothing changes for any case."
        case _:
            yield from _begins(choice, running, context)


def _signed(context: Context, release: Release) -> Iterator[str]:
    """What the signature is given for: each change with the cases it was counted to touch."""
    delta = delta_shown(context.store, release)
    for each in delta.rows if delta else ():
        yield f"{each.title}. {each.towards}. {each.touches}".strip()
    if delta and delta.together:
        yield delta.together


def _up(release: Release, choice: Choice, flow: OnTheWay) -> Iterator[str]:
    higher = next_stage(release.stand_of(choice.segment).stage)
    if higher is Stage.CANARY:
        share = f"{release.canary_share:.0%}"
        yield f"From now on AI decides about {share} of the new cases alone, inside its limits."
        yield "The others are decided by people, as now."
    elif higher is not None:
        yield f"New cases from now on: {STAGE_SAYS[higher]}."
    yield f"{_cases(flow)} on the way: each finishes at the stage it began with."
    yield "Evidence is counted anew from this moment. The gate takes it back by itself if it must."


def _new_cases(release: Release, contract: WorkflowContract, choice: Choice) -> Iterator[str]:
    if choice.segment:
        mode = fallback_of(contract)
        low = lower(release.stand_of(choice.segment).stage, stage_after_rollback(mode))
        yield f"New cases of {words.spaced(choice.segment)} begin at {stage_words(low)}."
    elif fallback_of(contract) is FallbackMode.PREVIOUS_VERSION and release.previous is not None:
        yield "New cases join the version before it, at the stage that one had."
    else:
        yield f"New cases begin at {_stage_after(release, contract)}."


def _begins(choice: Choice, running: Release | None, context: Context) -> Iterator[str]:
    stage = Stage.SHADOW if choice.key == START_SHADOW else Stage.ASSISTED
    yield f"New cases join this version at {stage_words(stage)}: {STAGE_SAYS[stage]}."
    if running is None:
        yield "No release is running now. Open cases stay as they are."
        return
    flow = on_the_way(context, running)
    yield (
        f"The version that runs now, at {stage_words(running.stand.stage, running.canary_share)}, "
        f"is kept as the way back. Its {_cases(flow).lower()} finish on it."
    )


def _cases(flow: OnTheWay) -> str:
    return words.counted(flow.cases, "case")


def _button(choice: Choice) -> str:
    return {
        PROMOTE: f"Sign: {choice.title}",
        HOLD: "Hold it",
        END_HOLD: "End the hold",
        ROLL_BACK: "Roll back now",
        STAND_DOWN: "Stand it down now",
        SIGN: "Sign",
        WITHDRAW: "Withdraw it",
    }.get(choice.key, choice.title)
