"""Releases over HTTP: read by everybody who sees every tenant, moved by those who may."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from interlock.domain.contract import Stage
from interlock.domain.gate import GateDecision
from interlock.domain.quality import Quality
from interlock.domain.release import Release
from interlock.domain.review import Verb
from interlock.release import lifecycle, taking_back
from tests.web.rollout import at_stage, by_contract, gate_looks, handled, proposed, say, started
from tests.web.town import IBAN, SOUTH, Town

RELEASES = "/api/v1/releases"


def seen(client: Any, release: Release) -> dict[str, str]:
    """The header that says what was looked at."""
    return {"if-match": client.get(f"{RELEASES}/{release.id}").headers["etag"]}


def move(
    client: Any, release: Release, verb: str, headers: dict[str, str] | None = None, **body: Any
) -> httpx.Response:
    """A move on a release, on what stands there now unless other headers are given."""
    shown = seen(client, release) if headers is None else headers
    answer = client.post(
        f"{RELEASES}/{release.id}/{verb}", json={"reason": "agreed"} | body, headers=shown
    )
    assert isinstance(answer, httpx.Response)
    return answer


def test_a_version_climbs_from_proposed_to_canary(town: Town) -> None:
    """Each move by somebody who may, each answer the release as it is then."""
    lead, auditor, head = (town.program(each) for each in ("lead", "auditor", "head"))

    made = lead.post(RELEASES, json={"workflow": "claims", "reason": "it reads more"})
    release = town.services.store.release(made.json()["id"])
    assert release is not None
    signed = move(auditor, release, "sign")
    begun = move(head, release, "start", stage="assisted")
    say(town, town.services.store.running_release("claims") or release, GateDecision.PROMOTE)
    promoted = move(head, release, "promote")

    assert (made.status_code, made.json()["state"]) == (201, "proposed")
    assert made.json()["widens"] == ["judge: the AI may act, where people did"]
    assert signed.json()["is_widening_signed"] is True
    assert begun.json()["stand"]["stage"] == "assisted"
    assert promoted.json()["stand"]["stage"] == "canary"
    assert promoted.headers["etag"] == head.get(f"{RELEASES}/{release.id}").headers["etag"]
    told = head.get(f"{RELEASES}/{release.id}/history").json()["items"]
    assert [each["move"] for each in told] == ["promote", "start", "sign", "propose"]
    assert told[0]["by"] == "person:head" and told[0]["verdict"] is not None


def test_a_long_history_comes_in_pages_with_the_verdicts_it_rests_on(town: Town) -> None:
    """A release that lives for years has more lines than anybody loads at once."""
    release = at_stage(town, Stage.AUTONOMOUS)
    vera = town.program("vera")
    where: str | None = f"{RELEASES}/{release.id}/history?limit=2"

    pages = []
    while where:
        answer = vera.get(where)
        pages.append(answer.json()["items"])
        following = answer.json()["next"]
        where = following and f"{RELEASES}/{release.id}/history?limit=2&after={following}"

    moves = [each["move"] for page in pages for each in page]
    assert moves == ["promote", "promote", "start", "sign", "propose"]
    assert [len(page) for page in pages] == [2, 2, 1]
    verdict = vera.get(f"{RELEASES}/{release.id}/verdicts/{pages[0][0]['verdict']}").json()
    assert verdict["decision"] == "promote"
    assert vera.get(f"{RELEASES}/{release.id}/history?after=x").status_code == 422


def test_going_up_needs_to_say_what_it_is_based_on(small_town: Town) -> None:
    """Nobody promotes what they did not see."""
    release = at_stage(small_town, Stage.ASSISTED)
    say(small_town, release, GateDecision.PROMOTE)
    head = small_town.program("head")
    looked = seen(head, release)
    move(head, release, "hold")

    without = move(head, release, "promote", {})
    late = move(head, release, "promote", looked)

    assert (without.status_code, without.json()["code"]) == (428, "precondition_needed")
    assert (late.status_code, late.json()["code"]) == (412, "release_version_changed")
    assert late.json()["changed"]["etag"] == head.get(f"{RELEASES}/{release.id}").headers["etag"]
    running = small_town.services.store.running_release("claims")
    assert running is not None and running.stand.stage is Stage.ASSISTED


@pytest.mark.parametrize("between", ["hold", "rollback"])
def test_who_is_overtaken_after_the_check_is_told_so_too(
    small_town: Town, monkeypatch: pytest.MonkeyPatch, between: str
) -> None:
    """Between looking and moving there is a moment in which another can be quicker; what was
    looked at is part of the command, so nothing is promoted on what nobody saw."""
    release = at_stage(small_town, Stage.ASSISTED)
    say(small_town, release, GateDecision.PROMOTE)
    head, lead = small_town.program("head"), small_town.program("lead")
    looked, promote = seen(head, release), lifecycle.promote

    def overtaken(*args: Any, **named: Any) -> Any:
        assert move(lead, release, between, {}).status_code == 200
        if between == "hold":  # and ended again, so that only the version tells of it
            assert move(head, release, "hold/end").status_code == 200
        return promote(*args, **named)

    monkeypatch.setattr(lifecycle, "promote", overtaken)
    answer = move(head, release, "promote", looked)

    now = head.get(f"{RELEASES}/{release.id}").headers["etag"]
    assert (answer.status_code, answer.json()["code"]) == (412, "release_version_changed")
    assert answer.json()["changed"]["etag"] == now
    running = small_town.services.store.running_release("claims")
    assert running is not None and running.stand.stage is Stage.ASSISTED


def test_a_stale_tag_of_a_rollback_is_part_of_the_command_too(
    small_town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever sends what they saw wants to be told; whoever sends nothing always gets through."""
    release = at_stage(small_town, Stage.AUTONOMOUS)
    lead, roll_back = small_town.program("lead"), taking_back.roll_back
    looked, first = seen(lead, release), iter([True])

    def overtaken(*args: Any, **named: Any) -> Any:
        if next(first, False):
            assert move(lead, release, "hold", {}).status_code == 200
        return roll_back(*args, **named)

    monkeypatch.setattr(taking_back, "roll_back", overtaken)
    told, done = move(lead, release, "rollback", looked), move(lead, release, "rollback", {})

    assert (told.status_code, told.json()["code"]) == (412, "release_version_changed")
    assert (done.status_code, done.json()["stand"]["stage"]) == (200, "assisted")


def test_going_down_never_waits_for_a_look(town: Town) -> None:
    """A person can always stop it; a tag that is sent is still checked."""
    release = at_stage(town, Stage.AUTONOMOUS)
    lead = town.program("lead")

    stale = move(lead, release, "rollback", {"if-match": '"0-old"'})
    done = move(lead, release, "rollback", {})

    assert (stale.status_code, done.status_code) == (412, 200)
    assert done.json()["stand"]["stage"] == "assisted"
    assert done.json()["stand"]["cool_off_until"] is not None
    eras = {each.scope.name for each in town.services.store.pauses_in_force()}
    assert release.stand.era in eras


@pytest.mark.parametrize("verb", ["promote", "start", "sign", "hold/end"])
def test_an_operator_moves_nothing_up(small_town: Town, verb: str) -> None:
    """Stopping is an operator's right, and going on is not."""
    release = started(small_town, Stage.ASSISTED)
    body = {"stage": "shadow"} if verb == "start" else {}

    answer = move(small_town.program("lead"), release, verb, **body)

    assert (answer.status_code, answer.json()["code"]) == (403, "right_missing")


def test_a_program_moves_nothing_at_all(small_town: Town) -> None:
    """Not even one whose account has every role."""
    release = at_stage(small_town, Stage.CANARY)
    robot = small_town.program("robot")

    answers = [move(robot, release, each) for each in ("promote", "hold", "rollback", "withdraw")]

    assert {each.status_code for each in answers} == {403}
    assert small_town.services.store.release_events(release.id)[-1].move == "promote"


def test_nobody_promotes_or_signs_their_own_change(small_town: Town) -> None:
    """Also not by the API."""
    head = small_town.program("head")
    made = head.post(RELEASES, json={"workflow": "claims", "reason": "mine"})
    release = small_town.services.store.release(made.json()["id"])
    assert release is not None

    by_owner = move(head, release, "sign")

    assert by_owner.status_code == 403
    assert by_owner.json()["rule"] == "governance"
    assert "signed by the governance owner" in by_owner.json()["reason"]


def test_a_verdict_that_is_not_promote_promotes_nothing(small_town: Town) -> None:
    """With no verdict at all it is refused too; silence is no consent."""
    release = at_stage(small_town, Stage.ASSISTED)
    head = small_town.program("head")

    # The verdict of the stage before is about another era.
    silent = move(head, release, "promote")
    say(small_town, release, GateDecision.HOLD)
    held = move(head, release, "promote")

    assert (silent.status_code, held.status_code) == (409, 409)
    assert "the gate says hold" in held.json()["detail"]


def test_the_same_request_again_is_done_once(small_town: Town) -> None:
    """A rollback that is sent twice takes back once."""
    release = at_stage(small_town, Stage.AUTONOMOUS)
    lead = small_town.program("lead")
    headers = {"idempotency-key": "stop-1"}

    first = move(lead, release, "rollback", headers)
    again = move(lead, release, "rollback", headers)

    assert first.json() == again.json()
    assert again.headers["idempotency-replayed"] == "true"
    moves = [each.move for each in small_town.services.store.release_events(release.id)]
    assert moves.count("roll_back") == 1


def test_the_gate_as_of_now_is_told_and_not_recorded(small_town: Town) -> None:
    """Looking is free of consequences."""
    by_contract(small_town, quality=Quality(sample=1.0), error_budget={"rate": 0.05})
    release = at_stage(small_town, Stage.CANARY)
    handled(small_town, release, 100, exceptions=2, checked=40, wrong=1)
    before = len(small_town.services.store.verdicts(release.id))

    shown = small_town.program("vera").get(f"{RELEASES}/{release.id}/gate").json()

    [line] = shown["verdict"]["criteria"]
    assert (line["hits"], line["cases"], line["finding"]) == (2, 100, "not_yet")
    assert 0 < line["low"] < 0.02 < line["high"]
    assert (shown["budget"]["wrong"], shown["budget"]["checked"]) == (1, 40)
    assert shown["verdict"]["id"] is None
    assert len(small_town.services.store.verdicts(release.id)) == before


def test_each_verdict_is_given_with_its_evidence_and_judged_again(town: Town) -> None:
    """Whoever asks can hold the verdict against what it rests on."""
    release = at_stage(town, Stage.CANARY)
    handled(town, release, 100, exceptions=2)
    gate_looks(town)
    vera = town.program("vera")

    page = vera.get(f"{RELEASES}/{release.id}/verdicts", params={"limit": 1}).json()
    [newest] = page["items"]
    older = vera.get(f"{RELEASES}/{release.id}/verdicts", params={"after": page["next"]}).json()
    one = vera.get(f"{RELEASES}/{release.id}/verdicts/{newest['id']}").json()
    again = vera.get(f"{RELEASES}/{release.id}/verdicts/{newest['id']}/replay").json()

    assert one == newest
    assert one["evidence"]["counts"]["exception_rate"]["cases"] == 100
    assert [each["id"] for each in older["items"]] == [1]
    assert again["is_same"] is True
    assert again["again"]["decision"] == newest["decision"]


def test_a_verdict_of_another_release_is_not_there(small_town: Town) -> None:
    """A number is no permission."""
    release = at_stage(small_town, Stage.CANARY)
    vera = small_town.program("vera")

    for path in ("verdicts/999", "verdicts/999/replay"):
        answer = vera.get(f"{RELEASES}/{release.id}/{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, "verdict_unknown")


def test_a_segment_nobody_joined_is_not_stood_down(small_town: Town) -> None:
    """A typing error must not look like safety."""
    release = at_stage(small_town, Stage.AUTONOMOUS)

    answer = move(small_town.program("lead"), release, "stand-down", segment="travle")

    assert (answer.status_code, answer.json()["rule"]) == (409, "segment")


def test_who_sees_some_tenants_only_is_told_no_count(small_town: Town) -> None:
    """A gate counts every tenant's cases."""
    release = at_stage(small_town, Stage.CANARY)
    south = small_town.program(SOUTH)

    for path in ("", f"/{release.id}", f"/{release.id}/gate", f"/{release.id}/verdicts"):
        answer = south.get(f"{RELEASES}{path}")
        assert (answer.status_code, answer.json()["code"]) == (403, "right_missing"), path


def test_another_workflows_people_see_none(small_town: Town) -> None:
    """What is not theirs does not exist."""
    release = proposed(small_town)
    stranger = small_town.program("elsewhere")

    assert stranger.get(RELEASES).json() == []
    assert stranger.get(f"{RELEASES}/{release.id}").status_code == 404


def test_agreement_is_told_without_protected_values(small_town: Town) -> None:
    """With nothing watched there is no made-up number; what differs is for those who may see it."""
    release = started(small_town, Stage.SHADOW)
    vera, anna = small_town.program("vera"), small_town.program("anna")
    where = f"{RELEASES}/{release.id}/agreement"
    nothing = vera.get(where).json()
    small_town.claim("C-1")
    wanted = {"accept": False, "reason": f"not {IBAN}"}
    small_town.office.decide("C-1", "anna", Verb.EDIT, changes=wanted, reason_code="clear")

    [line] = vera.get(where).json()["agreement"]
    closed, opened = vera.get(where), anna.get(where)

    assert nothing == {"agreement": [], "disagreements": []}
    assert (line["same"], line["different"], line["low"]) == (0, 1, 0.0)
    assert IBAN not in closed.text and IBAN in opened.text
    assert closed.json()["disagreements"][0]["said"]["accept"] is True


def test_the_gate_of_a_release_that_does_not_run_is_not_judged(small_town: Town) -> None:
    """There is no evidence on what no case joined."""
    release = proposed(small_town)

    answer = small_town.program("vera").get(f"{RELEASES}/{release.id}/gate")

    assert (answer.status_code, answer.json()["code"]) == (409, "no_release_running")


def test_a_proposal_can_be_taken_back_by_whoever_made_it(small_town: Town) -> None:
    """Or by an owner; nobody else."""
    release = proposed(small_town)

    foreign = move(small_town.program("anna"), release, "withdraw")
    own = move(small_town.program("lead"), release, "withdraw")

    assert foreign.status_code == 403
    assert own.json()["state"] == "withdrawn"
