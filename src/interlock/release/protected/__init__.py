"""Protected cases: kept by the desk, played on every candidate, asked for by the gate."""

from interlock.release.protected.evaluating import Evaluation, evaluate
from interlock.release.protected.frozen_world import CannotPlay
from interlock.release.protected.keeping import (
    ProtectedUnknown,
    Protection,
    gather_protected,
    protect_case,
    retire_protected,
)
from interlock.release.protected.standing import ProtectedStanding, protected_standing

__all__ = [
    "CannotPlay",
    "Evaluation",
    "ProtectedStanding",
    "ProtectedUnknown",
    "Protection",
    "evaluate",
    "gather_protected",
    "protect_case",
    "protected_standing",
    "retire_protected",
]
