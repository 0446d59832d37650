"""Who decides: what a step may do at a stage, and whether a result may be acted on.

What an AI step may do is the lesser of its mode and the release's stage. A guard that cannot be
evaluated fails closed. Nothing in a model's output is read here but to be checked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from interlock.domain.case import Arm, Case, ProposalRecord, RequestRecord
from interlock.domain.contract import Stage, StepMode, WorkflowContract, WorkflowStep


class Mandate(StrEnum):
    """What happens with a step's work."""

    RUNS = "runs"  # fixed rules; its output is taken
    ACTS = "acts"  # accepted when every guard passes, else an exception
    PROPOSES = "proposes"  # a person decides on it
    HIDDEN = "hidden"  # the case is handled without it
    PERSON = "person"  # a person does it; nothing is run


M, G, N = StepMode, Stage, Mandate
MANDATES: Final = MappingProxyType(
    {
        **{(M.DETERMINISTIC, stage): N.RUNS for stage in Stage},
        **{(M.HUMAN_OWNED, stage): N.PERSON for stage in Stage},
        (M.ASSISTIVE, G.SHADOW): N.HIDDEN,
        (M.ASSISTIVE, G.ASSISTED): N.PROPOSES,
        (M.ASSISTIVE, G.CANARY): N.PROPOSES,
        (M.ASSISTIVE, G.AUTONOMOUS): N.PROPOSES,
        (M.AGENTIC, G.SHADOW): N.HIDDEN,
        (M.AGENTIC, G.ASSISTED): N.PROPOSES,
        (M.AGENTIC, G.CANARY): N.ACTS,
        (M.AGENTIC, G.AUTONOMOUS): N.ACTS,
    }
)


def mandate(step: WorkflowStep, case: Case) -> Mandate:
    """What this step may do for this case: its mode, held down by the case's stage and arm.

    A step on the never-automate list is a person's whatever its mode says. At stage canary only
    the canary arm acts; the others are assisted. The holdback arm is handled without the AI.
    """
    if step.is_ai and case.arm is Arm.HOLDBACK:
        return Mandate.HIDDEN
    given = MANDATES[step.mode, case.stage]
    if given is Mandate.ACTS and case.stage is Stage.CANARY and case.arm is not Arm.CANARY:
        return Mandate.PROPOSES
    return given


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardFailed:
    """A guard that a proposal did not pass: the rule, and the exception it becomes."""

    rule: str
    exception_type: str
    detail: str
    may_be_approved: bool  # a person may accept the proposal in spite of it


def failed_guard(
    contract: WorkflowContract, step: WorkflowStep, case: Case, proposal: ProposalRecord
) -> GuardFailed | None:
    """The first guard this proposal does not pass, or None. Budgets, approvals and the state
    an action rests on are asked when its action is due, just before it runs."""
    return unlisted_action(contract, step, proposal.requests) or _unsure(step, case, proposal)


def no_probability(proposal: ProposalRecord) -> GuardFailed | None:
    """A confidence that is no probability: nothing of such a proposal is kept or shown."""
    if 0.0 <= proposal.confidence <= 1.0:
        return None  # NaN never comes here: it compares false
    return GuardFailed(
        rule="confidence is a probability",
        exception_type="unexpected_output",
        detail=f"confidence is {proposal.confidence}; it must lie between 0 and 1",
        may_be_approved=False,
    )


def unlisted_action(
    contract: WorkflowContract, step: WorkflowStep, requests: Iterable[RequestRecord]
) -> GuardFailed | None:
    """The first request that is not on the step's list of actions: it is denied."""
    for request in requests:
        listed = request.action in step.actions and request.action in contract.actions
        if not listed or request.action in contract.never_automate:
            allowed = ", ".join(step.actions) or "none"
            return GuardFailed(
                rule="action is on the step's list",
                exception_type="permission_denied",
                detail=f"{step.step_name} asked for {request.action!r}; it may do: {allowed}",
                may_be_approved=False,
            )
    return None


def _unsure(step: WorkflowStep, case: Case, proposal: ProposalRecord) -> GuardFailed | None:
    if step.confidence is None:  # nobody drew a line, so none can be reached
        return GuardFailed(
            rule="the step has a confidence line",
            exception_type="low_confidence",
            detail=f"{step.step_name} has no confidence line",
            may_be_approved=True,
        )
    line = step.confidence.line_for(case.segment)
    if proposal.confidence >= line:
        return None
    return GuardFailed(
        rule=f"confidence >= {line:g}",
        exception_type="low_confidence",
        detail=f"confidence {proposal.confidence:.2f} is under the line of {line:.2f}",
        may_be_approved=True,
    )
