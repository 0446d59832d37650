"""What is kept of an error: enough for the record, and never what a message could smuggle along."""

from __future__ import annotations

import traceback
from dataclasses import replace
from pathlib import Path

from interlock.domain.case import OpenException
from interlock.domain.exceptions import CaseException
from interlock.domain.ids import StepName
from interlock.runtime.plain import plain_text, to_plain


def open_exception(raised: CaseException, step: StepName | None) -> OpenException:
    """The exception as it is kept. What it brought along and cannot be kept is named instead."""
    plain = OpenException(
        type=plain_text(str(raised.type)),
        detail=plain_text(str(raised.detail)),
        step=step,
        missing=tuple(plain_text(str(name)) for name in raised.missing),
    )
    try:
        return replace(
            plain,
            value=to_plain(raised.value),
            has_value=raised.value is not None,
            may_retry=raised.may_retry,
            evidence=to_plain(raised.evidence),
        )
    except Exception as crash:  # noqa: BLE001  (the step edge: the question is asked all the same)
        return replace(plain, detail=f"{plain.detail} ({said_by(crash)})")


def said_by(crash: BaseException) -> str:
    """The error in one line: its kind and its message."""
    try:
        text = f"{type(crash).__name__}: {crash}"
    except Exception:  # noqa: BLE001  (an error that cannot even say what it is)
        text = type(crash).__name__
    return plain_text(text[:500])  # a message, not a dump


def too_late(slow: TimeoutError, limit: float | None) -> str:
    """The limit that was overrun; without one, what the function itself said of a timeout."""
    return said_by(slow) if limit is None else f"TimeoutError: no answer within {limit:g} s"


def where_in_code(crash: BaseException) -> str:
    """The place in the author's code, for the operator: file and line, never the message."""
    frames = traceback.extract_tb(crash.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
