"""The API's description: every route is in it, with examples, and the running API is as it says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import sampled_from
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from interlock.api.description import METHODS, REFUSALS
from interlock.domain.contract import Stage
from tests.api.routes import OUTSIDE, WANTED
from tests.runtime.office import WORKER
from tests.web.rollout import at_stage
from tests.web.town import NORTH, PEOPLE, SOUTH, Town

EXAMPLES = 6  # for every route; together they take well under a minute
ROUTES = sorted(
    [(method, "/api/v1" + path) for method, path in WANTED if path != "/events"] + list(OUTSIDE)
)  # streams do not end
NAMED_ROUTES = [each for each in ROUTES if "{" in each[1]]
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """One town with something of everything in it."""
    folder = tmp_path_factory.mktemp("town")
    town = Town.opened(f"sqlite:///{folder / 'town.sqlite'}", trusted_hosts=("testserver",))
    for number in range(4):
        town.claim(f"C-{number}", NORTH if number % 2 else SOUTH)
    at_stage(town, Stage.CANARY)
    yield town
    town.close()


@pytest.fixture(scope="module")
def document(standing: Town) -> dict[str, Any]:
    """The description as the API gives it."""
    found: dict[str, Any] = standing.browser().get("/api/v1/openapi.json").json()
    return found


@pytest.fixture(scope="module")
def described(standing: Town, document: dict[str, Any]) -> Any:
    """The API as its description has it."""
    return schemathesis.openapi.from_asgi("/api/v1/openapi.json", standing.app)


@pytest.fixture(scope="module")
def tokens(standing: Town) -> dict[str, str]:
    """Everybody's token."""
    return {person: standing.token(person) for person in PEOPLE}


@pytest.mark.parametrize("route", ROUTES, ids=" ".join)
def test_the_api_is_as_its_description_says(
    described: Any, tokens: dict[str, str], standing: Town, route: tuple[str, str]
) -> None:
    """Whatever is sent, the answer is one the description allows, and never a crash."""
    method, path = route
    operation = described[path][method]
    standing.office.store.beat(WORKER, version="test")  # or it is rightly not ready

    @given(case=operation.as_strategy(), person=sampled_from(sorted(tokens)))
    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
    def whatever_is_sent(case: Any, person: str) -> None:
        case.call_and_validate(headers={"authorization": f"Bearer {tokens[person]}"}, checks=CHECKS)

    whatever_is_sent()


@pytest.mark.parametrize("route", NAMED_ROUTES, ids=" ".join)
def test_it_is_so_for_what_is_really_there(
    described: Any, tokens: dict[str, str], standing: Town, route: tuple[str, str]
) -> None:
    """Made-up names find nothing; these find a case, a task and its like."""
    method, path = route
    operation = described[path][method]
    case_file = standing.services.store.load([standing.services.store.find_case("C-1")])[0]
    assert case_file.source is not None
    there = {"case_id": case_file.id, "task_id": case_file.task, "account_id": "vera"}
    release = standing.services.store.releases("claims")[-1]
    there |= {"release_id": release.id, "number": 1}
    there |= {"workflow": "claims", "queue": "clerks", "digest": case_file.source.document}

    @given(case=operation.as_strategy(), person=sampled_from(sorted(tokens)))
    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
    def whatever_is_sent(case: Any, person: str) -> None:
        case.path_parameters = {name: there.get(name) or "tok_0" for name in case.path_parameters}
        case.call_and_validate(headers={"authorization": f"Bearer {tokens[person]}"}, checks=CHECKS)

    whatever_is_sent()


def test_every_route_is_described(document: dict[str, Any]) -> None:
    """What is not described is found by guessing, and then relied on."""
    told = {
        (method.upper(), path)
        for path, methods in document["paths"].items()
        for method in methods
        if method in METHODS
    }
    named = {(method, "/api/v1" + path) for method, path in WANTED} | set(OUTSIDE)

    assert document["openapi"].startswith("3.1")
    assert told == named


def test_every_route_says_what_it_refuses_and_how(document: dict[str, Any]) -> None:
    """A client is written against refusals as much as against answers."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert set(REFUSALS) <= set(operation["responses"]), (method, path)
            assert operation["summary"] and operation["tags"], (method, path)
            assert operation.get("description"), (method, path)


def test_what_people_send_most_has_an_example(document: dict[str, Any]) -> None:
    """An example is read before the schema is."""
    for name in (
        "CaseIn",
        "DecisionIn",
        "PauseIn",
        "TokenIn",
        "ReassignIn",
        "CommentIn",
        "PromoteIn",
    ):
        assert "example" in repr(document["components"]["schemas"][name]), name
