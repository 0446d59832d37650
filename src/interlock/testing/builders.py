"""Builders for tests: a small valid contract, its parts, a case and a review task.

Each gives something whole and takes as keyword arguments only what a test is about. The default
contract is one step with fixed rules, two clerks at a desk, and a lead to whom late work goes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from interlock.domain.case import Case
from interlock.domain.contract import (
    ActionRule,
    ApprovalTier,
    CaseSchema,
    ConditionFailed,
    ExceptionRoute,
    Outcome,
    Owners,
    Person,
    Queue,
    Severity,
    Stage,
    StepMode,
    WorkflowContract,
    WorkflowStep,
)
from interlock.domain.exceptions import CATCH_ALL
from interlock.domain.ids import CaseId, Fingerprint, PersonId, QueueName, TaskId, WorkflowId
from interlock.domain.money import Money
from interlock.domain.review import ReviewKind, ReviewTask, Verb

WORKFLOW: Final = WorkflowId("letters")
FINGERPRINT: Final = Fingerprint("f" * 64)
DESK: Final = QueueName("desk")
LEAD: Final = QueueName("lead")


def at(text: str) -> datetime:
    """The moment a text such as "2026-03-02T09:00" names, in UTC unless it says otherwise."""
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


MORNING: Final = at("2026-03-02T09:00")  # a Monday


@dataclass(frozen=True, slots=True)
class Holds:
    """A condition answered by a Python function of the facts: Holds("x > 3", lambda f: f["x"] > 3).

    What the function raises makes it a condition that cannot be answered.
    """

    text: str
    function: Callable[[Mapping[str, Any]], bool]

    def holds(self, facts: Mapping[str, Any]) -> bool:
        """True or false. Raises: ConditionFailed."""
        try:
            return bool(self.function(facts))
        except Exception as failed:  # noqa: BLE001  (whatever a test's function does)
            raise ConditionFailed(self.text, f"{type(failed).__name__}: {failed}") from None


def a_person(name: str = "anna", **changes: Any) -> Person:
    """A person with that id."""
    plain: dict[str, Any] = {"id": PersonId(name), "name": name.capitalize()}
    return Person(**{**plain, **changes})


def a_queue(name: str = DESK, **changes: Any) -> Queue:
    """An always open queue; `desk` is worked by anna and ben and goes to `lead`, another by carla.

    Late work of other queues goes nowhere, unless it is said.
    """
    plain: dict[str, Any] = {"name": QueueName(name), "members": ("carla",)}
    if name == DESK:
        plain |= {"members": ("anna", "ben"), "escalate_to": (LEAD,)}
    return Queue(**{**plain, **changes})


def a_route(exception_type: str = CATCH_ALL, **changes: Any) -> ExceptionRoute:
    """A route to the desk, for a person within the hour."""
    plain: dict[str, Any] = {
        "exception_type": exception_type,
        "severity": Severity.MEDIUM,
        "route_to": DESK,
        "sla_minutes": 60,
        "automation_allowed": False,
        "reviewer_evidence": (),
    }
    return ExceptionRoute(**{**plain, **changes})


def an_action_rule(name: str = "send", **changes: Any) -> ActionRule:
    """An action that can be undone and looked up."""
    plain: dict[str, Any] = {
        "name": name,
        "system": "post",
        "reversible": True,
        "compensate": f"undo_{name}",
        "verify": f"find_{name}",
    }
    return ActionRule(**{**plain, **changes})


def a_tier(action: str = "send", **changes: Any) -> ApprovalTier:
    """An approval tier of carla's, for every such action."""
    plain: dict[str, Any] = {"action": action, "when": None, "tier": (PersonId("carla"),)}
    return ApprovalTier(**{**plain, "name": f"{action} is approved", **changes})


def a_step(step_name: str = "check", **changes: Any) -> WorkflowStep:
    """A step with fixed rules, asked about at the desk."""
    plain: dict[str, Any] = {
        "step_name": step_name,
        "mode": StepMode.DETERMINISTIC,
        "owner": PersonId("carla"),
        "queue": DESK,
    }
    return WorkflowStep(**{**plain, **changes})


def a_contract(
    *,
    steps: Iterable[WorkflowStep] = (),
    actions: Iterable[ActionRule] = (),
    queues: Iterable[Queue] = (),
    people: Iterable[Person] = (),
    exceptions: Iterable[ExceptionRoute] = (),
    **changes: Any,
) -> WorkflowContract:
    """A contract of these parts. Named queues and people come beside the desk, the lead, anna,
    ben and carla, or take their place; a catch-all route is always there."""
    routes = tuple(exceptions)
    if all(route.exception_type != CATCH_ALL for route in routes):
        routes = (*routes, a_route())
    everybody = (*map(a_person, ("anna", "ben", "carla")), *people)
    carla = PersonId("carla")
    plain: dict[str, Any] = {
        "workflow": WORKFLOW,
        "title": "Letters",
        "fingerprint": FINGERPRINT,
        "outcome": Outcome(statement="Letters are answered", metric="cycle_time", target="-40%"),
        "owners": Owners(business=carla, operations=carla, technical=carla, governance=carla),
        "people": {person.id: person for person in everybody},
        "case": CaseSchema(schema="cases:Letter", name="letter", key=("number",)),
        "steps": tuple(steps) or (a_step(),),
        "actions": {rule.name: rule for rule in actions},
        "queues": {each.name: each for each in (a_queue(DESK), a_queue(LEAD), *queues)},
        "exceptions": routes,
    }
    return WorkflowContract(**{**plain, **changes})


def a_case(key: str = "1", **changes: Any) -> Case:
    """A case as intake makes it, before it is opened, at the autonomous stage."""
    plain: dict[str, Any] = {
        "id": CaseId(f"case_{key}"),
        "workflow": WORKFLOW,
        "fingerprint": FINGERPRINT,
        "key": key,
        "title": f"Letter {key}",
        "data": {"number": key},
        "opened_at": MORNING,
        "updated_at": MORNING,
        "stage": Stage.AUTONOMOUS,
    }
    return Case(**{**plain, **changes})


def a_task(**changes: Any) -> ReviewTask:
    """An open proposal at the desk, due in an hour; or, held by somebody, a claimed one."""
    plain: dict[str, Any] = {
        "id": TaskId("task_1"),
        "case_id": CaseId("case_1"),
        "workflow": WORKFLOW,
        "kind": ReviewKind.PROPOSAL,
        "queue": DESK,
        "severity": Severity.MEDIUM,
        "question": "Send this answer?",
        "verbs": tuple(Verb),
        "opened_at": MORNING,
        "due_at": MORNING + timedelta(hours=1),
        "at_risk_at": MORNING + timedelta(minutes=45),
    }
    return ReviewTask(**{**plain, **changes})


def euros(amount: str) -> Money:
    """An amount in euros."""
    return Money.of(amount, "EUR")
