"""Whoever may be asked the same again finds the first answer nowhere: two towns, one difference.

In both the same happened, but for how the first reviewer answered. What the second reviewer is
shown must be the same to the letter, whatever they open and whatever they search for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from typer.testing import CliRunner

from interlock import identity
from interlock.api.description import PREFIX
from interlock.cli import app as command_line
from interlock.console.app import attach
from interlock.domain.people import Grant, Role
from interlock.domain.quality import LookKind, Quality
from interlock.domain.review import ReviewTask, Verb
from interlock.runtime.commands import decide_task
from interlock.web.changes import TOLD, Change
from interlock.web.keeping import is_kept_from
from interlock.web.streams import as_event
from tests.api.routes import WANTED as API_ROUTES
from tests.api.routes import address
from tests.console.routes import STREAMS
from tests.console.routes import WANTED as PAGES
from tests.console.routes import address as page_address
from tests.runtime.watched import look_of
from tests.web.rollout import by_contract
from tests.web.town import CLAIMS, Town

ANSWERS: dict[str, tuple[Verb, dict[str, Any]]] = {
    "approved": (Verb.APPROVE, {}),
    "rejected": (Verb.REJECT, {}),
    "edited": (Verb.EDIT, {"changes": {"accept": False}}),
}
# What narrows a list to what became of cases.
NARROWED: dict[str, list[dict[str, str]]] = {
    "/cases": [
        {"state": "closed"},
        {"state": "waiting"},
        {"outcome": "completed"},
        {"outcome": "rejected"},
        {"handling": "assisted"},
        {"exception": "low_confidence"},
        {"q": "C-1"},
    ],
    "/audit": [{"kind": "review_decided"}, {"kind": "action_succeeded"}, {"actor": "person:anna"}],
}
# These say how much happened in all, and nothing of one case.
TOTALS = {"/workflows/{workflow}", "/audit/verify"}
DIFFERS = (
    (re.compile(r"since=[\d.]+"), "since"),
    (re.compile(r"\b(ses|tok)_[0-9a-f]+\b"), "drawn"),
    (re.compile(r"\b[0-9a-f]{8,64}\b"), "seal"),
    (re.compile(r"\b[0-9a-f]{4}( [0-9a-f]{4})+\b"), "seals"),
    (re.compile(r"(nonce|name=\"csrf\" value)=\"[^\"]*\""), "secret"),
    (re.compile(r"\"took_ms\": ?\d+"), "time"),
)


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, dict[str, str]]]:
    """What the second reviewer is shown everywhere, by how the first one answered."""
    found, towns = {}, []
    for name in ANSWERS:
        url = f"sqlite:///{tmp_path_factory.mktemp(name) / 'town.sqlite'}"
        towns.append(_answered(url, name))
        found[name] = dict(_everything(towns[-1], url))
    yield found
    for town in towns:
        town.close()


@pytest.mark.parametrize("other", ["rejected", "edited"])
def test_nothing_the_second_reviewer_may_open_depends_on_the_first_answer(
    shown: dict[str, dict[str, str]], other: str
) -> None:
    """One page that differs is enough to answer like the first, and nothing is measured then."""
    one, two = shown["approved"], shown[other]

    assert len(one) > 60
    assert one.keys() == two.keys()
    assert [door for door in one if one[door] != two[door]] == []


def test_who_is_not_asked_sees_what_became_of_it(sqlite_url: str) -> None:
    """Else all this would hold because nobody is shown anything; and it is kept back for a time."""
    town = _answered(sqlite_url, "rejected")
    case, second = town.office.case("C-1").id, _second(town)

    before = town.program("ben").get(f"{PREFIX}/cases/{case}").json()
    of_auditor = town.program("auditor").get(f"{PREFIX}/cases/{case}").json()
    decide_task(town.office.context, second.id, "ben", Verb.REJECT, reason_code="clear")
    after = town.program("ben").get(f"{PREFIX}/cases/{case}").json()
    town.close()

    assert (before["outcome"], before["state"], before["fields"]) == (None, "waiting", {})
    assert (of_auditor["outcome"], of_auditor["fields"]["number"]) == ("rejected", "C-1")
    assert (after["outcome"], after["fields"]["number"]) == ("rejected", "C-1")


def _answered(url: str, name: str) -> Town:
    """A town in which anna answered, and ben is asked the same."""
    town = Town.opened(url)
    attach(town.app)
    by_contract(town, quality=Quality(second_look=1.0))
    identity.grant_role(town.office.context, "ben", Grant(role=Role.GOVERNANCE), "rosa")
    for number in ("C-1", "C-2"):
        town.claim(number)
    verb, more = ANSWERS[name]
    decide_task(town.office.context, town.task(), "anna", verb, reason_code="clear", **more)
    town.work()
    return town


def _second(town: Town) -> ReviewTask:
    return look_of(town.office, "C-1", LookKind.SECOND)


def _everything(town: Town, url: str) -> Iterator[tuple[str, str]]:
    """(where, what ben is shown there)."""
    for where, text in (*_pages(town), *_answers(town), *_commands(town, url), *_told(town)):
        plain = text
        for pattern, instead in DIFFERS:
            plain = pattern.sub(instead, plain)
        yield where, plain


def _pages(town: Town) -> Iterator[tuple[str, str]]:
    browser, case, second = town.browser("ben"), town.office.case("C-1").id, _second(town)
    for method, path in sorted(PAGES):
        if method != "GET" or (method, path) in STREAMS or path in TOTALS or "sign-" in path:
            continue
        asked: list[dict[str, str]] = [{}, *NARROWED.get(path, [])]
        if path in ("/work", "/work/document"):
            asked += [{"task": second.id}, {"task": second.about[0]}]
        if path == "/cases/{case_id}":
            asked.append({"all": "1"})
        if path == "/audit":
            asked.append({"q": case})
        for query in asked:
            where = page_address(path, case_id=case)
            answer = browser.get(where, params=query, headers={"accept": "text/html"})
            yield f"page {path} {query}", f"{answer.status_code} {answer.text}"


def _answers(town: Town) -> Iterator[tuple[str, str]]:
    program, case, second = town.program("ben"), town.office.case("C-1").id, _second(town)
    for task in (second.id, second.about[0]):
        for method, path in sorted(API_ROUTES):
            if method == "GET" and path not in {"/events", *TOTALS}:
                answer = program.get(address(path, case_id=case, task_id=task))
                tag = answer.headers.get("etag", "")
                yield f"api {path} {task}", f"{answer.status_code} {tag} {answer.text}"
    for query in NARROWED["/cases"]:
        wanted = {("exception_type" if k == "exception" else k): v for k, v in query.items()}
        yield f"api list {query}", program.get(f"{PREFIX}/cases", params=wanted).text


def _commands(town: Town, url: str) -> Iterator[tuple[str, str]]:
    moment = {"INTERLOCK_CLOCK": town.office.clock.now().isoformat(), "COLUMNS": "400"}
    where = ["--database", url, "--workflow", str(CLAIMS), "--as", "ben"]
    for words in (["case", "show"], ["audit", "show"]):
        for more in ([], ["--json"]):
            asked = [*words, town.office.case("C-1").id, *more, *where]
            result = CliRunner(env=moment).invoke(command_line, asked)
            assert result.exit_code == 0, result.output
            yield f"cli {' '.join([*words, *more])}", result.stdout


def _told(town: Town) -> Iterator[tuple[str, str]]:
    """The changes that the stream tells ben, in order."""
    directory, now = town.office.context.directory, town.office.clock.now()
    told = []
    for row in town.services.store.changed(0, kinds=TOLD, limit=1000):
        change = Change(
            position="",
            kind=row.kind,
            at=row.at,
            case_id=row.case_id,
            workflow=row.workflow,
            tenant=row.tenant,
            name=row.name,
            detail=row.detail,
        )
        if not is_kept_from(directory, change, "ben", now):
            told.append(as_event(change).encode().decode())
    yield "events", "".join(told)
