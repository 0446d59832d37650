"""The work desk: one page on which a person decides, and nothing is lost on the way."""

from __future__ import annotations

from interlock.domain.review import ReviewState
from tests.console.visit import Desk


def test_the_question_comes_first_and_each_button_says_what_it_causes(desk: Desk) -> None:
    """A reviewer who knows what follows decides; one who does not, clicks."""
    task = desk.claim()

    page = desk.visit("anna").get(f"/work?task={task}")

    assert page.status == 200
    assert page.one("h1").text_content() == desk.task(task).question
    assert "Silence never approves" in page.text
    approve = page.one(".act[value=approve]")
    assert "enters 100" in approve.text_content()


def test_an_approval_with_its_reason_is_on_record_as_it_was_made(desk: Desk) -> None:
    """The form, the evidence it was made from and the way it came belong to the decision."""
    task = desk.claim()

    page = desk.visit("anna").decide(task, "approve", reason__approve="clear", note__approve="ok")

    [decision] = desk.town.services.store.decisions(desk.task(task).case_id)
    assert (decision.by, decision.verb, decision.reason_code) == ("anna", "approve", "clear")
    assert (decision.note, decision.via) == ("ok", "console")
    assert decision.evidence_digest == desk.task(task).evidence_digest
    assert f"done={task}" in page.address


def test_a_script_that_takes_the_task_is_told_the_version_to_decide_on(desk: Desk) -> None:
    """Opening a panel takes the task; with an old version no decision after it would count."""
    task, anna = desk.claim(), desk.visit("anna")
    page = anna.get(f"/work?task={task}")
    form = page.form("#review")

    taken = anna.client.post(
        "/work/claim",
        data={"csrf": form["csrf"], "task": task},
        headers={"accept": "application/json"},
    ).json()
    page = anna.send(page, "#review", confirm="reject", version=str(taken["version"]))

    assert taken["version"] == int(form["version"]) + 1
    assert "This changed while you were looking" not in page.text


def test_the_next_task_is_there_when_one_is_decided(desk: Desk) -> None:
    """Eight hours of reviews are many small steps; the way back to the queue is one too many."""
    first, second = desk.claim("C-1"), desk.claim("C-2")

    page = desk.visit("anna").decide(first, "approve", reason__approve="clear")

    assert f"task={second}" in page.address
    assert page.one("h1").text_content() == desk.task(second).question


def test_a_first_press_without_a_script_only_opens_the_panel(desk: Desk) -> None:
    """A button of the bar and the confirmation are two acts, also where no script runs."""
    task, anna = desk.claim(), desk.visit("anna")

    page = anna.send(anna.get(f"/work?task={task}"), "#review", decision="reject")

    assert page.status == 200
    assert page.one("#p-reject").get("hidden") is None
    assert desk.task(task).state is ReviewState.OPEN


def test_a_decision_without_its_reason_is_refused_and_the_note_is_kept(desk: Desk) -> None:
    """What was typed is work; a refusal must not cost it."""
    task = desk.claim()

    page = desk.visit("anna").decide(task, "reject", note__reject="the branch says no")

    assert page.status == 422
    assert "Nothing was recorded" in page.text
    assert "the branch says no" in page.form("#review")["note-reject"]
    assert page.one("#p-reject").get("hidden") is None
    assert desk.task(task).is_live


def test_an_edit_that_does_not_fit_says_so_at_its_field_and_keeps_what_was_typed(
    desk: Desk,
) -> None:
    """The same schema judges a person and a model, and a person is told where."""
    task, anna = desk.claim(), desk.visit("anna")

    page = anna.decide(
        task, "edit", field__accept="perhaps", field__reason="two pages", reason__edit="unclear"
    )

    assert page.status == 422
    assert page.one("[name=field-accept]").get("aria-invalid") == "true"
    assert "perhaps" in page.one(".field .wrong").text_content()
    assert page.form("#review")["field-reason"] == "two pages"
    assert desk.task(task).is_live


def test_an_edit_of_nothing_is_no_edit(desk: Desk) -> None:
    """An edit that changes nothing would count as a correction of the AI that nobody made."""
    task = desk.claim()

    page = desk.visit("anna").decide(task, "edit", reason__edit="unclear")

    assert page.status == 422
    assert "No field was changed" in page.text


def test_two_reviewers_on_one_task_end_with_one_decision_and_a_notice(desk: Desk) -> None:
    """The second one sees what happened, and everything they typed is still there."""
    task, anna, ben = desk.claim(), desk.visit("anna"), desk.visit("ben")
    bens = ben.get(f"/work?task={task}")
    anna.decide(task, "approve", reason__approve="clear")

    page = ben.send(bens, "#review", confirm="reject", reason__reject="unclear", note__reject="no")

    assert page.status == 409
    assert "This changed while you were looking" in page.text
    [decision] = desk.town.services.store.decisions(desk.task(task).case_id)
    assert decision.by == "anna"


def test_who_holds_a_task_is_said_and_others_cannot_decide_it(desk: Desk) -> None:
    """Two people at one task are one too many."""
    task, anna, ben = desk.claim(), desk.visit("anna"), desk.visit("ben")
    anna.send(anna.get(f"/work?task={task}"), "form[action='/work/claim']")

    page = ben.get(f"/work?task={task}")

    assert "Anna holds this until" in page.text
    assert page.one(".act[value=approve]").get("aria-disabled") == "true"
    assert "lead" not in [each.get("value") for each in page.all("select[name=to] option")]


def test_a_task_that_was_taken_can_be_given_back(desk: Desk) -> None:
    """Taking a task by mistake must cost nothing."""
    task, anna = desk.claim(), desk.visit("anna")
    held = anna.send(anna.get(f"/work?task={task}"), "form[action='/work/claim']")
    assert desk.task(task).held_by == "anna"

    page = anna.send(held, "form[action='/work/release']")

    assert desk.task(task).held_by is None
    assert "You gave it back" in page.text


def test_the_lead_takes_over_with_a_reason_and_hands_back(desk: Desk) -> None:
    """Work that is stuck moves on, and its holder learns why."""
    task, anna, lead = desk.claim(), desk.visit("anna"), desk.visit("lead")
    anna.send(anna.get(f"/work?task={task}"), "form[action='/work/claim']")

    taken = lead.send(
        lead.get(f"/work?task={task}"), "form[action='/work/takeover']", note="you are away"
    )

    assert desk.task(task).held_by == "lead"
    assert "you are away" in taken.text
    lead.send(taken, "form[action='/work/hand-back']")
    assert desk.task(task).held_by is None


def test_a_question_stops_the_clock_and_gives_an_address_to_answer_at(desk: Desk) -> None:
    """Whoever is asked has no account, and needs none."""
    task = desk.claim()

    page = desk.visit("anna").decide(
        task, "ask", note__ask="Which branch was it?", party="The customer"
    )

    assert desk.task(task).clock_stopped_at is not None
    assert "the clock stands still" in page.text
    assert "/answer/" in page.text


def test_an_escalation_puts_the_question_to_the_next_queue(desk: Desk) -> None:
    """Passing on is not deciding, and the next ones see it at once."""
    task = desk.claim()

    desk.visit("anna").decide(task, "escalate", note__escalate="above me")

    assert desk.task(task).state is ReviewState.ESCALATED
    assert "Claim C-1" in desk.visit("lead").get("/work").text


def test_the_most_urgent_task_is_taken_with_one_key(desk: Desk) -> None:
    """Choosing is not the reviewer's work."""
    task, anna = desk.claim(), desk.visit("anna")

    page = anna.send(anna.get("/work"), ".queue-h form[action='/work/next']")

    assert desk.task(task).held_by == "anna"
    assert f"task={task}" in page.address


def test_a_comment_is_on_the_case(desk: Desk) -> None:
    """A remark is no decision, and is not lost."""
    task, anna = desk.claim(), desk.visit("anna")

    page = anna.send(
        anna.get(f"/work?task={task}"), "form[action='/work/comment']", text="<b>called</b> twice"
    )

    assert "<b>called</b> twice" in page.text
    assert not page.all(".cmt b b")


def test_a_task_of_another_branch_does_not_exist(desk: Desk) -> None:
    """A tenant's work is nobody else's, not even by its number."""
    task = desk.claim()

    page = desk.visit("south").get(f"/work?task={task}")

    assert page.status == 404
    assert "C-1" not in page.text


def test_who_may_only_look_is_offered_nothing(desk: Desk) -> None:
    """A viewer reads; each button is there and says why it is off."""
    task = desk.claim()

    page = desk.visit("vera").get(f"/work?task={task}")

    assert page.status == 200
    assert {each.get("aria-disabled") for each in page.all(".act")} == {"true"}
    assert not page.all(".reason")


def test_protected_fields_are_shown_to_nobody_without_the_right(desk: Desk) -> None:
    """A bank account in a page is a bank account lost."""
    task = desk.claim()

    page = desk.visit("vera").get(f"/work?task={task}")

    assert "DE89370400440532013000" not in page.answer.text
