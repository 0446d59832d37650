"""The release board: what a person sees of a release in each state, and what they can do to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import text as sql

from interlock.console.views.release_interval import WIDTH, drawn
from interlock.domain.ahead import AheadKind, LookAhead
from interlock.domain.contract import FallbackMode, Stage
from interlock.domain.gate import GateDecision
from interlock.domain.ids import Fingerprint, WorkflowId
from interlock.domain.pause import PauseScope, ScopeKind
from interlock.domain.quality import Quality
from interlock.domain.release import Release, ReleaseState
from interlock.domain.review import Verb
from interlock.domain.rollout import Precondition, Rollout, Waiver
from interlock.release import lifecycle, taking_back
from interlock.runtime.commands import pausing
from tests.console.visit import Browser, Desk, Page
from tests.runtime.office import MONDAY
from tests.web.rollout import (
    WHY,
    at_stage,
    by_contract,
    gate_looks,
    handled,
    proposed,
    say,
    started,
)
from tests.web.town import IBAN, SOUTH, Town

BOARD = "/workflows/claims/release"
DECIDE = f"form[action='{BOARD}/ask']"
SURE = f"form[action='{BOARD}/do']"


def ask(browser: Browser, move: str, reason: str = "It is time", segment: str = "") -> Page:
    """The first step: the choice and the reason as the board offers them."""
    return browser.send(browser.get(BOARD), DECIDE, move=f"{move}|{segment}", reason=reason)


def do(browser: Browser, move: str, reason: str = "It is time") -> Page:
    """Both steps."""
    return browser.send(ask(browser, move, reason), SURE)


def running(town: Town) -> Release:
    found = town.services.store.running_release("claims")
    assert found is not None
    return found


def off(page: Page, title: str) -> str:
    """Why a choice cannot be made; empty when it can. Raises: ValueError when it is not there."""
    [choice] = [each for each in page.all(".choice") if each.find("b").text == title]
    assert (choice.find("input").get("disabled") is not None) == ("is-off" in choice.get("class"))
    return choice.find("span").text if "is-off" in choice.get("class") else ""


def test_without_a_release_the_board_says_what_comes_and_lets_it_be_proposed(desk: Desk) -> None:
    """An empty page would leave the reader wondering whether anything is measured."""
    lead = desk.visit("lead")

    empty = lead.get(BOARD)
    after = lead.send(empty, f"form[action='{BOARD}/propose']", reason="It reads the new form")

    assert "No release yet" in empty.text
    assert "promoted only when at most 4.0% is proven" in empty.text
    assert "Lead proposed it" in after.text
    [release] = desk.town.services.store.releases("claims")
    assert (release.state, release.proposed_by) == (ReleaseState.PROPOSED, "lead")


def test_whoever_may_not_propose_is_told_who_may(desk: Desk) -> None:
    """A missing button explains nothing."""
    page = desk.visit("vera").get(BOARD)

    assert page.all(f"form[action='{BOARD}/propose']") == []
    assert "You may not propose it. The role operator or owner may: " in page.text


def test_a_proposed_version_waits_for_the_governance_owner(desk: Desk) -> None:
    """What moves to the machine is on the page, unsigned, and nobody signs their own change."""
    proposed(desk.town)

    own, governance = desk.visit("lead").get(BOARD), desk.visit("auditor").get(BOARD)

    assert "judge: the AI may act, where people did" in own.text.replace("Judge", "judge")
    assert "Not signed yet: widening needs the governance owner" in own.text
    assert "nobody signs their own change" in off(own, "Sign what AI may newly do")
    assert off(governance, "Sign what AI may newly do") == ""
    assert off(governance, "Start in Shadow") == "Blocked: what AI may newly do is not signed."
    assert off(own, "Withdraw") == ""


def test_only_the_governance_owner_signs(desk: Desk) -> None:
    """An owner may start and promote, and not sign for policy; the page names who does."""
    proposed(desk.town)

    page = desk.visit("head").get(BOARD)

    assert off(page, "Sign what AI may newly do") == (
        "Only the governance owner signs this. That is auditor."
    )


def test_signing_and_starting_take_two_steps_each(desk: Desk) -> None:
    """The first step does nothing; the second says what happens."""
    proposed(desk.town)
    auditor, head = desk.visit("auditor"), desk.visit("head")

    asked = ask(auditor, "sign")
    unsigned = desk.town.services.store.releases("claims")[0]
    auditor.send(asked, SURE)
    done = do(head, "start_shadow")

    assert "Judge: the AI may act, where people did. To AI." in asked.text
    assert unsigned.signatures == ()
    assert "Started in Shadow" in done.text
    assert running(desk.town).stand.stage is Stage.SHADOW


def test_the_gate_table_shows_each_number_with_its_sample_interval_and_need(desk: Desk) -> None:
    """The page says 2.0 % of how many, what that proves, and how many cases are missing."""
    release = at_stage(desk.town, Stage.CANARY)
    handled(desk.town, release, 200, exceptions=4)
    gate_looks(desk.town)

    page = desk.visit("head").get(BOARD)

    row = " ".join(" ".join(page.one("#board-gate tbody tr").itertext()).split())
    assert row.startswith("Exception rate cases that entered the AI path and left it at most 4.0%")
    assert "2.0% 4 of 200" in row
    assert "Not yet Needs about 340 more cases, about 17 days at this pace" in row
    assert len(page.all("#board-gate svg.iv .rng")) == 1
    assert "Hold at Canary 10%" in page.text
    assert "but 200 cases cannot yet rule out more than 4.0%" in page.text
    assert "On record: verdict 2, hold" in page.text
    assert "the same as now" in page.text


def test_a_day_to_look_again_is_named_where_time_and_cases_decide(desk: Desk) -> None:
    """Nobody should come back every morning to see whether it is enough by now."""
    waived = tuple(
        Waiver(condition=each, by="auditor", why="a drill")
        for each in (
            Precondition.PILOT,
            Precondition.PROTECTED_CASES,
            Precondition.BASELINE,
            Precondition.READINESS,
            Precondition.ADOPTION,
        )
    )
    by_contract(desk.town, rollout=Rollout(waive=waived))
    release = at_stage(desk.town, Stage.CANARY)
    handled(desk.town, release, 200, exceptions=4, over=timedelta(days=4))

    page = desk.visit("head").get(BOARD)

    assert "Look again " in page.one("#board-verdict").text_content()
    assert "days at this pace" in page.text
    assert "Waived" in page.one("#board-conditions").text_content()
    assert "signed by auditor: a drill" in page.text


def test_a_promotion_is_offered_only_on_a_verdict_on_record(desk: Desk) -> None:
    """The interface never offers what the command would refuse."""
    at_stage(desk.town, Stage.CANARY)
    head = desk.visit("head")

    silent = head.get(BOARD)
    say(desk.town, running(desk.town), GateDecision.HOLD)
    held_back = head.get(BOARD)
    say(desk.town, running(desk.town), GateDecision.PROMOTE)
    ripe = head.get(BOARD)

    title = "Promote to Autonomous"
    assert off(silent, title).startswith("Blocked: its gate has said nothing on record")
    assert off(held_back, title) == "Blocked: the verdict is hold, not promote."
    assert off(ripe, title) == ""


def test_promoting_takes_two_steps_and_goes_on_record_with_its_verdict(desk: Desk) -> None:
    """The second step says to whom it happens; the history then names the evidence."""
    release = at_stage(desk.town, Stage.ASSISTED)
    desk.town.claim("C-1")
    number = say(desk.town, release, GateDecision.PROMOTE)
    head = desk.visit("head")

    asked = ask(head, "promote", "The gate says so")
    still = running(desk.town).stand.stage
    done = head.send(asked, SURE)

    assert "AI decides about 10% of the new cases alone" in asked.text
    assert "1 case on the way: each finishes at the stage it began with." in asked.text
    assert still is Stage.ASSISTED
    assert running(desk.town).stand.stage is Stage.CANARY
    assert "Assisted to Canary 10%" in done.text
    assert f"verdict {number}" in done.all("#board-history tbody tr")[0].text_content()
    assert "The gate says so" in done.text


def test_whoever_proposed_it_never_promotes_it(desk: Desk) -> None:
    """Nobody signs their own change, in any order of pages."""
    release = lifecycle.propose(desk.town.office.context, "claims", "head", WHY)
    lifecycle.sign(desk.town.office.context, release.id, "auditor", WHY)
    lifecycle.start(desk.town.office.context, release.id, Stage.ASSISTED, "head", WHY)
    say(desk.town, running(desk.town), GateDecision.PROMOTE)

    page = desk.visit("head").get(BOARD)
    asked = ask(desk.visit("head"), "promote")

    assert "nobody signs their own change" in off(page, "Promote to Canary 10%")
    assert asked.status == 403
    assert "Nothing was changed." in asked.text
    assert running(desk.town).stand.stage is Stage.ASSISTED


def test_a_viewer_sees_everything_and_can_do_nothing(desk: Desk) -> None:
    """Each choice stays on the page, with who could make it."""
    at_stage(desk.town, Stage.CANARY)

    page = desk.visit("vera").get(BOARD)
    asked = ask(desk.visit("vera"), "roll_back")

    assert page.all(f"{DECIDE} button") == []
    assert off(page, "Roll back to Assisted").startswith(
        "You may not. The role operator or owner or governance may: "
    )
    assert asked.status == 403
    assert running(desk.town).stand.stage is Stage.CANARY


def test_rolling_back_says_how_many_cases_it_stops_and_does_it(desk: Desk) -> None:
    """An operator may, at once; the eras are taken back in the same breath."""
    at_stage(desk.town, Stage.AUTONOMOUS)
    desk.town.claim("C-1")
    desk.town.claim("C-2")
    lead = desk.visit("lead")

    asked = ask(lead, "roll_back", "Two wrong entries")
    done = lead.send(asked, SURE)

    assert "2 cases on the way. 0 in AI hands" in asked.text
    assert "2 are with people and stay there" in asked.text
    assert "That is never lifted." in asked.text
    assert "Rolled back to Assisted" in done.text
    assert "Two wrong entries. By Lead." in done.text
    assert "Nothing is promoted before" in done.text
    eras = {each.scope.name for each in desk.town.services.store.pauses_in_force()}
    assert f"{running(desk.town).id}.1" in eras


def test_what_was_taken_back_is_no_pause_for_the_whole_house(desk: Desk) -> None:
    """It stays back for good; a banner on every page for ever would be read by nobody."""
    at_stage(desk.town, Stage.AUTONOMOUS)
    taking_back.roll_back(desk.town.office.context, "claims", "head", WHY)

    page = desk.visit("head").get("/")

    assert page.all(".banner.is-paused") == []
    assert "AI is paused" not in page.text


def test_the_gate_takes_it_back_by_itself_and_the_board_says_why(desk: Desk) -> None:
    """Nobody pressed anything; the trigger names when it fired, and the verdict can be opened."""
    release = at_stage(desk.town, Stage.AUTONOMOUS)
    handled(desk.town, release, 300, exceptions=60)
    gate_looks(desk.town)
    head = desk.visit("head")

    page = head.get(BOARD)
    verdict = page.one("#board-triggers tbody a").get("href")
    opened = head.get(verdict)

    assert "Rolled back to Assisted" in page.text
    assert "Nobody pressed anything." in page.text
    assert "Automatic, by the gate" in page.text
    assert "Verdict 3: roll back at Autonomous" in opened.text
    assert "Judged again: the same." in opened.text
    assert "60 of 300" in opened.text


def test_evidence_that_was_changed_is_shown_as_changed(desk: Desk) -> None:
    """A verdict whose evidence was touched must not look like any other."""
    release = at_stage(desk.town, Stage.CANARY)
    handled(desk.town, release, 100, exceptions=2)
    gate_looks(desk.town)
    store = desk.town.services.store
    [latest] = store.verdicts(release.id, 1)
    with store.engine.begin() as conn:
        conn.execute(
            sql("UPDATE gate_verdict SET body = replace(body, :was, :now)"),
            {"was": '"hits":2,', "now": '"hits":0,'},
        )

    page = desk.visit("head").get(f"{BOARD}/verdicts/{latest.id}")

    assert "Judged again: not the same." in page.text
    assert "The evidence was changed" in page.text


def test_a_hold_is_said_first_and_only_who_may_ends_it(desk: Desk) -> None:
    """Grey, for nothing is wrong; an operator holds, an owner ends it."""
    at_stage(desk.town, Stage.CANARY)
    do(desk.visit("lead"), "hold", "The audit comes first")

    seen, owners = desk.visit("lead").get(BOARD), desk.visit("head").get(BOARD)
    done = do(desk.visit("head"), "end_hold", "The audit is over")

    assert "Held at Canary 10% by Lead" in seen.text
    assert off(owners, "Promote to Autonomous") == "Blocked: somebody holds it where it is."
    assert off(seen, "End the hold").startswith("You may not. The role owner or governance may")
    assert running(desk.town).held_by is None
    assert "Hold at Canary 10%" in done.text


def test_a_paused_workflow_is_said_to_be_paused(desk: Desk) -> None:
    """A hold and a pause are two things: one is about evidence, one about safety."""
    at_stage(desk.town, Stage.CANARY)
    scope = PauseScope(kind=ScopeKind.WORKFLOW, workflow="claims", name="")
    pausing.pause(desk.town.office.context, scope, "lead", "Wrong entries")

    page = desk.visit("head").get(BOARD)

    assert "Paused at Canary 10%" in page.text
    assert "Nothing paused" in page.one("#board-conditions .is-bad").text_content()


def test_a_page_that_is_out_of_date_changes_nothing_upwards(desk: Desk) -> None:
    """Somebody else moved it meanwhile: look again, then decide."""
    release = at_stage(desk.town, Stage.ASSISTED)
    say(desk.town, release, GateDecision.PROMOTE)
    head = desk.visit("head")
    asked = ask(head, "promote")
    lifecycle.hold(desk.town.office.context, release.id, "lead", WHY)
    lifecycle.end_hold(desk.town.office.context, release.id, "head", WHY)

    answer = head.send(asked, SURE)

    assert answer.status == 409
    assert "It changed since you saw it." in answer.text
    assert "It is time" in answer.one("#d-why").text
    assert running(desk.town).stand.stage is Stage.ASSISTED


def test_a_page_that_is_out_of_date_still_takes_it_back(desk: Desk) -> None:
    """A person can always stop it; nobody is sent to load a page first."""
    release = at_stage(desk.town, Stage.AUTONOMOUS)
    lead = desk.visit("lead")
    asked = ask(lead, "roll_back")
    lifecycle.hold(desk.town.office.context, release.id, "head", WHY)

    answer = lead.send(asked, SURE)

    assert answer.status == 200
    assert running(desk.town).stand.stage is Stage.ASSISTED


def test_a_move_without_a_reason_is_sent_back(desk: Desk) -> None:
    """Whoever reads the record later asks why."""
    at_stage(desk.town, Stage.CANARY)

    answer = ask(desk.visit("lead"), "hold", "  ")

    assert answer.status == 422
    assert "No reason is given" in answer.text


def test_a_form_that_no_page_of_ours_sends_is_refused(desk: Desk) -> None:
    """What comes from outside may name anything."""
    release = at_stage(desk.town, Stage.CANARY)
    head = desk.visit("head")
    page = head.get(BOARD)

    strange = head.send(page, DECIDE, move="delete|", reason="x")
    foreign = head.send(page, DECIDE, move="hold|", reason="x", release="rel_nothing")

    assert (strange.status, foreign.status) == (422, 404)
    assert running(desk.town).version == release.version


def test_the_error_budget_burns_down_as_drawn_and_as_a_table(desk: Desk) -> None:
    """The same numbers twice: a line for the eye, a table for everybody."""
    by_contract(
        desk.town, quality=Quality(sample=0.5), error_budget={"rate": 0.05, "window_days": 30}
    )
    release = at_stage(desk.town, Stage.CANARY)
    handled(desk.town, release, 100, checked=50, wrong=2, over=timedelta(days=15))

    page = desk.visit("head").get(BOARD)

    card = " ".join(page.one("#board-budget").text_content().split())
    assert "2 wrong of 50 checked, and at this pace 5.0 may be" in card
    assert "60% left" in card
    assert len(page.all("#board-budget svg path.burn")) == 2
    assert sum(int(each.text) for each in page.all("#board-budget tbody td:nth-child(2)")) == 50
    assert len(page.all("#board-budget a[href^='/cases/']")) == 2
    assert "Quiet" in card


def test_fast_burning_is_said(desk: Desk) -> None:
    """An alert that nobody sees warns nobody."""
    by_contract(
        desk.town, quality=Quality(sample=1.0), error_budget={"rate": 0.05, "window_days": 30}
    )
    release = at_stage(desk.town, Stage.CANARY)
    handled(desk.town, release, 12, checked=12, wrong=10, over=timedelta(minutes=4))

    page = desk.visit("head").get(BOARD)

    burning = [each for each in page.all("#board-budget li") if "Burning" in each.text_content()]
    assert burning
    assert "14.4 times the allowed rate over 60 min: now 16.7" in burning[0].text_content()


def test_segments_that_stand_elsewhere_are_listed_and_taken_back_alone(desk: Desk) -> None:
    """One kind of work may fail while the others earn their keep."""
    release = at_stage(desk.town, Stage.AUTONOMOUS)
    desk.town.claim("C-1")
    _in_segment(desk.town, "travel")
    lead = desk.visit("lead")

    page = lead.get(BOARD)
    asked = ask(lead, "stand_down", "Two wrong trips", "travel")
    done = lead.send(asked, SURE)

    assert off(page, "Stand down travel") == ""
    assert "1 case on the way" in asked.text
    after = running(desk.town)
    assert (after.stand.stage, after.stand_of("travel").stage) == (
        Stage.AUTONOMOUS,
        Stage.ASSISTED,
    )
    row = " ".join(done.one("#board-segments tbody tr").text_content().split())
    assert row.startswith("Travel Assisted")
    assert after.id == release.id


def test_the_way_back_is_named_as_it_is(desk: Desk) -> None:
    """With no version before it, a release that falls back to one goes on where it only watches."""
    gate = desk.town.office.workflow.contract.gate
    assert gate is not None
    by_contract(desk.town, gate=replace(gate, fallback_mode=FallbackMode.PREVIOUS_VERSION))
    started(desk.town, Stage.ASSISTED)

    page = do(desk.visit("head"), "roll_back")

    assert "Rolled back to Shadow" in page.text
    assert off(page, "Roll back to Shadow") == ""


def test_a_watched_ai_is_shown_beside_what_people_did(desk: Desk) -> None:
    """Each number with its sample, and each disagreement for reading, protected values hidden."""
    started(desk.town, Stage.SHADOW)
    desk.town.claim("C-1")
    desk.town.claim("C-2")
    office = desk.town.office
    wanted = {"accept": False, "reason": f"not {IBAN}"}
    office.decide("C-1", "anna", Verb.EDIT, changes=wanted, reason_code="clear")

    vera, anna = desk.visit("vera").get(BOARD), desk.visit("anna").get(BOARD)

    row = " ".join(" ".join(vera.all("#board-agreement tbody tr")[0].itertext()).split())
    assert row.startswith("Judge 0.0% 0 of 1")
    assert "[protected]" in vera.one("#board-agreement details").text_content()
    assert IBAN not in vera.answer.text
    assert "looks like the others" in vera.text
    assert IBAN in anna.one("#board-agreement details").text_content()


def test_who_sees_some_tenants_only_sees_no_number(desk: Desk) -> None:
    """A gate counts everybody's cases, so its numbers would tell of foreign work."""
    release = at_stage(desk.town, Stage.CANARY)
    handled(desk.town, release, 200, exceptions=4)
    south = desk.visit(SOUTH)

    page = south.get(BOARD)

    assert page.status == 200
    assert "Canary 10%" in page.text
    assert "you may see some only" in page.text
    assert "200" not in page.one("main").text_content()
    assert south.get(f"{BOARD}/verdicts/1").status == 404


def test_another_workflows_people_find_nothing(desk: Desk) -> None:
    """What is not theirs to see is not there."""
    started(desk.town)

    assert desk.visit("elsewhere").get(BOARD).status == 404
    assert desk.visit("elsewhere").get("/events/release/claims").status == 404


def test_the_stream_of_a_board_is_for_who_may_see_its_numbers(desk: Desk) -> None:
    """What a page does not show must not come by the back door."""
    started(desk.town)

    assert desk.visit(SOUTH).get("/events/release/claims").status == 404
    assert "/sign-in" in desk.visit(None).get("/events/release/claims").address


def test_every_state_of_the_board_is_well_formed(desk: Desk) -> None:
    """One h1, captions, labels, every tag closed."""
    from tests.console.operations import check_page

    release = at_stage(desk.town, Stage.CANARY)
    handled(desk.town, release, 60, exceptions=3)
    gate_looks(desk.town)
    head = desk.visit("head")
    for page in (
        head.get(BOARD),
        ask(head, "roll_back"),
        head.get(f"{BOARD}/verdicts/2"),
        head.get(f"{BOARD}/history"),
        head.get(f"{BOARD}?release={release.id}"),
    ):
        assert page.status == 200
        check_page(page.answer.text)


def test_the_home_says_where_each_release_stands(desk: Desk) -> None:
    """Stage, verdict and what is open, without opening the board."""
    release = at_stage(desk.town, Stage.CANARY)
    handled(desk.town, release, 60, exceptions=3)
    gate_looks(desk.town)

    page = desk.visit("head").get("/")

    row = " ".join(page.one("#wf-claims").text_content().split())
    assert "Canary 10%" in row
    assert "Hold" in row
    assert "lines and conditions pass. Open: exception rate" in row


def test_the_home_tells_a_tenants_people_no_number_of_the_gate(desk: Desk) -> None:
    """The stage is everybody's; the counts are not."""
    release = at_stage(desk.town, Stage.CANARY)
    handled(desk.town, release, 60, exceptions=3)
    gate_looks(desk.town)

    row = " ".join(desk.visit(SOUTH).get("/").one("#wf-claims").text_content().split())

    assert "Canary 10%" in row
    assert "lines and conditions" not in row


def test_the_contract_page_says_what_became_of_each_versions_release(desk: Desk) -> None:
    """Whoever reads what was agreed sees whether it is signed, and where it stands."""
    release = proposed(desk.town)
    unsigned = desk.visit("head").get("/workflows/claims/contract").one("#versions tbody tr")
    lifecycle.sign(desk.town.office.context, release.id, "auditor", WHY)
    lifecycle.start(desk.town.office.context, release.id, Stage.SHADOW, "head", WHY)
    begun = desk.visit("head").get("/workflows/claims/contract").one("#versions tbody tr")

    assert "Proposed not signed" in " ".join(unsigned.text_content().split())
    assert "Runs at Shadow" in begun.text_content()
    assert "not signed" not in begun.text_content()


def test_the_board_shows_the_latest_look_ahead_of_this_version_only(desk: Desk) -> None:
    """A forecast of another version would be read as one of this."""
    release = started(desk.town)
    store = desk.town.services.store
    before = desk.visit("vera").get(BOARD).one("[aria-labelledby='h-ahead']").text_content()
    store.keep_look_ahead(a_look(release.fingerprint, "3 of 40 cases"))
    store.keep_look_ahead(a_look(release.fingerprint, "5 of 50 cases"))
    store.keep_look_ahead(a_look("e" * 64, "9 of 90 cases"))

    card = desk.visit("vera").get(BOARD).one("[aria-labelledby='h-ahead']").text_content()

    assert before.count("None yet.") == 2
    assert "interlock backtest FOLDER" in before
    assert "5 of 50 cases" in card
    assert "3 of 40" not in card and "9 of 90" not in card
    assert "The AI's answers on record" in card and "by Lead" in card
    assert card.count("None yet.") == 1


def test_a_long_history_goes_on_page_by_page_down_to_the_proposal(desk: Desk) -> None:
    """What was done two years ago is evidence too; each line leads to the verdict it rests on."""
    release = at_stage(desk.town, Stage.CANARY)
    for _ in range(15):
        lifecycle.hold(desk.town.office.context, release.id, "lead", WHY)
        lifecycle.end_hold(desk.town.office.context, release.id, "head", WHY)
    for _ in range(30):
        say(desk.town, release, GateDecision.HOLD)
    head = desk.visit("head")
    board = head.get(BOARD)

    older = head.get(board.one("#board-history footer a[rel='next']").get("href"))
    whole = head.get(f"{BOARD}/history?release={release.id}")
    rest = head.get(whole.one("a[rel='next']").get("href"))
    said = head.get(whole.one("[aria-labelledby='h-said'] footer a").get("href"))

    assert len(board.all("#board-history tbody tr")) == 20
    assert len(whole.all("tbody tr")) == 25
    assert len(rest.all("tbody tr")) + 25 == len(older.all("tbody tr")) + 20 == 34
    assert "Proposed" in rest.all("tbody tr")[-1].text_content()
    [verdict] = {a.get("href") for a in rest.all("tbody a")}
    assert "Verdict 1: promote" in head.get(verdict).text
    assert len(whole.all("[aria-labelledby='h-said'] li")) == 25
    assert len(said.all("[aria-labelledby='h-said'] li")) == 6
    assert len(said.all("tbody tr")) == 25


def test_the_pages_of_a_history_are_for_who_may_see_its_board(desk: Desk) -> None:
    """A page further back is no way around."""
    release = started(desk.town)
    where = f"{BOARD}/history?release={release.id}"

    assert desk.visit("vera").get(where).status == 200
    assert desk.visit(SOUTH).get(where).status == 404
    assert desk.visit("elsewhere").get(where).status == 404
    assert desk.visit("vera").get(f"{BOARD}/history?release=rel_nothing").status == 404
    assert desk.visit("vera").get(f"{where}&before=0").status == 422


def test_an_interval_is_drawn_where_its_numbers_are() -> None:
    """The eye must not be told something else than the table says."""
    downward = drawn(0.04, 0.02, 0.007, 0.043, upward=False)
    upward = drawn(0.95, 0.98, 0.952, 0.995, upward=True)
    nothing = drawn(0.04, None, None, None, upward=False)

    assert (downward.line, downward.point) == (WIDTH / 2, WIDTH / 4)
    assert downward.high is not None and downward.high > downward.line
    assert downward.zone == 0 and downward.zone_width == downward.line
    assert upward.line == WIDTH / 2
    assert upward.point is not None and upward.point > upward.line
    assert upward.low is not None and upward.high is not None
    assert upward.line < upward.low < upward.point < upward.high <= WIDTH
    assert (nothing.point, nothing.low, nothing.high) == (None, None, None)


def a_look(fingerprint: str, says: str) -> LookAhead:
    """A backtest of some version, as it is kept."""
    return LookAhead(
        workflow=WorkflowId("claims"),
        fingerprint=Fingerprint(fingerprint),
        kind=AheadKind.BACKTEST,
        at=MONDAY,
        by="lead",
        terms="the AI's answers on record",
        lines=(("another queue", says),),
        numbers={"compared": 40},
    )


def _in_segment(town: Town, segment: str) -> None:
    """The town's cases, as if they had been of this segment."""
    with town.services.store.engine.begin() as conn:
        for table in ("fact", "case_file"):
            conn.execute(sql(f"UPDATE {table} SET segment = :segment"), {"segment": segment})
