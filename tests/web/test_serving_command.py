"""`interlock up`: one process that serves and works, and stops in order."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import httpx
import pytest
import uvicorn

from interlock.cli import serve as serving
from interlock.cli.serve import AddressTaken, Stop, address_of, listening, stopping_in_order
from interlock.storage import open_store
from interlock.web.settings import WebSettings
from tests.web.town import CLAIMS

CLERK = "anna"
STOPS_WITHIN = 30  # seconds; a machine under load included


@contextmanager
def started(command: str, folder: Path, *more: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The program, running, and all that it said up to its address."""
    start = "from interlock.cli import main; main()"
    program = [sys.executable, "-c", start, command, "-w", str(CLAIMS), "--port", "0"]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("INTERLOCK_")}
    process = subprocess.Popen(
        [*program, *more],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield process, _said(process.stdout, "API")
    finally:
        process.kill()
        process.wait()


def test_up_serves_works_and_stops_in_order(tmp_path: Path) -> None:
    """A laptop needs one command, and closing it must lose nothing."""
    with started("up", tmp_path) as (process, said):
        address = _address(said)
        assert process.stdout is not None
        link = process.stdout.readline()
        _wait_for(f"{address}/healthz")
        ready = httpx.get(f"{address}/readyz")
        process.send_signal(signal.SIGTERM)
        rest, _ = process.communicate(timeout=STOPS_WITHIN)

    assert re.search(r"Sign in +http://127\.0\.0\.1:\d+/sign-in/link/\S{20,}", link)
    assert ready.json() == {"is_ready": True}
    assert "stopped in order" in rest
    assert process.returncode == 0


def test_the_first_link_is_made_once(tmp_path: Path) -> None:
    """Every start that printed a way in would leave one in every log."""
    with started("up", tmp_path) as (process, _):
        assert process.stdout is not None
        assert "Sign in" in process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=STOPS_WITHIN)

    with started("serve", tmp_path) as (process, said):
        _wait_for(f"{_address(said)}/healthz")
        process.send_signal(signal.SIGTERM)
        rest, _ = process.communicate(timeout=STOPS_WITHIN)

    assert "Sign in" not in rest
    assert process.returncode == 0


def test_a_link_can_be_asked_for(tmp_path: Path) -> None:
    """At every start: for whoever lost the first one, and for a demonstration's clerk."""
    for _ in range(2):
        with started("up", tmp_path, "--link-for", CLERK) as (process, _said):
            assert process.stdout is not None
            address, path = _link(process.stdout.readline())
            with httpx.Client(base_url=address, timeout=STOPS_WITHIN) as browser:
                browser.post(path)
                who = browser.get("/api/v1/me").json()["account"]["id"]
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=STOPS_WITHIN)

        assert who == CLERK


def test_a_start_that_was_stopped_spends_no_link(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first link is shown once; a start nobody waited for must not use it up."""
    monkeypatch.chdir(tmp_path)

    @contextmanager
    def told_at_once() -> Iterator[Stop]:
        with stopping_in_order() as stop:
            signal.raise_signal(signal.SIGINT)
            yield stop

    monkeypatch.setattr(serving, "stopping_in_order", told_at_once)
    serving.serve(port=0, workflow=[CLAIMS], database=f"sqlite:///{tmp_path}/interlock.db")

    assert "Sign in" not in capsys.readouterr().out
    with open_store(f"sqlite:///{tmp_path}/interlock.db") as store:
        assert store.accounts() == []


def test_an_address_of_another_machine_is_not_called_taken() -> None:
    """Nothing listens there that could be stopped."""
    elsewhere = WebSettings(host="192.0.2.1", port=0)  # for documentation, RFC 5737
    with pytest.raises(AddressTaken, match="--host") as refused, listening(elsewhere):
        pass

    assert "bind" not in str(refused.value)


def test_a_signal_before_it_serves_is_not_forgotten() -> None:
    """Whoever changed their mind during the start must not have to say it twice."""
    with stopping_in_order() as stop, listening(WebSettings(port=0)) as place:
        signal.raise_signal(signal.SIGTERM)

        stop.run(uvicorn.Server(uvicorn.Config(_no_application)), place)


async def _no_application(*_: object) -> None:
    raise AssertionError("nothing is to be served")


def test_a_taken_address_is_said_in_words() -> None:
    """The most common mistake deserves a sentence."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(AddressTaken, match="--port"), listening(WebSettings(port=port)):
            pass


def test_the_address_that_is_printed_is_the_one_people_use() -> None:
    """Behind a proxy it is not the one that is listened on."""
    with listening(WebSettings(port=0)) as place:
        assert address_of(WebSettings(), place) == f"http://127.0.0.1:{place.getsockname()[1]}"
        public = WebSettings(public_url="https://interlock.example.com/")
        assert address_of(public, place) == "https://interlock.example.com"


def _said(out: IO[str], until: str) -> str:
    lines = []
    for line in out:
        lines.append(line)
        if line.startswith(until):
            return "".join(lines)
    raise AssertionError(f"it ended after saying {lines}")


def _address(said: str) -> str:
    found = re.search(r"http://127\.0\.0\.1:\d+", said)
    assert found
    return found.group()


def _link(line: str) -> tuple[str, str]:
    """The console's address and the path of the link in it."""
    found = re.search(r"(http://[^/]+)(/sign-in/link/\S+)", line)
    assert found
    return found.group(1), found.group(2)


def _wait_for(url: str) -> None:
    """Waits until it answers; connections are taken from the start, so one request does."""
    assert httpx.get(url, timeout=STOPS_WITHIN).status_code == 200
