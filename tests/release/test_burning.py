"""A budget that burns too fast is on record once, however many look, and ends when it is calm."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import insert

from interlock.domain.contract import Stage
from interlock.domain.fact import FactKind
from interlock.domain.quality import Quality
from interlock.domain.release import Release
from interlock.domain.rules.error_budget import Pace
from interlock.release import taking_back
from interlock.release.burning import look_at_budgets
from interlock.storage.database import moment_text
from interlock.storage.tables.work import fact
from tests.release.rollouts import OWNER, WHY, at_stage, with_contract
from tests.runtime.office import Office


def burning_release(office: Office) -> Release:
    """An autonomous release with a budget of 5 %, half of whose checked outcomes are wrong."""
    with_contract(
        office, quality=Quality(sample=1.0), error_budget={"rate": 0.05, "window_days": 30}
    )
    release = at_stage(office, Stage.AUTONOMOUS)
    check(office, release, "wrong", "right", "wrong", "wrong", "wrong")
    return release


def check(office: Office, release: Release, *found: str) -> None:
    """What the quality sample found in the last minute, written as facts."""
    now = office.clock.now()
    rows = [
        {
            "case_id": f"case_{now:%H%M%S}{number}",
            "workflow": release.workflow,
            "fingerprint": release.fingerprint,
            "tenant": "",
            "segment": "",
            "arm": "release",
            "stage": release.stand.stage,
            "release": release.stand.era,
            "kind": FactKind.SAMPLE_CHECKED,
            "at": now if office.store.dialect == "postgresql" else moment_text(now),
            "name": "clerks",
            "detail": detail,
        }
        for number, detail in enumerate(found)
    ]
    with office.store.engine.begin() as conn:
        conn.execute(insert(fact), rows)
    office.pass_time(1)


def told(office: Office) -> list[str]:
    """At which paces the house log says that a budget burns, in order."""
    entries = [e for e in office.store.house_entries(limit=50) if e.kind == "release_burning"]
    return [str(each.body["pace"]) for each in reversed(entries)]


def test_a_beginning_is_recorded_once_whoever_looks(office: Office) -> None:
    """Six workers look at the same moment, and look again: people are told once a pace."""
    burning_release(office)

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(lambda _: look_at_budgets(office.context), range(6)))
    look_at_budgets(office.context)

    assert {each.alert.pace for each in office.store.burning()} == set(Pace)
    assert sorted(told(office)) == sorted(Pace)
    assert office.store.house_faults() == []


def test_it_ends_when_it_is_calm_and_begins_anew_later(office: Office) -> None:
    """An alert that never ends is one nobody reads."""
    release = burning_release(office)
    look_at_budgets(office.context)
    office.pass_time(60 * 24 * 6)
    look_at_budgets(office.context)
    calm = office.store.burning()
    office.pass_time(60 * 2)
    check(office, release, "wrong", "wrong", "wrong")

    look_at_budgets(office.context)

    assert calm == []
    assert told(office).count(Pace.FAST) == 2


def test_one_that_comes_back_within_the_hour_is_the_same_one(small_office: Office) -> None:
    """A rate that trembles around its line must not ring each time."""
    release = burning_release(small_office)
    look_at_budgets(small_office.context)
    small_office.pass_time(20)  # the short window of five minutes is quiet
    look_at_budgets(small_office.context)
    quiet = {each.alert.pace for each in small_office.store.burning()}
    check(small_office, release, "wrong", "wrong")

    look_at_budgets(small_office.context)

    assert Pace.FAST not in quiet
    assert Pace.FAST in {each.alert.pace for each in small_office.store.burning()}
    assert told(small_office).count(Pace.FAST) == 1


def test_what_was_taken_back_burns_no_more(small_office: Office) -> None:
    """Its era is over, and so is its budget."""
    burning_release(small_office)
    look_at_budgets(small_office.context)
    before = small_office.store.burning()
    taking_back.roll_back(small_office.context, "refunds", OWNER, WHY)

    look_at_budgets(small_office.context)

    assert before and small_office.store.burning() == []
