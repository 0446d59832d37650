"""Stand-ins for the desk's people: they know what each request is about, and decide accordingly.

They decide through the same command as the console and the API. A confident wrong suggestion is
edited, a right one approved; a look at finished work is answered just as honestly.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from interlock.domain.review import ReviewKind, ReviewTask, Verb
from interlock.runtime.commands import DecisionRefused, decide_task
from interlock.runtime.context import Context
from interlock.storage import TaskQuery

HANDS: Final = {"desk": ("noor", "sam"), "desk_lead": ("desk_lead",)}
AT_ONCE: Final = 200


class DeskPeople:
    """Everybody who works in the desk's queues. truth: request number → kind."""

    def __init__(self, context: Context, truth: Mapping[str, str]) -> None:
        self._context, self._truth = context, truth

    def work(self) -> int:
        """Decides every task that waits now; how many were decided."""
        decided = 0
        while True:
            waiting = self._context.store.tasks(TaskQuery(queues=tuple(HANDS), limit=AT_ONCE))
            done = sum(self._decide(task) for task in waiting)
            if not done:
                return decided
            decided += done

    def _decide(self, task: ReviewTask) -> bool:
        [case] = self._context.store.load([task.case_id])
        kind = self._truth[str(case.data["number"])]
        said = case.proposal.value if case.proposal else case.outputs.get("triage")
        right = isinstance(said, Mapping) and said.get("kind") == kind
        for person in HANDS[task.queue]:
            try:
                self._answer(task, person, kind, right=right)
            except DecisionRefused:
                continue  # their own work, or somebody else holds it
            return True
        return False

    def _answer(self, task: ReviewTask, person: str, kind: str, *, right: bool) -> None:
        verb, changes = Verb.APPROVE, None
        if not right and task.kind is ReviewKind.QUALITY_SAMPLE:
            verb = Verb.REJECT
        elif not right or Verb.APPROVE not in task.verbs:
            verb, changes = Verb.EDIT, {"kind": kind}
        reason = task.reason_codes[0] if task.reason_codes else ""
        decide_task(
            self._context,
            task.id,
            person,
            verb,
            reason_code=reason,
            note="" if right else f"it is about {kind}",
            changes=changes,
            via="stand-in",
        )
