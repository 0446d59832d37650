"""What load balancers and monitoring are told, and what they are not."""

from __future__ import annotations

from starlette.testclient import TestClient

from tests.runtime.office import WORKER
from tests.web.town import HERE, IBAN, Town


def test_alive_needs_nothing_and_ready_needs_a_worker(town: Town) -> None:
    """A process whose database has no worker takes work in that nobody does."""
    browser = town.browser()
    assert browser.get("/healthz").json() == {"is_alive": True}
    assert browser.get("/readyz").json()["detail"].startswith("not ready: no worker lives")

    town.services.store.beat(WORKER, version="test")

    assert browser.get("/readyz").json() == {"is_ready": True}


def test_without_its_database_it_is_alive_and_not_ready(small_town: Town) -> None:
    """It is to be left out, not restarted, and must not tell where its database is."""
    from interlock.storage import open_store

    small_town.services.store.close()
    gone = open_store("sqlite:////nowhere/at/all.sqlite")
    object.__setattr__(small_town.services, "store", gone)
    browser = small_town.browser()

    answer = browser.get("/readyz")

    assert browser.get("/healthz").status_code == 200
    assert (answer.status_code, answer.json()["code"]) == (503, "not_ready")
    assert "nowhere" not in answer.text


def test_numbers_are_for_this_machine_and_for_whoever_may_see(small_town: Town) -> None:
    """They tell how busy the business is."""
    small_town.claim()
    here = TestClient(small_town.app, base_url=HERE, client=("127.0.0.1", 5000))

    text = here.get("/metrics").text

    assert 'interlock_review_tasks{queue="clerks",state="open",workflow="claims"} 1.0' in text
    assert 'interlock_open_cases{state="waiting",waits_for="review",workflow="claims"} 1.0' in text
    assert IBAN not in text
    assert small_town.program("vera").get("/metrics").status_code == 200
    assert small_town.program("rosa").get("/metrics").status_code == 403
    assert small_town.browser().get("/metrics").status_code == 401
    forwarded = {"x-forwarded-for": "203.0.113.9"}
    assert here.get("/metrics", headers=forwarded).status_code == 401


def test_numbers_count_by_route_and_never_by_what_was_asked(small_town: Town) -> None:
    """A label a visitor can choose fills the memory, and keeps what it says."""
    program = small_town.program("vera")
    program.get("/api/v1/cases/case_private")
    program.get("/api/v1/unheard-of")
    program.request("BREW", "/api/v1/cases")

    text = program.get("/metrics").text

    assert 'route="/api/v1/cases/{case_id}",status="404"' in text
    for typed in ("case_private", "unheard-of", "BREW"):
        assert typed not in text
