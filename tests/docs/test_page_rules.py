"""The page runner itself: a runner that lets everything pass would prove nothing."""

from __future__ import annotations

import traceback
from pathlib import Path

import pytest

from tests.docs.pages import Block, blocks_of, commands_of, matches, run_python


def a_block(content: str, *, language: str = "console", line: int = 1) -> Block:
    """A block with this content and no flags."""
    return Block(language=language, flags=(), content=content, line=line)


def test_a_block_knows_its_language_flags_and_line() -> None:
    """A failure must point at the line of the page that is to be mended."""
    page = "# Title\n\n```yaml file=a/contract.yaml\nversion: 1\n```\n\n```python\nx = 1\n```\n"

    saved, run = blocks_of(page)

    assert (saved.language, saved.file, saved.line) == ("yaml", "a/contract.yaml", 4)
    assert (run.language, run.file, run.content) == ("python", None, "x = 1\n")


def test_only_our_own_commands_run_and_each_keeps_its_output() -> None:
    """A page also shows `git clone`; running that would test something else."""
    block = a_block("$ git clone it\ncloned\n$ interlock check \\\n    a.yaml # fine\nok\n\nyes\n")

    (command,) = commands_of(block)

    assert command.words == ("interlock", "check", "a.yaml")
    assert command.shown == "ok\n\nyes"


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        ("a\nb", "a\nb\n", True),
        ("a", "a\nb\n", False),
        ("a\n...", "a\nb\nc\n", True),
        ("...\nc", "a\nb\nc\n", True),
        ("a\n...\nc", "a\nc\n", True),
        ("took ... s, ... cases", "took 1.25 s, 40 cases", True),
        ("took ... s", "took 1.25 s\nand more", False),
        ("1 + 1 (x)", "1 + 1 (x)", True),
        ("total  ", "\ntotal   \n\n", True),
    ],
)
def test_shown_output_is_the_printed_one_but_for_wildcards(
    shown: str, printed: str, same: bool
) -> None:
    """Output that drifted from the page is a page that lies."""
    assert matches(shown, printed) is same


def test_a_failing_block_is_reported_at_its_line_of_the_page() -> None:
    """A traceback into a nameless string helps nobody."""
    page = Path("guide.md")

    with pytest.raises(ZeroDivisionError) as caught:
        run_python(a_block("x = 1\nx / 0\n", language="python", line=40), namespace={}, page=page)

    assert traceback.extract_tb(caught.value.__traceback__)[-1].lineno == 41
