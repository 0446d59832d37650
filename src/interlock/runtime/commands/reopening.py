"""Ending a case before its time, and opening it again when it was closed as something wrong."""

from __future__ import annotations

from interlock.domain.case import Case
from interlock.domain.contract import WorkflowContract
from interlock.domain.desk_event import CaseReopened
from interlock.domain.event import CaseCancelled
from interlock.domain.ids import PersonId
from interlock.domain.rules import handover
from interlock.domain.rules.advance import advance, is_out_of_place
from interlock.domain.rules.permission import Permission
from interlock.domain.rules.permission import refused as no
from interlock.runtime.commands.task_record import DecisionRefused, demand, record
from interlock.runtime.context import Context
from interlock.runtime.plain import plain_text
from interlock.storage import TaskQuery


def cancel_case(context: Context, case_text: str, by: str, *, note: str = "") -> Case:
    """The case, stopped by a person: what was done is undone, then it closes as cancelled.

    An account needs the right to operate; without one, any person of the contract may stop it.
    Raises: CaseUnknown, DecisionRefused when it is closed or the person may not.
    """
    case, contract = _look(context, case_text)
    demand(case.id, "cancel", _may_stop(context, contract, case, by))
    live = context.store.tasks(TaskQuery(case_id=case.id))
    own = next((each for each in live if each.id == case.task), None)  # a look is not withdrawn
    event = CaseCancelled(by=PersonId(by), task=own, note=plain_text(note))
    transition = advance(contract, case, event, context.clock.now())
    if is_out_of_place(transition):
        raise DecisionRefused(case.id, "cancel", "state", f"the case is {case.state}")
    record(context, case, [transition], case.id)
    return transition.case


def reopen_case(context: Context, case: str, by: str, *, reason: str) -> Case:
    """The closed case, waiting for a person with what is said to be wrong. Nothing is undone yet.

    Raises: CaseUnknown, DecisionRefused when it is not closed, no reason is given or the person
    may not operate; TaskMoved.
    """
    found, contract = _look(context, case)
    now, said = context.clock.now(), plain_text(reason.strip())
    standing = context.directory.standing(by, now)
    allowed = handover.may_operate(contract, by, standing, tenant=found.tenant)
    demand(found.id, "reopen", allowed)
    if not said:
        raise DecisionRefused(found.id, "reopen", "reason", "say what is wrong with it")
    transition = advance(contract, found, CaseReopened(by=PersonId(by), reason=said), now)
    if is_out_of_place(transition):
        raise DecisionRefused(found.id, "reopen", "state", f"the case is {found.state}")
    record(context, found, [transition], found.id)
    return transition.case


def _look(context: Context, text: str) -> tuple[Case, WorkflowContract]:
    case = context.store.load([context.store.find_case(text)])[0]
    return case, context.workflows.of(case.fingerprint).contract


def _may_stop(context: Context, contract: WorkflowContract, case: Case, by: str) -> Permission:
    standing = context.directory.standing(by, context.clock.now())
    if standing.known:
        return handover.may_operate(contract, by, standing, tenant=case.tenant)
    if PersonId(by) not in contract.people:
        return no("person", f"{by} is not a person of this contract")
    return Permission(allowed=True, reason="a person of the contract", rule="person")
