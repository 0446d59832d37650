"""The helper process that runs compiled rules over documents, one after another.

One rule: this file is a program, started by rule_helper.py and never imported; it needs the
standard library and saxonche only, and ends when its input does, when its parent is gone, or
when one document takes longer than it may.

In and out, frames: four bytes of length, then that many bytes. A request is two frames: a JSON
object {"stylesheets": [paths], "seconds": n}, then the document. The answer is one frame of JSON:
{"findings": [[stylesheet, rule, flag, text, location], ...], "error": text or null,
"memory_bytes": n}.
"""

from __future__ import annotations

import json
import os
import resource
import select
import signal
import struct
import sys
from pathlib import Path
from typing import Any, BinaryIO
from xml.etree import ElementTree

from saxonche import PySaxonApiError, PySaxonProcessor

LENGTH = struct.Struct(">I")
PARENT_CHECK_SECONDS = 2.0
STARTUP_SECONDS = 60
SVRL = "{http://purl.oclc.org/dsdl/svrl}"
BYTES_PER_RSS_UNIT = 1 if sys.platform == "darwin" else 1024  # Source: getrusage(2)


def main() -> None:
    """Answer requests until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends us
    signal.alarm(STARTUP_SECONDS)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what native code prints must not get between the answers
    requests = os.fdopen(os.dup(0), "rb", buffering=0)
    parent = os.getppid()
    with PySaxonProcessor(license=False) as processor:
        signal.alarm(0)
        compiled: dict[str, Any] = {}
        while _request_waits(requests, parent):
            header = _frame(requests)
            body = _frame(requests) if header is not None else None
            if header is None or body is None:
                return
            request = json.loads(header)
            # The default action of this alarm ends the process even inside native code.
            signal.alarm(int(request["seconds"]))
            answer = _answer(processor, compiled, request["stylesheets"], body)
            signal.alarm(0)
            _write(answers, json.dumps(answer).encode())


def _request_waits(requests: BinaryIO, parent: int) -> bool:
    """True when there is input; False when the parent died and others hold its pipe open."""
    while os.getppid() == parent:
        if select.select([requests], [], [], PARENT_CHECK_SECONDS)[0]:
            return True
    return False


def _frame(requests: BinaryIO) -> bytes | None:
    head = _exactly(requests, LENGTH.size)
    return None if head is None else _exactly(requests, LENGTH.unpack(head)[0])


def _exactly(requests: BinaryIO, size: int) -> bytes | None:
    parts = bytearray()
    while len(parts) < size:
        part = requests.read(min(size - len(parts), 1 << 20))
        if not part:
            return None
        parts += part
    return bytes(parts)


def _write(answers: BinaryIO, answer: bytes) -> None:
    answers.write(LENGTH.pack(len(answer)) + answer)
    answers.flush()


def _answer(
    processor: Any, compiled: dict[str, Any], stylesheets: list[str], document: bytes
) -> dict[str, Any]:
    findings: list[list[str | None]] = []
    error = None
    try:
        node = processor.parse_xml(xml_text=document.decode("utf-8"))
        for path in stylesheets:
            if path not in compiled:
                compiler = processor.new_xslt30_processor()
                compiled[path] = compiler.compile_stylesheet(stylesheet_file=path)
            report = compiled[path].transform_to_string(xdm_node=node)
            findings += _findings(path, report)
    except PySaxonApiError as failure:
        error = str(failure)
    return {"findings": findings, "error": error, "memory_bytes": _memory_bytes()}


def _memory_bytes() -> int:
    """The most memory this process has held."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
        line = next(each for each in status.splitlines() if each.startswith("VmHWM:"))
    except (OSError, StopIteration):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * BYTES_PER_RSS_UNIT
    # On Linux ru_maxrss begins with what the process held that started this one, so under a large
    # worker every helper would look spent. Source: proc(5), VmHWM in kB.
    return int(line.split()[1]) * 1024


def _findings(path: str, report: str) -> list[list[str | None]]:
    root = ElementTree.fromstring(report)
    return [
        [path, failed.get("id"), failed.get("flag"), _text(failed), failed.get("location")]
        for failed in root.iter(f"{SVRL}failed-assert")
    ]


def _text(failed: ElementTree.Element) -> str:
    return "".join(part for text in failed.iter(f"{SVRL}text") for part in text.itertext())


if __name__ == "__main__":
    main()
