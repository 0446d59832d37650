"""A look ahead on record: what a backtest or a simulation of one version of a workflow found.

Values only. One rule: what was found stands with the terms it was found on, and with when.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from interlock.domain.ids import Fingerprint, WorkflowId

FORM: Final = 1  # of `numbers`; counted up when a name in it changes its meaning


class AheadKind(StrEnum):
    BACKTEST = "backtest"  # the version over the cases of the past
    SIMULATE = "simulate"  # the version over a supposed future


@dataclass(frozen=True, slots=True, kw_only=True)
class LookAhead:
    """What one look found.

    by: who ran it, empty when nobody was named. terms: what it supposed, in words. lines: the
    report as it was printed, name and text. numbers: the same for programs, plain JSON without
    any single case.
    """

    workflow: WorkflowId
    fingerprint: Fingerprint
    kind: AheadKind
    at: datetime
    by: str
    terms: str
    lines: tuple[tuple[str, str], ...]
    numbers: Mapping[str, Any]
    form: int = FORM
