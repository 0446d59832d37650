"""How much work there is, read when monitoring asks.

Its one rule: it is read at most once in a few seconds, however often it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable
from time import monotonic
from typing import Final

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from interlock.bootstrap import Services
from interlock.web.changes import Feed

KEPT_SECONDS: Final = 5.0


class Gauges(Collector):
    """Queues, cases, workers and listeners, as gauges."""

    def __init__(self, services: Services, feed: Feed) -> None:
        self._services, self._feed = services, feed
        self._kept: list[GaugeMetricFamily] = []
        self._read_at = float("-inf")

    def describe(self) -> Iterable[GaugeMetricFamily]:
        """Nothing: so that being registered reads no database."""
        return ()

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """The gauges of now, or of a few seconds ago."""
        if monotonic() - self._read_at > KEPT_SECONDS:
            self._kept, self._read_at = self._read(), monotonic()
        return self._kept

    def _read(self) -> list[GaugeMetricFamily]:
        store = self._services.store
        tasks = GaugeMetricFamily(
            "interlock_review_tasks", "Open review tasks.", labels=("workflow", "queue", "state")
        )
        for each in store.queue_loads(now=self._services.clock.now()):
            for state in ("open", "at_risk", "late"):
                tasks.add_metric((each.workflow, each.queue, state), getattr(each, state))
        cases = GaugeMetricFamily(
            "interlock_open_cases", "Open cases.", labels=("workflow", "state", "waits_for")
        )
        for count in store.open_counts():
            names = (count.workflow, count.state, count.waits_for or "")
            cases.add_metric(names, count.cases)
        living = sum(each.is_alive for each in store.workers())
        workers = GaugeMetricFamily("interlock_workers", "Living workers.", value=living)
        listening = GaugeMetricFamily(
            "interlock_event_listeners", "Open event streams.", value=self._feed.listeners
        )
        return [tasks, cases, workers, listening]
