"""Measuring: numbers from facts and decisions, each with its denominator and its interval."""

from interlock.measure.agreement import Kappa, Pair, kappa, pairs_of
from interlock.measure.calibration import BandAgreement, agreement_by_confidence
from interlock.measure.intervals import exact_interval, rate_interval
from interlock.measure.review_quality import (
    Probes,
    QualityReport,
    Rate,
    SampleError,
    Thinking,
    probes_of,
    quality_of,
    sample_error,
    thinking_of,
)

__all__ = [
    "BandAgreement",
    "Kappa",
    "Pair",
    "Probes",
    "QualityReport",
    "Rate",
    "SampleError",
    "Thinking",
    "agreement_by_confidence",
    "exact_interval",
    "kappa",
    "pairs_of",
    "probes_of",
    "quality_of",
    "rate_interval",
    "sample_error",
    "thinking_of",
]
