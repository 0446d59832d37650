"""Protected cases: kept by the desk, played on every candidate, asked for by the gate."""

from interlock.release.protected.evaluating import Evaluation, evaluate
from interlock.release.protected.frozen_world import CannotPlay
from interlock.release.protected.keeping import (
    ProtectedUnknown,
    Protection,
    gather_protected,
    latest_result,
    protect_case,
    retire_protected,
)

__all__ = [
    "CannotPlay",
    "Evaluation",
    "ProtectedUnknown",
    "Protection",
    "evaluate",
    "gather_protected",
    "latest_result",
    "protect_case",
    "retire_protected",
]
