"""`interlock review`: from the question to what the answer caused."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tests.cli.conftest import MORNING, Command

TaskOf = Callable[[str], str]


def at_hour(monkeypatch: pytest.MonkeyPatch, hours: float) -> None:
    """So many hours have passed since the morning."""
    moment = MORNING + timedelta(hours=hours)
    monkeypatch.setenv("INTERLOCK_CLOCK", moment.isoformat())


def test_the_list_has_the_question_and_how_much_time_is_left(
    taken_in: Path, cli: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Time left is the queue's business time: a night costs nothing."""
    at_hour(monkeypatch, 7)
    said = cli("review", "list").out

    assert "Book Mina Okoye EX-1001 to this category?" in said
    assert "EUR 84.60" in said
    assert "at risk, due Tue 3 Mar 07:00, 60 min left · clerks · AI proposal" in said
    assert "5 tasks, 5 at risk" in said


def test_late_is_said_in_words_and_in_business_time(
    taken_in: Path, cli: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Late is the first thing to know."""
    at_hour(monkeypatch, 24)
    said = cli("review", "list").out

    assert "late by 2 h · clerks" in said
    assert "5 tasks, 5 late" in said


def test_mine_are_the_queues_a_person_works(taken_in: Path, cli: Command) -> None:
    """Nobody should look through the work of others."""
    everything = cli("review", "list", "--json").json["tasks"]

    assert len(cli("review", "list", "--mine", "--as", "sam", "--json").json["tasks"]) == 5
    assert cli("review", "list", "--mine", "--as", "kim", "--json").json["tasks"] == []
    assert {*everything[0]} >= {"task", "case", "question", "queue", "due_at", "late", "at_risk"}


def test_filters_hold(taken_in: Path, cli: Command) -> None:
    """By kind and by queue."""
    kinds = cli("review", "list", "--kind", "exception", "--json").json["tasks"]

    assert {each["exception"] for each in kinds} == {"missing_data", "schema_change"}
    assert cli("review", "list", "--queue", "kim").out == "Nothing needs a person here.\n"


def test_show_puts_the_question_first_and_says_what_silence_does(
    taken_in: Path, cli: Command, task_of: TaskOf
) -> None:
    """Question, owner, why, silence, proposal with its weak point, evidence, consequences."""
    said = cli("review", "show", task_of("EX-1003")).out
    text = " ".join(said.split())

    assert said.startswith("Book Lea Winter EX-1003 to this category?\n")
    for part in (
        "Kim Adler answers for it; Ada Brandt, Sam Rivera may decide",
        "categorise is a step where the AI acts and the release is at stage assisted",
        "late at Tue 3 Mar 07:00, then it goes to kim. Silence never approves.",
        "it suggests other",
        "confidence 55",
        "weak point the text names no category it has seen before",
        "approve takes the AI proposal, then pays EUR 24.90 back to Lea Winter",
        "reject leaves it to its fixed rules instead",
        "escalate puts the same question to kim",
        "ask stops the clock until an answer is recorded",
        "sealed as",
    ):
        assert part in text
    assert "agentic" not in said


def test_json_of_a_task_has_the_evidence_and_its_seal(
    taken_in: Path, cli: Command, task_of: TaskOf
) -> None:
    """A program decides on exactly what it was shown."""
    said = cli("review", "show", task_of("EX-1001"), "--json").json

    assert said["evidence"]["proposal"]["confidence"] == 0.96
    assert len(said["evidence_digest"]) == 64
    assert {*said["decisions"]} == {"approve", "edit", "reject", "escalate", "ask"}


def test_approving_resumes_the_case_at_once(taken_in: Path, cli: Command, task_of: TaskOf) -> None:
    """The person sees what their decision caused."""
    task = task_of("EX-1001")
    seal = cli("review", "show", task, "--json").json["evidence_digest"]

    said = cli("review", "decide", task, "approve", "--as", "sam", "--seen", seal[:12])

    assert said.code == 0
    assert "Sam Rivera approved" in said.out
    assert "✓ Mina Okoye EX-1001: completed, assisted" in said.out


def test_the_acting_person_may_come_from_the_environment(
    taken_in: Path, cli: Command, task_of: TaskOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A clerk sets it once."""
    monkeypatch.setenv("INTERLOCK_USER", "ada")

    said = cli("review", "decide", task_of("EX-1001"), "approve", "--json").json

    assert (said["ok"], said["task"]["held_by"], said["case"]["state"]) == (True, "ada", "closed")


def test_an_edit_changes_the_fields_and_the_case_starts_again(
    taken_in: Path, cli: Command, task_of: TaskOf
) -> None:
    """What was missing is added; the rules look at all of it again."""
    said = cli(
        "review", "decide", task_of("EX-1004"), "edit", "--as", "sam", "--set", "receipt=lunch.pdf"
    )
    case = cli("case", "show", "EX-1004", "--json").json

    assert said.code == 0
    assert case["fields"]["receipt"] == "lunch.pdf"
    assert case["tasks"][-1]["kind"] == "proposal"


def test_an_edited_proposal_is_what_is_taken(taken_in: Path, cli: Command, task_of: TaskOf) -> None:
    """The person's value goes on, not the model's."""
    cli("review", "decide", task_of("EX-1001"), "edit", "--as", "sam", "--set", "name=training")

    assert "now training" in cli("case", "show", "EX-1001").out


def test_a_rejected_exception_closes_the_case(
    taken_in: Path, cli: Command, task_of: TaskOf
) -> None:
    """No is an end too."""
    cli("review", "decide", task_of("EX-1004"), "reject", "--as", "sam", "--note", "no receipt")

    assert cli("case", "show", "EX-1004", "--json").json["outcome"] == "rejected"


def test_a_claim_holds_others_off_until_it_is_released(
    taken_in: Path, cli: Command, task_of: TaskOf
) -> None:
    """Two people on one question is one too many."""
    task = task_of("EX-1001")
    held = cli("review", "claim", task, "--as", "sam")

    refused = cli("review", "claim", task, "--as", "ada")

    assert "sam holds it until 09:15 UTC" in held.out
    assert (refused.code, "sam holds it until 09:15 UTC" in refused.err) == (1, True)
    assert cli("review", "release", task, "--as", "sam").code == 0
    assert cli("review", "claim", task, "--as", "ada").code == 0


def test_a_question_stops_the_clock_and_its_answer_starts_it(
    taken_in: Path, cli: Command, task_of: TaskOf
) -> None:
    """While somebody else is asked, the reviewer is not late."""
    task = task_of("EX-1001")

    asked = cli("review", "ask", task, "Which customer?", "--as", "sam")
    stopped = cli("review", "list").out
    answered = cli("review", "answer", task, "Hansen", "--as", "ada")

    assert "the clock stands still; record the answer with: interlock review answer" in (
        " ".join(asked.out.split())
    )
    assert "clock stopped, a question is open" in stopped
    assert answered.code == 0
    assert "Which customer? – Hansen" in cli("review", "show", task).out


def test_escalating_puts_the_same_question_to_the_next(
    taken_in: Path, cli: Command, task_of: TaskOf
) -> None:
    """The question moves, its evidence with it."""
    said = cli("review", "escalate", task_of("EX-1002"), "--as", "sam", "--note", "too much for me")

    assert said.code == 0
    assert "Sam Rivera passed it on: “too much for me” → asked kim" in " ".join(said.out.split())
    assert [t["queue"] for t in cli("review", "list", "-q", "kim", "--json").json["tasks"]] == [
        "kim"
    ]


def test_no_question_is_ever_required(taken_in: Path, cli: Command, task_of: TaskOf) -> None:
    """A script that forgot the verb gets an error, not a prompt that hangs."""
    said = cli("review", "decide", task_of("EX-1001"), "--as", "sam")

    assert (said.code, said.out) == (2, "")


def test_a_protected_field_is_never_shown_in_full(
    taken_in: Path, cli: Command, task_of: TaskOf
) -> None:
    """A screen is read over a shoulder, and a JSON document ends in a log."""
    inbox = Path("inbox/train.json").read_text("utf-8")
    Path("inbox/again.json").write_text(inbox.replace("84.6", "84.7"), "utf-8")
    cli("run", "inbox/again.json")
    other = cli("review", "list", "--queue", "kim", "--json").json["tasks"][0]["task"]
    iban = json.loads(inbox)["iban"]

    for task in (task_of("EX-1001"), other):
        for words in (cli("review", "show", task).out, cli("review", "show", task, "--json").out):
            assert iban not in words
    assert f"…{iban[-4:]}" in cli("review", "show", other).out


def test_the_command_that_is_offered_is_one_the_task_takes(
    taken_in: Path, cli: Command, task_of: TaskOf
) -> None:
    """People copy it; missing data cannot be approved."""
    said = cli("review", "show", task_of("EX-1004")).out

    assert " edit --set FIELD=VALUE --as PERSON --seen " in said
