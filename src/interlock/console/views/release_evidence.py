"""One stored verdict with its evidence, and what the same evidence gives when judged again."""

from __future__ import annotations

from dataclasses import dataclass

from interlock.console.views.release_gate import Shown, shown
from interlock.console.views.release_words import metric_words, stage_words
from interlock.contracts.kept_gate import terms_of
from interlock.domain.contract import ReleaseGate
from interlock.domain.gate import Count, GateVerdict
from interlock.release.replay import Replayed, replay
from interlock.storage import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """One number of the evidence, as it was counted."""

    name: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One verdict, opened. gate None: the terms it was judged by are not on record."""

    verdict: GateVerdict
    stage: str
    gate: Shown | None
    counts: tuple[Counted, ...]
    again: Replayed


def evidence_of(store: Store, verdict: GateVerdict) -> Evidence:
    """The verdict with everything it rests on."""
    terms = _terms(store, verdict)
    return Evidence(
        verdict=verdict,
        stage=stage_words(verdict.evidence.stage),
        gate=shown(verdict, terms) if terms else None,
        counts=tuple(
            Counted(name=metric_words(name), words=_counted(count))
            for name, count in sorted(verdict.evidence.counts.items())
        ),
        again=replay(store, verdict),
    )


def _terms(store: Store, verdict: GateVerdict) -> ReleaseGate | None:
    """The gate the verdict was given by, as its contract is on record."""
    wanted = verdict.evidence.fingerprint
    text = next((row.text for row in store.contracts() if row.fingerprint == wanted), None)
    try:
        return terms_of(text)[0] if text is not None else None
    except ValueError:
        return None


def _counted(count: Count) -> str:
    if count.hits is None:
        return count.broken or "not counted"
    if count.cases is None:
        return f"{count.hits:,}"
    late = f", {count.under_way:,} more under way" if count.under_way else ""
    return f"{count.hits:,} of {count.cases:,}{late}"
