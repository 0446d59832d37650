"""Outbound webhooks, signed as Standard Webhooks say.

Its one rule: they go where the settings say and nowhere else; a redirect is an error. The
webhook-id of a notice is always the same, so that a receiver can tell one that came twice.
Source: https://www.standardwebhooks.com, version 1.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from interlock.canonical import canonical, derived_id
from interlock.clock import SystemClock
from interlock.domain.notice import Notice
from interlock.errors import MissingExtra
from interlock.notify.outcome import SENT, Tried, never, not_now
from interlock.notify.settings import Endpoint

CONNECT_SECONDS: Final = 3.0
ANSWER_SECONDS: Final = 10.0


class WebhookSender:
    """Posts events to the endpoints of the settings."""

    def __init__(self, endpoints: tuple[Endpoint, ...]) -> None:
        self._clock = SystemClock()  # the machine's own: receivers refuse what is too old
        self._endpoints = {each.name: each for each in endpoints}

    def send(self, notice: Notice) -> Tried:
        """How the try went. An endpoint that is no longer in the settings gets nothing."""
        endpoint = self._endpoints.get(notice.recipient)
        if endpoint is None:
            return never("the endpoint is no longer in INTERLOCK_WEBHOOKS")
        httpx, webhook = _libraries()
        body = canonical(notice.body)
        name = derived_id("msg", notice.subject, notice.kind, notice.recipient)
        at = self._clock.now()
        headers = {
            "webhook-id": name,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": webhook(endpoint.secret).sign(name, at, body.decode()),
            "content-type": "application/json",
            "user-agent": "interlock",
        }
        timeout = httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS)
        try:
            with (
                httpx.Client(timeout=timeout, follow_redirects=False) as client,
                client.stream("POST", endpoint.url, content=body, headers=headers) as answer,
            ):
                return _said(answer.status_code)  # what it writes is not read
        except httpx.HTTPError as failed:
            return not_now(type(failed).__name__)


def _said(status: int) -> Tried:
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return SENT
    if status == HTTPStatus.GONE:  # the standard: the receiver wants no more of them
        return never("the endpoint answered 410, gone")
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return not_now(f"the endpoint answered {status}; redirects are not followed")
    return not_now(f"the endpoint answered {status}")


def _libraries() -> tuple[Any, Any]:
    try:
        import httpx
        from standardwebhooks.webhooks import Webhook
    except ModuleNotFoundError as missing:
        raise MissingExtra(str(missing.name), "notify") from None
    return httpx, Webhook
