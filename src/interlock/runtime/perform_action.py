"""Performing actions: the deed, the look-up of a lost one, and the undoing.

What is not known to have happened is lost, never taken for a failure. Nothing a user's function
raises goes further than this file.
"""

from __future__ import annotations

from concurrent.futures import Executor
from functools import partial
from time import perf_counter
from typing import Any

from interlock.canonical import digest
from interlock.clock import Clock
from interlock.domain.action import Action
from interlock.domain.case import Case
from interlock.domain.event import (
    ActionFailed,
    ActionLookedUp,
    ActionLost,
    ActionSucceeded,
    CompensationFinished,
    Event,
    StateFoundChanged,
)
from interlock.domain.exceptions import CaseException
from interlock.runtime.calling import Arguments, Overruns, call, contained
from interlock.runtime.crash_points import CrashPlan, CrashPoint
from interlock.runtime.plain import to_plain, typed
from interlock.runtime.reported import open_exception, said_by, too_late
from interlock.runtime.workflow import Workflow


class ActionPerformer:
    """Performs the actions of one workflow's cases."""

    def __init__(
        self,
        workflow: Workflow,
        arguments: Arguments,
        clock: Clock,
        threads: Executor,
        crash: CrashPlan,
        overruns: Overruns,
    ) -> None:
        self._workflow, self._arguments, self._clock = workflow, arguments, clock
        self._threads, self._crash, self._overruns = threads, crash, overruns

    async def run(self, action: Action, case: Case) -> Event:
        """The deed. What is not known to have happened is lost, never taken for a failure."""
        record = self._workflow.loaded.functions.actions[action.name]
        rule = self._workflow.contract.actions[action.name]
        try:
            changed = self._state_moved(action, case)
            if changed is not None:
                return changed
            given = self._given(record, action, case)
        except Exception as crash:  # noqa: BLE001  (nothing was started)
            return ActionFailed(action_id=action.id, error=said_by(crash))
        started = perf_counter()
        try:
            receipt = await call(
                record,
                given,
                timeout_seconds=rule.timeout_seconds,
                threads=self._threads,
                in_thread=True,
                started=partial(self._overruns.watch, action.id),
            )
            self._crash.reach(CrashPoint.ACTION_DONE)
            took = round((perf_counter() - started) * 1000)
            return ActionSucceeded(action_id=action.id, receipt=to_plain(receipt), took_ms=took)
        except CaseException as refused:
            exception = open_exception(refused, case.step)
            return ActionFailed(action_id=action.id, error=str(refused), exception=exception)
        except TimeoutError as slow:
            limit = too_late(slow, rule.timeout_seconds)
            return ActionLost(action_id=action.id, error=limit)
        except Exception as crash:  # noqa: BLE001  (it may have happened before it crashed)
            return ActionLost(action_id=action.id, error=said_by(crash))

    def _state_moved(self, action: Action, case: Case) -> StateFoundChanged | None:
        """The state the action rests on, read again; a state nobody can read has moved."""
        record = self._workflow.loaded.functions.actions[action.name].state
        if record is None:
            return None
        try:
            given = self._arguments.of(record, case, self._clock.now(), free=action.arguments)
            now = digest(to_plain(contained(record.function, **given)))
        except Exception as crash:  # noqa: BLE001  (fails closed)
            detail = f"the state {action.name} rests on could not be read: {said_by(crash)}"
            return StateFoundChanged(action_id=action.id, detail=detail, state_digest="")
        if now == action.state_digest:
            return None
        detail = f"what {action.name} rests on changed since it was decided"
        return StateFoundChanged(action_id=action.id, detail=detail, state_digest=now)

    async def look_up(self, action: Action, case: Case) -> ActionLookedUp:
        """What the system says about an action nobody knows the outcome of."""
        verify = self._workflow.loaded.functions.actions[action.name].verify
        if verify is None:
            return ActionLookedUp(action_id=action.id, found=None, error="it has no verification")
        if self._overruns.is_running(action.id):  # a look now would miss what it does next
            error = f"{action.name} ran over its time and has not ended"
            return ActionLookedUp(action_id=action.id, found=None, error=error)
        rule = self._workflow.contract.actions[action.name]
        try:
            receipt = await call(
                verify,
                self._given(verify, action, case),
                timeout_seconds=rule.timeout_seconds,
                threads=self._threads,
                in_thread=True,
            )
            found = receipt is not None and receipt is not False
            return ActionLookedUp(action_id=action.id, found=found, receipt=to_plain(receipt))
        except Exception as crash:  # noqa: BLE001  (it could not say)
            return ActionLookedUp(action_id=action.id, found=None, error=said_by(crash))

    async def compensate(self, action: Action, case: Case) -> CompensationFinished:
        """The undoing, under a key of its own; it may be repeated."""
        undo = self._workflow.loaded.functions.actions[action.name].compensate
        if undo is None:
            return CompensationFinished(action_id=action.id, error="it has no compensation")
        rule = self._workflow.contract.actions[action.name]
        try:
            given = self._given(undo, action, case, key=f"{action.id}:undo")
            await call(
                undo,
                given,
                timeout_seconds=rule.timeout_seconds,
                threads=self._threads,
                in_thread=True,
            )
            self._crash.reach(CrashPoint.COMPENSATION_DONE)
        except Exception as crash:  # noqa: BLE001  (tried again, then a person is asked)
            return CompensationFinished(action_id=action.id, error=said_by(crash))
        return CompensationFinished(action_id=action.id)

    def _given(
        self, record: Any, action: Action, case: Case, key: str | None = None
    ) -> dict[str, Any]:
        offered: dict[str, Any] = {"idempotency_key": key or action.id}
        for parameter in record.parameters:
            if parameter.name == "receipt":
                offered["receipt"] = (
                    typed(parameter.annotation, action.receipt)
                    if parameter.annotation not in (None, Any)
                    else action.receipt
                )
        return self._arguments.of(record, case, self._clock.now(), free=action.arguments, **offered)
