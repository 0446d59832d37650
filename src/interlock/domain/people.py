"""People: who has an account, what roles they hold and where, and how they stand right now.

An account's id is the person id that contracts use. A role is nothing without its scope: a grant
says in which workflow, queue and tenant it holds, and up to which amount.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from interlock.domain.ids import PersonId, QueueName, TaskId
from interlock.domain.money import Money


class Role(StrEnum):
    VIEWER = "viewer"  # reads
    REVIEWER = "reviewer"  # decides in queues
    OPERATOR = "operator"  # keeps the work moving: reassigns, takes over, cancels, pauses
    OWNER = "owner"  # answers for a workflow: resumes it, signs for it
    GOVERNANCE = "governance"  # answers for policy and risk: audits, pauses, resumes, signs
    ADMIN = "admin"  # accounts and roles; decides nothing


class Right(StrEnum):
    """What an account may do; each role is a set of these."""

    SEE = "see"
    SEE_PROTECTED = "see_protected"  # the fields a contract protects
    DECIDE = "decide"
    OPERATE = "operate"
    PAUSE = "pause"
    RESUME = "resume"
    SIGN = "sign"
    AUDIT = "audit"
    ADMINISTER = "administer"


_R: Final = Right
ROLE_RIGHTS: Final[Mapping[Role, frozenset[Right]]] = MappingProxyType(
    {
        Role.VIEWER: frozenset({_R.SEE}),
        Role.REVIEWER: frozenset({_R.SEE, _R.SEE_PROTECTED, _R.DECIDE}),
        Role.OPERATOR: frozenset({_R.SEE, _R.SEE_PROTECTED, _R.OPERATE, _R.PAUSE}),
        Role.OWNER: frozenset({_R.SEE, _R.SEE_PROTECTED, _R.OPERATE, _R.PAUSE, _R.RESUME, _R.SIGN}),
        Role.GOVERNANCE: frozenset({_R.SEE, _R.AUDIT, _R.PAUSE, _R.RESUME, _R.SIGN}),
        Role.ADMIN: frozenset({_R.ADMINISTER, _R.AUDIT}),
    }
)
# What no program may do, whatever it was granted: rule 2 and rule 5 of the product.
NEVER_AN_AGENT: Final = frozenset(
    {_R.DECIDE, _R.OPERATE, _R.PAUSE, _R.RESUME, _R.SIGN, _R.ADMINISTER}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One role and where it holds; None: everywhere. `up_to` bounds what may be decided."""

    role: Role
    workflow: str | None = None
    queue: str | None = None
    tenant: str | None = None
    up_to: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Somebody who can sign in, or a program with tokens (`is_agent`)."""

    id: PersonId
    name: str
    email: str = ""
    groups: tuple[str, ...] = ()
    grants: tuple[Grant, ...] = ()
    active: bool = True
    is_agent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is known of a person when they act, beside the contract.

    known: an account exists; without one the contract alone judges. stands_in_for: absent people
    whose seat this person fills. trained: digests of the trainings passed and still valid.
    holding: the tasks the person holds with their clock running, by queue.
    """

    known: bool = False
    active: bool = True
    is_agent: bool = False
    grants: tuple[Grant, ...] = ()
    groups: tuple[str, ...] = ()
    stands_in_for: tuple[PersonId, ...] = ()
    absent_until: datetime | None = None
    trained: tuple[str, ...] = ()
    holding: Mapping[QueueName, tuple[TaskId, ...]] = field(default_factory=dict)


CONTRACT_ALONE: Final = Standing()
