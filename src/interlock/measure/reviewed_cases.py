"""What people found of an AI step's proposals, as thresholds are chosen from it.

Its one rule: what was chosen for review by its confidence is left out or says so. A case asked
about because its confidence was low is left out; a sample of autonomous cases counts only from the
line on that made them autonomous.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from interlock.domain.contract import WorkflowContract, WorkflowStep
from interlock.domain.fact import FactKind
from interlock.domain.ids import CaseId
from interlock.domain.quality import RIGHT
from interlock.domain.review import ReviewKind, Verb
from interlock.measure.thresholds import Reviewed
from interlock.storage import Store
from interlock.storage.reading import BEGINNING

DECIDED: Final = (Verb.APPROVE, Verb.EDIT, Verb.REJECT)


def reviewed_cases(
    store: Store, contract: WorkflowContract, step: WorkflowStep, *, since: datetime = BEGINNING
) -> list[Reviewed]:
    """Every proposal of the step that people judged: approved is right, edited or rejected wrong.

    Of a question decided more than once, the last decision counts.
    """
    return [
        *_decided(store, contract, step, since).values(),
        *_sampled(store, contract, step, since),
    ]


def _decided(
    store: Store, contract: WorkflowContract, step: WorkflowStep, since: datetime
) -> dict[CaseId, Reviewed]:
    found: dict[CaseId, Reviewed] = {}
    for each in store.past_decisions(contract.workflow, since=since):
        asked = each.kind is ReviewKind.PROPOSAL and each.step == step.step_name
        if asked and each.confidence is not None and each.verb in DECIDED:
            found[each.case_id] = Reviewed(
                confidence=each.confidence,
                right=each.verb is Verb.APPROVE,
                segment=each.segment,
            )
    return found


def _sampled(
    store: Store, contract: WorkflowContract, step: WorkflowStep, since: datetime
) -> Iterator[Reviewed]:
    """Autonomous cases somebody looked at. One found wrong counts against every AI step it had:
    which of them was wrong is not recorded."""
    if step.confidence is None:
        return
    kinds = (FactKind.PROPOSAL_MADE, FactKind.SAMPLE_CHECKED)
    said: dict[CaseId, float] = {}
    for fact in store.facts(workflow=contract.workflow, kinds=kinds, since=since):
        if fact.kind is FactKind.PROPOSAL_MADE:
            if fact.name == step.step_name and fact.value is not None:
                said[fact.case_id] = fact.value
        elif fact.case_id in said:
            yield Reviewed(
                confidence=said[fact.case_id],
                right=fact.detail == RIGHT,
                segment=fact.segment,
                seen_from=step.confidence.line_for(fact.segment),
            )
