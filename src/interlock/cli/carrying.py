"""Takes one case on from where a decision left it, in this process.

One rule: it is a worker like any other while it does so; another one that was quicker keeps it.
"""

from __future__ import annotations

from dataclasses import replace

from interlock.bootstrap import Services
from interlock.domain.case import Case, CaseState
from interlock.domain.ids import CaseId
from interlock.runtime.heartbeat import Heartbeat
from interlock.runtime.worker import VERSION


def carry_on(services: Services, case: Case) -> Case:
    """The case at its next wait or its end; as it is when it is not ready."""
    if case.state is not CaseState.READY:
        return case
    heartbeat = Heartbeat(services.store, services.runner.worker, VERSION)
    heartbeat.start()
    try:
        replace(services.runner, fence=heartbeat).run([CaseId(case.id)])
    finally:
        heartbeat.stop()
    return services.store.load([case.id])[0]
