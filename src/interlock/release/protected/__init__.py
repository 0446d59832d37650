"""Protected cases: kept by the desk, played on every candidate, asked for by the gate."""

from interlock.release.protected.evaluating import Evaluation, evaluate
from interlock.release.protected.frozen_world import CannotPlay

__all__ = ["CannotPlay", "Evaluation", "evaluate"]
