"""A reviewer's edit, held against the same schema as the model's output."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from interlock.contracts import fields_of
from interlock.domain.case import Case
from interlock.domain.event import CaseRefit
from interlock.domain.review import ReviewTask
from interlock.errors import InterlockError
from interlock.runtime.plain import to_plain, typed
from interlock.runtime.workflow import CaseUnfit, Workflow, in_words


class EditRefused(InterlockError):
    """An edit that does not fit. `problems`: one sentence a field."""

    code = "edit_refused"

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__(problems)
        self.problems = problems

    def __str__(self) -> str:
        return f"the edit does not fit: {'; '.join(self.problems)}; nothing was recorded"


def edited_case(workflow: Workflow, case: Case, changes: Mapping[str, Any] | None) -> CaseRefit:
    """The case with these fields changed. Raises: EditRefused naming unknown and wrong fields."""
    given = _something(changes)
    _known(given, tuple(fields_of(workflow.loaded.functions.case_model)))
    try:
        return workflow.fit({**case.data, **given})
    except CaseUnfit as unfit:
        raise EditRefused(unfit.problems) from None


def edited_output(
    workflow: Workflow,
    task: ReviewTask,
    shown: Mapping[str, Any],
    changes: Mapping[str, Any] | None,
) -> Any:
    """What the step is to have returned: what was shown, with these fields changed.

    Raises: EditRefused.
    """
    given = dict(_something(changes))
    function = workflow.loaded.functions.steps.get(task.step or "")
    wanted = function.value_type if function else None
    base = _shown_value(shown)
    if isinstance(base, Mapping):
        _known(given, tuple(base))
        value: Any = {**base, **given}
    else:
        value = given.get("value", given) if set(given) == {"value"} else given
    if wanted in (None, Any):
        return to_plain(value)
    try:
        return to_plain(typed(wanted, value))
    except ValidationError as failed:
        raise EditRefused(in_words(failed, workflow.contract.case.protected)[0]) from None


def _shown_value(shown: Mapping[str, Any]) -> Any:
    for place in ("exception", "proposal"):
        value = (shown.get(place) or {}).get("value")
        if value is not None:
            return value
    return None


def _something(changes: Mapping[str, Any] | None) -> Mapping[str, Any]:
    if not changes:
        raise EditRefused(("no field was changed; name what changes",))
    return changes


def _known(given: Mapping[str, Any], fields: tuple[str, ...]) -> None:
    unknown = []
    for name in given:
        if name not in fields:
            near = get_close_matches(name, fields, n=1)
            hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(fields)}"
            unknown.append(f"there is no field {name!r}; {hint}")
    if unknown:
        raise EditRefused(tuple(unknown))
