"""Making a closed case a protected case, and retiring it again.

Its one rule: somebody with the right to operate says who answers for it, why, how severe it is and
until when; an agent never does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from interlock.canonical import derived_id
from interlock.contracts import LoadedWorkflow
from interlock.contracts.protected_files import load_protected
from interlock.domain.case import Arm, Case, CaseState
from interlock.domain.contract import Severity, WorkflowContract
from interlock.domain.ids import PersonId
from interlock.domain.protected import (
    CaseFinding,
    Finding,
    KeptCase,
    ProtectedCase,
    ProtectedId,
)
from interlock.domain.rules import handover
from interlock.errors import InterlockError
from interlock.release.protected.from_record import from_record
from interlock.release.protected.frozen_world import CannotPlay
from interlock.runtime.commands.task_record import DecisionRefused, demand
from interlock.runtime.context import Context
from interlock.runtime.plain import plain_text
from interlock.storage import Store

LONGEST_REASON: Final = 1_000  # letters
NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,79}\Z")
PROTECT, RETIRE = "protect", "retire"


class ProtectedUnknown(InterlockError):
    """There is no protected case of that name."""

    code = "protected_unknown"

    def __init__(self, named: str) -> None:
        super().__init__(named)
        self.named = named

    def __str__(self) -> str:
        return (
            f"the desk has no protected case {self.named!r}; list them with: interlock protected "
            "list (one in a file is retired by deleting the file)"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection:
    """What a person says of a case that is to be protected."""

    name: str
    owner: str
    reason: str
    severity: Severity
    expires: date


def protect_case(context: Context, case_text: str, by: str, said: Protection) -> KeptCase:
    """The closed case, protected from now on as what was decided in it.

    Raises: CaseUnknown, DecisionRefused with what is missing, WorkflowUnknown.
    """
    case = context.store.load([context.store.find_case(case_text)])[0]
    contract = context.workflows.of(case.fingerprint).contract
    now = context.clock.now()
    standing = context.directory.standing(by, now)
    demand(case.id, PROTECT, handover.may_operate(contract, by, standing, tenant=case.tenant))
    _refuse_unfit(contract, case, said, now)
    until = len(context.store.entries(case.id))
    kept = KeptCase(
        id=ProtectedId(derived_id("prt", case.id, until, said.name, now.isoformat())),
        workflow=contract.workflow,
        tenant=case.tenant,
        case_id=case.id,
        until_seq=until,
        name=said.name,
        owner=said.owner,
        reason=plain_text(said.reason.strip()),
        severity=said.severity,
        expires=said.expires,
        made_by=PersonId(by),
        made_at=now,
    )
    from_record(context.store, contract, kept)  # one that cannot be played protects nothing
    if not context.store.protect_case(kept):
        reason = f"there is a protected case {said.name} already"
        raise DecisionRefused(case.id, PROTECT, "name", reason)
    return kept


def retire_protected(context: Context, named: str, by: str, *, why: str) -> KeptCase:
    """The protected case of the desk, retired. Raises: ProtectedUnknown, DecisionRefused."""
    kept = context.store.protected_case(named)
    if kept is None:
        raise ProtectedUnknown(named)
    contract = context.workflows.named(kept.workflow).contract
    now, said = context.clock.now(), plain_text(why.strip())
    standing = context.directory.standing(by, now)
    demand(kept.case_id, RETIRE, handover.may_operate(contract, by, standing, tenant=kept.tenant))
    if not said:
        raise DecisionRefused(kept.case_id, RETIRE, "reason", "say why it is retired")
    if kept.retired_at is not None or not context.store.retire_protected(kept, by, now, said):
        raise DecisionRefused(kept.case_id, RETIRE, "state", "it is retired already")
    return kept


def _refuse_unfit(contract: WorkflowContract, case: Case, said: Protection, now: datetime) -> None:
    reason = plain_text(said.reason.strip())
    people = ", ".join(sorted(contract.people))
    wrong = [
        ("state", case.state is not CaseState.CLOSED, f"the case is {case.state}, not closed yet"),
        ("probe", case.arm is Arm.PROBE, "it is a planted question, no real case"),
        ("name", not NAME.match(said.name), "its name has letters, digits and _ only"),
        ("owner", PersonId(said.owner) not in contract.people,
         f"{said.owner or 'nobody'} is no person of this contract ({people})"),
        ("reason", not reason, "say why it is protected: what happens when this goes wrong"),
        ("reason", len(reason) > LONGEST_REASON, f"the reason has over {LONGEST_REASON} letters"),
        ("expires", said.expires <= now.date(), f"{said.expires} is not after today"),
    ]  # fmt: skip
    for rule, is_wrong, why in wrong:
        if is_wrong:
            raise DecisionRefused(case.id, PROTECT, rule, why)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """Every protected case of a workflow, and those of the desk that cannot be played."""

    cases: tuple[ProtectedCase, ...]
    unplayable: tuple[CaseFinding, ...] = ()


def gather_protected(loaded: LoadedWorkflow, store: Store | None) -> Gathered:
    """The protected cases of the folder and of the desk. Raises: ContractRefused."""
    contract = loaded.contract
    files = load_protected(loaded.folder, contract.protected_cases or "protected")
    names = {each.name for each in files}
    cases: list[ProtectedCase] = list(files)
    unplayable = []
    for kept in store.protected_cases(contract.workflow) if store else ():
        name = kept.name if kept.name not in names else f"{kept.name}_{kept.id[-6:]}"
        try:
            found = from_record(store, contract, kept) if store else None
        except CannotPlay as stopped:
            unplayable.append(_unplayable(kept, str(stopped)))
            continue
        if found is not None:
            cases.append(replace(found, name=name))
    return Gathered(cases=tuple(cases), unplayable=tuple(unplayable))


def _unplayable(kept: KeptCase, why: str) -> CaseFinding:
    return CaseFinding(
        name=kept.name,
        severity=kept.severity,
        owner=kept.owner,
        reason=kept.reason,
        source=str(kept.id),
        finding=Finding.COULD_NOT,
        why=why,
    )
