"""Whatever stands in a contract, the answer is a report."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from interlock.contracts import CheckReport, check_contract
from interlock.contracts.word_sets import word_set
from tests.contracts.builders import GOOD_TEXT, a_folder

KNOWN_KEYS = """
workflow steps actions owners people queues exceptions case approvals outcome module step_name mode
owner when next fallback confidence system compensate schema key workflow_release_gate
success_criteria rollback_trigger monitoring tolerance
"""
KEYS = st.sampled_from(sorted(word_set(KNOWN_KEYS))) | st.text(max_size=6)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=10)
    | st.sampled_from(["agentic", "4h", "cases:Invoice", "a > 1", "<= 0.04", "group:x", "*"]),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(KEYS, inside, max_size=4),
    max_leaves=25,
)


def checked(text: str) -> CheckReport:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "contract.yaml").write_bytes(text.encode(errors="surrogatepass"))
        return check_contract(Path(folder))


def is_readable(report: CheckReport) -> bool:
    """Every problem has both halves, and nothing of the machinery shows."""
    text = report.text()
    halves = all(problem.message and problem.remedy for problem in report.problems)
    return halves and "pydantic" not in text and "Traceback" not in text


@given(text=st.text(max_size=200))
def test_any_text_gives_a_report(text: str) -> None:
    """The file comes from an editor, a merge or a model; none of them may crash the check."""
    report = checked(text)

    assert not report.ok
    assert is_readable(report)


@given(data=st.dictionaries(KEYS, VALUES, max_size=8))
def test_any_data_under_our_own_keys_gives_a_report(data: dict[str, Any]) -> None:
    """Right keys with wrong values go deeper into the checks than noise does."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "contract.yaml"
        with file.open("w", encoding="utf-8", errors="surrogatepass") as stream:
            YAML(typ="safe", pure=True).dump(data, stream)

        report = check_contract(Path(folder))

    assert not report.ok
    assert is_readable(report)


LINES = GOOD_TEXT.splitlines()


@settings(max_examples=40)
@given(
    place=st.integers(0, len(LINES) - 1),
    new=st.none() | st.text("abc:[]{}-# \"'*&!|>0123", max_size=12) | st.sampled_from(LINES),
)
def test_the_good_contract_with_any_line_changed_gives_a_report(
    place: int, new: str | None
) -> None:
    """Most mistakes are one line, in a contract that was right a minute ago."""
    lines = [*LINES[:place], *([] if new is None else [new]), *LINES[place + 1 :]]
    with tempfile.TemporaryDirectory() as target:
        folder = a_folder(Path(target))
        (folder / "contract.yaml").write_text("\n".join(lines), encoding="utf-8")

        report = check_contract(folder)

    assert is_readable(report)
    assert report.ok == (report.workflow is not None)
    assert all(0 <= problem.line <= len(lines) + 1 for problem in report.problems)
