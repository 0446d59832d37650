"""What of an evidence package, and of a case, one person may see now. Every path asks here.

The package itself is frozen and keeps everything; its seal is over the whole. In blind mode the
AI's suggestion is left out until the person has given an answer of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from interlock.domain.case import Arm, Case, CaseState
from interlock.domain.review import EvidencePackage, ReviewTask, Verb
from interlock.domain.rules.permission import Permission, refused

HIDDEN: Final = "hidden"  # the key under which a package names what it keeps back
# What of an exception around a suggestion would give the suggestion away.
OF_THE_AI: Final = ("detail", "value", "evidence")


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
