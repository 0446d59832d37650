"""Any other service, by apprise: chats, pagers, phones.

Its one rule: an address is looked up in the settings when it is needed, and kept nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from interlock.domain.notice import Notice
from interlock.errors import MissingExtra
from interlock.notify.outcome import SENT, Tried, never, not_now


class ServiceSender:
    """Tells services of the settings."""

    def __init__(self, addresses: Mapping[str, str]) -> None:
        self._addresses = addresses

    def send(self, notice: Notice) -> Tried:
        """How the try went."""
        address = self._addresses.get(notice.recipient)
        if address is None:
            return never("the service is no longer in INTERLOCK_NOTIFY_URLS")
        service = _apprise().Apprise()
        if not service.add(address):
            return never("apprise does not know such an address")
        said = service.notify(title=str(notice.body["title"]), body=str(notice.body["text"]))
        return SENT if said else not_now("the service did not take it")


def _apprise() -> Any:
    try:
        import apprise
    except ModuleNotFoundError:
        raise MissingExtra("apprise", "notify") from None
    return apprise
