"""`interlock serve` and `interlock up`: the console and the API, without or with a worker.

One rule: told to stop, it takes nothing new in, finishes what it has in hand, and is gone.
"""

from __future__ import annotations

import errno
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from types import FrameType
from typing import Annotated, Final

import typer
import uvicorn
from fastapi import FastAPI

from interlock import api, identity
from interlock.bootstrap import Services
from interlock.cli import options
from interlock.cli.screen import marked, notes, out
from interlock.cli.session import open_services
from interlock.console.app import attach as attach_console
from interlock.errors import InterlockError
from interlock.identity import OneTimeLink
from interlock.notify import load_notify_settings
from interlock.papers.words import listed
from interlock.web.app import new_app
from interlock.web.settings import WebSettings, load_web_settings

STOP_SECONDS: Final = 10  # requests in hand get so long to end
BACKLOG: Final = 2048  # connections that wait to be taken
STOP_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)

Host = Annotated[
    str | None,
    typer.Option(
        "--host",
        metavar="ADDRESS",
        envvar="INTERLOCK_HOST",
        help="Address to listen on; without it this machine only.",
        show_default=False,
    ),
]
Port = Annotated[
    int | None,
    typer.Option(
        "--port",
        metavar="PORT",
        envvar="INTERLOCK_PORT",
        help="Port to listen on; 0 for any that is free.",
        show_default=False,
    ),
]
LinkFor = Annotated[
    str | None,
    typer.Option(
        "--link-for",
        metavar="PERSON",
        help="Print a link that signs this person in, once.",
        show_default=False,
    ),
]


class AddressTaken(InterlockError):
    """Nothing can listen on this address."""

    code = "address_taken"

    def __init__(self, address: str, reason: str, *, is_in_use: bool = True) -> None:
        super().__init__(address, reason)
        self.address, self.reason, self.is_in_use = address, reason, is_in_use

    def __str__(self) -> str:
        remedy = "choose an address of this machine with --host, and a port with --port"
        if self.is_in_use:
            remedy = "stop what listens there, or choose another with --port"
        return f"cannot listen on {self.address}: {self.reason}; {remedy}"


def serve(
    host: Host = None,
    port: Port = None,
    workflow: options.Workflow = None,
    database: options.Database = None,
    stage: options.Stage = None,
    link_for: LinkFor = None,
) -> None:
    """Serve the console and the API until SIGTERM or ctrl-C; `interlock work` does the work."""
    settings = load_web_settings(host=host, port=port)
    _serve(settings, database, workflow, stage, link_for, with_worker=False)
    out().print(marked("ok", "stopped in order"))


def up(
    host: Host = None,
    port: Port = None,
    workflow: options.Workflow = None,
    database: options.Database = None,
    stage: options.Stage = None,
    link_for: LinkFor = None,
) -> None:
    """Console, API and one worker in one process, until ctrl-C; enough for a laptop and a team."""
    settings = load_web_settings(host=host, port=port)
    _serve(settings, database, workflow, stage, link_for, with_worker=True)
    out().print(marked("ok", "stopped in order; nothing is lost"))


def _serve(
    settings: WebSettings,
    database: str | None,
    workflow: list[Path] | None,
    stage: str | None,
    link_for: str | None,
    *,
    with_worker: bool,
) -> None:
    load_notify_settings()  # a wrong one is refused now, not when somebody is to be told
    with (
        stopping_in_order() as stop,
        open_services(database, workflow, stage=stage, engine=None) as services,
        listening(settings) as place,
    ):
        if stop.is_told:
            return
        link = identity.first_sign_in(services.context, link_for)
        with services.worker() if with_worker else nullcontext():
            _say(services, settings, place, link)
            _run(services, settings, place, stop)


def application(services: Services, settings: WebSettings) -> FastAPI:
    """The whole web application: the API, and the console on it."""
    app = new_app(services, settings)
    api.attach(app)
    attach_console(app)
    return app


@contextmanager
def listening(settings: WebSettings) -> Iterator[socket.socket]:
    """A socket that is bound, so that the address that is printed is the one that answers.

    Raises: AddressTaken.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        place = socket.create_server((settings.host, settings.port), family=family, backlog=BACKLOG)
    except OSError as problem:
        address = f"{settings.host}:{settings.port}"
        raise AddressTaken(
            address, _reason(problem), is_in_use=problem.errno == errno.EADDRINUSE
        ) from None
    with place:
        yield place


def _reason(problem: OSError) -> str:
    """What went wrong, without the address that Python puts behind it."""
    number = problem.errno
    known = number is not None and number in errno.errorcode  # a name that resolves to none is not
    said = os.strerror(number) if known and number else problem.strerror or str(problem)
    return said.split(" (while ")[0].lower()


class Stop:
    """Whether somebody told the process to stop, before the server runs or while it does."""

    def __init__(self) -> None:
        self._told = False
        self._server: uvicorn.Server | None = None

    @property
    def is_told(self) -> bool:
        """Whether it was said already; then nothing is begun, and no link is spent."""
        return self._told

    def run(self, server: uvicorn.Server, place: socket.socket) -> None:
        """Serves until told to stop; not at all when that was said before."""
        self._server = server
        if not self._told:
            server.run(sockets=[place])

    def tell(self, _signal: int, _frame: FrameType | None) -> None:
        """Takes a signal."""
        self._told = True
        if self._server is not None:
            self._server.should_exit = True


@contextmanager
def stopping_in_order() -> Iterator[Stop]:
    """Takes the signals to stop. The server has a handler of its own while it runs, and sends a
    signal on when it is done: without this the process would end there, with a worker's cases in
    its hands."""
    stop = Stop()
    before = {each: signal.signal(each, stop.tell) for each in STOP_SIGNALS}
    try:
        yield stop
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def address_of(settings: WebSettings, place: socket.socket) -> str:
    """How people reach it."""
    if settings.public_url:
        return settings.public_url
    host, port = place.getsockname()[:2]
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host
    return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"


def _run(services: Services, settings: WebSettings, place: socket.socket, stop: Stop) -> None:
    config = uvicorn.Config(
        application(services, settings),
        log_config=None,
        access_log=False,  # it would write addresses, and they hold one-time links
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips=settings.proxies,
        timeout_graceful_shutdown=STOP_SECONDS,
    )
    stop.run(uvicorn.Server(config), place)


def _say(
    services: Services, settings: WebSettings, place: socket.socket, link: OneTimeLink | None
) -> None:
    address = address_of(settings, place)
    names = listed(sorted(each.contract.workflow for each in services.workflows))
    out().print(f"Console  {address}/", soft_wrap=True, highlight=False)
    out().print(f"API      {address}/api/v1/openapi.json", soft_wrap=True, highlight=False)
    if link is not None:
        text = f"Sign in  {address}{link.path}"
        out().print(text, soft_wrap=True, highlight=False)
        notes().print(
            f"This link signs {link.account_id} in, once, until "
            f"{link.expires_at:%Y-%m-%d %H:%M} UTC. It is not shown again.",
            style="dim",
        )
    notes().print(f"Serves {names} ({services.store.dialect}), until ctrl-C.", style="dim")
