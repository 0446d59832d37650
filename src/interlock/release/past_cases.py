"""Recorded cases, as a changed contract is held against them.

Its one rule: what the record does not hold is left out, never assumed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from interlock.domain.case import Case, CaseState, Handling
from interlock.domain.contract import WorkflowContract
from interlock.domain.delta import PastAction, PastCase, PastProposal
from interlock.domain.fact import Fact, FactKind
from interlock.domain.ids import CaseId, StepName
from interlock.domain.rules.facts import facts_of
from interlock.storage import Store
from interlock.storage.reading import END

PAGE: Final = 500  # cases read at once
KINDS: Final = (
    FactKind.CASE_OPENED,
    FactKind.STEP_FINISHED,
    FactKind.PROPOSAL_MADE,
    FactKind.EXCEPTION_ROUTED,
)


def past_cases(
    store: Store, contract: WorkflowContract, *, since: datetime, until: datetime = END
) -> Iterator[PastCase]:
    """The cases opened in since <= at < until, oldest first; planted questions are not among them.

    contract: the version whose names conditions ask by, the older of two that are compared.
    """
    opened: list[CaseId] = []
    told: dict[CaseId, list[Fact]] = defaultdict(list)
    for fact in store.facts(workflow=contract.workflow, kinds=KINDS, since=since):
        if fact.kind is not FactKind.CASE_OPENED:
            told[fact.case_id].append(fact)
        elif fact.at < until:
            opened.append(fact.case_id)
    for start in range(0, len(opened), PAGE):
        for case in store.load(opened[start : start + PAGE]):
            yield _past(contract, case, told[case.id])


def _past(contract: WorkflowContract, case: Case, facts: Sequence[Fact]) -> PastCase:
    steps = [*case.outputs, *(f.name for f in facts if f.kind in _OF_A_STEP)]
    return PastCase(
        id=case.id,
        opened_at=case.opened_at,
        segment=case.segment,
        amount=case.amount,
        facts=facts_of(contract, case),
        steps=tuple(StepName(name) for name in dict.fromkeys(steps)),
        proposals=tuple(_proposal(case, f) for f in facts if f.kind is FactKind.PROPOSAL_MADE),
        actions=tuple(
            PastAction(name=each.name, step=each.step, arguments=each.arguments, amount=each.amount)
            for each in case.actions
        ),
        exceptions=tuple(f.name for f in facts if f.kind is FactKind.EXCEPTION_ROUTED),
        channel=case.source.channel if case.source else "",
        by_machine=case.handling is Handling.AUTONOMOUS,
        closed=case.state is CaseState.CLOSED,
    )


_OF_A_STEP: Final = frozenset({FactKind.STEP_FINISHED, FactKind.PROPOSAL_MADE})


def _proposal(case: Case, fact: Fact) -> PastProposal:
    """What was said at that step; its requests only where the case still holds the proposal."""
    kept = case.proposal if case.proposal and case.proposal.step == fact.name else None
    return PastProposal(
        step=StepName(fact.name),
        confidence=fact.value or 0.0,
        requests=kept.requests if kept else (),
    )
