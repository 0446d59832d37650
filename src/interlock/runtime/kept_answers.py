"""Answers kept for repeated requests are forgotten when nobody may ask for them again."""

from __future__ import annotations

from typing import Final

from interlock.runtime.chores import Chore
from interlock.runtime.context import Context

EVERY_SECONDS: Final = 3600.0


def answers_chore() -> Chore:
    """The chore that drops them."""
    return Chore(name="forget_answers", every_seconds=EVERY_SECONDS, run=_forget)


def _forget(context: Context) -> None:
    context.store.forget_old_answers(context.clock.now())
