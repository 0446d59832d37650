"""Words a reviewer must understand at once: what `check` says about those they would not."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis.strategies import text

from interlock.contracts.checks.reviewer_words import reading_difficulty
from tests.contracts.builders import a_folder, reported

QUESTION = "question: Book {seller_name} to this account?"


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Does this job book {seller_name}?", 'says "job", a word of programs'),
        ("Was the ValueError of {seller_name} checked?", 'says "ValueError", a word of programs'),
        ("Is price_variance right for {seller_name}?", 'says "price_variance", a word of programs'),
        ("Book {seler_name} to this account?", 'uses "{seler_name}", which nothing gives it'),
        (
            "Confirm notwithstanding insufficient documentation supplementary authorisation "
            "regarding reimbursement?",
            "is hard to read (LIX ",
        ),
    ],
)
def test_a_question_a_reviewer_would_have_to_ask_about_is_pointed_out(
    tmp_path: Path, question: str, said: str
) -> None:
    """A warning: the workflow can run, and people can still read what it asks."""
    report = reported(a_folder(tmp_path, (QUESTION, f'question: "{question}"')))

    found = [line for line in report if said in line]
    assert found, report
    assert all("  warning: " in line for line in found)


def test_the_nearest_name_is_offered(tmp_path: Path) -> None:
    """A place nothing fills is most often a slip of one letter."""
    report = reported(a_folder(tmp_path, (QUESTION, "question: Book {seler_name} now?")))

    assert any('did you mean "seller_name"?' in line for line in report)


@pytest.mark.parametrize(
    ("codes", "said"),
    [
        ("[agreed, node_failed]", '"node_failed", a word of programs'),
        (f"[{'far_too_long_to_be_read_' * 3}]", "72 letters long; say it in 40"),
        (f"[{', '.join(f'reason_{n}' for n in range(10))}]", "are 10; offer 9"),
    ],
)
def test_a_reason_that_cannot_be_chosen_at_a_glance_is_pointed_out(
    tmp_path: Path, codes: str, said: str
) -> None:
    """Reasons are read beside each other, each with its key."""
    edit = (QUESTION, f"{QUESTION}\n    reason_codes: {codes}")

    report = reported(a_folder(tmp_path, edit))

    assert any(said in line for line in report), report


def test_plain_questions_are_left_alone() -> None:
    """Under eight words the measure would only guess."""
    assert reading_difficulty("Book {seller_name} to this account?") is None
    plain = reading_difficulty("Did they confirm the new account when you called them by phone?")
    assert plain is not None
    assert plain < 60


@given(text())
def test_any_text_has_a_difficulty_or_none(words: str) -> None:
    """A check never fails on what somebody wrote."""
    found = reading_difficulty(words)

    assert found is None or found > 0
