"""Deciding over HTTP: on what was seen, once, and with the right answer to whoever was too late."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import httpx
import pytest

from interlock.runtime import commands
from tests.web.town import IBAN, Town

REVIEWS = "/api/v1/reviews"
YES = {"verb": "approve", "reason_code": "clear", "hold": False}


def seen(client: Any, task: str) -> dict[str, str]:
    """The header that says what was looked at."""
    return {"if-match": client.get(f"{REVIEWS}/{task}").headers["etag"]}


def decide(client: Any, task: str, headers: dict[str, str], **body: Any) -> httpx.Response:
    answer = client.post(f"{REVIEWS}/{task}/decisions", json=YES | body, headers=headers)
    assert isinstance(answer, httpx.Response)
    return answer


def test_what_taking_a_task_answers_is_enough_to_decide_it(town: Town) -> None:
    """Whoever takes a task and then decides it has seen it; asking a third time is no safety."""
    town.claim()
    anna, task = town.program("anna"), town.task()

    taken = anna.post(f"{REVIEWS}/{task}/claim")
    answer = decide(anna, task, {"if-match": taken.headers["etag"]})

    assert answer.status_code == 201


def test_a_decision_resumes_the_case(town: Town) -> None:
    """What the person said is done, and on record as theirs."""
    case = town.claim()
    anna, task = town.program("anna"), town.task()

    answer = decide(anna, task, seen(anna, task))
    town.work()

    assert (answer.status_code, answer.json()["review"]["state"]) == (201, "decided")
    shown = anna.get(f"/api/v1/cases/{case}").json()
    assert (shown["state"], shown["handling"]) == ("closed", "assisted")
    [decision] = anna.get(f"/api/v1/cases/{case}/decisions").json()
    assert (decision["by"], decision["verb"], decision["via"]) == ("anna", "approve", "api")


def test_a_decision_without_what_it_is_based_on_is_refused(small_town: Town) -> None:
    """Nobody decides what they did not see."""
    small_town.claim()
    anna, task = small_town.program("anna"), small_town.task()

    answer = decide(anna, task, {})

    assert (answer.status_code, answer.json()["code"]) == (428, "precondition_needed")
    assert small_town.office.decisions("C-1") == []


def test_a_decision_on_what_changed_since_is_refused_with_what_it_is_now(small_town: Town) -> None:
    """Somebody else took the task meanwhile; it is another thing than was looked at."""
    small_town.claim()
    anna, ben, task = small_town.program("anna"), small_town.program("ben"), small_town.task()
    looked = seen(anna, task)
    ben.post(f"{REVIEWS}/{task}/claim")

    answer = decide(anna, task, looked)

    assert (answer.status_code, answer.json()["code"]) == (412, "task_version_changed")
    assert answer.json()["changed"]["held_by"] == "ben"
    assert small_town.office.decisions("C-1") == []


def test_of_two_who_decide_at_once_one_is_told_what_the_other_did(town: Town) -> None:
    """Neither is lost without a word, and the case moves once."""
    for round_ in range(5):
        key = f"C-{round_}"
        town.claim(key)
        task = town.task(key)
        clients = [town.program("anna"), town.program("ben")]
        looked, start = [seen(each, task) for each in clients], Barrier(2)

        def answer(place: int, looked: Any = looked, task: str = task, go: Any = start) -> Any:
            go.wait()
            return decide(clients[place], task, looked[place])  # noqa: B023

        with ThreadPoolExecutor(2) as threads:
            answers = list(threads.map(answer, range(2)))

        assert sorted(each.status_code for each in answers) == [201, 409]
        [late] = [each for each in answers if each.status_code == 409]
        [first] = town.office.decisions(key)
        assert late.json()["changed"]["state"] == "decided"
        assert late.json()["changed"]["decided_by"] == first[0]


def test_who_is_overtaken_after_the_check_is_told_so_too(
    small_town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between looking and recording there is a moment in which another can be quicker."""
    small_town.claim()
    anna, ben, task = small_town.program("anna"), small_town.program("ben"), small_town.task()
    looked, bens, first_time = seen(anna, task), seen(ben, task), iter([True])
    decide_task = commands.decide_task

    def overtaken(*args: Any, **named: Any) -> Any:
        if next(first_time, False):
            assert decide(ben, task, bens).status_code == 201
        return decide_task(*args, **named)

    monkeypatch.setattr(commands, "decide_task", overtaken)
    answer = decide(anna, task, looked)

    assert (answer.status_code, answer.json()["changed"]["decided_by"]) == (409, "ben")
    assert [by for by, *_ in small_town.office.decisions("C-1")] == ["ben"]


def test_the_rules_answer_here_as_everywhere(small_town: Town) -> None:
    """The reason that is missing, the queue that is another's: with the rule and in words."""
    small_town.claim()
    anna, head, task = small_town.program("anna"), small_town.program("lead"), small_town.task()

    nothing = decide(anna, task, seen(anna, task), reason_code="")
    not_theirs = decide(head, task, seen(head, task))

    assert (nothing.status_code, nothing.json()["rule"]) == (422, "reason")
    assert (not_theirs.status_code, not_theirs.json()["rule"]) == (403, "queue")


def test_nobody_decides_a_case_they_opened(small_town: Town) -> None:
    """Four eyes begin at the door."""
    anna = small_town.program("anna")
    fields = {"number": "C-1", "branch": "north", "amount": "10.00"}
    anna.post("/api/v1/cases", json={"workflow": "claims", "fields": fields})
    small_town.work()
    task = small_town.task()

    answer = decide(anna, task, seen(anna, task))

    assert (answer.status_code, answer.json()["rule"]) == (403, "own work")


def test_an_edit_is_held_against_the_schema(small_town: Town) -> None:
    """A person's value goes on as the model's would, so it must fit as the model's must."""
    small_town.claim()
    anna, task = small_town.program("anna"), small_town.task()

    wrong = decide(anna, task, seen(anna, task), verb="edit", changes={"accept": "perhaps"})
    right = decide(anna, task, seen(anna, task), verb="edit", changes={"accept": False})

    assert (wrong.status_code, wrong.json()["code"]) == (422, "edit_refused")
    assert right.status_code == 201


def test_many_decisions_are_single_records(small_town: Town) -> None:
    """Each is checked for itself, and one that is refused keeps no other out."""
    for number in ("C-1", "C-2"):
        small_town.claim(number)
    small_town.claim("C-3", branch="south")
    anna = small_town.program("anna")
    tasks = [small_town.task("C-1"), "task_0", small_town.task("C-2")]
    only_south = small_town.program("south")

    answer = anna.post(f"{REVIEWS}/bulk", json=YES | {"tasks": tasks})
    theirs = only_south.post(f"{REVIEWS}/bulk", json=YES | {"tasks": [tasks[0]]})

    assert [each["is_done"] for each in answer.json()["items"]] == [True, False, True]
    assert small_town.office.decisions("C-1") == [("anna", "approve")]
    assert small_town.office.decisions("C-2") == [("anna", "approve")]
    assert theirs.json()["items"][0]["code"] == "task_unknown"


def test_the_next_task_comes_into_ones_hands(small_town: Town) -> None:
    """The most urgent one; and nothing when there is nothing."""
    small_town.claim("C-1")
    small_town.office.pass_time(1)
    small_town.claim("C-2")
    anna = small_town.program("anna")

    first = anna.post(f"{REVIEWS}/next", json={})
    answer = small_town.program("ben").post(f"{REVIEWS}/next", json={})

    assert first.json()["review"]["held_by"] == "anna"
    assert first.json()["review"]["id"] == small_town.task("C-1")
    assert answer.json()["review"]["id"] == small_town.task("C-2")


def test_asking_stops_the_clock_and_the_answer_starts_it(small_town: Town) -> None:
    """The requester's time is not the reviewer's."""
    small_town.claim()
    anna, task = small_town.program("anna"), small_town.task()

    asked = anna.post(f"{REVIEWS}/{task}/questions", json={"text": "Which branch?"})
    waiting = decide(anna, task, seen(anna, task))
    answered = anna.post(f"{REVIEWS}/{task}/answers", json={"text": "North."})

    assert asked.json()["review"]["clock_stopped_at"] is not None
    assert waiting.status_code == 409
    assert answered.json()["review"]["clock_stopped_at"] is None


def test_the_same_thing_again_is_not_sent_again(small_town: Town) -> None:
    """A list that polls costs nothing while nothing happens."""
    case = small_town.claim()
    anna, task = small_town.program("anna"), small_town.task()

    for path in (f"/api/v1/cases/{case}", f"{REVIEWS}/{task}", "/api/v1/contracts/claims"):
        first = anna.get(path)
        again = anna.get(path, headers={"if-none-match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b""), path

    anna.post(f"{REVIEWS}/{task}/claim")
    stale = {"if-none-match": first.headers["etag"]}
    assert anna.get(f"{REVIEWS}/{task}", headers=stale).status_code == 200


def test_a_protected_value_is_shown_to_those_with_the_right_only(small_town: Town) -> None:
    """In its field, and in every sentence that quotes it."""
    case = small_town.claim()
    reviewer, viewer = small_town.program("anna"), small_town.program("vera")
    task = small_town.task()
    ends = ("", "/timeline", "/actions", "/decisions", "/audit")
    paths = [f"/api/v1/cases/{case}{end}" for end in ends]
    paths += ["/api/v1/cases", "/api/v1/reviews", f"{REVIEWS}/{task}"]

    decide(reviewer, task, seen(reviewer, task), note=f"paid to {IBAN} before")
    small_town.work()

    assert IBAN in reviewer.get(paths[0]).text
    assert IBAN in reviewer.get(f"{REVIEWS}/{task}").text
    for path in paths:
        answer = viewer.get(path)
        assert answer.status_code == 200
        assert IBAN not in answer.text, path
    digest = reviewer.get(paths[0]).json()["source"]["digest"]
    document = f"/api/v1/cases/{case}/documents/{digest}"
    assert reviewer.get(document).headers["content-disposition"].startswith("attachment")
    assert viewer.get(document).status_code == 403


def test_a_list_is_read_to_its_end_page_by_page(town: Town) -> None:
    """Each thing once, whatever is added meanwhile."""
    for number in range(7):
        town.claim(f"C-{number}")
        town.office.pass_time(1)
    anna = town.program("anna")

    for path in ("/api/v1/cases", REVIEWS):
        found, after = list[str](), None
        while True:
            params = {"limit": 3} | ({"after": after} if after else {})
            answer = anna.get(path, params=params)
            page = answer.json()
            found += [each["id"] for each in page["items"]]
            after = page["next"]
            assert ('rel="next"' in answer.headers.get("link", "")) == bool(after)
            if after is None:
                break
        assert len(found) == len(set(found)) == 7

    house = town.program("auditor").get("/api/v1/audit/house", params={"limit": 5}).json()
    more = {"limit": 5, "after": house["next"]}
    following = town.program("auditor").get("/api/v1/audit/house", params=more).json()
    assert following["items"][0]["seq"] == house["items"][-1]["seq"] - 1


def test_a_position_that_is_none_is_refused(small_town: Town) -> None:
    """It comes from outside like everything else."""
    anna, auditor = small_town.program("anna"), small_town.program("auditor")

    for text in ("x", "W10=", "bm90IGpzb24=", "\u00e4"):
        assert anna.get("/api/v1/cases", params={"after": text}).status_code == 422
        assert anna.get(REVIEWS, params={"after": text}).status_code == 422
        assert auditor.get("/api/v1/audit/house", params={"after": text}).status_code == 422


def test_the_same_fields_again_are_the_same_case(small_town: Town) -> None:
    """Intake is idempotent without any key."""
    robot = small_town.program("robot")
    fields = {"number": "C-1", "branch": "north", "amount": "10.00"}
    wanted = {"workflow": "claims", "fields": fields}

    first = robot.post("/api/v1/cases", json=wanted).json()
    again = robot.post("/api/v1/cases", json=wanted).json()
    unfit = robot.post("/api/v1/cases", json={"workflow": "claims", "fields": {"number": "2"}})

    assert [first[0]["delivery"], again[0]["delivery"]] == ["opened", "known"]
    assert first[0]["case_id"] == again[0]["case_id"]
    assert unfit.json()[0]["delivery"] == "waiting"


def test_a_document_is_taken_in_as_it_is(small_town: Town) -> None:
    """In base64, or as a file; both are read by the workflow's own reader."""
    anna = small_town.program("anna")
    raw = b'[{"number": "C-1", "branch": "north", "amount": "1"}, {"number": "C-2", "branch": "n"}]'
    import base64

    document = {"name": "two.json", "content": base64.b64encode(raw).decode()}
    sent = anna.post("/api/v1/cases", json={"workflow": "claims", "document": document})
    upload = anna.post(
        "/api/v1/cases/upload",
        data={"workflow": "claims"},
        files=[("files", ("two.json", raw)), ("files", ("bad.json", b"\x00"))],
    )

    assert [each["delivery"] for each in sent.json()] == ["opened", "waiting"]
    assert [each["delivery"] for each in upload.json()] == ["known", "known", "waiting"]


def test_a_person_can_always_stop_it_and_a_program_never(small_town: Town) -> None:
    """The kill switch over HTTP."""
    wanted = {"kind": "workflow", "workflow": "claims", "reason": "looks wrong"}
    lead, head = small_town.program("lead"), small_town.program("head")

    by_robot = small_town.program("robot").post("/api/v1/pauses", json=wanted)
    paused = lead.post("/api/v1/pauses", json=wanted)
    not_hers = lead.post("/api/v1/pauses/clear", json=wanted)
    shown = lead.get("/api/v1/pauses").json()
    cleared = head.post("/api/v1/pauses/clear", json=wanted)

    assert by_robot.status_code == 403
    assert (paused.status_code, not_hers.status_code, cleared.status_code) == (201, 403, 200)
    assert [each["reason"] for each in shown] == ["looks wrong"]
    assert lead.get("/api/v1/pauses").json() == []


def test_the_tag_that_a_claim_answers_with_is_good_for_the_decision(small_town: Town) -> None:
    """Who takes the next task and decides it looked at nothing else in between."""
    small_town.claim("C-1")
    small_town.claim("C-2")
    anna = small_town.program("anna")

    for _ in range(2):
        taken = anna.post(f"{REVIEWS}/next", json={})
        task = taken.json()["review"]["id"]
        assert taken.headers["etag"] == anna.get(f"{REVIEWS}/{task}").headers["etag"]
        assert decide(anna, task, {"if-match": taken.headers["etag"]}).status_code == 201
