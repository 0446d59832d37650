"""Named places where a crash is tried on purpose.

Each is a moment between two durable points. A process told to die at one does so by SIGKILL, so
no handler, buffer or lock is tidied up; the tests then restart it and expect the same end.
"""

from __future__ import annotations

import os
import signal
from enum import StrEnum

from interlock.errors import SettingsInvalid


class CrashPoint(StrEnum):
    INTAKE_BEFORE_COMMIT = "intake_before_commit"
    INTAKE_AFTER_COMMIT = "intake_after_commit"
    EPISODE_CLAIMED = "episode_claimed"
    STEP_DONE = "step_done"
    AI_RESULT_BEFORE_RECORD = "ai_result_before_record"
    AI_RESULT_RECORDED = "ai_result_recorded"
    RECORD_BEFORE_COMMIT = "record_before_commit"
    INTENT_RECORDED = "intent_recorded"
    ACTION_DONE = "action_done"
    OUTCOME_RECORDED = "outcome_recorded"
    COMPENSATION_DONE = "compensation_done"
    DECISION_BEFORE_COMMIT = "decision_before_commit"
    DECISION_AFTER_COMMIT = "decision_after_commit"
    SWEEP_BEFORE_COMMIT = "sweep_before_commit"
    RELEASE_BEFORE_COMMIT = "release_before_commit"
    RELEASE_AFTER_COMMIT = "release_after_commit"
    EPISODE_ENDED = "episode_ended"


class CrashPlan:
    """Where this process is to die: at the nth time it reaches a point, or nowhere."""

    def __init__(self, point: CrashPoint | None = None, after: int = 1) -> None:
        self._point, self._left = point, after

    @classmethod
    def parse(cls, text: str) -> CrashPlan:
        """The plan a text such as "action_done" or "action_done:3" names; empty: nowhere.

        Raises: SettingsInvalid.
        """
        if not text:
            return cls()
        name, _, count = text.partition(":")
        try:
            return cls(CrashPoint(name), int(count or 1))
        except ValueError:
            known = ", ".join(CrashPoint)
            raise SettingsInvalid("crash_at", text, f"write POINT or POINT:N; {known}") from None

    def reach(self, point: CrashPoint) -> None:
        """Says that the process is at this point; it may be the last thing it does."""
        if point is not self._point:
            return
        self._left -= 1
        if self._left == 0:
            self.strike()

    def strike(self) -> None:
        """Ends the process here and now."""
        os.kill(os.getpid(), signal.SIGKILL)
