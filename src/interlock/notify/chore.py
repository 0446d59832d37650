"""The chores of a worker that tell people and systems: look for what is new, send what is due."""

from __future__ import annotations

from typing import Final

from interlock.notify.delivering import SENT_ARE_KEPT, Deliverer
from interlock.notify.deriving import Deriver
from interlock.notify.settings import NotifySettings
from interlock.runtime.chores import Chore
from interlock.runtime.context import Context

LOOK_EVERY_SECONDS: Final = 2.0
SEND_EVERY_SECONDS: Final = 1.0
TIDY_EVERY_SECONDS: Final = 3600.0


def notice_chores(settings: NotifySettings) -> list[Chore]:
    """The chores; none where the settings name nobody to tell."""
    if not settings.is_on:
        return []
    deriver, deliverer = Deriver(settings), Deliverer(settings)
    return [
        Chore(name="find_notices", every_seconds=LOOK_EVERY_SECONDS, run=deriver.look),
        Chore(name="send_notices", every_seconds=SEND_EVERY_SECONDS, run=deliverer.send_due),
        Chore(name="forget_notices", every_seconds=TIDY_EVERY_SECONDS, run=_forget),
    ]


def _forget(context: Context) -> int:
    """Drops what was sent long ago; what is dead stays until a person looks at it."""
    return context.store.forget_notices(context.clock.now() - SENT_ARE_KEPT)
