"""SIGTERM, as a deployment sends it: what is in hand ends well, and nothing is left half done."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from interlock import Document
from interlock.bootstrap import build
from interlock.domain.case import CaseState
from interlock.runtime.commands import deliver
from interlock.settings import load_settings
from interlock.storage import CaseQuery, open_store
from tests.cli.conftest import DATABASE, NAME

PROGRAM = [sys.executable, "-c", "from interlock.cli import main; main()"]
ENDS_WITHIN = 60  # seconds
HOOK = """
@step
def check_claim("""
WAITS = """
def _wait_for_the_test() -> None:
    from pathlib import Path

    Path("begun").write_text("yes")   # a named pipe: goes on when the test reads
    Path("go").read_text()            # another: goes on when the test writes


@step
def check_claim("""


def begun(command: str, *more: str) -> subprocess.Popen[str]:
    """The program, running on this folder with the durable engine."""
    return subprocess.Popen(
        [*PROGRAM, command, *more],
        env={**os.environ, "INTERLOCK_ENGINE": "dbos"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def one_that_waits(folder: Path) -> Path:
    """The scaffold with one open claim, whose first step waits for the test."""
    steps = folder / "steps.py"
    text = steps.read_text()
    assert HOOK in text
    body = re.compile(r'(def check_claim\(.*?""".*?"""\n)', re.DOTALL)
    text = body.sub(r"\1    _wait_for_the_test()\n", text.replace(HOOK, WAITS), count=1)
    steps.write_text(text)
    for pipe in ("begun", "go"):
        os.mkfifo(folder / pipe)
    claim = sorted((folder / "inbox").glob("*.json"))[0]
    services = build(load_settings(workflows=(folder,), engine="inline"))
    services.store.upgrade()
    document = Document(name=claim.name, content=claim.read_bytes())
    deliver(services.context, NAME, [document])
    services.close()
    return folder


def test_a_worker_finishes_the_step_it_is_in(one_that_waits: Path) -> None:
    """Told to stop in the middle of a step, it ends it, records it and gives the rest back."""
    worker = begun("work")
    (one_that_waits / "begun").read_text()

    worker.send_signal(signal.SIGTERM)
    (one_that_waits / "go").write_text("on")
    out, err = worker.communicate(timeout=ENDS_WITHIN)

    assert (worker.returncode, "stopped in order" in out) == (0, True), err
    with open_store(DATABASE) as store:
        [case] = store.cases(CaseQuery())
        assert not [each for each in store.workers() if each.is_alive]
    assert case.step != "check_claim" or case.state is CaseState.CLOSED


def test_a_killed_worker_leaves_its_case_to_the_next(one_that_waits: Path) -> None:
    """What a stop cannot wait for is ended by force; the case is taken over and goes on."""
    first = begun("work")
    (one_that_waits / "begun").read_text()
    first.kill()
    first.communicate(timeout=ENDS_WITHIN)

    second = begun("work", "--once")
    (one_that_waits / "begun").read_text()
    (one_that_waits / "go").write_text("on")
    out, err = second.communicate(timeout=ENDS_WITHIN)

    assert (second.returncode, "nothing is ready" in out) == (0, True), err
    with open_store(DATABASE) as store:
        [case] = store.cases(CaseQuery())
    assert case.state is not CaseState.READY
    assert case.step != "check_claim" or case.state is CaseState.CLOSED


def test_the_console_answers_the_request_it_has_in_hand(folder: Path) -> None:
    """A form that is being sent while the service restarts is answered, not cut off."""
    server = begun("serve", "-w", str(folder), "--port", "0")
    assert server.stdout is not None
    place = urlsplit(server.stdout.readline().split()[-1])
    with socket.create_connection((place.hostname or "", place.port or 0)) as visitor:
        visitor.settimeout(ENDS_WITHIN)
        body = b"name=nobody&password=wrong"
        visitor.sendall(
            b"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nExpect: 100-continue\r\n"
            b"Content-Type: application/x-www-form-urlencoded\r\n"
            b"Content-Length: %d\r\n\r\n" % len(body)
        )
        assert visitor.recv(4096).startswith(b"HTTP/1.1 100")  # it is in hand

        server.send_signal(signal.SIGTERM)
        visitor.sendall(body)
        answer = visitor.recv(4096)

    out, err = server.communicate(timeout=ENDS_WITHIN)
    assert answer.startswith(b"HTTP/1.1 401"), answer
    assert (server.returncode, "stopped in order" in out) == (0, True), err
