"""The accounts department with its console on: real processes, as a user starts them.

Its one rule: nothing here reaches into the program; it is started, asked and signed in to from
outside, by its commands and its pages.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from interlock.testing.postgres import free_port
from tests.support.browser import Browser

REPOSITORY = Path(__file__).resolve().parents[2]
MONDAY = "2026-03-02T10:15:00+01:00"
READY_SECONDS = 60.0
STOP_SECONDS = 20.0
UNDO = ", undo_seconds: 10"


@dataclass(frozen=True, slots=True, kw_only=True)
class Department:
    """A running console over a Monday's invoices. `base`: its address; `token`: it may read."""

    base: str
    environment: Mapping[str, str]
    token: str = ""

    def command(self, *words: str, check: bool = True, typed: str = "") -> str:
        """What an `interlock` command prints. Raises: AssertionError when it fails."""
        done = subprocess.run(
            [str(Path(sys.executable).parent / "interlock"), *words],
            env=self.environment,
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            input=typed,
            timeout=300,
            check=False,
        )
        assert not check or done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
        return done.stdout

    def told(self, path: str) -> Any:
        """What the API says there, to a program that may read; a command would take far longer."""
        with urllib.request.urlopen(
            urllib.request.Request(
                f"{self.base}/api/v1{path}", headers={"Authorization": f"Bearer {self.token}"}
            ),
            timeout=30,
        ) as answer:
            return json.load(answer)

    def sign_in(self, browser: Browser, person: str) -> None:
        """Signs a person in by a one-time link, as an admin would send it."""
        browser.open(self.base + self.link(person))
        browser.press("main form button")
        browser.wait_for(lambda d: "/sign-in" not in d.current_url, "the sign-in did not end")

    def link(self, person: str) -> str:
        """The path of a new one-time sign-in link."""
        printed = self.command("people", "link", person, "--as", "admin")
        found = re.search(r"/sign-in/link/\S+", printed)
        assert found, printed
        return found.group()

    def waiting(self, exception: str) -> list[str]:
        """The tasks of the clerks that nobody holds, by their exception, the most urgent first."""
        tasks = self.told("/reviews?state=open&queue=ap_clerks&limit=200")["items"]
        return [
            str(each["id"])
            for each in tasks
            if each["exception_type"] == exception and not each["assigned_to"]
        ]

    def a_task(self, exception: str) -> str:
        """One of them. Raises: AssertionError when there is none."""
        found = self.waiting(exception)
        assert found, f"no {exception} waits; take in more invoices"
        return found[0]

    def task(self, task: str) -> Any:
        """A review task as it is on record."""
        return self.told(f"/reviews/{task}")


@contextmanager
def department(folder: Path, *, invoices: int = 150, seed: int = 7) -> Iterator[Department]:
    """A department whose inbox was worked through at 9:00; it is 10:15 now, and it goes on."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("INTERLOCK_")},
        "INTERLOCK_DATABASE_URL": f"sqlite:///{folder}/interlock.db",
        "INTERLOCK_DATA": str(folder / "data"),
        "INTERLOCK_WORKFLOWS": str(_without_undo(folder / "accounts_payable")),
        "INTERLOCK_STAGE": "autonomous",
        "INTERLOCK_CLOCK": MONDAY,
        "TZ": "Europe/Berlin",
        "NO_COLOR": "1",
    }
    port = free_port()
    office = Department(base=f"http://127.0.0.1:{port}", environment=environment)
    _generate(folder, invoices, seed, environment)
    office.command("run", str(folder / "inbox"))
    with _serving(office, folder, port):
        made = office.command(
            "token", "new", "tests", "--as", "ap_lead", "--scope", "see", "--json"
        )
        yield replace(office, token=json.loads(made)["token"])


def _without_undo(folder: Path) -> Path:
    """The example as it is, but that a decision takes effect at once: a test need not wait."""
    example = REPOSITORY / "examples" / "accounts_payable"
    shutil.copytree(example, folder, ignore=shutil.ignore_patterns("__pycache__"))
    contract = folder / "contract.yaml"
    text = contract.read_text(encoding="utf-8")
    assert UNDO in text, f"the example's contract no longer says {UNDO}"
    contract.write_text(text.replace(UNDO, ""), encoding="utf-8")
    return folder


def _generate(folder: Path, invoices: int, seed: int, environment: Mapping[str, str]) -> None:
    subprocess.run(
        [
            *(sys.executable, "-m", "examples.accounts_payable.generate"),
            *("--invoices", str(invoices), "--seed", str(seed)),
            *("--today", "2026-03-02", "--into", str(folder)),
        ],
        env=environment,
        cwd=REPOSITORY,
        capture_output=True,
        check=True,
        timeout=120,
    )


@contextmanager
def _serving(office: Department, folder: Path, port: int) -> Iterator[None]:
    words = [str(Path(sys.executable).parent / "interlock"), "up", "--port", str(port)]
    with (folder / "up.log").open("wb") as said:
        process = subprocess.Popen(
            words, env=office.environment, cwd=REPOSITORY, stdout=said, stderr=said
        )
        try:
            _wait_until_up(office.base, process, folder / "up.log")
            yield
        finally:
            process.terminate()
            process.wait(STOP_SECONDS)


def _wait_until_up(base: str, process: subprocess.Popen[bytes], said: Path) -> None:
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{base}/healthz", timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"the console did not come up: {said.read_text()[-2000:]}")
