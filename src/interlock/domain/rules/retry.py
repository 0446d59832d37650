"""How a technical incident is retried: a few times, waiting longer each time."""

from __future__ import annotations

from datetime import timedelta

from interlock.domain.contract import Retry


def wait_before(retry: Retry, attempt: int) -> timedelta | None:
    """How long to wait before trying again, or None when the tries are used up.

    attempt: how many tries have failed so far, from 1. Exponential back-off with a ceiling; no
    jitter, because tries are spread by the sweep that wakes them.
    """
    if attempt >= retry.attempts:
        return None
    try:
        seconds = retry.first_wait_seconds * retry.factor ** (attempt - 1)
    except OverflowError:  # far beyond any ceiling
        seconds = retry.longest_wait_seconds
    return timedelta(seconds=min(seconds, retry.longest_wait_seconds))
