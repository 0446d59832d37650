"""Exception routes: every exception has a queue, a time and what the reviewer must see."""

from __future__ import annotations

from collections.abc import Iterator

from interlock.contracts.checks.queues import unknown_queue
from interlock.contracts.draft import Draft
from interlock.contracts.functions import WorkflowFunctions
from interlock.contracts.problem import Problem, nearest
from interlock.contracts.shape_parts import ExceptionShape
from interlock.domain.exceptions import BUILT_IN, CATCH_ALL


def problems(draft: Draft) -> Iterator[Problem]:
    """Routes to nowhere, twice, without a remedy, and the catch-all that is not there."""
    first: dict[str, int] = {}
    for place, route in enumerate(draft.shape.exceptions):
        kind = route.exception_type
        if kind and kind in first:
            line = draft.document.line("exceptions", first[kind])
            message = f'exception "{kind}" has two routes, the first on line {line}'
            yield draft.problem(("exceptions", place), message, "keep one of the two")
        first.setdefault(kind, place)
        yield from _route_problems(draft, place, route)
    if draft.shape.exceptions and CATCH_ALL not in first:
        message = "exceptions have no catch-all"
        remedy = 'add {exception_type: "*", …}, which takes what no other route names'
        yield draft.problem(("exceptions",), message, remedy)
    if draft.functions is not None:
        yield from _type_problems(draft, draft.functions)


def _route_problems(draft: Draft, place: int, route: ExceptionShape) -> Iterator[Problem]:
    path, kind = ("exceptions", place), route.exception_type
    if route.route_to and route.route_to not in draft.shape.queues:
        yield unknown_queue(draft, (*path, "route_to"), route.route_to)
    if route.remedy is not None and route.automation_allowed is False:
        message = f'exception "{kind}" has a remedy, but automation is not allowed'
        remedy = "write automation_allowed: true, or remove the remedy"
        yield draft.problem((*path, "remedy"), message, remedy)
    if route.automation_allowed is True and route.remedy is None:
        message = f'exception "{kind}" allows automation, but has no remedy'
        remedy = "write remedy: and its function, or automation_allowed: false"
        refused = draft.was_refused(*path, "remedy")
        yield from (
            () if refused else [draft.warning((*path, "automation_allowed"), message, remedy)]
        )
    if route.remedy is not None:
        yield from _remedy_problems(draft, place, route.remedy)


def _remedy_problems(draft: Draft, place: int, name: str) -> Iterator[Problem]:
    path = ("exceptions", place, "remedy")
    if name in draft.step_names:
        message = f'{draft.named(*path)} is "{name}", which is a step of the flow'
        yield draft.problem(path, message, "write a function of its own for the remedy")
    elif draft.functions is not None and name not in draft.functions.steps:
        close = nearest(name, draft.functions.steps)
        found = draft.functions.steps[close] if close else None
        remedy = (
            f'did you mean "{close}" ({found.file}:{found.line})?'
            if found
            else f"write @step def {name}(…) beside the other steps"
        )
        yield draft.problem(
            path, f'{draft.named(*path)} is "{name}", which has no function', remedy
        )


def _type_problems(draft: Draft, functions: WorkflowFunctions) -> Iterator[Problem]:
    routed = {route.exception_type for route in draft.shape.exceptions}
    raised = {each.name for each in functions.raises}
    for each in functions.raises:
        if each.name not in routed and each.name not in BUILT_IN:
            close = nearest(each.name, routed - raised - {CATCH_ALL, *BUILT_IN})
            remedy = f'did you mean "{close}"?' if close else f"add a route to {draft.file} for it"
            message = f'"{each.name}" has no route of its own, so the catch-all takes it'
            yield Problem(
                file=each.file, line=each.line, message=message, remedy=remedy, severity="warning"
            )
    for place, route in enumerate(draft.shape.exceptions):
        kind = route.exception_type
        if kind and kind not in {CATCH_ALL, *BUILT_IN, *raised}:
            close = nearest(kind, {*BUILT_IN, *raised} - routed)
            remedy = f'did you mean "{close}"?' if close else "raise it in the code, or remove it"
            path = ("exceptions", place, "exception_type")
            yield draft.warning(path, f'nothing raises the exception "{kind}"', remedy)
