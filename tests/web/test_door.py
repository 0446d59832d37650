"""What every request must pass: its host, its size, its rate, its origin, and safe headers."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from interlock.errors import SettingsInvalid
from interlock.web.envelope import CONTENT_POLICY
from interlock.web.limits import RateExceeded, RateLimit
from interlock.web.settings import load_web_settings
from tests.web.town import HERE, Town, csrf_of

CASES = "/api/v1/cases"
FIELDS = {"workflow": "claims", "fields": {"number": "C-7", "branch": "north", "amount": "7"}}


def test_every_answer_carries_the_safe_headers(small_town: Town) -> None:
    """A refusal is a page too, and a browser may be talked into running what is in it."""
    browser = small_town.browser("anna")

    for answer in (browser.get(CASES), browser.get("/nowhere"), browser.put(CASES)):
        headers = answer.headers
        assert headers["content-security-policy"] == CONTENT_POLICY
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["cache-control"] == "no-store"
        assert headers["x-request-id"]
        assert "strict-transport-security" not in headers
        assert "server" not in headers


def test_over_https_the_browser_is_told_to_stay_there(small_town: Town) -> None:
    """One plain request is enough for whoever sits on the wire."""
    client = TestClient(small_town.app, base_url="https://localhost")

    assert client.get("/healthz").headers["strict-transport-security"] == "max-age=31536000"


def test_a_foreign_host_name_is_refused_before_anything_is_looked_at(small_town: Town) -> None:
    """A page elsewhere may point its own name at this machine (DNS rebinding)."""
    browser = small_town.browser("anna")

    for name in ("evil.example", "127.0.0.1.evil.example", "", "[::1", "localhost@evil.example"):
        answer = browser.get(CASES, headers={"host": name})
        assert (answer.status_code, answer.json()["code"]) == (421, "host_unknown"), name


def test_the_public_name_is_answered_to(sqlite_url: str) -> None:
    """Behind a proxy the browser names what people call it."""
    town = Town.opened(sqlite_url, public_url="https://interlock.example.com")
    client = TestClient(town.app, base_url="https://interlock.example.com")

    assert client.get("/healthz").status_code == 200
    town.close()


def test_a_body_over_the_limit_is_refused_declared_or_not(sqlite_url: str) -> None:
    """Else one request fills the memory."""
    town = Town.opened(sqlite_url, max_body_mb=0.001)
    program = town.program("anna")

    declared = program.post(CASES, content=b"x" * 2000)
    streamed = program.post(CASES, content=(b"x" * 600 for _ in range(3)))

    assert [declared.status_code, streamed.status_code] == [413, 413]
    assert {declared.json()["code"], streamed.json()["code"]} == {"body_too_large"}
    town.close()


def test_a_visitor_who_asks_too_often_waits_and_nobody_else_does(sqlite_url: str) -> None:
    """One broken program must not keep the reviewers from their work."""
    town = Town.opened(sqlite_url, rate_limit=40)
    hasty, other = town.program("anna"), town.program("ben")

    answers = [hasty.get("/api/v1/me") for _ in range(12)]

    assert answers[0].status_code == 200
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert other.get("/api/v1/me").status_code == 200
    town.close()


def test_a_bucket_fills_again_with_time() -> None:
    """Whoever waits as long as told is let in again."""
    at = [0.0]
    limit = RateLimit(60, timer=lambda: at[0])
    for _ in range(15):
        limit.take("anna")

    with pytest.raises(RateExceeded) as refused:
        limit.take("anna")
    at[0] += refused.value.seconds

    limit.take("anna")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-csrf-token": "made-up"},
        {"origin": "https://evil.example", "x-csrf-token": "right"},
        {"sec-fetch-site": "cross-site", "x-csrf-token": "right"},
        {"sec-fetch-site": "same-site", "x-csrf-token": "right"},
        {"origin": "null", "x-csrf-token": "right"},
    ],
)
def test_another_site_cannot_use_a_visitors_session(
    small_town: Town, headers: dict[str, str]
) -> None:
    """The browser sends the cookie with whatever page made it ask."""
    browser = small_town.browser("anna")
    right = csrf_of(small_town.app, browser)
    given = headers | right if headers.get("x-csrf-token") == "right" else headers

    answer = browser.post(CASES, json=FIELDS, headers=given)

    assert (answer.status_code, answer.json()["code"]) == (403, "foreign_request")
    assert browser.get(CASES).json()["items"] == []


def test_our_own_pages_can(small_town: Town) -> None:
    """With the token in a header, as the script sends it."""
    browser = small_town.browser("anna")
    headers = csrf_of(small_town.app, browser) | {"origin": HERE, "sec-fetch-site": "same-origin"}

    assert browser.post(CASES, json=FIELDS, headers=headers).status_code == 201


def test_the_token_of_one_session_is_none_of_another(small_town: Town) -> None:
    """Or whoever can sign in could prepare a form for somebody else."""
    anna, ben = small_town.browser("anna"), small_town.browser("ben")

    answer = anna.post(CASES, json=FIELDS, headers=csrf_of(small_town.app, ben))

    assert answer.status_code == 403


def test_a_request_with_a_token_is_never_judged_by_its_cookie(small_town: Town) -> None:
    """Else a made-up token would switch the check of forms off."""
    browser = small_town.browser("anna")

    answer = browser.post(CASES, json=FIELDS, headers={"authorization": "Bearer made-up"})

    assert answer.status_code == 401


def test_the_log_tells_the_route_and_neither_what_was_asked_nor_what_is_kept(
    small_town: Town, capfd: pytest.CaptureFixture[str]
) -> None:
    """Logs go to people who may not see the business."""
    from interlock.observe import set_up_logging
    from tests.web.town import IBAN

    set_up_logging(level="debug", as_json=True)
    small_town.claim()
    program, task = small_town.program("anna"), small_town.task()
    capfd.readouterr()

    program.get(CASES, params={"q": "very-private-search"})
    program.get(f"/api/v1/reviews/{task}")
    program.post(CASES, json=FIELDS | {"fields": FIELDS["fields"] | {"iban": IBAN}})  # type: ignore[operator]
    program.post(CASES, json={"workflow": "claims", "fields": {"iban": IBAN, "amount": IBAN}})
    program.post(CASES, content=IBAN.encode())
    program.get(f"/sign-in/link/{IBAN}")
    logged = capfd.readouterr().err

    assert '"/api/v1/reviews/{task_id}"' in logged
    for secret in ("very-private-search", IBAN, program.headers["authorization"][7:]):
        assert secret not in logged


def test_a_crash_tells_nothing_of_itself(
    small_town: Town, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """An error's own words hold what the code was working on."""

    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("the password is swordfish")

    monkeypatch.setattr(small_town.services.store, "search_cases", broken, raising=False)

    answer = small_town.program("anna").get(CASES)

    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["content-security-policy"] == CONTENT_POLICY
    assert "swordfish" not in answer.text + capfd.readouterr().err
    assert answer.json()["instance"].endswith(answer.headers["x-request-id"])


def test_what_does_not_fit_is_named_and_not_quoted(small_town: Town) -> None:
    """What was sent may be protected, and answers are kept in many places."""
    answer = small_town.program("anna").post(CASES, json={"workflow": "claims", "secret": "X-123"})

    assert answer.status_code == 422
    assert "X-123" not in answer.text
    assert {each["at"] for each in answer.json()["errors"]} >= {"body.secret"}


@pytest.mark.parametrize(
    ("name", "value"),
    [("port", "eighty"), ("public_url", "interlock.example.com"), ("max_body_mb", "0")],
)
def test_a_wrong_setting_is_refused_in_words(name: str, value: str) -> None:
    """A door that guesses stands open."""
    with pytest.raises(SettingsInvalid, match=f"setting {name} is"):
        load_web_settings(**{name: value})
