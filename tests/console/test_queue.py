"""The queue of the desk: what is mine, what is the team's, narrowed, kept, and decided together."""

from __future__ import annotations

from datetime import timedelta

from tests.console.visit import Desk


def test_late_tasks_come_first_under_their_own_name(desk: Desk) -> None:
    """The one thing a reviewer must see is what is late already."""
    desk.claim("C-1")
    desk.town.office.clock.pass_time(timedelta(minutes=61))
    desk.claim("C-2")

    page = desk.visit("anna").get("/work")

    groups = [each.text_content().split("(")[0].strip() for each in page.all(".q-group")]
    assert groups == ["Late", "On time"]
    assert "Late 1 m" in page.all(".q-row")[0].text_content()


def test_a_queue_of_more_than_a_page_goes_on_where_it_ended(desk: Desk) -> None:
    """Nothing waits where nobody can get to."""
    for number in range(53):
        desk.claim(f"C-{number:02}")
    anna = desk.visit("anna")

    first = anna.get("/work")
    [more] = [each for each in first.all("#q-list a.btn") if "next ones" in each.text_content()]
    second = anna.get(more.get("href"))

    names = {each.get("id") for page in (first, second) for each in page.all("li[id^=row-]")}
    assert len(first.all(".q-row")) == 50
    assert len(names) == 53


def test_nothing_of_another_branch_is_in_the_queue(desk: Desk) -> None:
    """Tenants never meet, not even as a number."""
    desk.claim("C-1", branch="north")

    page = desk.visit("south").get("/work?view=team")

    assert page.all(".q-row") == []
    assert page.one("#queue-count").text_content() == "0"


def test_a_filter_narrows_by_words_and_can_be_kept(desk: Desk) -> None:
    """What is asked every morning is asked once."""
    desk.claim("C-1")
    desk.claim("C-2")
    anna = desk.visit("anna")

    narrowed = anna.get("/work?q=c-2")
    kept = anna.send(narrowed, "form[action='/work/views']", name="second ones")

    assert len(narrowed.all(".q-row")) == 1
    [link] = kept.all(".saved a")
    assert "second ones" in link.text_content()
    assert len(anna.get(link.get("href")).all(".q-row")) == 1
    assert desk.visit("ben").get("/work").all(".saved a") == []


def test_a_kept_filter_is_forgotten_when_told_so(desk: Desk) -> None:
    """A list that only grows is no list."""
    anna = desk.visit("anna")
    kept = anna.send(anna.get("/work?q=x"), "form[action='/work/views']", name="x")

    page = anna.send(kept, "form[action='/work/views/forget']")

    assert page.all(".saved a") == []


def test_an_address_that_makes_no_sense_shows_the_whole_queue(desk: Desk) -> None:
    """An old bookmark is no error."""
    desk.claim()

    page = desk.visit("anna").get("/work?kind=cake&severity=loud&clock=noon&after=nowhere&view=x")

    assert page.status == 200
    assert len(page.all(".q-row")) == 1


def test_several_are_decided_together_and_each_is_on_record_alone(desk: Desk) -> None:
    """Bulk is a shortcut for the hand, not for the record."""
    tasks = [desk.claim(f"C-{number}") for number in range(3)]
    anna = desk.visit("anna")
    chosen = anna.get("/work/bulk?" + "&".join(f"t={task}" for task in tasks))

    data = chosen.form("form[action='/work/bulk']")
    sent = anna.client.post(
        "/work/bulk",
        data={**data, "t": tasks, "verb": "approve", "reason": "clear", "note": "month end"},
    )

    assert "3 of 3 approved" in sent.text
    decisions = [
        each
        for task in tasks
        for each in desk.town.services.store.decisions(desk.task(task).case_id)
    ]
    assert [(each.by, each.reason_code, each.note) for each in decisions] == [
        ("anna", "clear", "month end")
    ] * 3


def test_what_cannot_be_decided_in_bulk_says_why_and_the_rest_is_decided(desk: Desk) -> None:
    """One refusal among many must be seen, and must not stop the others."""
    mine, bens = desk.claim("C-1"), desk.claim("C-2")
    ben, anna = desk.visit("ben"), desk.visit("anna")
    ben.send(ben.get(f"/work?task={bens}"), "form[action='/work/claim']")
    chosen = anna.get(f"/work/bulk?t={mine}&t={bens}")

    data = chosen.form("form[action='/work/bulk']")
    sent = anna.client.post(
        "/work/bulk", data={**data, "t": [mine, bens], "verb": "reject", "reason": "unclear"}
    )

    assert "1 of 2 rejected" in sent.text
    assert not desk.task(mine).is_live
    assert desk.task(bens).is_live
