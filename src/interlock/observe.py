"""What operators see: one wide log event a step, and OpenTelemetry spans.

Nothing protected goes in: names, ids, durations and outcomes only; never a prompt, a document, a
case field or an error's own words. The record is the audit log; this is for running the service.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import structlog
from opentelemetry import trace

TRACER_NAME: Final = "interlock"
STEP_FINISHED: Final = "step_finished"
EPISODE_FINISHED: Final = "episode_finished"
SWEEP_FINISHED: Final = "sweep_finished"
WORKER_STARTED: Final = "worker_started"
WORKER_STOPPED: Final = "worker_stopped"
CONTRACT_NOT_KEPT: Final = "contract_not_kept"
KEPT_CONTRACT_REFUSED: Final = "kept_contract_refused"
CASE_BROKE: Final = "case_broke"
CASES_OPENED: Final = "cases_opened"
REVIEW_DECIDED: Final = "review_decided"
BEAT_FAILED: Final = "beat_failed"
EPISODE_FAILED: Final = "episode_failed"
SWEEP_FAILED: Final = "sweep_failed"
CHORE_FAILED: Final = "chore_failed"
PROBE_UNFIT: Final = "probe_unfit"
PAUSE_SET: Final = "pause_set"
PAUSE_LIFTED: Final = "pause_lifted"
RELEASE_MOVED: Final = "release_moved"
RELEASE_SKIPPED: Final = "release_skipped"
GATE_LOOKED: Final = "gate_looked"
NOTICE_FAILED: Final = "notice_failed"
NOTICE_DEAD: Final = "notice_dead"
ALARM_RAISED: Final = "alarm_raised"
ALARM_DECIDED: Final = "alarm_decided"
LISTENING_FAILED: Final = "listening_failed"


def log() -> Any:
    """The program's logger."""
    return structlog.get_logger()


def set_up_logging(*, level: str = "WARNING", as_json: bool = False) -> None:
    """Logs go to standard error: lines for a terminal, or one JSON object a line."""
    processors: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: Any = (
        structlog.processors.JSONRenderer()
        if as_json
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[*processors, structlog.processors.format_exc_info, last],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        logger_factory=_to_standard_error,
        cache_logger_on_first_use=False,
    )


def _to_standard_error(*_: Any) -> structlog.PrintLogger:
    """A logger for standard error as it is now; a program may have exchanged it meanwhile."""
    return structlog.PrintLogger(sys.stderr)


class Span:
    """One span, or the place where one would be when nobody listens."""

    def __init__(self, inner: trace.Span | None) -> None:
        self._inner = inner

    def set(self, name: str, value: str | int | float | bool) -> None:
        """Adds an attribute, under the product's name unless it has a namespace of its own."""
        if self._inner is not None:
            self._inner.set_attribute(name if "." in name else f"interlock.{name}", value)


@contextmanager
def span(what: str, **names: str | int) -> Iterator[Span]:
    """A span around something the runtime does. names: ids and names only.

    It costs next to nothing while no tracer provider is set up.
    """
    if isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider):
        yield Span(None)
        return
    tracer = trace.get_tracer(TRACER_NAME)
    attributes = {f"interlock.{name}": value for name, value in names.items()}
    with tracer.start_as_current_span(f"interlock.{what}", attributes=attributes) as inner:
        yield Span(inner)
