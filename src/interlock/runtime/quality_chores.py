"""What a worker does for the quality of review: it asks the planted questions when they are due.

Its one rule: a probe is asked once, however many workers try; its id is that of its place in the
day.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from interlock.canonical import content_digest
from interlock.domain.case import Arm, Case, ProposalRecord, Source
from interlock.domain.event import CaseOpened
from interlock.domain.money import Money
from interlock.domain.quality import Probe
from interlock.domain.rules import probing
from interlock.domain.rules.advance import advance
from interlock.observe import PROBE_UNFIT, log
from interlock.runtime.chores import Chore
from interlock.runtime.context import Context
from interlock.runtime.joining import Joined, joined
from interlock.runtime.workflow import CaseUnfit
from interlock.storage import NewDocument

EVERY_SECONDS: Final = 60.0
CHANNEL: Final = "folder"


def probe_chore() -> Chore:
    """The chore that asks planted questions."""
    return Chore(name="probes", every_seconds=EVERY_SECONDS, run=ask_probes)


def ask_probes(context: Context) -> int:
    """How many planted questions were asked now, over all workflows."""
    now, asked = context.clock.now(), 0
    for name in sorted({each.contract.workflow for each in context.workflows}):
        to = joined(context, name)
        for day, number, probe in probing.due(to.workflow.contract, now):
            asked += _ask(context, to, probe, day, number, now)
    return asked


def _ask(context: Context, to: Joined, probe: Probe, day: date, number: int, now: datetime) -> int:
    contract = to.workflow.contract
    planted = probing.numbered(probe, contract.workflow, day, number)
    try:
        case = _case(context, to, planted, day, number, now)
    except CaseUnfit:
        log().warning(PROBE_UNFIT, workflow=contract.workflow, probe=probe.name)
        return 0
    if not probing.is_plausible(contract, case):
        return 0
    if planted.content and case.source is not None:
        context.store.put_documents([_document(planted)], now)
    transition = advance(contract, case, CaseOpened(case=case), now)
    [opened] = context.store.open_cases([(transition,)])
    return int(opened.is_new)


def _case(
    context: Context, to: Joined, probe: Probe, day: date, number: int, now: datetime
) -> Case:
    """The case that never was, up to the question it asks. Raises: CaseUnfit.

    It stands where a real case would, and belongs to no era: it is no part of the business.
    """
    contract, refit = to.workflow.contract, to.workflow.fit(dict(probe.data))
    stage = to.release.stand_of(refit.segment).stage if to.release else context.stage
    amount = None
    if refit.amount_micros is not None and refit.amount_currency is not None:
        amount = Money(micros=refit.amount_micros, currency=refit.amount_currency)
    return Case(
        id=probing.id_of(contract.workflow, day, number),
        workflow=contract.workflow,
        fingerprint=contract.fingerprint,
        key=refit.key,
        data=refit.data,
        opened_at=now,
        updated_at=now,
        tenant=refit.tenant,
        title=refit.title or probe.document or refit.key,
        segment=refit.segment,
        arm=Arm.PROBE,
        stage=stage,
        source=_source(probe),
        amount=amount,
        deadline=refit.deadline,
        step=contract.step(probe.step).step_name,
        outputs=dict(probe.outputs),
        evidence=dict(probe.evidence),
        proposal=_proposal(probe),
        exception=probing.exception_of(contract, probe),
        probe=probing.card_of(probe),
    )


def _proposal(probe: Probe) -> ProposalRecord | None:
    if probe.value is None:
        return None
    return ProposalRecord(
        step=probe.step,
        value=probe.value,
        confidence=probe.confidence,
        rationale=probe.rationale,
        weak_point=probe.weak_point,
        evidence=dict(probe.evidence),
    )


def _source(probe: Probe) -> Source | None:
    if not probe.content:
        return None
    digest = content_digest(probe.content.encode())
    return Source(document=digest, name=probe.document, channel=CHANNEL)


def _document(probe: Probe) -> NewDocument:
    content = probe.content.encode()
    return NewDocument(
        digest=content_digest(content), name=probe.document, channel=CHANNEL, content=content
    )
