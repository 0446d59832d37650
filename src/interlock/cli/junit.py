"""The findings of an eval as JUnit XML, which build servers draw.

One rule: what could not be played is an error, what expired is skipped with the reason; neither
looks like a pass.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

from interlock.domain.protected import CaseFinding, EvalResult, Finding

TAGS: Final = {
    Finding.FAILED: "failure",
    Finding.COULD_NOT: "error",
    Finding.EXPIRED: "skipped",
}
FORBIDDEN: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_junit(file: Path, result: EvalResult, findings: Sequence[CaseFinding]) -> None:
    """Writes the file. Raises: OSError."""
    suite = ET.Element(
        "testsuite",
        name=f"protected cases of {result.workflow}",
        tests=str(len(findings)),
        failures=str(result.failed),
        errors=str(result.could_not),
        skipped=str(result.expired),
        timestamp=result.at.isoformat(timespec="seconds"),
        time=f"{sum(each.took_ms for each in findings) / 1000:.3f}",
    )
    properties = ET.SubElement(suite, "properties")
    for name in ("fingerprint", "answers", "cases_digest"):
        ET.SubElement(properties, "property", name=name, value=str(getattr(result, name)))
    for each in findings:
        suite.append(_case(result, each))
    file.parent.mkdir(parents=True, exist_ok=True)
    ET.ElementTree(suite).write(file, encoding="utf-8", xml_declaration=True)


def _case(result: EvalResult, found: CaseFinding) -> ET.Element:
    case = ET.Element(
        "testcase",
        name=found.name,
        classname=f"{result.workflow}.{found.severity}",
        time=f"{found.took_ms / 1000:.3f}",
    )
    tag = TAGS.get(found.finding)
    if tag is not None:
        said = _sound(found.why or "; ".join(each.what for each in found.differences))
        inner = ET.SubElement(case, tag, message=said)
        lines = [f"{d.what}: expected {d.expected}, got {d.got}" for d in found.differences]
        lines += [f"owner: {found.owner}", f"reason: {found.reason}", *found.notes]
        inner.text = _sound("\n".join(lines))
    return case


def _sound(text: str) -> str:
    """The text without letters XML does not allow."""
    return FORBIDDEN.sub("\ufffd", text)
