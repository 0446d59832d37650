"""Who may call what: every route, with every role, for every tenant."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from interlock.domain.people import Right
from tests.api.routes import BODIES, OUTSIDE, WANTED, address, declared, outside
from tests.web.town import NORTH, PEOPLE, SOUTH, Town

EVERY_ROUTE = sorted(WANTED)
TENANT_ROUTES = [each for each in EVERY_ROUTE if "{case_id}" in each[1] or "{task_id}" in each[1]]
STREAM = ("GET", "/events")


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """One town for all of these: what they ask changes nothing that another one looks at."""
    folder = tmp_path_factory.mktemp("town")
    town = Town.opened(f"sqlite:///{folder / 'town.sqlite'}")
    town.claim("C-1", NORTH)
    town.claim("C-2", SOUTH)
    yield town
    town.close()


@pytest.fixture(scope="module")
def programs(standing: Town) -> dict[str, Any]:
    """Everybody, with a token of all they may have."""
    return {person: standing.program(person) for person in PEOPLE}


def test_every_route_is_listed_with_the_right_it_asks_for() -> None:
    """A route that nobody thought about is open to everybody, or to nobody."""
    assert declared() == WANTED
    assert outside() == set(OUTSIDE)


@pytest.mark.parametrize("route", EVERY_ROUTE, ids=" ".join)
def test_nobody_gets_in_without_a_valid_sign_in(standing: Town, route: tuple[str, str]) -> None:
    """No sign-in, a made-up session, a made-up token: each is nobody."""
    for headers in (
        {},
        {"cookie": "interlock_session=made-up"},
        {"authorization": "Bearer made-up"},
        {"authorization": "Basic cm9zYTpyb3Nh"},
    ):
        answer = _call(standing.browser(), route, headers=headers)

        assert (answer.status_code, answer.json()["code"]) in (
            (401, "sign_in_needed"),
            (403, "foreign_request"),
        ), headers


@pytest.mark.parametrize("route", [each for each in EVERY_ROUTE if each != STREAM], ids=" ".join)
def test_a_route_lets_in_exactly_the_roles_with_its_right(
    standing: Town, programs: dict[str, Any], route: tuple[str, str]
) -> None:
    """The matrix of role by route, as the domain's own table of rights has it."""
    right = WANTED[route]
    for person, program in programs.items():
        answer = _call(program, route)

        account = standing.services.store.account(person)
        assert account is not None
        visitor_may = not isinstance(right, Right) or _may(standing, person, right)
        refused = answer.status_code == 403 and answer.json()["code"] == "right_missing"
        if not visitor_may:
            assert refused, (person, answer.text)
        elif right != "own":
            reason = answer.json().get("reason", "") if refused else ""
            assert not refused or "in claims" in reason or "tenant" in reason, (person, answer.text)
        assert answer.status_code < 500, (person, answer.text)


@pytest.mark.parametrize("route", TENANT_ROUTES, ids=" ".join)
def test_what_another_tenant_has_does_not_exist_and_the_attempt_is_on_record(
    standing: Town, route: tuple[str, str]
) -> None:
    """The answer must not even tell that there is such a case."""
    stranger = standing.program("south")
    if WANTED[route] is Right.OPERATE:  # a reviewer is refused before anything is looked at
        stranger = _operator_of_the_south(standing)
    before = _crossings(standing)

    there = _call(stranger, route, **_names(standing, "C-1"))
    nowhere = _call(stranger, route)

    assert (there.status_code, nowhere.status_code) == (404, 404), there.text
    assert there.json()["code"] == nowhere.json()["code"]
    assert "C-1" not in there.text and NORTH not in there.text
    assert _crossings(standing) == before + 1


def test_what_their_own_tenant_has_is_there(standing: Town) -> None:
    """The boundary keeps others out, not the people who work there."""
    insider = standing.program("south")

    answer = insider.get(address("/cases/{case_id}", **_names(standing, "C-2")))

    assert answer.json()["tenant"] == SOUTH
    assert [each["key"] for each in insider.get(address("/cases")).json()["items"]] == ["C-2"]
    found = insider.get(address("/reviews")).json()["items"]
    assert [each["tenant"] for each in found] == [SOUTH]


def test_nobody_opens_a_case_in_a_tenant_that_is_not_theirs(standing: Town) -> None:
    """Else a case could be planted where its maker may not look."""
    insider = standing.program("south")
    wanted = {"workflow": "claims", "fields": {"number": "X-1", "branch": NORTH, "amount": "1"}}

    refused = insider.post(address("/cases"), json=wanted)
    unclear = insider.post(
        address("/cases"), json={"workflow": "claims", "fields": {"number": "1"}}
    )
    document = {"workflow": "claims", "document": {"name": "a.json", "content": "e30="}}

    assert (refused.status_code, refused.json()["code"]) == (403, "right_missing")
    assert unclear.json()["code"] == "tenant_invalid"
    assert insider.post(address("/cases"), json=document).json()["code"] == "tenant_invalid"


def test_an_auditor_of_one_tenant_does_not_read_the_whole_house(standing: Town) -> None:
    """The house log and the proof over everything name the cases of all."""
    from interlock.domain.people import Grant, Role

    standing.add("inspector", [Grant(role=Role.GOVERNANCE, tenant=SOUTH)])
    inspector = standing.program("inspector")

    for path in ("/audit/house", "/audit/verify"):
        assert inspector.get(address(path)).status_code == 403


def test_a_session_and_a_token_end(small_town: Town) -> None:
    """What was left lying about must not open anything later."""
    browser = small_town.browser("anna")
    program = small_town.program("anna")
    assert browser.get(address("/me")).status_code == 200

    small_town.office.pass_time(60 * 24 * 60)
    revoked = small_town.browser("anna").get(address("/me/tokens")).json()[0]["id"]
    from interlock import identity

    identity.revoke_token(small_town.office.context, revoked, "anna")

    assert browser.get(address("/me")).status_code == 401
    assert program.get(address("/me")).status_code == 401


def test_an_account_that_is_switched_off_is_out_at_once(small_town: Town) -> None:
    """With its sessions and its tokens."""
    browser, program = small_town.browser("ben"), small_town.program("ben")

    answer = small_town.program("rosa").patch(address("/accounts/ben"), json={"is_active": False})

    assert answer.json()["is_active"] is False
    assert browser.get(address("/me")).status_code == 401
    assert program.get(address("/me")).status_code == 401


def test_a_token_may_only_what_its_scopes_say(small_town: Town) -> None:
    """A token for reading that leaks reads, and does nothing else."""
    small_town.claim()
    program = small_town.program("anna", [Right.SEE])

    claimed = program.post(address("/reviews/{task_id}/claim", task_id=small_town.task()))
    made = program.post(address("/me/tokens"), json={"name": "more", "scopes": ["decide"]})
    case = program.get(address("/cases/{case_id}", case_id=small_town.office.case("C-1").id))

    assert (claimed.status_code, made.status_code) == (403, 403)
    assert case.json()["fields"]["iban"] == "[protected]"


def _call(client: Any, route: tuple[str, str], **more: Any) -> httpx.Response:
    method, path = route
    headers = more.pop("headers", {})
    if path == "/cases/upload":
        form = {"workflow": "claims"}
        files = {"files": ("a.json", b"[]")}
        answer = client.request(method, address(path), data=form, files=files, headers=headers)
    else:
        body = BODIES.get(path) if method != "GET" else None
        headers = headers | {"if-match": '"0-0"'}
        answer = client.request(method, address(path, **more), json=body, headers=headers)
    assert isinstance(answer, httpx.Response)
    return answer


def _may(town: Town, person: str, right: Right) -> bool:
    from interlock import identity

    visitor = identity.authenticate_token(town.office.context, town.token(person))
    assert visitor is not None
    return visitor.may(right).allowed


def _names(town: Town, key: str) -> dict[str, str]:
    case = town.office.case(key)
    assert case.task is not None
    return {"case_id": case.id, "task_id": case.task}


def _crossings(town: Town) -> int:
    entries = town.services.store.house_entries(limit=1000)
    return sum(each.kind == "boundary_crossing" for each in entries)


def _operator_of_the_south(town: Town) -> Any:
    from interlock.domain.people import Grant, Role

    if town.services.store.account("mayor") is None:
        town.add("mayor", [Grant(role=Role.OPERATOR, tenant=SOUTH)])
    return town.program("mayor")
