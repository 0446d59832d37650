"""The pause form: stopping is one form, and everybody sees who stopped what and why."""

from __future__ import annotations

from interlock.runtime.commands.pausing import pauses
from tests.console.visit import Desk


def test_a_pause_is_in_force_and_on_every_page(desk: Desk) -> None:
    """Whoever decides must know that the AI is off, and why."""
    lead = desk.visit("lead")

    lead.send(lead.get("/pause"), "form[action='/pause']", reason="wrong postings")

    [found] = pauses(desk.town.office.context)
    assert (found.by, found.reason) == ("lead", "wrong postings")
    assert "wrong postings" in desk.visit("anna").get("/work").text


def test_who_may_pause_may_not_always_resume(desk: Desk) -> None:
    """Going down is easy, going up is for those who answer for it."""
    lead, head = desk.visit("lead"), desk.visit("head")
    lead.send(lead.get("/pause"), "form[action='/pause']", reason="wrong postings")

    assert not lead.get("/pause").all("form[action='/pause/resume']")
    head.send(head.get("/pause"), "form[action='/pause/resume']", reason="corrected")

    assert pauses(desk.town.office.context) == []


def test_a_reviewer_is_offered_no_pause_and_cannot_send_one(desk: Desk) -> None:
    """What a page does not offer, an address must not give."""
    anna = desk.visit("anna")

    page = anna.get("/pause")
    token = page.form("form[action='/sign-out']")["csrf"]
    sent = anna.client.post("/pause", data={"csrf": token, "scope": "everything||", "reason": "x"})

    assert not page.all("form[action='/pause']")
    assert sent.status_code == 403
    assert pauses(desk.town.office.context) == []


def test_a_pause_without_a_reason_is_refused(desk: Desk) -> None:
    """Everybody affected reads the reason; there has to be one."""
    lead = desk.visit("lead")

    page = lead.send(lead.get("/pause"), "form[action='/pause']", reason=" ")

    assert "Nothing was changed" in page.text
    assert pauses(desk.town.office.context) == []
