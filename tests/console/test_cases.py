"""Searching cases: by what people know, within what they may see, a page at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest

from interlock.storage.case_search import FOUND_A_PAGE
from tests.console.operations import opened_town, read, words_of
from tests.web.town import SOUTH, Town


@pytest.fixture
def town(sqlite_url: str) -> Iterator[Town]:
    """A town whose people have accounts."""
    with opened_town(sqlite_url) as opened:
        yield opened


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=c-1", {"Claim C-1"}),
        ("?q=claim", {"Claim C-1", "Claim C-2"}),
        ("?state=waiting&waits_for=review", {"Claim C-1", "Claim C-2"}),
        ("?state=closed", set()),
        ("?exception=low_confidence&step=judge", {"Claim C-1", "Claim C-2"}),
        ("?workflow=payroll", set()),
        ("?state=nonsense&outcome=nonsense&after=nonsense", {"Claim C-1", "Claim C-2"}),
        ("?q=100%25", set()),
    ],
)
def test_cases_are_found_by_what_is_known_of_them(town: Town, query: str, found: set[str]) -> None:
    """Whatever is wrong in an address is as if it was not there, never an error."""
    town.claim("C-1")
    town.claim("C-2")

    html = read(town, "lead", f"/cases{query}")

    assert set(re.findall(r">(Claim C-\d)</a>", html)) == found


def test_only_the_cases_of_ones_tenants_are_found(town: Town) -> None:
    """A search is the easiest way to look where one may not."""
    town.claim("C-1", "north")
    town.claim("C-2", "south")

    html = read(town, SOUTH, "/cases")

    assert "Claim C-2" in html
    assert "Claim C-1" not in html


def test_nothing_found_says_where_was_looked_and_what_to_try(town: Town) -> None:
    """And that the work of others was not searched."""
    town.claim("C-1")

    said = words_of(read(town, "lead", "/cases?q=<grunwald>"))

    assert "No case matches “<grunwald>”" in said
    assert "Looked in 1 case you may see." in said


def test_the_next_page_goes_on_where_the_last_ended(town: Town) -> None:
    """No case is shown twice and none is left out."""
    count = FOUND_A_PAGE + 3
    for number in range(count):
        town.deliver({"number": f"C-{number}", "branch": "north", "amount": "1"}, f"{number}.json")

    first = read(town, "lead", "/cases?workflow=claims")
    (link,) = re.findall(r'href="([^"]+)" rel="next"', first)
    second = read(town, "lead", unescape(link))

    shown = [re.findall(r">(Claim C-\d+)</a>", html) for html in (first, second)]
    assert (len(shown[0]), len(shown[1])) == (FOUND_A_PAGE, 3)
    assert len({*shown[0], *shown[1]}) == count
    assert 'rel="next"' not in second
