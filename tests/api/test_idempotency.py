"""A request that is sent twice is done once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from interlock.domain.people import Grant, Role
from tests.web.town import Town

CASES = "/api/v1/cases"


def a_case(number: str = "C-1", **headers: str) -> dict[str, Any]:
    fields = {"number": number, "branch": "north", "amount": "10.00"}
    return {"json": {"workflow": "claims", "fields": fields}, "headers": headers}


def a_comment(text: str = "look again", key: str = "key-1") -> dict[str, Any]:
    return {"json": {"text": text}, "headers": {"idempotency-key": key}}


def comments(town: Town) -> int:
    return town.office.events("C-1").count("case_commented")


def test_the_same_request_again_is_answered_and_not_done(town: Town) -> None:
    """A client whose connection broke cannot know, so it asks again."""
    case, program = town.claim(), town.program("anna")

    first = program.post(f"{CASES}/{case}/comments", **a_comment())
    again = program.post(f"{CASES}/{case}/comments", **a_comment())

    assert (first.status_code, again.status_code) == (201, 201), first.text
    assert again.json() == first.json()
    assert again.headers["idempotency-replayed"] == "true"
    assert comments(town) == 1


def test_the_same_key_with_another_request_is_refused(town: Town) -> None:
    """Else the second request would be lost without a word."""
    case, program = town.claim(), town.program("anna")
    program.post(f"{CASES}/{case}/comments", **a_comment())

    other = program.post(f"{CASES}/{case}/comments", **a_comment("something else"))

    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
    assert comments(town) == 1


def test_a_key_is_its_visitors_own(town: Town) -> None:
    """Nobody is answered with what somebody else asked."""
    case = town.claim()

    for person in ("anna", "ben"):
        answer = town.program(person).post(f"{CASES}/{case}/comments", **a_comment())
        assert answer.status_code == 201
        assert "idempotency-replayed" not in answer.headers

    assert comments(town) == 2


def test_of_many_at_once_one_is_done(town: Town) -> None:
    """A client that lost patience sends again while the first is still on its way."""
    case, program = town.claim(), town.program("anna")

    def send(_: int) -> int:
        status: int = program.post(f"{CASES}/{case}/comments", **a_comment()).status_code
        return status

    with ThreadPoolExecutor(6) as threads:
        statuses = list(threads.map(send, range(12)))

    assert comments(town) == 1
    assert statuses.count(201) >= 1
    assert set(statuses) <= {201, 409}


def test_a_refusal_is_the_answer_too(small_town: Town) -> None:
    """What was refused once must not happen because it is asked again."""
    program = small_town.program("anna")
    key = {"idempotency-key": "key-1"}
    path = "/api/v1/reviews/task_0/claim"

    first = program.post(path, headers=key)
    again = program.post(path, headers=key)

    assert (first.status_code, again.status_code) == (404, 404)
    assert again.headers["idempotency-replayed"] == "true"


def test_what_did_not_fit_may_be_sent_again_corrected(small_town: Town) -> None:
    """Nothing was begun, so the key is still free."""
    program = small_town.program("anna")
    key = {"idempotency-key": "key-1"}

    wrong = program.post(CASES, json={"workflow": "claims"}, headers=key)
    right = program.post(CASES, **a_case(**key))

    assert (wrong.status_code, right.status_code) == (422, 201)


def test_with_other_rights_the_kept_answer_is_not_given(small_town: Town) -> None:
    """It may hold what the visitor may no longer see."""
    case, program = small_town.claim(), small_town.program("anna")
    program.post(f"{CASES}/{case}/comments", **a_comment())
    from interlock import identity

    context = small_town.office.context
    identity.grant_role(context, "anna", Grant(role=Role.VIEWER), "rosa")
    identity.revoke_role(context, "anna", Grant(role=Role.REVIEWER), "rosa")

    again = program.post(f"{CASES}/{case}/comments", **a_comment())

    assert (again.status_code, again.json()["code"]) == (409, "idempotency_key_reused")


def test_after_a_day_the_key_is_free_and_the_answer_forgotten(town: Town) -> None:
    """Kept answers are business data; they stay as long as they serve."""
    program, store = town.program("anna"), town.services.store
    program.post(CASES, **a_case(**{"idempotency-key": "key-1"}))

    town.office.pass_time(24 * 60 + 1)

    assert store.forget_old_answers(town.services.clock.now()) == 1
    again = program.post(CASES, **a_case("C-2", **{"idempotency-key": "key-1"}))
    assert again.status_code == 201


def test_a_request_that_died_can_be_taken_up_again(town: Town) -> None:
    """Its process was killed between the key and the answer."""
    store, now = town.services.store, town.services.clock.now()
    digest = "d" * 64
    assert store.begin_answer("anna", "key-1", digest, now).state == "mine"
    assert store.begin_answer("anna", "key-1", digest, now).state == "running"

    town.office.pass_time(6)

    assert store.begin_answer("anna", "key-1", digest, town.services.clock.now()).state == "mine"


def test_a_key_that_is_no_plain_text_is_refused(small_town: Town) -> None:
    """It goes into a table and into logs of other people's programs."""
    program = small_town.program("anna")

    answer = program.post(CASES, **a_case(**{"idempotency-key": "k" * 256}))

    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_invalid")
