"""The fields of a task: what is shown, what the reviewer may change, and what they changed.

One rule: what a form sends is compared with what was shown; a field left alone is no change, and
what is typed is judged by the same schema as the model's output, never here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from interlock.console import words
from interlock.contracts import fields_of
from interlock.domain.one_line import brief
from interlock.domain.review import EditTarget, ReviewKind, ReviewTask, Verb
from interlock.papers.veil import Veil
from interlock.runtime.workflow import Workflow

PREFIX: Final = "field-"  # of every field's name in the form
WIDE: Final = 60  # letters from which on a text gets a box of several lines
ONE_VALUE: Final = "value"  # the name of a value that has no fields of its own
YES_NO: Final = MappingProxyType({True: "yes", False: "no"})
EDITS: Final = frozenset({Verb.EDIT})


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldShown:
    """One field. kind: text, area, choice or lines (a table). was: as shown. value: as typed.

    source: ids in the document where its value stands, separated by spaces.
    """

    name: str
    label: str
    kind: str
    value: str
    was: str
    mark: str = ""
    by_ai: bool = False
    low: bool = False
    readonly: bool = False
    problem: str = ""
    source: str = ""
    columns: tuple[str, ...] = ()
    lines: tuple[tuple[str, ...], ...] = ()

    @property
    def css(self) -> str:
        """The classes of its row."""
        on = {
            "by-ai": self.by_ai,
            "is-low": self.low,
            "is-changed": self.value != self.was,
            "is-wrong": bool(self.problem),
            "wide": self.kind in ("area", "lines"),
        }
        return " ".join(name for name, is_on in on.items() if is_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldList:
    """The fields of a task, and what was wrong that belongs to none of them."""

    title: str
    fields: tuple[FieldShown, ...]
    editable: bool
    problems: tuple[str, ...] = ()


def field_list(
    workflow: Workflow,
    task: ReviewTask,
    content: Mapping[str, Any],
    veil: Veil,
    *,
    typed: Mapping[str, str] | None = None,
    problems: Sequence[str] = (),
    sources: Mapping[str, str] | None = None,
) -> FieldList:
    """What the task is about, field by field.

    content: the evidence as it may be shown. typed: what the form came with, by field.
    problems: sentences about an edit that does not fit. sources: where values stand.
    """
    shown, by_ai = shown_values(workflow, task, content)
    editable = Verb.EDIT in task.verbs and task.is_live
    masked = veil.fields(shown)
    found = [
        _field(
            name,
            value,
            masked.get(name),
            typed=(typed or {}).get(name),
            by_ai=by_ai,
            editable=editable,
            problem=next((each for each in problems if _is_about(each, name)), ""),
            source=(sources or {}).get(name, ""),
        )
        for name, value in shown.items()
    ]
    known = {each.problem for each in found}
    rest = tuple(each for each in problems if each not in known)
    return FieldList(title=_title(task), fields=tuple(found), editable=editable, problems=rest)


def shown_values(
    workflow: Workflow, task: ReviewTask, content: Mapping[str, Any]
) -> tuple[dict[str, Any], bool]:
    """The values a reviewer looks at by field, and whether the AI proposed them."""
    if task.kind is ReviewKind.APPROVAL:
        return _flat((content.get("action") or {}).get("arguments") or {}), False
    if task.edits is EditTarget.OUTPUT:
        for place, by_ai in (("exception", False), ("proposal", True)):
            value = (content.get(place) or {}).get("value")
            if value is not None:
                has_ai = by_ai or content.get("proposal") is not None
                return _by_name(value), has_ai
        return _of_step(workflow, task), False
    data = dict((content.get("case") or {}).get("data") or {})
    if task.edits is EditTarget.CASE:
        known = fields_of(workflow.loaded.functions.case_model)
        return {name: data.get(name) for name in known}, False
    return data, False


def changes_from(form: Mapping[str, str], shown: Mapping[str, Any]) -> dict[str, Any]:
    """What the form changes, by field, as plain values; a text that is no JSON stays a text.

    form: what was typed, by field. shown: what was shown, by field.
    """
    changes: dict[str, Any] = {}
    for name, text in form.items():
        if name in shown and _as_text(shown[name]) != _tidy(text):
            changes[name] = _plain(_tidy(text), shown[name])
    return changes


def _field(
    name: str,
    value: Any,
    masked: Any,
    *,
    typed: str | None,
    by_ai: bool,
    editable: bool,
    problem: str,
    source: str,
) -> FieldShown:
    hidden = masked != value
    was = _as_text(masked if hidden else value)
    columns, lines = _lines(masked if hidden else value)
    kind = _kind(value, was, columns)
    return FieldShown(
        name=name,
        label=words.sentence(name),
        kind=kind,
        value=was if typed is None or hidden else _tidy(typed),
        was=was,
        mark="hidden in part" if hidden else "AI" if by_ai else "" if was else "nothing read",
        by_ai=by_ai and not hidden,
        low=not was and editable,
        readonly=hidden or not editable,
        problem=problem,
        source=source,
        columns=columns,
        lines=lines,
    )


def _kind(value: Any, text: str, columns: tuple[str, ...]) -> str:
    if isinstance(value, bool):
        return "choice"
    if columns:
        return "lines"
    return "area" if isinstance(value, dict | list) or len(text) > WIDE or "\n" in text else "text"


def _lines(value: Any) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """The columns and lines of a record or of a list of them; nothing for any other value."""
    if isinstance(value, dict) and value:
        found = tuple(
            (words.sentence(str(name)), brief(item, WIDE)) for name, item in value.items()
        )
        return ("Name", "Value"), found
    if not isinstance(value, list) or not value or not all(isinstance(e, dict) for e in value):
        return (), ()
    names = list(dict.fromkeys(name for each in value for name in each))
    used = [name for name in names if any(each.get(name) not in (None, "") for each in value)]
    columns = tuple(words.sentence(name) for name in used)
    return columns, tuple(tuple(brief(each.get(name), WIDE) for name in used) for each in value)


def _as_text(value: Any) -> str:
    """A value as it stands in a field; the same value always gives the same text."""
    match value:
        case None:
            return ""
        case bool():
            return YES_NO[value]
        case str():
            return _tidy(value)
        case dict() | list():
            return json.dumps(value, ensure_ascii=False, indent=1)
    return str(value)


def _tidy(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def _plain(text: str, was: Any) -> Any:
    """What a typed text means where such a value stood before."""
    if isinstance(was, bool):
        return {"yes": True, "no": False}.get(text, text)
    if not text and not isinstance(was, str):
        return None
    if isinstance(was, int | float | dict | list):
        try:
            return json.loads(text, parse_constant=_refuse)
        except ValueError:
            return text
    return text


def _refuse(name: str) -> Any:
    raise ValueError(name)


def _by_name(value: Any) -> dict[str, Any]:
    return dict(value) if isinstance(value, Mapping) else {ONE_VALUE: value}


def _of_step(workflow: Workflow, task: ReviewTask) -> dict[str, Any]:
    """The fields that a person's own work gives, empty."""
    function = workflow.loaded.functions.steps.get(task.step or "")
    fields = getattr(function.value_type if function else None, "model_fields", None)
    return dict.fromkeys(fields) if fields else ({ONE_VALUE: None} if function else {})


def _flat(value: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """The arguments of an action, one level deep, as a person reads them."""
    found: dict[str, Any] = {}
    for name, item in value.items():
        label = f"{prefix}{name}"
        if isinstance(item, Mapping) and not prefix:
            found.update(_flat(item, f"{label}: "))
        else:
            found[label] = item
    return found


def _is_about(problem: str, name: str) -> bool:
    start = problem.removeprefix("the case ")
    return start.split(" ", 1)[0].split(".", 1)[0] == name


def _title(task: ReviewTask) -> str:
    if task.kind is ReviewKind.APPROVAL:
        return "Exactly this will be done"
    if task.edits is EditTarget.OUTPUT:
        return "What will be recorded"
    return "What the case says"
