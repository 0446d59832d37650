"""Signing in and out: nobody is let in by looking at a page."""

from __future__ import annotations

from interlock import identity
from interlock.identity import set_password
from tests.console.visit import Desk

PASSWORD = "a long walk by the harbour"


def test_a_page_of_the_desk_asks_to_sign_in_and_then_leads_back(desk: Desk) -> None:
    """A link in a mail must end at its task, also for somebody whose session is over."""
    task, nobody = desk.claim(), desk.visit(None)
    set_password(desk.town.office.context, "anna", PASSWORD, "rosa")

    asked = nobody.get(f"/work?task={task}")
    page = nobody.send(asked, ".gate-page form", name="anna", password=PASSWORD)

    assert asked.one("h1").text_content() == "Sign in"
    assert page.address == f"/work?task={task}"
    assert page.one("h1").text_content() == desk.task(task).question


def test_a_wrong_password_says_nothing_about_which_half_was_wrong(desk: Desk) -> None:
    """Whoever tries names must not learn which exist."""
    nobody = desk.visit(None)
    set_password(desk.town.office.context, "anna", PASSWORD, "rosa")

    known = nobody.send(nobody.get("/sign-in"), ".gate-page form", name="anna", password="wrong")
    unknown = nobody.send(
        nobody.get("/sign-in"), ".gate-page form", name="nobody", password="wrong"
    )

    assert known.status == unknown.status == 401
    assert known.one("[role=alert]").text_content() == unknown.one("[role=alert]").text_content()


def test_a_one_time_link_is_not_used_up_by_being_looked_at(desk: Desk) -> None:
    """Mail scanners open every link before a person sees it."""
    link = identity.make_link(desk.town.office.context, "anna", "rosa")
    scanner, person = desk.visit(None), desk.visit(None)
    scanner.get(link.path)
    scanner.get(link.path)

    page = person.send(person.get(link.path), ".gate-page form")
    again = desk.visit(None)
    refused = again.send(again.get(link.path), ".gate-page form")

    assert page.status == 200
    assert person.get("/work").status == 200
    assert refused.status == 401
    assert "used already" in refused.text


def test_signing_out_ends_the_session(desk: Desk) -> None:
    """A shared desk in a shared office."""
    anna = desk.visit("anna")

    page = anna.send(anna.get("/work"), "form[action='/sign-out']")

    assert "You are signed out" in page.text
    assert anna.get("/work").one("h1").text_content() == "Sign in"


def test_the_way_back_after_signing_in_never_leads_to_another_site(desk: Desk) -> None:
    """A link to our sign-in page must not carry somebody elsewhere."""
    nobody = desk.visit(None)
    set_password(desk.town.office.context, "anna", PASSWORD, "rosa")

    for elsewhere in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:1"):
        page = nobody.get(f"/sign-in?next={elsewhere}")
        assert page.form(".gate-page form")["next"] == "/"


def test_a_form_of_another_session_is_refused_and_says_so(desk: Desk) -> None:
    """No other site can press a button here."""
    task, anna, ben = desk.claim(), desk.visit("anna"), desk.visit("ben")
    bens = ben.get(f"/work?task={task}").form("#review")

    page = anna.send(
        anna.get(f"/work?task={task}"), "#review", confirm="approve", csrf=bens["csrf"]
    )

    assert page.status == 403
    assert "Nothing was recorded" in page.text or "nothing was recorded" in page.text
    assert desk.task(task).is_live
