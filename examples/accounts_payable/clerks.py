"""Stand-ins for the company's people: they decide what waits, by the same command as everybody.

They know from the words of a bill where it belongs. A bill that disagrees with the books goes back
to its supplier; what they may not decide goes to somebody who may.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from interlock.domain.case import Case
from interlock.domain.contract import WorkflowContract
from interlock.domain.review import ReviewKind, ReviewTask, Verb
from interlock.errors import InterlockError
from interlock.runtime.commands import decide_task, escalate_task
from interlock.runtime.context import Context
from interlock.storage import TaskQuery

from .generate.catalogue import CATEGORIES

AI_STEP: Final = "assign_account"
ACCOUNT_OF: Final = {item.name: each.account for each in CATEGORIES for item in each.items}
AGREED: Final = frozenset({ReviewKind.APPROVAL, ReviewKind.HUMAN_STEP})
AT_ONCE: Final = 200


class Clerks:
    """Everybody who decides in the workflow's queues."""

    def __init__(self, context: Context, contract: WorkflowContract) -> None:
        self._context, self._contract = context, contract

    def work(self) -> int:
        """Decides every task that waits now and can be decided; how many were."""
        decided = 0
        while True:
            waiting = self._context.store.tasks(TaskQuery(limit=AT_ONCE))
            done = sum(self._decide(task) for task in waiting)
            if not done:
                return decided
            decided += done

    def _decide(self, task: ReviewTask) -> bool:
        [case] = self._context.store.load([task.case_id])
        for verb, changes in _answers(task, case):
            if any(self._answer(task, each, verb, changes) for each in self._people(task)):
                return True
        return False

    def _answer(
        self, task: ReviewTask, person: str, verb: Verb, changes: Mapping[str, str] | None
    ) -> bool:
        try:
            if verb is Verb.ESCALATE:
                escalate_task(self._context, task.id, person, note="above what I may decide")
            else:
                decide_task(
                    self._context,
                    task.id,
                    person,
                    verb,
                    reason_code=_reason(task, verb),
                    note="as the bill's own words say" if changes else "",
                    changes=changes,
                    supplied=dict.fromkeys(task.missing, "called back and confirmed"),
                    via="stand-in",
                )
        except InterlockError:
            return False  # above their limit, their own work, or asked of somebody else
        return True

    def _people(self, task: ReviewTask) -> list[str]:
        """Those of its queue first, then everybody else."""
        own = sorted(self._contract.members_of(task.queue))
        return [*own, *sorted(set(self._contract.people) - set(own))]


def right_account(data: Mapping[str, Any]) -> str:
    """The account most of the bill's lines belong to by their words; empty: they say nothing."""
    found = [ACCOUNT_OF.get(line["description"], "") for line in data.get("lines") or ()]
    return max(found, key=found.count, default="")


def _answers(task: ReviewTask, case: Case) -> Iterator[tuple[Verb, dict[str, str] | None]]:
    """What they would answer, the best first."""
    suggested = case.proposal.value if case.proposal else case.outputs.get(AI_STEP)
    said = suggested.get("number", "") if isinstance(suggested, Mapping) else ""
    right = right_account(case.data) or said
    if task.kind is ReviewKind.QUALITY_SAMPLE:
        yield Verb.APPROVE if said == right else Verb.REJECT, None
    elif task.step == AI_STEP:
        if said != right:
            yield Verb.EDIT, {"number": right}
        else:
            yield Verb.APPROVE, None
            yield Verb.EDIT, {"number": right}
        yield Verb.ESCALATE, None
    elif task.kind in AGREED:
        yield Verb.APPROVE, None
        yield Verb.ESCALATE, None
    yield Verb.REJECT, None


def _reason(task: ReviewTask, verb: Verb) -> str:
    """The first reason speaks for it, the last one against."""
    if not task.reason_codes:
        return ""
    return task.reason_codes[-1 if verb is Verb.REJECT else 0]
