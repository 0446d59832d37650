"""Holds what came of a protected case against what must come of it. Pure.

Its one rule: only what was written is compared, and of a value only the fields that were written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from interlock.domain.contract import WorkflowContract
from interlock.domain.protected import (
    Difference,
    EvalResult,
    Expected,
    ExpectedAction,
    Finding,
    ProtectedCase,
    Seen,
)

PLAIN: Final = ("outcome", "handled", "waits_at", "exception", "route")
NOTHING: Final = "nothing"
HIDDEN: Final = "…"
APPROVAL: Final = "approval:"  # how the rule of an approval begins in `Seen.asked`


def differences(
    expected: Expected, seen: Seen, protected: frozenset[str] = frozenset()
) -> tuple[Difference, ...]:
    """What is not as expected, in the order of the file. protected: fields whose values hide."""
    return tuple(_found(expected, seen, protected))


def _found(expected: Expected, seen: Seen, protected: frozenset[str]) -> Iterator[Difference]:
    for key in PLAIN:
        wanted, got = getattr(expected, key), getattr(seen, key)
        if key in expected.said and wanted != got:
            yield Difference(what=key, expected=_said(wanted), got=_said(got))
    for step, wanted in expected.outputs.items():
        for path, want, got in _unlike(wanted, seen.outputs.get(step), step):
            yield _hidden(Difference(what=path, expected=_said(want), got=_said(got)), protected)
    for step, wrong in expected.wrong_outputs.items():
        got = seen.outputs.get(step)
        if got is not None and not list(_unlike(wrong, got, step)):
            said = f"anything but {_said(wrong)}"
            yield _hidden(Difference(what=step, expected=said, got=_said(got)), protected)
    if "actions" in expected.said:
        yield from _actions(expected.actions, seen.actions, protected)
    done = [each.name for each in seen.actions]
    for name in expected.never:
        if name in done:
            yield Difference(what="never", expected=f"{name} never happens", got="it would happen")


def _actions(
    wanted: Sequence[ExpectedAction], got: Sequence[ExpectedAction], protected: frozenset[str]
) -> Iterator[Difference]:
    names, happened = [each.name for each in wanted], [each.name for each in got]
    if names != happened:
        yield Difference(what="actions", expected=_listed(names), got=_listed(happened))
        return
    for want, had in zip(wanted, got, strict=True):
        for path, left, right in _unlike(want.arguments, had.arguments, want.name):
            found = Difference(what=path, expected=_said(left), got=_said(right))
            yield _hidden(found, protected)


def _unlike(wanted: Any, got: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    """(place, wanted, got) wherever they differ; fields nobody wrote are not looked at."""
    if isinstance(wanted, Mapping):
        for name, item in wanted.items():
            inner = got.get(name) if isinstance(got, Mapping) else None
            yield from _unlike(item, inner, f"{path}.{name}")
    elif isinstance(wanted, list | tuple) and isinstance(got, list | tuple):
        if len(wanted) != len(got):
            yield path, wanted, got
            return
        for place, (left, right) in enumerate(zip(wanted, got, strict=True), 1):
            yield from _unlike(left, right, f"{path}[{place}]")
    elif not _same(wanted, got):
        yield path, wanted, got


def _same(wanted: Any, got: Any) -> bool:
    """Numbers are the same however they are written; 1 and true are not."""
    if isinstance(wanted, bool) or isinstance(got, bool) or None in (wanted, got):
        return wanted is got
    left, right = _number(wanted), _number(got)
    if left is not None and right is not None and not (_is_text(wanted) and _is_text(got)):
        return left == right
    return str(wanted) == str(got)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _number(value: Any) -> Decimal | None:
    if not isinstance(value, str | int | float | Decimal):
        return None
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def _said(value: Any) -> str:
    return NOTHING if value is None else str(value)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) or NOTHING


def _hidden(found: Difference, protected: frozenset[str]) -> Difference:
    """The difference without the value of a protected field, or of anything that holds one."""
    field = found.what.rpartition(".")[2].partition("[")[0]
    quoted = any(f"'{name}'" in side for name in protected for side in (found.expected, found.got))
    if field in protected or quoted:
        return Difference(what=found.what, expected=HIDDEN, got=f"{HIDDEN} (another value)")
    return found


def uncovered(
    contract: WorkflowContract,
    played: Sequence[tuple[ProtectedCase, Seen]],
    segments: Sequence[str] = (),
) -> Mapping[str, tuple[str, ...]]:
    """What no protected case touches, by kind: exceptions, actions, never_automate, approvals,
    segments.

    segments: those the workflow has had cases of. An exception is touched when a case meets it, a
    boundary when a case stops there or holds an action to `never`, an approval when it is asked.
    """
    met = {name for _, seen in played for name in seen.met}
    done = {each.name for _, seen in played for each in seen.actions}
    never = {name for case, _ in played for name in case.expected.never}
    stops = {seen.waits_at for _, seen in played} | {
        rule for _, seen in played for rule in seen.asked
    }
    had = {seen.segment for _, seen in played}
    found = {
        "exceptions": [r.exception_type for r in contract.exceptions if r.exception_type != "*"],
        "actions": list(contract.actions),
        "never_automate": list(contract.never_automate),
        "approvals": [approval_rule(n, each.name) for n, each in enumerate(contract.approvals, 1)],
        "segments": list(segments),
    }
    touched: Mapping[str, set[Any]] = {
        "exceptions": met,
        "actions": done | never,
        "never_automate": stops | never,
        "approvals": stops,
        "segments": had,
    }
    missing = {
        kind: tuple(each for each in names if each not in touched[kind])
        for kind, names in found.items()
    }
    return {kind: names for kind, names in missing.items() if names}


def approval_rule(place: int, name: str) -> str:
    """What an approval's rule is called among what was asked; place: its place, from 1."""
    return f"{APPROVAL}{name or place}"


def regressions(result: EvalResult, before: EvalResult | None) -> tuple[str, ...]:
    """The critical cases that fail now and passed on the version before, by name.

    One of which nothing is known there, because it was not played, was changed since or there was
    no version before, counts as well: unknown is never success. Only one that is known to have
    failed there too does not.
    """
    known = {each.name: each.digest for each in result.seen}
    failed = {
        each.name: each.digest
        for each in (before.seen if before else ())
        if each.finding is Finding.FAILED and each.digest
    }
    return tuple(
        name
        for name in result.failing_critical
        if name not in failed or failed[name] != known.get(name)
    )
