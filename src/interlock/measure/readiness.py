"""How ready a workflow is for automation: one honest level, and what is missing for the next.

One rule: a level is reached when every check up to it passes; what was not measured does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Final

from interlock.domain.contract import WorkflowContract
from interlock.domain.exceptions import CATCH_ALL
from interlock.domain.ids import QueueName

ENOUGH_CASES: Final = 100  # closed cases, below which no rate says anything
ENOUGH_DECISIONS: Final = 30
ON_TIME_GOAL: Final = 0.95


class Level(IntEnum):
    """What may be automated. Source: the product's meaning, section 9."""

    UNSTRUCTURED = 0
    MAPPED = 1
    CONTROLLED = 2
    PRODUCTION_READY = 3
    ADAPTIVE = 4


class Found(StrEnum):
    PASS = "pass"
    FAIL = "fail"
    NOT_YET = "not_yet"  # nobody has measured it, or there is too little of it


NAMES: Final = {
    Level.UNSTRUCTURED: "Unstructured",
    Level.MAPPED: "Mapped",
    Level.CONTROLLED: "Controlled",
    Level.PRODUCTION_READY: "Production-ready",
    Level.ADAPTIVE: "Adaptive",
}
MEANING: Final = {
    Level.UNSTRUCTURED: "Do not automate; map the work first.",
    Level.MAPPED: "Automate deterministic preprocessing; define decision owners.",
    Level.CONTROLLED: "Bounded assistance, with explicit human gates and evaluation coverage.",
    Level.PRODUCTION_READY: "Expand, but only within named limits.",
    Level.ADAPTIVE: "Learns from corrections, regressions and recurring exceptions.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Telemetry:
    """What was seen of the workflow at work. `late`: tasks that ran past their deadline."""

    closed: int = 0
    decided: int = 0
    on_time: int = 0
    late: int = 0
    pauses_lifted: int = 0  # how often AI was paused and resumed, drills among them
    contract_errors: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadinessCheck:
    """One thing that a level asks for. fix: what to do; who: the person it is up to, by id."""

    level: Level
    name: str
    found: Found
    seen: str
    fix: str
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """Where a workflow stands, and everything that was asked for it."""

    level: Level
    checks: tuple[ReadinessCheck, ...]

    @property
    def passed(self) -> int:
        return sum(check.found is Found.PASS for check in self.checks)

    @property
    def open(self) -> tuple[ReadinessCheck, ...]:
        """What does not pass, the next level's first."""
        return tuple(check for check in self.checks if check.found is not Found.PASS)

    @property
    def next_action(self) -> str:
        """The first thing to do to reach the next level; empty at the last."""
        return self.open[0].fix if self.open else ""


def readiness(contract: WorkflowContract, seen: Telemetry) -> Readiness:
    """The level a contract and what was seen of it amount to."""
    checks = (
        *_mapped(contract),
        *_bounded(contract),
        *_gated(contract, seen),
        *_ways_back(contract),
        *_proven(contract, seen),
        *_adaptive(contract),
    )
    reached = Level.UNSTRUCTURED
    for level in Level:
        if all(check.found is Found.PASS for check in checks if check.level <= level):
            reached = level
        else:
            break
    return Readiness(level=reached, checks=checks)


def _check(
    level: Level, name: str, *, ok: bool, seen: str, fix: str, who: str, measured: bool = True
) -> ReadinessCheck:
    found = Found.PASS if ok else Found.FAIL if measured else Found.NOT_YET
    return ReadinessCheck(level=level, name=name, found=found, seen=seen, fix=fix, who=who)


def _mapped(contract: WorkflowContract) -> Iterator[ReadinessCheck]:
    level, owners = Level.MAPPED, contract.owners
    outcome = contract.outcome
    yield _check(
        level,
        "The outcome has a metric and a target",
        ok=bool(outcome.statement and outcome.metric and outcome.target),
        seen=f"{outcome.statement}: {outcome.metric} {outcome.target}",
        fix="Say what the business gets, how it is measured, and how much is enough.",
        who=owners.business,
    )
    people = {owners.business, owners.operations, owners.technical, owners.governance}
    yield _check(
        level,
        "Four owners answer for it",
        ok=all(people),
        seen=f"{len(people)} different people or teams",
        fix="Name an owner for outcome, process, connections, and policy.",
        who=owners.business,
    )
    yield _check(
        level,
        "Every exception has a way to somebody",
        ok=any(route.exception_type == CATCH_ALL for route in contract.exceptions),
        seen=f"{len(contract.exceptions)} routes",
        fix="Add a catch-all route, so that no case falls through.",
        who=owners.operations,
    )
    yield _check(
        level,
        "Systems and data are on a map",
        ok=bool(contract.systems),
        seen=_named(contract.systems, "no system"),
        fix="List every system the work touches, and what in it is protected.",
        who=owners.technical,
    )


def _bounded(contract: WorkflowContract) -> Iterator[ReadinessCheck]:
    level, owners = Level.CONTROLLED, contract.owners
    ai = [step for step in contract.steps if step.is_ai]
    unbound = [step.step_name for step in ai if not step.task_boundary]
    yield _check(
        level,
        "Every AI step says what it may do",
        ok=not unbound,
        seen=_named(unbound, f"all {len(ai)} say it"),
        fix="Write its task boundary in the six verbs.",
        who=owners.governance,
    )
    stranded = [step.step_name for step in ai if step.fallback is None]
    yield _check(
        level,
        "Every AI step can be done without AI",
        ok=not stranded,
        seen=_named(stranded, f"all {len(ai)} can"),
        fix="Give it a fallback that does not need the AI.",
        who=owners.operations,
    )
    yield _check(
        level,
        "It is written what is never automated",
        ok=bool(contract.never_automate),
        seen=_named(contract.never_automate, "nothing is named"),
        fix="Name what only a person may ever do.",
        who=owners.governance,
    )


def _gated(contract: WorkflowContract, seen: Telemetry) -> Iterator[ReadinessCheck]:
    level, owners = Level.CONTROLLED, contract.owners
    bare = [route.exception_type for route in contract.exceptions if not route.reviewer_evidence]
    yield _check(
        level,
        "Decisions rest on named evidence",
        ok=not bare,
        seen=_named(bare, "every route names it"),
        fix="Name what a reviewer must see before deciding.",
        who=owners.operations,
    )
    bold = [
        rule.name
        for rule in contract.actions.values()
        if not rule.reversible and not any(t.action == rule.name for t in contract.approvals)
    ]
    yield _check(
        level,
        "Nothing irreversible happens unapproved",
        ok=not bold,
        seen=_named(bold, "every irreversible action has an approval tier"),
        fix="Add an approval tier, or a way to undo it.",
        who=owners.governance,
    )
    yield _check(
        level,
        "Results are checked afterwards",
        ok=bool(contract.protected_cases) and contract.sample_share > 0,
        seen=f"protected cases {'named' if contract.protected_cases else 'missing'}, "
        f"{contract.sample_share:.0%} of what no person decided is looked at",
        fix="Keep protected cases, and look at a share of what no person decided.",
        who=owners.governance,
    )
    yield _check(
        level,
        "The contract passes its own check",
        ok=not seen.contract_errors,
        seen=f"{seen.contract_errors} problems" if seen.contract_errors else "no problem",
        fix="Put right what `interlock check` reports.",
        who=owners.technical,
    )


def _ways_back(contract: WorkflowContract) -> Iterator[ReadinessCheck]:
    level, owners = Level.PRODUCTION_READY, contract.owners
    gate = contract.gate
    metrics = {c.metric for c in gate.success_criteria} if gate else set()
    back = {c.metric for c in gate.rollback_trigger} if gate else set()
    yield _check(
        level,
        "Every gate line has its rollback line",
        ok=bool(metrics) and metrics <= back,
        seen=_named(sorted(metrics - back), "all have" if gate else "there is no release gate"),
        fix="Write a rollback trigger for every success criterion.",
        who=owners.governance,
    )
    blind = [r.name for r in contract.actions.values() if r.reversible and not r.verify]
    yield _check(
        level,
        "Every action can be looked up afterwards",
        ok=not blind,
        seen=_named(blind, "all can"),
        fix="Write a verification, so that a lost action is never repeated blindly.",
        who=owners.technical,
    )
    alone = _alone(contract)
    yield _check(
        level,
        "Somebody can stand in for every reviewer",
        ok=not alone,
        seen=f"one person alone in {', '.join(alone)}" if alone else "every queue has two people",
        fix="Add a second person to these queues, or a group.",
        who=owners.operations,
    )
    yield _check(
        level,
        "An error budget and a baseline are agreed",
        ok=bool(contract.error_budget) and bool(contract.baseline),
        seen=f"budget {'agreed' if contract.error_budget else 'missing'}, "
        f"baseline {'named' if contract.baseline else 'missing'}",
        fix="Agree on how many errors are too many, and measure the work as it was before.",
        who=owners.business,
    )


def _proven(contract: WorkflowContract, seen: Telemetry) -> Iterator[ReadinessCheck]:
    level, owners = Level.PRODUCTION_READY, contract.owners
    ended = seen.on_time + seen.late
    share = seen.on_time / ended if ended else 0.0
    enough = ended >= ENOUGH_DECISIONS
    yield _check(
        level,
        f"People decide in time, {ON_TIME_GOAL:.0%} of the tasks",
        ok=enough and share >= ON_TIME_GOAL,
        measured=enough,
        seen=f"{share:.1%}, {seen.on_time} of {ended} tasks" if ended else "nothing decided yet",
        fix="Wait for more decisions." if not enough else "Add people, hours or time to queues.",
        who=owners.operations,
    )
    yield _check(
        level,
        f"It has run on {ENOUGH_CASES} cases or more",
        ok=seen.closed >= ENOUGH_CASES,
        measured=seen.closed >= ENOUGH_CASES,
        seen=f"{seen.closed} closed in 30 days",
        fix=f"Needs about {max(ENOUGH_CASES - seen.closed, 0)} more closed cases.",
        who=owners.operations,
    )
    yield _check(
        level,
        "Stopping AI was practised",
        ok=seen.pauses_lifted > 0,
        measured=False,
        seen=f"{seen.pauses_lifted} pauses set and lifted" if seen.pauses_lifted else "never yet",
        fix="Pause AI once, see that work goes on, and resume.",
        who=owners.operations,
    )
    yield _check(
        level,
        "Protected cases pass and the gate has decided",
        ok=False,
        measured=False,
        seen="not measured yet",
        fix="Run the protected cases and the release gate; that comes with the release board.",
        who=owners.governance,
    )


def _adaptive(contract: WorkflowContract) -> Iterator[ReadinessCheck]:
    for name in (
        "Corrections become protected cases",
        "Thresholds are set from reviewed cases",
        "Recurring exceptions are worked off",
    ):
        yield _check(
            Level.ADAPTIVE,
            name,
            ok=False,
            measured=False,
            seen="not measured yet",
            fix="Reach L3 first.",
            who=contract.owners.governance,
        )


def _alone(contract: WorkflowContract) -> list[str]:
    """Queues where tasks are sent and one person or none works, and that pass on to nobody."""
    asked = {route.route_to for route in contract.exceptions}
    asked |= {step.queue for step in contract.steps if step.queue}
    return sorted(
        name
        for name in asked
        if len(contract.members_of(QueueName(name))) < 2  # noqa: PLR2004  (one and a stand-in)
        and not contract.queues[QueueName(name)].escalate_to
    )


def _named(names: Iterable[str], nothing: str) -> str:
    return ", ".join(str(name) for name in names) or nothing
