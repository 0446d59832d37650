"""Intake: each input becomes a case once, and none is ever dropped."""

from __future__ import annotations

import json

import pytest

from interlock.domain.authoring import Document
from interlock.domain.case import CaseState
from interlock.domain.review import Verb
from interlock.runtime.commands import Delivery, KeyTaken, deliver
from interlock.runtime.commands.editing import EditRefused
from interlock.runtime.workflow import WorkflowUnknown
from interlock.storage import CaseQuery
from tests.runtime.office import Office

REFUND = {"number": "R-1", "order": "O-1", "amount": 100}


def test_the_same_bytes_again_are_the_same_case(office: Office) -> None:
    """Mail is sent twice and folders are read twice; neither may pay twice."""
    first = office.deliver(REFUND)
    office.run()

    again = office.deliver(REFUND)
    office.run()

    assert (first.delivery, again.delivery) == (Delivery.OPENED, Delivery.KNOWN)
    assert first.case_id == again.case_id
    assert office.shop.done("R-1") == ["book"]


def test_other_bytes_under_a_known_key_wait_as_a_question(office: Office) -> None:
    """A corrected document must not vanish into the first one."""
    first = office.deliver(REFUND)

    second = office.deliver({**REFUND, "amount": 90}, "corrected.json")

    waiting = office.case(second.case_id)
    assert second.delivery is Delivery.WAITING
    assert waiting.state is CaseState.WAITING
    assert waiting.exception is not None
    assert waiting.exception.type == "conflicting_instructions"
    assert first.case_id in waiting.exception.detail


def test_a_conflicting_document_sent_again_stays_one_case(office: Office) -> None:
    """Its question is asked once, however often it arrives."""
    office.deliver(REFUND)
    changed = {**REFUND, "amount": 90}
    first = office.deliver(changed)

    again = office.deliver(changed)

    assert again.delivery is Delivery.KNOWN
    assert again.case_id == first.case_id
    assert len(office.store.cases(CaseQuery())) == 2


@pytest.mark.parametrize(
    ("content", "kind", "says"),
    [
        (b"", "schema_change", "is no JSON"),
        (b"\xff\xfe\x00", "schema_change", "is no JSON"),
        (b"{", "schema_change", "is no JSON"),
        (b'{"number": "R-\\u0000", "amount": -1}', "schema_change", "amount is -1"),
        (b'{"number": "R-\\ud800", "amount": -1}', "schema_change", "amount is -1"),
        (b"[]", "missing_data", "holds no case"),
        (b"{}", "missing_data", "number is missing; amount is missing"),
        (b'{"number": "R-9"}', "missing_data", "amount is missing"),
        (b'{"number": "R-9", "amount": "ten"}', "schema_change", "amount is 'ten'"),
        (b'{"number": "R-9", "amount": -5}', "schema_change", "amount is -5"),
        (b'{"number": "", "amount": 5}', "missing_data", "without number the case has no key"),
        (b'{"number": "R-9", "amount": 5, "currency": "euro"}', "schema_change", "'euro'"),
        (b'{"number": "R-9", "amount": 1e999}', "schema_change", "amount is inf"),
        (b'"just text"', "schema_change", "the case is"),
        (b"[1, 2]", "schema_change", "the case is"),
        (b'{"number": "R-9", "amount": 5, "promised_on": "soon"}', "schema_change", "promised_on"),
    ],
)
def test_input_that_does_not_fit_waits_with_what_is_wrong(
    office: Office, content: bytes, kind: str, says: str
) -> None:
    """Nothing is dropped and nothing crashes: a person sees it, and its bytes are kept."""
    sent = office.deliver(content, "strange.bin")

    case = office.case(sent.case_id)
    assert sent.delivery is Delivery.WAITING
    assert case.exception is not None
    assert (case.exception.type, says in case.exception.detail) == (kind, True), case.exception
    assert case.source is not None
    assert office.store.document(case.source.document).content == content


def test_a_document_with_several_cases_opens_each(office: Office) -> None:
    """One file may hold many; each is a case with a place in the file."""
    many = [{**REFUND, "number": f"R-{n}"} for n in range(3)]

    opened = deliver(
        office.context, "refunds", [Document(name="many.json", content=json.dumps(many).encode())]
    )

    assert [each.document for each in opened] == ["many.json#1", "many.json#2", "many.json#3"]
    assert len({each.case_id for each in opened}) == 3


def test_records_of_one_document_that_share_a_key_are_not_silently_one(office: Office) -> None:
    """Two rows with one number and two amounts: which of them is meant is a person's question."""
    rows = [{**REFUND, "amount": amount} for amount in (100, 90, 80, 100)]
    file = [Document(name="many.json", content=json.dumps(rows).encode())]

    first = deliver(office.context, "refunds", file)
    again = deliver(office.context, "refunds", file)

    opened, waiting, known = Delivery.OPENED, Delivery.WAITING, Delivery.KNOWN
    assert [each.delivery for each in first] == [opened, waiting, waiting, known]
    assert [each.delivery for each in again] == [known] * 4
    assert [each.case_id for each in again] == [each.case_id for each in first]
    second = office.case(first[1].case_id)
    assert second.exception is not None
    assert second.exception.type == "conflicting_instructions"
    assert second.data["amount"] == 90


@pytest.mark.parametrize("ended", [SystemExit(1), RecursionError("deep"), MemoryError()])
def test_a_reader_that_gives_up_leaves_a_case_that_says_so(
    small_office: Office, ended: BaseException
) -> None:
    """A document that breaks its reader is kept, and the others are read."""

    def read(document: Document) -> object:
        if document.name == "bad":
            raise ended
        return dict(REFUND)

    documents = [Document(name="bad", content=b"1"), Document(name="good", content=b"2")]
    bad, good = deliver(small_office.with_reader(read), "refunds", documents)

    assert (bad.delivery, good.delivery) == (Delivery.WAITING, Delivery.OPENED)
    case = small_office.case(bad.case_id)
    assert case.exception is not None
    assert "bad could not be read: " in case.exception.detail


def test_a_case_that_did_not_fit_goes_on_once_a_person_completes_it(office: Office) -> None:
    """The input of a person is held against the same schema as any other."""
    sent = office.deliver(b'{"number": "R-9", "order": "O-1"}')

    case = office.decide(sent.case_id, "ben", Verb.EDIT, changes={"amount": 20})

    assert case.key == "R-9"
    assert office.shop.done("R-9") == ["book"]


def test_completing_a_case_with_nonsense_is_refused_and_records_nothing(office: Office) -> None:
    """A wrong edit must not move the case."""
    sent = office.deliver(b'{"number": "R-9", "order": "O-1"}')

    with pytest.raises(EditRefused, match="amount is 'lots'"):
        office.decide(sent.case_id, "ben", Verb.EDIT, changes={"amount": "lots"})
    with pytest.raises(EditRefused, match="did you mean amount"):
        office.decide(sent.case_id, "ben", Verb.EDIT, changes={"amont": 20})

    assert len(office.store.entries(sent.case_id)) == 1


def test_a_key_that_another_case_has_is_refused_with_its_name(office: Office) -> None:
    """Two cases under one key would be handled twice."""
    first = office.send("R-1")
    office.run()
    sent = office.deliver(b'{"amount": 20, "order": "O-1"}')

    with pytest.raises(KeyTaken, match=first.case_id):
        office.decide(sent.case_id, "ben", Verb.EDIT, changes={"number": "R-1"})


def test_an_unknown_workflow_is_named_with_those_that_are_loaded(office: Office) -> None:
    """A typing error must not look like an empty folder."""
    with pytest.raises(WorkflowUnknown, match=r"refund is not loaded here.*refunds"):
        deliver(office.context, "refund", [Document(name="a", content=b"{}")])
