"""A page of a release's past: what was done to it, and what its gate said, the newest first.

One rule: two lists, each with its own place; going on in one leaves the other where it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from interlock.console.views.release_history import Told, history
from interlock.domain.contract import WorkflowContract
from interlock.domain.gate import GateVerdict
from interlock.domain.release import Release
from interlock.storage import Store

LINES: Final = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """One page. older_moves, older_verdicts: where each list goes on; empty at its end."""

    moves: tuple[Told, ...]
    verdicts: tuple[GateVerdict, ...]
    older_moves: str
    older_verdicts: str
    first: str
    is_first: bool


def past_of(
    store: Store,
    release: Release,
    contract: WorkflowContract,
    *,
    before: int | None,
    verdicts_before: int | None,
) -> Past:
    """The page after these places. contract: the one in force, for names."""
    lines = store.release_history(release.id, LINES + 1, before=before)
    said = store.verdicts(release.id, LINES + 1, before=verdicts_before)
    here = {"release": str(release.id)}
    places = _present(before=before, verdicts=verdicts_before)
    shown, told = lines[:LINES], said[:LINES]
    older = {"before": str(shown[-1].number)} if len(lines) > LINES else {}
    older_said = {"verdicts": str(told[-1].id)} if len(said) > LINES else {}
    return Past(
        moves=history(release, contract, [each.event for each in reversed(shown)]),
        verdicts=tuple(told),
        older_moves=_link(release, {**here, **places, **older}) if older else "",
        older_verdicts=_link(release, {**here, **places, **older_said}) if older_said else "",
        first=_link(release, here),
        is_first=not places,
    )


def _present(**places: int | None) -> dict[str, str]:
    return {name: str(place) for name, place in places.items() if place is not None}


def _link(release: Release, asked: dict[str, str]) -> str:
    return f"/workflows/{release.workflow}/release/history?{urlencode(asked)}"
