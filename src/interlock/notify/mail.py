"""Mail, by SMTP.

Its one rule: a password never crosses a line that is not encrypted, unless it stays in this
machine. The Message-ID of a notice is always the same, so that a mail sent twice can be told.
"""

from __future__ import annotations

import smtplib
import ssl
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Final
from urllib.parse import unquote, urlsplit

from interlock.canonical import derived_id
from interlock.domain.notice import Notice
from interlock.domain.one_line import cut
from interlock.notify.outcome import SENT, Tried, never, not_now

TIMEOUT_SECONDS: Final = 10.0
LONGEST_SUBJECT: Final = 150  # letters
PERMANENT: Final = range(500, 600)  # RFC 5321, section 4.2.1: do not repeat the request as it is
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


class NotEncrypted(Exception):
    """The server offers no encryption, and there is a password to give it."""


class Mailer:
    """Sends mails through one server."""

    def __init__(self, url: str, sender: str) -> None:
        """url: smtp://USER:PASSWORD@HOST:PORT or smtps://…"""
        self._parts, self._sender = urlsplit(url), sender

    def send(self, notice: Notice, text: str, now: datetime) -> Tried:
        """How the try went. text: the body, with what was added when it was sent."""
        message = self._message(notice, text, now)
        try:
            with self._connected() as server:
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as refused:
            codes = [code for code, _ in refused.recipients.values()]
            final = all(code in PERMANENT for code in codes)
            return (never if final else not_now)(f"the server refused the recipient: {codes}")
        except smtplib.SMTPResponseException as refused:
            return not_now(f"the server answered {refused.smtp_code}")
        except (smtplib.SMTPException, OSError, NotEncrypted) as failed:
            return not_now(type(failed).__name__)
        return SENT

    def _message(self, notice: Notice, text: str, now: datetime) -> EmailMessage:
        message = EmailMessage()
        message["From"] = self._sender
        message["To"] = "".join(str(notice.body["to"]).split())
        message["Subject"] = cut(str(notice.body["title"]), LONGEST_SUBJECT)
        message["Date"] = format_datetime(now)
        domain = self._sender.rpartition("@")[2]
        name = derived_id("notice", notice.subject, notice.kind, notice.recipient)
        message["Message-ID"] = f"<{name}@{domain}>"
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's absence note answers it
        message.set_content(text)
        return message

    def _connected(self) -> smtplib.SMTP:
        host = self._parts.hostname or ""
        context = ssl.create_default_context()
        if self._parts.scheme == "smtps":
            port = self._parts.port or smtplib.SMTP_SSL_PORT
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                host, port, timeout=TIMEOUT_SECONDS, context=context
            )
        else:
            server = smtplib.SMTP(host, self._parts.port or 25, timeout=TIMEOUT_SECONDS)
        try:
            self._prepare(server, context)
        except BaseException:
            server.close()
            raise
        return server

    def _prepare(self, server: smtplib.SMTP, context: ssl.SSLContext) -> None:
        server.ehlo()
        encrypted = self._parts.scheme == "smtps"
        if not encrypted and server.has_extn("starttls"):
            server.starttls(context=context)
            server.ehlo()
            encrypted = True
        if self._parts.username is None:
            return
        if not encrypted and self._parts.hostname not in LOOPBACK:
            raise NotEncrypted
        server.login(unquote(self._parts.username), unquote(self._parts.password or ""))
