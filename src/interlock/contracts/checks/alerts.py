"""The lines of `monitoring.alerts`: each has a band to be held against.

A step that is named has to be one that an AI does, and a queue that is to answer alarms one of
the contract's.
"""

from __future__ import annotations

from collections.abc import Iterator

from interlock.contracts.draft import Draft
from interlock.contracts.problem import Problem, did_you_mean
from interlock.contracts.reading import Path
from interlock.domain.contract import StepMode
from interlock.domain.watching import OF_AN_AGENT

AI = (StepMode.ASSISTIVE, StepMode.AGENTIC)


def problems(draft: Draft) -> Iterator[Problem]:
    """What is wrong with the alerts."""
    yield from _queue_problems(draft)
    ai = [str(step.step_name) for step in draft.shape.steps if step.mode in AI]
    for number, alert in enumerate(draft.shape.monitoring.alerts):
        path: Path = ("monitoring", "alerts", number)
        bounded = alert.low is not None or alert.high is not None
        if alert.learned == bounded:
            said = "two bands, a learned one and its own" if bounded else "no band"
            yield draft.problem(
                path, f"this alert has {said}", "write learned: true, or low: and high:"
            )
        if alert.low is not None and alert.high is not None and alert.low > alert.high:
            yield draft.problem(
                path,
                f"low is {alert.low:g} and high is {alert.high:g}",
                "write the smaller one as low",
            )
        if alert.step is None:
            continue
        if alert.measure not in OF_AN_AGENT:
            yield draft.problem(
                (*path, "step"), f"{alert.measure} is of the whole workflow", "leave step: out"
            )
        elif alert.step not in ai:
            yield draft.problem(
                (*path, "step"),
                f'there is no AI step "{alert.step}"',
                did_you_mean(alert.step, ai, "name an assistive or agentic step"),
            )


def _queue_problems(draft: Draft) -> Iterator[Problem]:
    monitoring = draft.shape.monitoring
    name, known = monitoring.alerts_queue, list(draft.shape.queues)
    if name is not None and name not in known:
        yield draft.problem(
            ("monitoring", "alerts_queue"),
            f'alarms go to "{name}", which is no queue of this contract',
            did_you_mean(name, known, "name one of queues:, or leave it out: owners are asked"),
        )
    for key in ("alerts_queue", "alerts_sla_minutes"):
        if getattr(monitoring, key) is not None and not monitoring.alerts:
            yield draft.problem(
                ("monitoring", key),
                f"{key} is for alarms, and nothing is watched",
                "write alerts:, or leave it out",
            )
