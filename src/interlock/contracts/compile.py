"""From a checked shape to the contract the rest of the system knows.

One rule: it is only called for a draft without errors, so it decides nothing and refuses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from interlock.canonical import canonical
from interlock.contracts.compile_parts import (
    action_rules,
    approval_tiers,
    case_schema,
    gate,
    persons,
    quality,
    queues,
    routes,
)
from interlock.contracts.compile_steps import workflow_steps
from interlock.contracts.conditions import Conditions
from interlock.contracts.draft import Draft
from interlock.contracts.fingerprint import fingerprint
from interlock.contracts.functions import WorkflowFunctions
from interlock.contracts.probes_file import probes_of
from interlock.contracts.shape_rollout import rollout
from interlock.contracts.training_file import training_digests
from interlock.domain.contract import (
    Intake,
    Outcome,
    Owners,
    System,
    WorkflowContract,
)
from interlock.domain.ids import PersonId, WorkflowId


def compiled(draft: Draft, functions: WorkflowFunctions) -> WorkflowContract:
    """The contract of a draft that has no errors."""
    shape = draft.shape
    conditions = Conditions.of(draft, functions)
    return WorkflowContract(
        workflow=WorkflowId(shape.workflow),
        title=shape.title or in_words(shape.workflow),
        fingerprint=fingerprint(
            draft.document.data, {**functions.modules, **training_digests(draft)}
        ),
        outcome=Outcome(**shape.outcome.model_dump()),
        owners=Owners(**{k: PersonId(v) for k, v in shape.owners.model_dump().items()}),
        people=persons(shape),
        case=case_schema(draft),
        steps=workflow_steps(draft, functions, conditions),
        actions=action_rules(draft, functions),
        queues=queues(draft),
        exceptions=routes(shape),
        approvals=approval_tiers(shape, conditions),
        intake=tuple(
            Intake(channel=each.channel, accepts=tuple(each.accepts)) for each in shape.intake
        ),
        systems={name: _system(name, each.model_dump()) for name, each in shape.systems.items()},
        never_automate=tuple(shape.never_automate),
        domain=shape.domain or "",
        currency=shape.currency,
        gate=gate(shape),
        error_budget=_plain(shape.error_budget),
        quality_sample=shape.quality_sample,
        quality=quality(shape),
        probes=probes_of(draft),
        holdback=shape.holdback,
        rollout=rollout(shape.rollout),
        monitoring=_plain(shape.monitoring),
        adoption=tuple(_plain(each) for each in shape.adoption),
        protected_cases=shape.protected_cases,
        baseline=shape.baseline,
        text=canonical(draft.document.data).decode(),
    )


def in_words(name: str) -> str:
    """A name as a title, e.g. accounts_payable gives Accounts payable."""
    text = name.replace("_", " ").strip()
    return text[:1].upper() + text[1:]


def _system(name: str, keys: Mapping[str, Any]) -> System:
    return System(
        name=name,
        kind=keys["kind"] or "",
        trusted=keys["trusted"],
        protected=tuple(keys["protected"]),
        holds=keys["holds"] or "",
    )


def _plain(shape: Any) -> dict[str, Any]:
    return {} if shape is None else dict(shape.model_dump(mode="json"))
