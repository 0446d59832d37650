"""A proposed line goes into the contract's own text, and nothing else changes."""

from __future__ import annotations

import pytest

from interlock.contracts.confidence_patch import PatchRefused, with_segment_lines

INLINE = """# who decides
steps:
  - step_name: sort            # by an AI
    confidence: {accept_at: 0.92}   # agreed in May
    owner: anna
"""
BLOCK = """steps:
  - step_name: sort
    confidence:
      accept_at: 0.92  # agreed in May
      segments:
        old: 0.95
    owner: anna
"""


def test_only_the_line_changes_and_comments_stay() -> None:
    """A contract is read by people, and what they wrote beside a line is why it is there."""
    patched = with_segment_lines(INLINE, "sort", {"domestic/email": 0.87})

    wanted = 'confidence: {accept_at: 0.92, segments: {"domestic/email": 0.87}}   # agreed in May'
    assert patched == INLINE.replace("confidence: {accept_at: 0.92}   # agreed in May", wanted)


def test_a_block_keeps_what_it_had() -> None:
    """Lines of other segments stay; the unnamed segment's is the line of all others."""
    patched = with_segment_lines(BLOCK, "sort", {"new": 0.8, "": 0.9})

    assert "accept_at: 0.9 " in patched
    assert "# agreed in May" in patched
    assert "old: 0.95" in patched
    assert "new: 0.8" in patched
    assert with_segment_lines(patched, "sort", {"new": 0.8}) == patched


def test_a_step_without_a_line_is_refused() -> None:
    """A line for a step that has none would be a new permission, which people write themselves."""
    with pytest.raises(PatchRefused, match="no such step"):
        with_segment_lines(INLINE, "other", {"": 0.5})
