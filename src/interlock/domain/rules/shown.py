"""What of an evidence package, and of a case, one person may see now. Every path asks here.

The package itself is frozen and keeps everything; its seal is over the whole. In blind mode the
AI's suggestion is left out until the person has given an answer of their own; and while a second
person is asked the same, the first answer is kept back from whoever may give the second.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from interlock.domain.case import Arm, Case, CaseState, WaitsFor
from interlock.domain.ids import PersonId, TaskId
from interlock.domain.people import CONTRACT_ALONE, Standing
from interlock.domain.quality import LookKind
from interlock.domain.review import EvidencePackage, ReviewTask, Verb
from interlock.domain.rules.permission import Permission, refused
from interlock.domain.rules.seats import deciding_grants

HIDDEN: Final = "hidden"  # the key under which a package names what it keeps back
# What of an exception around a suggestion would give the suggestion away.
OF_THE_AI: Final = ("detail", "value", "evidence")
COMPARED: Final = frozenset({LookKind.SECOND, LookKind.ADJUDICATION})


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptBack:
    """What of a case one person may not know yet. ai: what the AI suggested. answers: the tasks
    of which they may not know how they were answered, or by whom. look: where they may be asked
    the same; None where there are no such answers."""

    ai: bool = False
    answers: frozenset[TaskId] = frozenset()
    look: ReviewTask | None = None


NOTHING_KEPT_BACK: Final = KeptBack()


def kept_back(
    tasks: Iterable[ReviewTask], person: str, standing: Standing = CONTRACT_ALONE
) -> KeptBack:
    """What of a case with these tasks is kept back from this person, wherever they look.

    An earlier answer is kept back from those who may still be asked the same: not from who had
    their say already, and not from an account that decides nothing there.
    """
    ai, answers, look = False, set[TaskId](), None
    for task in tasks:
        ai = ai or is_hidden_from(task, person)
        if task.is_live and task.look in COMPARED and _may_be_asked(task, person, standing):
            answers.update(task.about)
            look = look or task
    return KeptBack(ai=ai, answers=frozenset(answers), look=look)


def as_asked(case: Case, kept: KeptBack) -> Case:
    """The case as whoever may still be asked may see it: nothing in it tells the first answer.

    What became of a case is an answer to the question it waited on. So it reads as waiting on that
    question, without fields, which an answer may have changed, and without what was done since.
    """
    look = kept.look
    if look is None:
        return case
    return replace(
        case,
        data={},
        amount=look.amount,
        updated_at=look.opened_at,
        state=CaseState.WAITING,
        waits_for=WaitsFor.REVIEW,
        wake_at=None,
        step=look.step,
        outputs={},
        proposal=None,
        exception=None,
        actions=(),
        approvals=(),
        task=look.id,
        outcome=None,
        handling=None,
        closed_at=None,
        version=0,
    )


def _may_be_asked(task: ReviewTask, person: str, standing: Standing) -> bool:
    decides = not standing.known or bool(deciding_grants(standing, task))
    return decides and PersonId(person) not in task.excluded


def shown_package(task: ReviewTask, package: EvidencePackage, person: str) -> EvidencePackage:
    """The package as this person may see it now; the same one when nothing is kept back.

    Its digest stays that of the whole package, which is what a decision is bound to. What is kept
    back is named under `hidden`.
    """
    if not is_hidden_from(task, person):
        return package
    return replace(package, content=_without_the_suggestion(package.content))


def is_hidden_from(task: ReviewTask, person: str) -> bool:
    """True while the AI's suggestion is kept back from this person: blind mode, a live task, and
    no answer of their own yet."""
    return task.blind and task.is_live and all(own.by != person for own in task.own_answers)


def refused_unseen(task: ReviewTask, person: str, verb: Verb) -> Permission | None:
    """The refusal of a yes to what the person has not seen, or None.

    In blind mode an edit or a rejection is an answer of one's own; to approve needs one first.
    """
    if verb is not Verb.APPROVE or not is_hidden_from(task, person):
        return None
    reason = "this queue decides blind: give your own answer first, then you see the suggestion"
    return refused("blind", reason)


def shown_case(case: Case) -> Case:
    """The case as reviewers may see it: nothing in it says that it is a probe, and nothing what
    a watched AI said of it before it is closed."""
    if case.shadows and case.state is not CaseState.CLOSED:
        case = replace(case, shadows={})
    if case.arm is not Arm.PROBE:
        return case
    return replace(case, arm=Arm.RELEASE, probe=None)


def _without_the_suggestion(content: Mapping[str, Any]) -> dict[str, Any]:
    left = {name: value for name, value in content.items() if name != "proposal"}
    kept_back = ["proposal"] if "proposal" in content else []
    exception = left.get("exception")
    if isinstance(exception, Mapping):
        left["exception"] = {k: v for k, v in exception.items() if k not in OF_THE_AI}
        kept_back += [f"exception.{name}" for name in OF_THE_AI if name in exception]
    required = left.get("required")
    if isinstance(required, Mapping) and "proposal" in required:
        left["required"] = {k: v for k, v in required.items() if k != "proposal"}
        kept_back.append("required.proposal")
    return {**left, HIDDEN: kept_back}
