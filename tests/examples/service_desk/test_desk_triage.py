"""The service desk: what the model is sure of goes to its team, the rest to people."""

from __future__ import annotations

import pytest

from examples.service_desk.cases import AREAS, OTHER, area_of
from examples.service_desk.made_up import SENTENCES, requests
from examples.service_desk.tickets import Tickets
from examples.service_desk.triage_model import TriageModel
from interlock.domain.case import CaseState, Handling
from tests.examples.service_desk.conftest import Desk


def test_made_up_requests_are_the_same_for_the_same_seed() -> None:
    """A figure measured on them can be measured again."""
    assert requests(50, seed=3) == requests(50, seed=3)
    assert {kind for _, kind in requests(200, seed=3)} == set(SENTENCES)


@pytest.mark.parametrize(
    ("text", "area"),
    [
        ("My card still hasn't arrived", "card"),
        ("Which exchange rate do I get", "exchange"),
        ("the ATM kept my card", "cash"),
        ("Top up failed", "top_up"),
        ("hello?", OTHER),
        ("I am carded", OTHER),
    ],
)
def test_the_area_is_read_off_the_words(text: str, area: str) -> None:
    """By fixed rules: a model cannot choose the segment its limits hang on."""
    assert area_of(text) == area
    assert area in {*AREAS, OTHER}


def test_the_model_knows_requests_it_never_saw(model: TriageModel) -> None:
    """And says how sure it is, as a probability, with the requests most like it."""
    unseen = requests(300, seed=2)

    found = model.read([text for text, _ in unseen])

    right = sum(each.kind == kind for each, (_, kind) in zip(found, unseen, strict=True))
    assert right >= 270
    assert all(0 <= each.second_confidence <= each.confidence <= 1 for each in found)
    assert all(len(each.similar) == 3 for each in found)


def test_what_the_model_is_sure_of_is_handed_over_at_once(desk: Desk) -> None:
    """Nobody is asked, and the team has it once."""
    cases = desk.send([("I lost my debit card yesterday", "card_lost")])

    assert [each.handling for each in cases] == [Handling.AUTONOMOUS]
    found = Tickets(desk.folder / "tickets").find("Q-1")
    assert found is not None
    assert found.team == "card_lost"


def test_what_it_is_not_sure_of_a_person_reads(desk: Desk) -> None:
    """The person says what it is about, and the team that is named gets it."""
    [case] = desk.send([("my cat sat on the keyboard", "verify_identity")])
    assert case.state is CaseState.WAITING

    assert desk.people().work() == 1

    desk.run()
    [case] = desk.services.store.load([case.id])
    assert case.outputs["triage"] == {"kind": "verify_identity"}
    assert case.state is CaseState.CLOSED
    found = Tickets(desk.folder / "tickets").find("Q-1")
    assert found is not None
    assert found.team == "verify_identity"


def test_every_request_ends_with_its_team_or_a_stated_reason(desk: Desk) -> None:
    """A hundred mixed requests: none is lost, none is with two teams."""
    cases = desk.send(requests(100, seed=5))
    desk.people().work()
    desk.run()

    ended = desk.services.store.load([each.id for each in cases])
    assert {each.state for each in ended} == {CaseState.CLOSED}
    tickets = Tickets(desk.folder / "tickets")
    assert all(tickets.find(number) is not None for number in desk.truth)


def test_a_file_of_another_form_waits_for_a_person(desk: Desk) -> None:
    """A changed export is a case for people, never a crash."""
    from interlock.domain.authoring import Document
    from interlock.runtime.commands import deliver

    sent = deliver(
        desk.services.context,
        "service_desk",
        [Document(name="requests.csv", content=b"subject;body\na;b\n")],
    )

    [case] = desk.services.store.load([sent[0].case_id])
    assert case.state is CaseState.WAITING
    assert case.exception is not None
    assert case.exception.type == "schema_change"
