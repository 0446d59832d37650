"""`interlock try`: one case told to its end, and nothing left behind."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Command


def files_in(folder: Path) -> set[str]:
    """What lies in the folder."""
    return {each.relative_to(folder).as_posix() for each in folder.rglob("*")}


def test_it_leaves_no_trace(folder: Path, cli: Command) -> None:
    """Trying is safe: no database, no ledger, no payment."""
    before = files_in(folder)

    said = cli("try", ".", "inbox/train.json", "--yes")

    assert said.code == 0
    assert "✓ Mina Okoye EX-1001: completed, assisted" in said.out
    assert files_in(folder) == before


def test_it_works_on_a_copy_of_the_data(folder: Path, cli: Command) -> None:
    """What was paid for real is known to the case that is tried, and stays as it was."""
    cli("run", "inbox", "--stage", "autonomous")
    before = (folder / "data" / "ledger.sqlite").read_bytes()

    cli("try", ".", "inbox/train.json", "--yes")

    assert (folder / "data" / "ledger.sqlite").read_bytes() == before


def test_each_step_guard_policy_and_decision_is_told(folder: Path, cli: Command) -> None:
    """The author sees why, not only what."""
    said = " ".join(cli("try", ".", "inbox/train.json", "--yes").out.split())

    for part in (
        "arrived: train.json by folder",
        "next is check_claim: fixed rules",
        "categorise: AI proposes travel, confidence 96 → asked clerks, due Tue 3 Mar 07:00",
        "Ada Brandt approved",
        "policy: pay_back allowed (listed for pay)",
        "pay_back: done",
        "closed: completed, a person approved or edited",
    ):
        assert part in said


def test_at_stage_autonomous_the_guards_decide(folder: Path, cli: Command) -> None:
    """No person is asked when every guard passes."""
    said = cli("try", ".", "inbox/train.json", "--stage", "autonomous").out

    assert "guards: every guard passed, confidence line 90" in said
    assert "✓ Mina Okoye EX-1001: completed, autonomous" in said


def test_a_guard_that_stops_is_named(folder: Path, cli: Command) -> None:
    """The reader learns which line was not reached."""
    said = cli("try", ".", "inbox/gift.json", "--stage", "autonomous", "--no-input").out

    assert "guard stops it: confidence >= 0.9" in said


def test_without_an_answer_it_stops_at_the_question(folder: Path, cli: Command) -> None:
    """Silence is never a yes, not even in a rehearsal."""
    said = cli("try", ".", "inbox/train.json", "--no-input").out

    assert "it stops here; clerks is asked" in said
    assert "approve, edit, reject, escalate, ask" in " ".join(said.split())


def test_nobody_approves_above_their_limit(folder: Path, cli: Command) -> None:
    """--yes finds the right person; it makes nobody's limit higher."""
    said = " ".join(cli("try", ".", "inbox/hotel.json", "--yes").out.split())

    assert "Ada Brandt passed it on: “you may decide up to EUR 500.00" in said
    assert "Kim Adler approved (Approve this? It pays EUR 812 back to Jonas Brandt.)" in said
    assert "its intent is on record, approved by Kim Adler" in said


def test_decide_reject_answers_everything_with_no(folder: Path, cli: Command) -> None:
    """The other half of every question can be tried as well."""
    said = cli("try", ".", "inbox/no_receipt.json", "--decide", "reject", "--json").json

    assert [case["outcome"] for case in said["cases"]] == ["rejected"]


def test_what_cannot_be_read_waits_with_its_reason(folder: Path, cli: Command) -> None:
    """It is never dropped and never crashes anything."""
    said = cli("try", ".", "inbox/unreadable.json", "--no-input").out

    assert "unreadable.json is not JSON" in said


def test_json_tells_the_same(folder: Path, cli: Command) -> None:
    """One document: the case's end and what was told on the way."""
    [case] = cli("try", ".", "inbox/train.json", "--yes", "--json").json["cases"]

    assert (case["key"], case["state"], case["handling"]) == ("EX-1001", "closed", "assisted")
    assert case["amount"] == {"amount": "84.60", "currency": "EUR"}
    assert {*case["told"][0]} == {"at", "actor", "says", "asides"}
