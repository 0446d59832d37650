"""A release to judge: its row in the database, and the office its cases were handled in."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import insert, text

from interlock.domain.contract import Stage, WorkflowContract
from interlock.domain.gate import GateEvidence
from interlock.domain.ids import PersonId
from interlock.domain.quality import Quality
from interlock.domain.release import EraId, Release, ReleaseId, ReleaseState, Stand
from interlock.release.evidence import collect
from interlock.runtime.context import Context
from interlock.runtime.workflow import Workflows
from interlock.storage import Store
from interlock.storage.releases import RELEASE
from interlock.storage.tables.releases import release_file
from tests.runtime.office import MONDAY, Office

ERA: Final = EraId("rel_1.3")


def a_release(contract: WorkflowContract, **fields: Any) -> Release:
    """The running release of a contract, at autonomous since the tests' Monday."""
    plain: dict[str, Any] = {
        "id": ReleaseId("rel_1"),
        "workflow": contract.workflow,
        "fingerprint": contract.fingerprint,
        "state": ReleaseState.RUNNING,
        "stand": Stand(stage=Stage.AUTONOMOUS, era=ERA, since=MONDAY),
        "proposed_by": PersonId("engineer"),
        "proposed_at": MONDAY,
        "started_at": MONDAY,
    }
    return Release(**{**plain, **fields})


def put_release(store: Store, release: Release) -> None:
    """The release's row, as far as verdicts need it."""
    at = release.proposed_at
    row = {
        "id": release.id,
        "workflow": release.workflow,
        "fingerprint": release.fingerprint,
        "state": release.state,
        "proposed_at": at if store.dialect == "postgresql" else at.isoformat(),
        "version": 1,
        "body": json.loads(RELEASE.encode(release)),
    }
    with store.engine.begin() as conn:
        conn.execute(insert(release_file), [row])


def into_era(office: Office, era: str = ERA, **columns: str) -> None:
    """Everything handled so far, as if it had been handled in this era."""
    extra = "".join(f", {name} = :{name}" for name in columns)
    with office.store.engine.begin() as conn:
        for table in ("fact", "case_file"):
            where = f"UPDATE {table} SET release = :era{extra} WHERE release = ''"
            conn.execute(text(where), {"era": era, **columns})


def context_with(office: Office, **changes: Any) -> Context:
    """The office, its contract changed in these fields."""
    contract = replace(office.workflow.contract, **changes)
    workflow = replace(office.workflow, loaded=replace(office.workflow.loaded, contract=contract))
    return replace(office.context, workflows=Workflows([workflow]))


def sampled(office: Office, **changes: Any) -> Context:
    """The office, whose contract draws a quality sample and has an error budget of 2 %."""
    plain: dict[str, Any] = {"quality": Quality(sample=1.0), "error_budget": {"rate": 0.02}}
    return context_with(office, **{**plain, **changes})


def collected(
    office: Office,
    context: Context | None = None,
    *,
    segment: str = "",
    now: datetime | None = None,
    latest: Any = None,
    **release: Any,
) -> GateEvidence:
    """The evidence on the office's release, as of now."""
    more = {"latest": latest} if latest else {}
    given = context or office.context
    return collect(
        given,
        a_release(office.workflow.contract, **release),
        segment,
        now or office.clock.now(),
        **more,
    )
