"""The quality of review: samples that somebody can judge, probes that are real questions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from interlock.contracts.checks.queues import unknown_queue
from interlock.contracts.draft import AI_MODES, Draft
from interlock.contracts.probes_file import probe_problems
from interlock.contracts.problem import Problem
from interlock.contracts.shape_parts import QueueShape

MOST_PROBES_A_DAY: Final = 20  # more of them are a burden on the people they are to help
TWO: Final = 2


def problems(draft: Draft) -> Iterator[Problem]:
    """What is wrong with `quality`, `quality_sample`, `probes` and blind queues."""
    yield from _sample_problems(draft)
    yield from _probe_rate_problems(draft)
    yield from probe_problems(draft)
    yield from _blind_problems(draft)


def _sample_problems(draft: Draft) -> Iterator[Problem]:
    shape, quality = draft.shape, draft.shape.quality
    both = quality.sample is not None and draft.document.has("quality_sample")
    if both and quality.sample != shape.quality_sample:
        seen = f"{quality.sample:g} and quality_sample {shape.quality_sample:g}"
        message = f"quality.sample is {seen}"
        yield draft.problem(("quality", "sample"), message, "write the share once")
    if quality.queue is not None and quality.queue not in shape.queues:
        yield unknown_queue(draft, ("quality", "queue"), quality.queue)
    share = quality.sample if quality.sample is not None else shape.quality_sample
    if share and quality.queue is None and not _has_queue(draft, shape.owners.operations):
        message = f'nobody looks at the quality sample: "{shape.owners.operations}" has no queue'
        remedy = "write quality: {queue: …}, or give the operations owner a queue"
        yield draft.warning(("quality_sample",), message, remedy)


def _probe_rate_problems(draft: Draft) -> Iterator[Problem]:
    rate, file = draft.shape.quality.probes_per_day, draft.shape.probes
    if rate and file is None:
        message = f"quality.probes_per_day is {rate}, and there are no probes"
        yield draft.problem(
            ("quality", "probes_per_day"), message, "write probes: and the file they are in"
        )
    if rate > MOST_PROBES_A_DAY:
        message = f"quality.probes_per_day is {rate}"
        remedy = f"write at most {MOST_PROBES_A_DAY}; every one takes a person's time"
        yield draft.problem(("quality", "probes_per_day"), message, remedy)
    if file is not None and not rate:
        message = "there are probes, and none is ever asked"
        remedy = "write quality: {probes_per_day: 1}"
        yield draft.warning(("probes",), message, remedy)


def _blind_problems(draft: Draft) -> Iterator[Problem]:
    with_ai = any(step.mode in AI_MODES for _, step in draft.steps)
    for name, queue in draft.shape.queues.items():
        if queue.blind and not with_ai:
            message = f'queue "{name}" is blind, and no step has an AI whose suggestion to hide'
            yield draft.warning(("queues", name, "blind"), message, "leave blind: out")
        if draft.shape.quality.second_look and len(_people(draft, queue)) == 1:
            message = f'queue "{name}" has one person, so nobody else can take a second look there'
            yield draft.warning(("quality", "second_look"), message, "add a second member")


def _people(draft: Draft, queue: QueueShape) -> set[str]:
    found: set[str] = set()
    for member in queue.members:
        group = member.removeprefix("group:")
        in_group = {n for n, each in draft.shape.people.items() if group in each.groups}
        found |= in_group if group != member else {member}
    return found


def _has_queue(draft: Draft, name: str) -> bool:
    if not name or name in draft.shape.queues:
        return True
    person = draft.shape.people.get(name)
    reach = {name, *(f"group:{group}" for group in (person.groups if person else ()))}
    return any(reach & set(queue.members) for queue in draft.shape.queues.values())
