"""What a step's result means for its case."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from interlock.domain.case import OpenException, Phase, ProposalRecord, WaitsFor
from interlock.domain.event import RemedyReturned, StepFailed, StepRaised, StepReturned
from interlock.domain.fact import FactKind
from interlock.domain.pause import PausedBy
from interlock.domain.rules import asking, flow
from interlock.domain.rules.authority import (
    Mandate,
    failed_guard,
    mandate,
    no_probability,
    unlisted_action,
)
from interlock.domain.rules.draft import Draft
from interlock.domain.rules.pausing import agent_of
from interlock.domain.rules.refit import refit_case
from interlock.domain.rules.retry import wait_before

TAKEN_BACK: Final = "its release was taken back"


def returned(draft: Draft, event: StepReturned) -> None:
    """A function returned. A plain output is taken; a proposal meets its guards first."""
    step, phase = draft.step, draft.case.phase
    draft.count(FactKind.STEP_FINISHED, name=step.step_name, value=event.took_ms)
    draft.change(states={**draft.case.states, **event.states})
    if phase is Phase.STEP and step.is_ai:
        if event.paused_by is not None:
            held(draft, event.paused_by)
        else:
            _proposed(draft, event)
        return
    draft.change(evidence={**draft.case.evidence, **event.evidence})
    own = phase is Phase.STEP  # a fallback owes no evidence of the AI's
    flow.accept(draft, step, event.value, event.requests, evidence_needed=own)


def _proposed(draft: Draft, event: StepReturned) -> None:
    step, proposal = draft.step, event.proposal
    if proposal is None:
        detail = f"{step.step_name} is an AI step and returned no proposal"
        flow.raise_exception(draft, _exception(draft, "unexpected_output", detail))
        return
    senseless = no_probability(proposal)
    if senseless is not None:
        draft.note("guard", senseless.rule, passed=False)
        flow.raise_exception(draft, _exception(draft, senseless.exception_type, senseless.detail))
        return
    draft.change(proposal=proposal)
    draft.count(FactKind.PROPOSAL_MADE, name=step.step_name, value=proposal.confidence)
    if mandate(step, draft.case) is Mandate.ACTS:
        _act_on(draft, proposal)
        return
    unlisted = unlisted_action(draft.contract, step, proposal.requests)
    if unlisted is not None:
        draft.note("guard", unlisted.rule, passed=False)
        flow.raise_exception(draft, _exception(draft, unlisted.exception_type, unlisted.detail))
    else:
        asking.ask_about_proposal(draft, step)


def _act_on(draft: Draft, proposal: ProposalRecord) -> None:
    step = draft.step
    failed = failed_guard(draft.contract, step, draft.case, proposal)
    if failed is None:
        draft.note("guard", "every guard passed", confidence_line=_line(draft))
        by_machine = agent_of(proposal)
        flow.accept(draft, step, proposal.value, proposal.requests or None, by_machine=by_machine)
        return
    draft.note("guard", failed.rule, passed=False)
    exception = replace(
        _exception(draft, failed.exception_type, failed.detail),
        value=proposal.value if failed.may_be_approved else None,
        has_value=failed.may_be_approved,
        requests=proposal.requests or None,
        evidence=proposal.evidence,
    )
    flow.raise_exception(draft, exception)


def _line(draft: Draft) -> str:
    confidence = draft.step.confidence
    return f"{confidence.line_for(draft.case.segment):g}" if confidence else ""


def held(draft: Draft, paused_by: PausedBy) -> None:
    """An AI step that is paused decides nothing; the business goes on without it.

    What the AI said meanwhile is on record and shown to nobody: whoever paused it had a reason.
    """
    draft.note("guard", "nothing is paused", passed=False)
    draft.note("paused", paused_by.scope, pause=paused_by.pause)
    draft.count(FactKind.CASE_PAUSED, name=paused_by.scope, detail=draft.step.step_name)
    draft.change(proposal=None)
    if paused_by.taken_back:
        draft.count(FactKind.STOOD_DOWN, name=draft.step.step_name)
        flow.fall_back(draft, draft.step, TAKEN_BACK, release_says=True)
    else:
        flow.fall_back(draft, draft.step, f"paused: {paused_by.scope}")


def raised(draft: Draft, event: StepRaised) -> None:
    """A function raised a business exception; it is routed."""
    draft.count(FactKind.STEP_FINISHED, name=event.step, value=event.took_ms)
    flow.raise_exception(draft, event.exception)


def failed(draft: Draft, event: StepFailed) -> None:
    """An incident: tried again with back-off, then the fallback, then a person."""
    step, tries = draft.step, draft.case.attempt + 1
    draft.count(FactKind.INCIDENT, name=step.step_name, detail=event.error.partition(":")[0])
    running_ai = step.is_ai and draft.case.phase is Phase.STEP
    slow_ai = running_ai and event.timed_out  # waiting again for a slow model helps nobody
    wait = None if slow_ai else wait_before(step.retry, tries)
    draft.change(attempt=tries)
    if wait is not None:
        draft.note("retry", f"attempt {tries} of {step.retry.attempts}", step=step.step_name)
        draft.wait_until(draft.now + wait, WaitsFor.RETRY)
    elif running_ai and step.fallback is not None:
        flow.fall_back(draft, step, "too slow" if event.timed_out else f"failed {tries} times")
    else:
        detail = f"{step.step_name} failed {tries} times: {event.error}"
        exception = replace(_exception(draft, "workflow_failure", detail), may_retry=True)
        flow.raise_exception(draft, exception)


def remedied(draft: Draft, event: RemedyReturned) -> None:
    """A remedy that found something sends the case back to its start; else a person is asked."""
    exception = draft.case.exception
    route = draft.contract.route_for(event.exception_type)
    if event.refit is not None:
        draft.note("remedy", route.remedy or "", changed=sorted(event.changes or {}))
        refit_case(draft, event.refit)
        flow.start(draft)
        return
    draft.note("remedy", route.remedy or "", changed=[], failed=bool(event.error))
    draft.change(exception=exception)
    asking.ask_about_exception(draft, route)


def _exception(draft: Draft, kind: str, detail: str) -> OpenException:
    return OpenException(type=kind, detail=detail, step=draft.case.step)
