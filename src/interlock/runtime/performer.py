"""Performing effects: each is answered with exactly one event, whatever happens."""

from __future__ import annotations

from concurrent.futures import Executor

from interlock.clock import Clock
from interlock.domain.case import Case
from interlock.domain.effect import Compensate, Effect, LookUpAction, RunAction, RunRemedy, RunStep
from interlock.domain.event import ActionStarted, Event
from interlock.observe import span
from interlock.runtime.calling import Arguments, Overruns
from interlock.runtime.crash_points import CrashPlan
from interlock.runtime.perform_action import ActionPerformer
from interlock.runtime.perform_step import StepPerformer
from interlock.runtime.workflow import Workflow


class Performer:
    """Performs the effects of one workflow's cases, each in a span of its own."""

    def __init__(
        self,
        workflow: Workflow,
        arguments: Arguments,
        clock: Clock,
        threads: Executor,
        crash: CrashPlan,
        overruns: Overruns,
    ) -> None:
        self._steps = StepPerformer(workflow, arguments, clock, threads, crash)
        self._actions = ActionPerformer(workflow, arguments, clock, threads, crash, overruns)

    async def perform(self, effect: Effect, case: Case) -> Event:
        """The event that answers the effect."""
        match effect:
            case RunStep():
                with span("step", case=case.id, step=effect.step, attempt=effect.attempt) as seen:
                    return await self._steps.run(effect, case, seen)
            case RunRemedy():
                with span("remedy", case=case.id, function=effect.function):
                    return await self._steps.run_remedy(effect, case)
            case RunAction():
                with span("action", case=case.id, action=effect.action.name):
                    return await self._actions.run(effect.action, case)
            case LookUpAction():
                with span("look_up", case=case.id, action=effect.action.name):
                    return await self._actions.look_up(effect.action, case)
            case Compensate():
                with span("compensate", case=case.id, action=effect.action.name):
                    return await self._actions.compensate(effect.action, case)
        return ActionStarted(action_id=effect.action.id)
