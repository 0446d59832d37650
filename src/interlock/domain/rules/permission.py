"""The answer to "may they?": yes or no, and always the reason."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """Whether somebody may, and why or why not, in words for that person."""

    allowed: bool
    reason: str
    rule: str = ""


def refused(rule: str, reason: str) -> Permission:
    """No, by this rule, for this reason."""
    return Permission(allowed=False, reason=reason, rule=rule)
