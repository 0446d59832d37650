"""Who may open which page and send which form: every one, with every role, for every tenant."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from interlock import identity
from interlock.console.app import attach
from interlock.domain.people import Grant, Right, Role
from tests.console.routes import FORMS, OPEN, STREAMS, WANTED, address, declared
from tests.web.town import HERE, NORTH, PEOPLE, SOUTH, Town, csrf_of

ROUTES = sorted(WANTED)
SHUT = [each for each in ROUTES if WANTED[each] != OPEN]
CALLED = [each for each in ROUTES if each not in STREAMS]
ABOUT_CASES = [each for each in ROUTES if "{case_id}" in each[1]]
ABOUT_TASKS = [
    each
    for each in ROUTES
    if each[1].startswith("/work/")
    and each[1] not in ("/work/next", "/work/views", "/work/views/forget", "/work/bulk")
]
SIGNED_IN = [person for person in PEOPLE if person != "robot"]  # a program has no browser


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """One town for all of these: what they ask changes nothing that another one looks at."""
    town = Town.opened(f"sqlite:///{tmp_path_factory.mktemp('town') / 'town.sqlite'}")
    attach(town.app)
    town.claim("C-1", NORTH)
    town.add(
        "mayor", [Grant(role=Role.OPERATOR, tenant=SOUTH), Grant(role=Role.REVIEWER, tenant=SOUTH)]
    )
    yield town
    town.close()


@pytest.fixture(scope="module")
def browsers(standing: Town) -> dict[str, TestClient]:
    """Everybody's browser."""
    return {person: standing.browser(person) for person in (*SIGNED_IN, "mayor")}


def test_every_page_is_listed_with_the_right_it_asks_for() -> None:
    """A page that nobody thought about is open to everybody, or to nobody."""
    assert declared() == WANTED


@pytest.mark.parametrize("route", SHUT, ids=" ".join)
def test_nobody_is_shown_anything_without_signing_in(
    standing: Town, route: tuple[str, str]
) -> None:
    """To the sign-in page, or refused; also with a session that was made up."""
    for cookies in ({}, {"interlock_session": "made-up"}):
        browser = standing.browser()
        browser.cookies.update(cookies)

        answer = _call(standing, browser, route)

        is_sent_away = answer.headers.get("location", "").startswith("/sign-in")
        assert answer.status_code == 401 or (answer.status_code == 303 and is_sent_away)
        assert "C-1" not in answer.text


@pytest.mark.parametrize("route", [each for each in CALLED if each in SHUT], ids=" ".join)
def test_a_page_lets_in_exactly_the_roles_with_its_right(
    standing: Town, browsers: dict[str, TestClient], route: tuple[str, str]
) -> None:
    """The matrix of role by page, as the domain's own table of rights has it."""
    right = WANTED[route]
    for person in SIGNED_IN:
        answer = _call(standing, browsers[person], route)

        if isinstance(right, Right) and not _may(standing, person, right):
            assert answer.status_code == 403, (person, answer.text[:300])
        elif isinstance(right, Right) and not _is_elsewhere(person):
            assert answer.status_code != 403, (person, answer.text[:300])
        assert answer.status_code < 500, (person, answer.text[:300])


@pytest.mark.parametrize("route", [*ABOUT_CASES, *ABOUT_TASKS], ids=" ".join)
def test_what_another_tenant_has_does_not_exist_here_either(
    standing: Town, browsers: dict[str, TestClient], route: tuple[str, str]
) -> None:
    """The answer is that for a thing that was never there, and the attempt is on record."""
    case = standing.office.case("C-1")
    task = case.task or ""
    before = _crossings(standing)

    there = _call(standing, browsers["mayor"], route, {"case_id": case.id}, task)
    nowhere = _call(standing, browsers["mayor"], route, {"case_id": "case_0"}, "task_0")

    assert (there.status_code, nowhere.status_code) == (404, 404), there.text[:300]
    assert "C-1" not in there.text and NORTH not in there.text
    assert _crossings(standing) == before + 1


def test_a_list_for_another_tenant_is_empty(
    standing: Town, browsers: dict[str, TestClient]
) -> None:
    """Lists and maps are narrowed as single things are."""
    chosen = f"/work/bulk?t={standing.task('C-1')}"

    for path in ("/", "/cases", "/work?view=team", chosen, "/workflows/claims"):
        answer = browsers["mayor"].get(path, headers={"accept": "text/html"})
        assert answer.status_code == 200, path
        assert "C-1" not in answer.text, path
    assert "C-1" in browsers["anna"].get("/work", headers={"accept": "text/html"}).text


def test_a_program_with_a_token_gets_no_more_from_a_page_than_its_scopes(standing: Town) -> None:
    """Pages take tokens as the API does, so they must hold them to the same scopes."""
    program = standing.program("anna", [Right.DECIDE])

    for path in ("/", "/cases", "/workflows/claims", "/work", "/people"):
        answer = program.get(path, headers={"accept": "application/json"})
        assert answer.status_code == 403, path
        assert "Claims" not in answer.text


def _call(
    town: Town,
    browser: TestClient,
    route: tuple[str, str],
    names: dict[str, str] | None = None,
    task: str = "task_0",
) -> httpx.Response:
    method, path = route
    where = address(path, **(names or {}))
    headers = {"accept": "text/html", "origin": HERE}
    if method == "GET":
        about = {"task": task} if path == "/work/document" else {}
        answer: Any = browser.get(where, params=about, headers=headers, follow_redirects=False)
    else:
        form = {"task": task, **FORMS.get(path, {})}
        headers |= csrf_of(town.app, browser)
        answer = browser.post(where, data=form, headers=headers, follow_redirects=False)
    assert isinstance(answer, httpx.Response)
    return answer


def _may(town: Town, person: str, right: Right) -> bool:
    visitor = identity.authenticate_token(town.office.context, town.token(person))
    assert visitor is not None
    return visitor.may(right).allowed


def _is_elsewhere(person: str) -> bool:
    return person in ("south", "elsewhere")


def _crossings(town: Town) -> int:
    entries = town.services.store.house_entries(limit=1000)
    return sum(each.kind == "boundary_crossing" for each in entries)
