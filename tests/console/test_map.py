"""The map: every step of the contract in its lane, with what is at it now."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest

from interlock.console.views.exceptions import minutes_in_words
from interlock.console.views.spent import spent
from interlock.domain.ids import CaseId
from interlock.storage.overview import Moved
from tests.console.operations import opened_town, read, words_of
from tests.runtime.office import MONDAY
from tests.web.town import Town


@pytest.fixture
def town(sqlite_url: str) -> Iterator[Town]:
    """A town whose people have accounts."""
    with opened_town(sqlite_url) as opened:
        yield opened


def test_every_step_stands_in_the_lane_of_its_mode(town: Town) -> None:
    """One look says where AI works and where people do."""
    html = read(town, "lead", "/workflows/claims")

    assert re.search(r'class="step r2 c1[^"]*" id="step-judge"', html)
    assert re.search(r'class="step r1 c2[^"]*" id="step-settle"', html)
    assert "without AI: a person" in html
    assert 'class="ex"' in html or "<path" in html


def test_a_step_shows_what_waits_at_it_and_for_how_long(town: Town) -> None:
    """So that what is stuck is seen where it is stuck."""
    town.claim("C-1")
    town.office.clock.pass_time(timedelta(minutes=20))

    html = read(town, "lead", "/workflows/claims")
    card = words_of(html[html.index('id="step-judge"') :][:1200])

    assert "1 waiting" in card or "waiting 1" in card
    assert "longest 20 m" in card


def test_every_exception_class_is_listed_with_its_clock_and_counts(town: Town) -> None:
    """Where it goes, how fast, and how often it came."""
    town.claim("C-1")

    said = words_of(read(town, "lead", "/workflows/claims"))

    assert "Low confidence" in said
    assert "Anything else" in said
    assert "1 h" in said


def test_a_workflow_one_may_not_see_is_not_there(town: Town) -> None:
    """Not even its name is confirmed."""
    read(town, "elsewhere", "/workflows/claims", 404)
    read(town, "lead", "/workflows/payroll", 404)


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(45, "45 min"), (60, "1 h"), (90, "1 h 30 min"), (1440, "1 day"), (2880, "2 days")],
)
def test_minutes_are_said_as_people_say_them(minutes: int, said: str) -> None:
    """240 minutes are 4 h to everybody but a machine."""
    assert minutes_in_words(minutes) == said


def test_every_moment_of_a_case_is_counted_once() -> None:
    """Shares of time add up to the whole, whatever a case waited for."""
    waits = ("working", "review", "answer", "hold", "retry", "pause")
    log = [
        Moved(
            case_id=CaseId("case_1"),
            at=MONDAY + timedelta(minutes=10 * number),
            state="ready" if kind == "working" else "waiting",
            waits_for=None if kind == "working" else kind,
        )
        for number, kind in enumerate(waits)
    ]
    end = Moved(
        case_id=CaseId("case_1"), at=MONDAY + timedelta(minutes=60), state="closed", waits_for=None
    )

    found = spent([*log, end])

    assert found.mean == "60 min"
    assert sum(part.share for part in found.parts) == pytest.approx(1)
    assert {part.mean for part in found.parts} == {"10 min", "20 min"}
    assert spent([]).parts == ()
