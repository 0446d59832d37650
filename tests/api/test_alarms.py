"""Alarms over HTTP: seen by whoever sees every tenant, decided by whoever may pause and resume."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from interlock.domain.alarm import AlarmReview
from interlock.domain.people import Grant, Role
from tests.web.alarmed import a_breach
from tests.web.town import NORTH, SOUTH, Town

ALARMS = "/api/v1/alarms"


def decided(client: Any, alarm: AlarmReview, decision: str, *, seen: bool = True) -> Any:
    """The answer to a decision, on what stands there now unless it was not looked at."""
    where = f"{ALARMS}/{alarm.id}"
    headers = {"if-match": client.get(where).headers["etag"]} if seen else {}
    body = {"decision": decision, "reason": "looked at"}
    return client.post(f"{where}/decide", json=body, headers=headers)


def test_an_alarm_is_looked_at_taken_and_decided(town: Town) -> None:
    """The whole way of it, by somebody who may."""
    town.claim("C-1", NORTH)
    alarm, head = a_breach(town), town.program("head")

    [listed] = head.get(ALARMS, params={"state": "open", "workflow": "claims"}).json()["items"]
    shown = head.get(f"{ALARMS}/{alarm.id}").json()
    taken = head.post(f"{ALARMS}/{alarm.id}/take")
    done = decided(head, alarm, "go_on")

    assert (listed["id"], listed["is_late"], listed["queue"]) == (alarm.id, False, "")
    assert shown["reading"]["words"].startswith("confidence of judge is 0.4 over 40 events")
    assert [each["by"] for each in shown["pauses"]] == ["watch"]
    assert shown["may_decide"] == ["go_on", "stay_off"]
    assert len(shown["unlike"]) == len(shown["readings"]) == 1
    assert (taken.json()["held_by"], taken.headers["etag"]) == ("head", f'"2-{alarm.id}"')
    assert done.json()["alarm"]["decision"] == "go_on"
    assert [each["name"] for each in done.json()["lifted"]] == ["judge"]
    assert head.get("/api/v1/pauses").json() == []
    assert head.get(ALARMS, params={"state": "open"}).json()["items"] == []


def test_going_on_needs_what_was_looked_at(small_town: Town) -> None:
    """Keeping it off does not: it never waits."""
    alarm, head = a_breach(small_town), small_town.program("head")

    without = decided(head, alarm, "go_on", seen=False)
    stale = head.post(
        f"{ALARMS}/{alarm.id}/decide",
        json={"decision": "go_on", "reason": "fine"},
        headers={"if-match": '"9-9"'},
    )
    off = decided(head, alarm, "stay_off", seen=False)

    assert (without.status_code, without.json()["code"]) == (428, "precondition_needed")
    assert (stale.status_code, stale.json()["code"]) == (412, "alarm_version_changed")
    assert off.status_code == 200
    assert len(small_town.services.store.pauses_in_force()) == 1


def test_a_decided_alarm_is_final(small_town: Town) -> None:
    """And that is what is said of it."""
    alarm, head = a_breach(small_town), small_town.program("head")
    decided(head, alarm, "stay_off")

    again = decided(head, alarm, "go_on")
    taken = head.post(f"{ALARMS}/{alarm.id}/take")

    assert (again.status_code, again.json()["code"]) == (409, "alarm_refused")
    assert taken.status_code == 409


def test_an_operator_keeps_it_off_and_lets_nothing_go_on(small_town: Town) -> None:
    """As with the kill switch itself."""
    alarm, lead = a_breach(small_town), small_town.program("lead")

    up = decided(lead, alarm, "go_on")
    shown = lead.get(f"{ALARMS}/{alarm.id}").json()
    down = decided(lead, alarm, "stay_off")

    assert (up.status_code, up.json()["rule"]) == (403, "role")
    assert shown["may_decide"] == ["stay_off"]
    assert down.status_code == 200


def test_to_have_the_right_is_not_to_be_asked(small_town: Town) -> None:
    """An operator of another team has the right and not the question."""
    alarm = a_breach(small_town)
    small_town.add("night", [Grant(role=Role.OPERATOR)])

    refused = decided(small_town.program("night"), alarm, "stay_off")

    assert (refused.status_code, refused.json()["rule"]) == (403, "queue")
    small_town.office.pass_time(60 * 4)
    shown = small_town.program("vera").get(f"{ALARMS}/{alarm.id}").json()
    assert (shown["is_late"], shown["may_decide"]) == (True, [])


@pytest.mark.parametrize("person", ["robot", "vera", "anna", "rosa"])
def test_whoever_may_pause_nothing_decides_nothing(small_town: Town, person: str) -> None:
    """A program least of all, whatever it was granted."""
    alarm = a_breach(small_town)
    client = small_town.program(person)

    answers = [
        client.post(f"{ALARMS}/{alarm.id}/take"),
        decided(client, alarm, "stay_off", seen=False),
    ]

    assert [(each.status_code, each.json()["code"]) for each in answers] == [
        (403, "right_missing")
    ] * 2
    assert small_town.services.store.alarm(alarm.id) == alarm


def test_whoever_sees_some_tenants_sees_no_alarm(town: Town) -> None:
    """Its number counts the cases of every branch; that one was reached for is on record."""
    alarm = a_breach(town)
    town.add("boss", [Grant(role=Role.OWNER, tenant=SOUTH)])
    boss = town.program("boss")

    listed, shown = boss.get(ALARMS), boss.get(f"{ALARMS}/{alarm.id}")
    tried = decided(boss, alarm, "stay_off", seen=False)

    assert (listed.status_code, shown.status_code, tried.status_code) == (403, 404, 404)
    assert "0.4" not in listed.text + shown.text + tried.text
    kinds = [each.kind for each in town.services.store.house_entries()]
    assert kinds.count("boundary_crossing") == 2


def test_an_alarm_of_another_workflow_is_not_there(small_town: Town) -> None:
    """Nor in the list of whoever works elsewhere."""
    alarm = a_breach(small_town)
    other = small_town.program("elsewhere")

    assert other.get(ALARMS).json()["items"] == []
    assert other.get(f"{ALARMS}/{alarm.id}").status_code == 404


def test_the_list_has_pages(small_town: Town) -> None:
    """A house that watches much has many."""
    head = small_town.program("head")
    for _ in range(3):
        decided(head, a_breach(small_town), "go_on")
        small_town.office.clock.pass_time(timedelta(hours=2))

    first = head.get(ALARMS, params={"limit": 2})
    second = head.get(ALARMS, params={"limit": 2, "after": first.json()["next"]})

    numbers = [each["id"] for page in (first, second) for each in page.json()["items"]]
    assert numbers == [3, 2, 1]
    assert second.json()["next"] is None
