"""Intervals of a rate. Its one rule: nothing seen is nothing known, which is 0 to 1."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final

from interlock.errors import MissingExtra

CONFIDENCE: Final = 0.95


def rate_interval(hits: int, total: int, *, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """The Wilson interval of a rate, as fractions (low, high) in 0..1.

    hits, total: counts, 0 <= hits <= total. With total == 0 it is (0.0, 1.0).
    Raises: ValueError outside that range; MissingExtra without scipy.
    Source: Wilson 1927, JASA 22(158), 209-212.
    """
    if not 0 <= hits <= total:
        raise ValueError(f"{hits} of {total} is no rate; give counts with 0 <= hits <= total")
    if total == 0:
        return 0.0, 1.0
    found = stats().binomtest(hits, total).proportion_ci(confidence, method="wilson")
    return float(found.low), float(found.high)


def exact_interval(
    hits: float, total: float, *, confidence: float = CONFIDENCE
) -> tuple[float, float]:
    """The Clopper-Pearson interval of a rate, as fractions (low, high) in 0..1.

    hits, total: 0 <= hits <= total; they need not be whole, so that a weighted sample can be given
    by its effective size. With total == 0 it is (0.0, 1.0).
    Raises: ValueError outside that range; MissingExtra without scipy.
    Source: Clopper and Pearson 1934, Biometrika 26(4), 404-413; with an effective size: Korn and
    Graubard 1998, Survey Methodology 24(2), 193-201.
    """
    if not 0 <= hits <= total:
        raise ValueError(f"{hits} of {total} is no rate; give sizes with 0 <= hits <= total")
    if total == 0:
        return 0.0, 1.0
    tail, beta = (1 - confidence) / 2, stats().beta
    low = 0.0 if hits == 0 else float(beta.ppf(tail, hits, total - hits + 1))
    high = 1.0 if hits == total else float(beta.ppf(1 - tail, hits + 1, total - hits))
    return low, high


def stats() -> Any:
    """scipy.stats, imported when a number is asked for: it is heavy, and optional."""
    try:
        return import_module("scipy.stats")
    except ImportError:
        raise MissingExtra("scipy", "web") from None
