"""A contract's text with other confidence lines; comments and everything else stay as they are.

Its one rule: the new text says exactly the old contract but for those lines, or it is refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from copy import deepcopy
from io import StringIO
from typing import Any, Final

from ruamel.yaml import YAML

from interlock.contracts.reading import read_document
from interlock.errors import InterlockError

INLINE: Final = re.compile(r"confidence:\s*\{(?:[^{}]|\{[^{}]*\})*\}")
WIDE: Final = 10_000  # letters a line may have; a long one is not broken


class PatchRefused(InterlockError):
    """The lines cannot be written into this contract without changing something else."""

    code = "patch_refused"

    def __init__(self, step: str, why: str) -> None:
        super().__init__(step, why)
        self.step, self.why = step, why

    def __str__(self) -> str:
        return f"the lines of step {self.step} were not written: {self.why}; write them by hand"


def with_segment_lines(text: str, step: str, lines: Mapping[str, float]) -> str:
    """The contract's text with these lines for these segments of a step. The empty segment's line
    is that of all others. Raises: PatchRefused."""
    document, problems = read_document(text, "contract.yaml")
    steps = document.data.get("steps", [])
    place = next((n for n, each in enumerate(steps) if each.get("step_name") == step), None)
    if problems or place is None or not isinstance(steps[place].get("confidence"), dict):
        raise PatchRefused(step, "the contract has no such step with a confidence line")
    wanted = _wanted(steps[place]["confidence"], lines)
    expected = deepcopy(document.data)
    expected["steps"][place]["confidence"] = wanted
    start = document.line("steps", place, "confidence") - 1
    patched = _inline(text, start, wanted) or _rewritten(text, place, wanted)
    again, faults = read_document(patched, "contract.yaml")
    if faults or again.data != expected:
        raise PatchRefused(step, "something else would have changed with them")
    return patched


def _wanted(confidence: Mapping[str, Any], lines: Mapping[str, float]) -> dict[str, Any]:
    segments = {**confidence.get("segments", {}), **{k: v for k, v in lines.items() if k}}
    found = {**confidence, "accept_at": lines.get("", confidence.get("accept_at"))}
    return {**found, "segments": segments} if segments else found


def _inline(text: str, start: int, wanted: Mapping[str, Any]) -> str | None:
    """The text with `confidence: {…}` of one line replaced; None when it is not on one line."""
    rows = text.splitlines(keepends=True)
    written = json.dumps(wanted, ensure_ascii=False)
    found, count = INLINE.subn(lambda _: f"confidence: {_plain_keys(written)}", rows[start], 1)
    return "".join([*rows[:start], found, *rows[start + 1 :]]) if count else None


def _plain_keys(written: str) -> str:
    """Keys of the format itself without quotes, as people write them."""
    return re.sub(r'"(accept_at|segments)":', r"\1:", written)


def _rewritten(text: str, place: int, wanted: Mapping[str, Any]) -> str:
    yaml = YAML()
    yaml.preserve_quotes, yaml.width = True, WIDE
    if "\n  - " in text:  # items stand further in than their list, as most people write them
        yaml.indent(mapping=2, sequence=4, offset=2)
    data = yaml.load(text)
    lines = data["steps"][place]["confidence"]
    lines["accept_at"] = wanted["accept_at"]
    if "segments" in wanted:
        lines.setdefault("segments", {}).update(wanted["segments"])
    stream = StringIO()
    yaml.dump(data, stream)
    return stream.getvalue()
