"""A case file holds the whole case, opens anywhere, and says when somebody changed it."""

from __future__ import annotations

import base64
import hashlib
import html as markup
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree
from lxml import html as parser
from pypdf import PdfReader
from sqlalchemy import text

from interlock.canonical import content_digest
from interlock.domain.ids import CaseId
from interlock.domain.rules.lens import BLIND, PROTECTED
from interlock.papers.case_file import (
    NoCaseFile,
    case_file_html,
    case_file_pdf,
    verify_case_file,
)
from interlock.papers.case_file.verify import sealed
from interlock.storage import CaseUnknown
from tests.papers.papers_office import (
    GROUPED,
    IBAN,
    a_reviewed_refund,
    an_office,
    closed_lens,
    open_lens,
)
from tests.runtime.office import REFUNDS, Office

OUTSIDE = re.compile(r"(?:https?:)?//|\burl\(|@import", re.IGNORECASE)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with an_office(tmp_path) as opened:
        yield opened


@pytest.fixture
def case_id(office: Office) -> CaseId:
    return a_reviewed_refund(office)


def whole(office: Office, case_id: CaseId) -> str:
    """The case file of somebody who may see everything."""
    return case_file_html(office.context, case_id, lens=open_lens(office), now=office.clock.now())


def redacted(office: Office, case_id: CaseId) -> str:
    """The case file of somebody who may not."""
    return case_file_html(office.context, case_id, lens=closed_lens(office), now=office.clock.now())


def test_it_holds_the_whole_case(office: Office, case_id: CaseId) -> None:
    """Whoever opens it in ten years has nothing else to ask."""
    file = parser.fromstring(whole(office, case_id)).text_content()

    case = office.case("R-1")
    decision = office.store.decisions(case_id)[0]
    for said in (
        "Refund R-1",
        case.fingerprint,
        "Anna approved",
        decision.evidence_digest,
        decision.note,
        "Is DE02 1203 0000 0000 2020 51 your account?",
        "Customers get their money back sooner",
        *(entry.hash for entry in office.store.entries(case_id)),
        *(action.digest for action in case.actions),
        *(action.id for action in case.actions),
    ):
        assert said in file, said


def test_it_needs_nothing_outside_itself(office: Office, case_id: CaseId) -> None:
    """A file that asks a server for its looks is gone when the server is."""
    page = parser.fromstring(whole(office, case_id))

    assert page.xpath("//script | //link | //iframe | //object | //embed | //base | //form") == []
    links = [str(each) for each in page.xpath("//@href | //@src | //@action | //@srcset")]
    assert [each for each in links if not each.startswith(("#", "data:"))] == []
    assert [each for each in page.xpath("//@*") if str(each).startswith("javascript:")] == []
    assert [n for each in page.iter() for n in each.attrib if n.startswith("on")] == []
    assert not OUTSIDE.search("".join(page.xpath("//style/text()")))


def test_what_people_wrote_is_text(office: Office, case_id: CaseId) -> None:
    """An answer with a script in it is shown as what it is."""
    file = whole(office, case_id)

    assert "<script" not in file
    assert "<script>alert('Yes')</script>" in parser.fromstring(file).text_content()


def test_it_is_well_formed(office: Office, case_id: CaseId) -> None:
    """Every id stands once, and every link in the file leads somewhere."""
    file = whole(office, case_id)
    page = parser.fromstring(file)
    ids = [str(each) for each in page.xpath("//@id")]

    etree.HTMLParser(recover=False).feed(
        re.sub(
            r"</?(?:main|header|nav|section|article|details"
            r"|summary|figure|svg|image|g|rect|time)\b[^>]*>",
            "",
            file,
        )
    )
    assert sorted(ids) == sorted(set(ids))
    targets = {str(each)[1:] for each in page.xpath("//a/@href") if str(each).startswith("#")}
    assert targets <= set(ids)


def test_a_file_as_it_was_made_is_whole(office: Office, case_id: CaseId) -> None:
    """Also for a reader who was not shown everything."""
    entries = len(office.store.entries(case_id))
    opened = verify_case_file(whole(office, case_id))
    closed = verify_case_file(redacted(office, case_id))

    assert (opened.is_whole, opened.entries, opened.private) == (True, entries, entries)
    assert closed.is_whole
    assert closed.private < entries  # what is withheld is bound by its commitment
    assert opened.head == closed.head


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Anna approved", "Anna rejected"),
        ("confirmed", "denied"),
        ('"actor": "person:anna"', '"actor": "person:bert"'),
        ("Customers get their money back", "Customers lose their money"),
        ("Record unchanged", "Record perfect"),
    ],
)
def test_a_changed_letter_is_found(office: Office, case_id: CaseId, old: str, new: str) -> None:
    """What is read is verified too, not only what programs read."""
    file = whole(office, case_id)
    quoted = old if old in file else markup.escape(old).replace("&quot;", "&#34;")
    assert quoted in file

    changed = file.replace(quoted, new, 1)

    assert not verify_case_file(changed).is_whole


def test_a_file_sealed_anew_still_fails_by_its_chain(office: Office, case_id: CaseId) -> None:
    """The seal of the file is no secret; the chain inside is what holds."""
    file = whole(office, case_id)
    forged = sealed(
        file.replace("&#34;verb&#34;: &#34;approve&#34;", "&#34;verb&#34;: &#34;reject&#34;")
    )

    assert forged != file
    faults = verify_case_file(forged).faults
    assert [each.what for each in faults] == ["its content was changed after it was written"]
    assert faults[0].seq > 0


def test_a_cut_record_is_found(office: Office, case_id: CaseId) -> None:
    """Leaving out the last entry is an edit as well."""
    file = whole(office, case_id)
    entries = len(office.store.entries(case_id))
    at = file.rindex("{&#34;actor&#34;")
    end = file.index("}], &#34;evidence&#34;", at)
    cut = sealed(file[:at].rstrip(", ") + file[end + 1 :])

    assert [each.seq for each in verify_case_file(cut).faults] == [entries - 1]


def test_the_document_is_there_byte_for_byte(office: Office, case_id: CaseId) -> None:
    """What was received is evidence; a picture of it is not."""
    [link] = parser.fromstring(whole(office, case_id)).xpath("//a[@id='interlock-document']/@href")

    content = base64.b64decode(str(link).partition(",")[2])

    source = office.case("R-1").source
    assert source is not None
    assert content_digest(content) == source.document


def test_another_document_in_its_place_is_found(office: Office, case_id: CaseId) -> None:
    """Also when the file was sealed anew."""
    file = whole(office, case_id)
    other = base64.b64encode(b'{"number": "R-1", "amount": 999}').decode()
    forged = sealed(re.sub(r"(octet-stream;base64,)[A-Za-z0-9+/=]+", rf"\g<1>{other}", file))

    whats = [each.what for each in verify_case_file(forged).faults]
    assert whats == ["the bytes of the source document were changed"]


def test_no_protected_value_is_anywhere_in_a_redacted_file(office: Office, case_id: CaseId) -> None:
    """Not in the fields, not in what people wrote, not in the document, not in the record."""
    file = redacted(office, case_id)

    letters = re.sub(r"[\W_]+", "", markup.unescape(file)).upper()
    assert IBAN not in letters
    assert IBAN[4:] not in letters
    for run in re.findall(r"[A-Za-z0-9+/]{16,}={0,2}", file):
        for start in range(4):
            part = run[start : start + (len(run) - start) // 4 * 4]
            decoded = base64.b64decode(part + "=" * (-len(part) % 4), validate=False)
            assert IBAN.encode() not in decoded
    assert PROTECTED in file
    assert 'interlock-document" download' not in file


def test_a_redacted_file_says_so(office: Office, case_id: CaseId) -> None:
    """A reader must know that there is more than they see."""
    file = parser.fromstring(redacted(office, case_id)).text_content()

    assert "may not see protected values (iban)" in file
    assert f"Is {PROTECTED} your account?" in file
    assert GROUPED not in file


def test_without_the_contract_no_value_is_shown(tmp_path: Path) -> None:
    """Nobody can say what is protected, so everything is."""
    with an_office(tmp_path) as office:
        case_id = a_reviewed_refund(office)
        with office.store.engine.begin() as connection:
            connection.execute(text("DELETE FROM contract"))
        file = case_file_html(office.context, case_id, lens=BLIND, now=office.clock.now())

    assert verify_case_file(file).is_whole
    assert verify_case_file(file).private == 0
    assert IBAN not in file
    assert "confirmed" not in file


def test_what_the_cases_own_version_protects_stays_protected(
    office: Office, case_id: CaseId
) -> None:
    """A newer contract that protects less must not open older cases."""
    lens = BLIND.closed()
    nothing = type(lens)(people={}, secret=frozenset())

    file = case_file_html(office.context, case_id, lens=nothing, now=office.clock.now())

    assert IBAN not in file


def test_the_kept_text_may_be_as_its_author_wrote_it(tmp_path: Path) -> None:
    """A contract is kept as YAML; what it protects must be found there too."""
    with an_office(tmp_path) as office:
        case_id = a_reviewed_refund(office)
        written = (REFUNDS / "contract.yaml").read_text("utf-8")
        with office.store.engine.begin() as connection:
            connection.execute(text("UPDATE contract SET text = :text"), {"text": written})
        file = case_file_html(office.context, case_id, lens=BLIND, now=office.clock.now())

    assert "may not see protected values (iban)" in file
    assert "Anna approved" in file
    assert IBAN not in file


def test_every_seal_can_be_made_by_hand(office: Office, case_id: CaseId) -> None:
    """What the file says is hashed gives the hash it shows, with any SHA-256 there is."""
    page = parser.fromstring(whole(office, case_id))

    for item in page.xpath("//ol[contains(@class, 'chain')]/li"):
        [shown] = item.xpath(".//div[@class='hash']/text()")
        [covered] = item.xpath(".//details/pre/text()")
        assert hashlib.sha256(str(covered).encode()).hexdigest() == str(shown)


def test_changed_evidence_is_found(office: Office, case_id: CaseId) -> None:
    """What a reviewer was shown is bound by its digest, and the digest by the chain."""
    file = whole(office, case_id)
    before = "&#34;rationale&#34;: &#34;the order is known&#34;"
    at = file.index(before, file.index("&#34;evidence&#34;: [{&#34;content"))
    forged = sealed(file[:at] + before.replace("known", "unknown") + file[at + len(before) :])

    [fault] = verify_case_file(forged).faults
    assert fault.what.endswith("is not what was shown")


def test_a_changed_record_is_said_in_the_file(office: Office, case_id: CaseId) -> None:
    """The file is made all the same: hiding a fault would be worse than showing it."""
    with office.store.engine.begin() as connection:
        for row in connection.execute(
            text(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE '%audit%'"
            )
        ).all():
            connection.execute(text(f'DROP TRIGGER "{row.name}"'))
        connection.execute(text("UPDATE audit_entry SET actor = 'person:mallory' WHERE seq = 3"))

    file = whole(office, case_id)

    assert "The record was changed" in file
    faults = verify_case_file(file).faults
    assert [(each.seq, each.what) for each in faults] == [
        (3, "its content was changed after it was written")
    ]


@pytest.mark.parametrize("content", ["", "<html></html>", "%PDF-1.7", "{}", "\0" * 100])
def test_another_file_is_refused(content: str) -> None:
    """Nothing that is not a case file verifies as one."""
    with pytest.raises(NoCaseFile):
        verify_case_file(content)


def test_an_unknown_case_is_refused(office: Office) -> None:
    with pytest.raises(CaseUnknown):
        whole(office, CaseId("case_none"))


def test_the_pdf_holds_the_decisions(office: Office, case_id: CaseId) -> None:
    """Paper is read where no browser is."""
    content = case_file_pdf(office.context, case_id, lens=open_lens(office), now=office.clock.now())
    reader = PdfReader(io.BytesIO(content))
    said = " ".join("".join(page.extract_text() for page in reader.pages).split())

    assert "Anna approved" in said
    assert f"{IBAN} is theirs & confirmed" in said
    assert f"Page 1 of {len(reader.pages)}" in said
    assert office.store.entries(case_id)[-1].hash in said


def test_the_pdf_hides_what_the_lens_hides(office: Office, case_id: CaseId) -> None:
    content = case_file_pdf(
        office.context, case_id, lens=closed_lens(office), now=office.clock.now()
    )
    pages = PdfReader(io.BytesIO(content)).pages
    letters = re.sub(r"[\W_]+", "", "".join(page.extract_text() for page in pages))

    assert "Annaapproved" in letters
    assert IBAN not in letters
