"""Calibration as reviewers see it: of suggestions with about this confidence, how many were right.

A suggestion counts as right when a person approved it as it was.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from interlock.domain.quality import Band, band_of
from interlock.domain.review import Verb
from interlock.measure.intervals import rate_interval
from interlock.storage import PastDecision


@dataclass(frozen=True, slots=True, kw_only=True)
class BandAgreement:
    """One band of confidence of one step: `agreed` of `of`, and the interval of that rate."""

    step: str
    band: Band
    agreed: int
    of: int
    low: float
    high: float

    @property
    def is_off(self) -> bool:
        """True when the whole interval lies outside the band: the confidence says too much, or
        too little."""
        return self.high < self.band.low or self.low > self.band.high


def agreement_by_confidence(decisions: Iterable[PastDecision]) -> list[BandAgreement]:
    """Every step and band that has a decision, by step and band. Decisions without a suggestion
    are not among them."""
    agreed: Counter[tuple[str, float]] = Counter()
    judged: Counter[tuple[str, float]] = Counter()
    bands: dict[float, Band] = {}
    for each in decisions:
        if each.confidence is None:
            continue
        band = band_of(each.confidence)
        bands[band.low] = band
        judged[each.step, band.low] += 1
        agreed[each.step, band.low] += each.verb is Verb.APPROVE
    return [
        _band(step, bands[low], agreed[step, low], judged[step, low])
        for step, low in sorted(judged)
    ]


def _band(step: str, band: Band, agreed: int, judged: int) -> BandAgreement:
    low, high = rate_interval(agreed, judged)
    return BandAgreement(step=step, band=band, agreed=agreed, of=judged, low=low, high=high)
