"""Judging a stored verdict's evidence again: the same evidence must give the same verdict.

Its one rule: whatever differs is said, and nothing is put right.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from interlock.contracts.kept_gate import terms_of
from interlock.domain.contract import ReleaseGate
from interlock.domain.gate import GateVerdict
from interlock.domain.release import ReleaseId
from interlock.domain.rollout import Rollout
from interlock.domain.rules.gate import judge
from interlock.domain.rules.gate_digest import digest_of
from interlock.storage import Store
from interlock.storage.house_log import MovedOn

PAGE: Final = 200  # verdicts read at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """A stored verdict, what its evidence gives now, and how the two differ.

    again: None when the terms it was judged by are not on record.
    """

    verdict: GateVerdict
    again: GateVerdict | None
    differences: tuple[str, ...]

    @property
    def is_same(self) -> bool:
        """True when the evidence is unchanged and gives the same verdict."""
        return not self.differences


def replay(store: Store, verdict: GateVerdict, logged: Sequence[MovedOn] | None = None) -> Replayed:
    """The verdict beside the one its evidence gives now, by the terms of its own contract.

    logged: what the house log says of verdicts, for who asks of many; else it is read.
    """
    logged = store.verdicts_moved_on() if logged is None else logged
    against_log = tuple(_unlike_the_log(verdict, logged))
    try:
        gate, rollout = _terms(store, verdict)
    except (LookupError, ValueError) as problem:
        return Replayed(verdict=verdict, again=None, differences=(*against_log, str(problem)))
    again = replace(judge(verdict.evidence, gate, rollout), id=verdict.id)
    differences = (*_differences(verdict, again), *against_log)
    return Replayed(verdict=verdict, again=again, differences=differences)


def replay_all(store: Store, release: ReleaseId) -> Iterator[Replayed]:
    """Every verdict of a release, judged again, the newest first."""
    before: int | None = None
    logged = store.verdicts_moved_on()
    while page := store.verdicts(release, PAGE, before=before):
        for verdict in page:
            yield replay(store, verdict, logged)
        before = page[-1].id


def _terms(store: Store, verdict: GateVerdict) -> tuple[ReleaseGate, Rollout]:
    fingerprint = verdict.evidence.fingerprint
    text = next((row.text for row in store.contracts() if row.fingerprint == fingerprint), None)
    if text is None:
        raise LookupError(f"contract {fingerprint[:12]} is not on record, so it cannot be judged")
    gate, rollout = terms_of(text)
    if gate is None:
        raise LookupError(f"contract {fingerprint[:12]} has no release gate to judge it by")
    return gate, rollout


def _unlike_the_log(verdict: GateVerdict, logged: Sequence[MovedOn]) -> Iterator[str]:
    """Evidence and its digest can be changed together where they are stored; the log cannot."""
    digest = digest_of(verdict.evidence)
    for each in logged:
        if each.verdict == verdict.id and each.evidence_digest != digest:
            yield (
                f"the release moved on other evidence: entry {each.seq} of the house log has "
                f"{each.evidence_digest[:12]}, and this is {digest[:12]}"
            )


def _differences(stored: GateVerdict, again: GateVerdict) -> Iterator[str]:
    digest = digest_of(stored.evidence)
    if digest != stored.evidence_digest:
        yield (
            f"the evidence was changed: its digest is {digest[:12]}, and "
            f"{stored.evidence_digest[:12]} is on record"
        )
    if stored.method != again.method:
        yield f'it was judged by other rules: "{stored.method}"; these are "{again.method}"'
    if stored.decision is not again.decision:
        yield f"the verdict is {again.decision} now, and {stored.decision} is on record"
    for name in ("criteria", "watched", "triggers", "conditions", "words"):
        if getattr(stored, name) != getattr(again, name):
            yield f"its {name} differ"
