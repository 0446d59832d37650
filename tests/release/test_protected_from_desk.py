"""A closed case is protected: what people decided is what every version must come to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from interlock.domain.case import ClosingOutcome
from interlock.domain.contract import Severity
from interlock.domain.ids import Fingerprint
from interlock.domain.protected import Finding
from interlock.domain.review import Verb
from interlock.release.protected import (
    Evaluation,
    Protection,
    evaluate,
    gather_protected,
    protect_case,
    protected_standing,
    retire_protected,
)
from interlock.runtime.commands import DecisionRefused, reopen_case
from tests.release.rollouts import with_loaded
from tests.release.town_gate import a_release
from tests.runtime.office import Office

SAID = Protection(
    name="unsure_refund",
    owner="lead",
    reason="an unsure refund was paid in May",
    severity=Severity.CRITICAL,
    expires=date(2031, 12, 31),
)


A_FILE = """\
owner: lead
reason: refunds of this kind are paid
severity: critical
expires: 2031-12-31
input: {number: R-9, amount: 120}
expected: {handled: autonomous}
"""


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def office(request: pytest.FixtureRequest) -> Iterator[Office]:
    fixture = "sqlite_url" if request.param == "sqlite" else "module_postgres_url"
    opened = Office.opened(request.getfixturevalue(fixture))
    yield opened
    opened.close()


@pytest.fixture
def decided(office: Office) -> str:
    """A case of which the model was not sure and which a person approved; it is closed."""
    office.unsure()
    office.decide("R-1", "anna", Verb.APPROVE, reason_code="clear")
    office.later(31)
    case = office.case("R-1").id
    assert office.case(case).outcome is ClosingOutcome.COMPLETED
    return case


def stale_now(office: Office) -> str:
    """Why the newest eval is not of the cases in force; empty: it is."""
    standing = protected_standing(office.context, a_release(office.workflow.contract))
    assert standing is not None
    return standing.stale


def with_files(office: Office, folder: Path, *names: str) -> Path:
    """The folder of protected cases beside the office's workflow, with these in it."""
    place = folder / "protected"
    place.mkdir()
    for name in names:
        write_file(place, name)
    with_loaded(office, folder=folder)
    return place


def write_file(place: Path, name: str) -> None:
    """One protected case as somebody writes it."""
    (place / f"{name}.yaml").write_text(f"name: {name}\n{A_FILE}")


def evaluated(office: Office, **options: Any) -> Evaluation:
    loaded = office.workflow.loaded
    gathered = gather_protected(loaded, office.store)
    now = office.clock.now()
    return evaluate(
        loaded, gathered.cases, now=now, unplayable=gathered.unplayable, answers="record", **options
    )


def test_the_same_version_passes_its_own_past(office: Office, decided: str) -> None:
    """The record answers for the shop, the person's decision is given again, nothing is done."""
    protect_case(office.context, decided, "lead", SAID)
    before = office.shop.done("R-1")

    done = evaluated(office)

    assert [each.finding for each in done.findings] == [Finding.PASSED], done.findings
    assert done.result.is_pass
    assert office.shop.done("R-1") == before


def test_a_version_that_acts_otherwise_fails_and_says_where(office: Office, decided: str) -> None:
    """The flow without its payment comes to another end; both sides are said."""
    protect_case(office.context, decided, "lead", SAID)
    loaded = office.workflow.loaded
    steps = tuple(
        replace(each, actions=()) if each.step_name == "pay" else each
        for each in loaded.contract.steps
    )
    changed = replace(loaded, contract=replace(loaded.contract, steps=steps))

    done = evaluate(
        changed,
        gather_protected(loaded, office.store).cases,
        now=office.clock.now(),
        answers="record",
    )

    [finding] = done.findings
    assert finding.finding is Finding.FAILED
    said = [(each.what, each.expected, each.got) for each in finding.differences]
    assert ("actions", "book, pay_out", "nothing") in said
    assert done.result.failing_critical == (SAID.name,)
    assert not done.result.is_pass


@pytest.mark.parametrize(
    ("by", "change", "rule"),
    [
        ("anna", {}, "owner"),
        ("nobody", {}, "person"),
        ("lead", {"owner": "somebody"}, "owner"),
        ("lead", {"reason": "  "}, "reason"),
        ("lead", {"expires": date(2020, 1, 1)}, "expires"),
        ("lead", {"name": "no name!"}, "name"),
    ],
)
def test_it_needs_the_right_an_owner_a_reason_and_a_day(
    office: Office, decided: str, by: str, change: dict[str, Any], rule: str
) -> None:
    """A protected case nobody answers for blocks releases and helps nobody."""
    with pytest.raises(DecisionRefused) as refused:
        protect_case(office.context, decided, by, replace(SAID, **change))

    assert refused.value.rule == rule
    assert office.store.protected_cases("refunds") == []


def test_an_open_case_cannot_be_protected(office: Office) -> None:
    """Nobody has decided yet what is right."""
    task = office.unsure()

    with pytest.raises(DecisionRefused, match="not closed"):
        protect_case(office.context, office.store.task(task).case_id, "lead", SAID)


def test_two_protected_cases_never_share_a_name(office: Office, decided: str) -> None:
    """A report that names one must mean one; a retired one gives its name back."""
    first = protect_case(office.context, decided, "lead", SAID)
    with pytest.raises(DecisionRefused, match="already"):
        protect_case(office.context, decided, "lead", SAID)

    retire_protected(office.context, first.name, "lead", why="done")
    office.pass_time(1)

    assert protect_case(office.context, decided, "lead", SAID).id != first.id
    kinds = [each.kind for each in office.store.house_entries(limit=3)]
    assert kinds == ["case_protected", "protected_case_retired", "case_protected"]


def test_a_retired_one_stays_on_record_and_counts_no_more(office: Office, decided: str) -> None:
    kept = protect_case(office.context, decided, "lead", SAID)

    retire_protected(office.context, kept.id, "lead", why="the shop is closed")

    assert office.store.protected_cases("refunds") == []
    [row] = office.store.protected_cases("refunds", retired=True)
    assert (row.retired_by, row.retired_why) == ("lead", "the shop is closed")
    with pytest.raises(DecisionRefused, match="already"):
        retire_protected(office.context, kept.id, "lead", why="again")


def test_an_expired_one_is_said_and_is_no_pass(office: Office, decided: str) -> None:
    """Silently skipped, it would look like protection."""
    protect_case(office.context, decided, "lead", replace(SAID, expires=date(2026, 4, 1)))
    office.clock.pass_time(timedelta(days=60))

    done = evaluated(office)

    assert [each.finding for each in done.findings] == [Finding.EXPIRED]
    assert (done.result.expired, done.result.is_pass) == (1, False)


def test_the_gate_knows_only_results_of_this_very_version(office: Office, decided: str) -> None:
    """Never run, run on another version, or run before a case was added: none is a pass."""
    release = a_release(office.workflow.contract)
    protect_case(office.context, decided, "lead", SAID)
    assert protected_standing(office.context, release) is None

    office.pass_time(1)
    office.store.keep_eval(replace(evaluated(office).result, fingerprint=Fingerprint("another")))
    assert protected_standing(office.context, release) is None
    office.store.keep_eval(evaluated(office).result)

    standing = protected_standing(office.context, release)
    assert standing is not None
    assert (standing.is_pass, standing.stale) == (True, "")


def test_a_case_protected_since_makes_the_result_stale_by_name(
    office: Office, decided: str
) -> None:
    """What was passed before the case was there says nothing of it; whoever reads that knows what
    to do."""
    kept = protect_case(office.context, decided, "lead", SAID)
    office.pass_time(1)
    office.store.keep_eval(evaluated(office).result)
    office.pass_time(1)
    protect_case(office.context, decided, "lead", replace(SAID, name="another_one"))

    stale = "1 protected case was added since the last eval; run: interlock eval"
    assert stale_now(office) == stale
    retire_protected(office.context, kept.id, "lead", why="the law has changed")
    assert stale_now(office) == (
        "1 protected case was added, 1 protected case was taken away since the last eval; "
        "run: interlock eval"
    )


def test_a_file_of_protected_cases_changed_since_makes_the_result_stale(
    office: Office, tmp_path: Path
) -> None:
    """Files are no part of the fingerprint: without this, an easier file would pass as the old."""
    files = with_files(office, tmp_path, "refund_is_paid", "refund_is_booked")
    office.store.keep_eval(evaluated(office).result)
    assert stale_now(office) == ""

    changed = (files / "refund_is_paid.yaml").read_text().replace("autonomous", "assisted")
    (files / "refund_is_paid.yaml").write_text(changed)
    (files / "refund_is_booked.yaml").unlink()
    for number in (1, 2, 3):
        write_file(files, f"new_{number}")

    assert stale_now(office) == (
        "3 protected cases were added, 1 protected case was changed, "
        "1 protected case was taken away since the last eval; run: interlock eval"
    )
    (files / "broken.yaml").write_text("no: case")
    assert "cannot be read" in stale_now(office)


def test_only_what_passed_on_the_version_before_is_a_regression(
    office: Office, decided: str
) -> None:
    """A case that failed there too is no worse now. One of which nothing is known there counts."""
    protect_case(office.context, decided, "lead", SAID)
    office.pass_time(1)
    contract = office.workflow.contract
    passed = evaluated(office).result
    [seen] = passed.seen
    failed = replace(
        passed,
        failing=(SAID.name,),
        failing_critical=(SAID.name,),
        passed=0,
        failed=1,
        seen=(replace(seen, finding=Finding.FAILED),),
    )
    office.store.keep_eval(failed)
    before = Fingerprint("b" * 64)
    release = a_release(contract, previous_fingerprint=before)

    def regressions() -> tuple[str, ...]:
        standing = protected_standing(office.context, release)
        assert standing is not None
        assert standing.failing_critical == (SAID.name,)
        return standing.regressions

    assert regressions() == (SAID.name,)  # nothing is known of the version before
    office.store.keep_eval(replace(passed, fingerprint=before))
    assert regressions() == (SAID.name,)  # it passed there
    office.store.keep_eval(replace(failed, fingerprint=before))
    assert regressions() == ()  # it failed there too
    other = (replace(seen, finding=Finding.FAILED, digest="0" * 64),)
    office.store.keep_eval(replace(failed, fingerprint=before, seen=other))
    assert regressions() == (SAID.name,)  # that was another case of the same name


def test_a_case_opened_again_cannot_be_played_and_blocks(office: Office, decided: str) -> None:
    """What was right is in doubt, and doubt about a critical one is no pass."""
    protect_case(office.context, decided, "lead", SAID)
    reopen_case(office.context, decided, "lead", reason="it was paid twice")

    done = evaluated(office)

    assert [each.finding for each in done.findings] == [Finding.COULD_NOT]
    assert done.result.failing_critical == ("unsure_refund",)


def test_live_answers_are_never_taken_from_a_real_system(office: Office, decided: str) -> None:
    """The shop is a ledger and no model: its AI step is answered from the record, and that is
    said."""
    protect_case(office.context, decided, "lead", SAID)
    office.shop.confidence["R-1"] = 0.99

    done = evaluate(
        office.workflow.loaded,
        gather_protected(office.workflow.loaded, office.store).cases,
        now=office.clock.now(),
    )

    [finding] = done.findings
    assert finding.finding is Finding.PASSED
    assert "judge" in finding.from_record
