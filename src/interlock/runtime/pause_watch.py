"""Asked before an AI step begins: is it paused?

Its one rule: the answer is never older than the question. Cases that ask at the same time share
one look at the database. What comes back from the AI meanwhile meets the store's own check.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from time import perf_counter
from typing import Protocol

from interlock.domain.case import Case
from interlock.domain.effect import RunStep
from interlock.domain.pause import AgentSeen, Pause, ScopeKind
from interlock.domain.rules.pausing import what_stops_step


class KnowsPauses(Protocol):
    """The part of the store a watch reads."""

    def pauses_in_force(self) -> list[Pause]: ...
    def agents_seen(self) -> list[AgentSeen]: ...


class PauseWatch:
    """What is paused now, for the cases of one episode."""

    def __init__(self, store: KnowsPauses) -> None:
        self._store, self._lock, self._looked_at = store, asyncio.Lock(), float("-inf")
        self._pauses: Sequence[Pause] = ()
        self._agents: Sequence[AgentSeen] = ()

    async def what_stops(self, case: Case, effect: RunStep) -> Pause | None:
        """The pause that keeps this AI step from beginning, or None. Raises: what the store
        raises; then nothing begins."""
        asked = perf_counter()
        async with self._lock:
            if self._looked_at < asked:
                looked_at = perf_counter()
                await asyncio.to_thread(self._look)
                self._looked_at = looked_at
        agents = [
            each.agent
            for each in self._agents
            if (each.workflow, each.fingerprint, each.step)
            == (case.workflow, case.fingerprint, effect.step)
        ]
        return what_stops_step(
            self._pauses,
            case.workflow,
            effect.step,
            agents,
            era=case.release,
            segment=case.segment,
        )

    def _look(self) -> None:
        pauses = self._store.pauses_in_force()
        by_agent = any(each.scope.kind is ScopeKind.AGENT for each in pauses)
        self._agents = self._store.agents_seen() if by_agent else ()
        self._pauses = pauses
