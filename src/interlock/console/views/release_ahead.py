"""What backtests and simulations found of a release's version, the latest of each kind.

One rule: a result stands with the terms it was found on, and what was never looked at says how to.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from interlock.console import words
from interlock.console.views.release_history import actor_words
from interlock.domain.ahead import AheadKind
from interlock.domain.contract import WorkflowContract
from interlock.domain.release import Release
from interlock.storage import Store

TITLES: Final = MappingProxyType(
    {
        AheadKind.BACKTEST: "Over past cases",
        AheadKind.SIMULATE: "Over a supposed future",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AheadShown:
    """One kind of look. at None: there was none yet, and `command` makes one."""

    title: str
    command: str
    at: datetime | None = None
    by: str = ""
    terms: str = ""
    lines: tuple[tuple[str, str], ...] = ()


def ahead_shown(
    store: Store, release: Release, contract: WorkflowContract
) -> tuple[AheadShown, ...]:
    """Both kinds, in the same order. contract: the one in force, for names."""
    found = store.looks_ahead(release.fingerprint)
    shown = []
    for kind, title in TITLES.items():
        look, command = found.get(kind), f"interlock {kind} FOLDER"
        if look is None:
            shown.append(AheadShown(title=title, command=command))
            continue
        lines = tuple((words.sentence(name), text) for name, text in look.lines)
        by = actor_words(contract, look.by) if look.by else "somebody at the command line"
        terms = words.sentence_of(look.terms)
        shown.append(
            AheadShown(title=title, command=command, at=look.at, by=by, terms=terms, lines=lines)
        )
    return tuple(shown)
