"""The operations home: what needs a look stands first, and only what was counted is said."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from interlock.console.views.queues import clears_by
from interlock.domain.ids import QueueName
from tests.console.operations import opened_town, read, words_of
from tests.web.town import SOUTH, Town


@pytest.fixture
def town(sqlite_url: str) -> Iterator[Town]:
    """A town whose people have accounts."""
    with opened_town(sqlite_url) as opened:
        yield opened


def test_a_quiet_morning_says_that_nothing_needs_anybody(town: Town) -> None:
    """An empty page would leave the reader wondering whether it works."""
    read(town, "lead", "/")  # the first page takes its time; a worker is silent after seconds
    town.office.store.beat("worker-1", version="test")

    said = words_of(read(town, "lead", "/"))

    assert "Nothing waits for a person." in said
    assert "Nothing needs you." in said
    assert "None decided yet" in said
    assert "None closed yet" in said


def test_late_work_is_the_first_thing_on_the_page(town: Town) -> None:
    """With the queue it is in, since when, and who is asked next."""
    town.claim("C-1")
    town.office.clock.pass_time(timedelta(minutes=90))

    said = words_of(read(town, "lead", "/"))

    assert "1 decision is late." in said
    assert (
        "1 task late in clerks Claims. The oldest is 30 m late. What is late goes to lead." in said
    )
    assert said.index("1 task late in clerks") < said.index("Workflows most urgent first")


def test_a_silent_worker_is_named(town: Town) -> None:
    """Cases that wait for a machine are nobody's fault that anybody could see elsewhere."""
    town.deliver({"number": "C-9", "branch": "north", "amount": "1"}, "C-9.json")
    town.office.clock.pass_time(timedelta(minutes=10))

    said = words_of(read(town, "lead", "/"))

    assert "No worker is running" in said
    assert "1 case not moved for 10 m" in said


def test_numbers_are_those_of_the_tenants_one_may_see(town: Town) -> None:
    """A count over foreign work would tell of it."""
    town.claim("C-1", "north")
    town.claim("C-2", "south")

    assert "2 tasks wait for a person" in words_of(read(town, "lead", "/"))
    assert "1 task waits for a person" in words_of(read(town, SOUTH, "/"))
    assert "There is no workflow you may see." in words_of(read(town, "elsewhere", "/"))


def test_shares_come_with_their_denominators(town: Town) -> None:
    """A percentage alone hides that it is of one case."""
    for number in range(3):
        town.deliver({"number": f"C-{number}", "branch": "north", "amount": "1"}, f"{number}.json")
    town.work()

    said = words_of(read(town, "lead", "/"))

    assert "No verdict yet" in said
    assert "tasks wait for a person" in said


def test_a_queue_is_cleared_by_its_people_in_its_hours(town: Town) -> None:
    """Two people clear twice as much; nobody clears nothing."""
    queue = town.office.workflow.contract.queues[QueueName("clerks")]
    now = town.office.clock.now()

    assert clears_by(queue, 6, 2, now) == now + timedelta(minutes=15)
    assert clears_by(queue, 6, 0, now) is None
    assert clears_by(queue, 0, 2, now) is None


def test_nobody_sees_the_home_without_signing_in(town: Town) -> None:
    """Even the number of waiting tasks is the business's own."""
    answer = town.browser().get("/", headers={"accept": "text/html"}, follow_redirects=False)

    assert answer.status_code in (303, 401)
    assert "Claims" not in answer.text
