"""The contract in words, its readiness, and the places of what is not measured yet."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.console.operations import opened_town, read, words_of
from tests.web.town import Town


@pytest.fixture
def town(sqlite_url: str) -> Iterator[Town]:
    """A town whose people have accounts."""
    with opened_town(sqlite_url) as opened:
        yield opened


def test_the_contract_is_shown_in_words(town: Town) -> None:
    """Whoever answers for it need not read YAML, and may."""
    said = words_of(read(town, "lead", "/workflows/claims/contract"))

    for part in ("Business owner", "Refuse a claim", "Low confidence", "AI acts", "interlock: 1"):
        assert part in said, part


def test_readiness_is_one_level_with_what_is_missing(town: Town) -> None:
    """No protected cases: so this workflow is mapped and no more."""
    said = words_of(read(town, "lead", "/workflows/claims/contract"))

    assert "Readiness L1, mapped" in said
    assert "Results are checked afterwards" in said
    assert "fails, L2" in said


@pytest.mark.parametrize("place", ["release", "value"])
def test_what_is_not_measured_is_said_not_to_be(town: Town, place: str) -> None:
    """A made-up number would be believed."""
    said = words_of(read(town, "lead", f"/workflows/claims/{place}"))

    assert "No release yet" in said or "Nothing to compare yet" in said
    assert "as the installation is set" in said or "no gain is shown" in said
    read(town, "elsewhere", f"/workflows/claims/{place}", 404)
