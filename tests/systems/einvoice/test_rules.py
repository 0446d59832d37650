"""The official rules give their official ids, in both syntaxes, for documents of every kind."""

from __future__ import annotations

import pytest

from interlock.domain.exceptions import SchemaChange
from interlock.systems.einvoice import Violation, violations, violations_of_many
from interlock.systems.einvoice.rules import NOT_RUN, readable_location
from tests.systems.einvoice.samples import cii, json_bytes, pdf, ubl, ubl_credit_note

pytest.importorskip("saxonche", reason="the extra einvoice is not installed")


def _fatal(content: bytes) -> set[str]:
    return {one.rule for one in violations(content, "a") if one.fatal}


@pytest.mark.parametrize("content", [ubl(), cii(), pdf(("factur-x.xml", cii()))])
def test_a_right_invoice_breaks_no_rule(content: bytes) -> None:
    """The samples of these tests are valid, so each change below is the one cause."""
    assert violations(content, "a") == ()


def test_a_credit_note_is_judged_by_the_same_rules() -> None:
    """Its root and lines have other names."""
    assert _fatal(ubl_credit_note()) == set()
    assert _fatal(ubl_credit_note().replace(b">113.05<", b">113.06<")) >= {"BR-CO-15"}


@pytest.mark.parametrize(
    ("content", "rules"),
    [
        (ubl((">113.05<", ">113.06<")), {"BR-CO-15", "BR-CO-16"}),
        (cii((">113.05<", ">113.06<")), {"BR-CO-15", "BR-CO-16"}),
        (ubl(("<bas:ID> R-1 </bas:ID>", "")), {"BR-02"}),
        (cii(("<g:ID>R-1</g:ID>", "")), {"BR-02"}),
        (ubl((">DE<", ">XX<")), {"BR-CL-14"}),
        (cii((">DE<", ">XX<")), {"BR-CL-14"}),
        (cii(('schemeID="0088">4000001000012', 'schemeID="XXXX">4000001000012')), {"BR-CL-25"}),
        (cii((">380<", ">999<")), {"BR-CL-01"}),
        (cii((">58<", ">9999<")), {"BR-CL-16"}),
        (cii(('"0160">', '"XXXX">')), {"BR-CL-21"}),
        (cii(('unitCode="H87">4<', 'unitCode="lamps">4<')), {"BR-CL-23"}),
        (
            cii(
                (
                    "<g:Name>Nordlicht GmbH",
                    '<g:GlobalID schemeID="XXXX">1</g:GlobalID><g:Name>Nordlicht GmbH',
                )
            ),
            {"BR-CL-10"},
        ),
    ],
)
def test_what_is_wrong_is_reported_under_its_official_id(content: bytes, rules: set[str]) -> None:
    """People look these ids up, and routes are written for them."""
    assert _fatal(content) == rules


def test_rules_of_a_profile_alone_are_no_violations() -> None:
    """An XRechnung is a valid EN 16931 invoice though it is no Factur-X."""
    profile = "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0"

    assert violations(cii(("urn:cen.eu:en16931:2017<", f"{profile}<")), "a") == ()


def test_an_attachment_type_outside_the_list_is_br_cl_24_in_both_syntaxes() -> None:
    """Only one of the two files for CII checks it, under an id of its own."""
    in_cii = """<g:AdditionalReferencedDocument><g:IssuerAssignedID>1</g:IssuerAssignedID>
      <g:TypeCode>916</g:TypeCode><g:AttachmentBinaryObject mimeCode="text/evil"
      filename="a">QUJD</g:AttachmentBinaryObject></g:AdditionalReferencedDocument>
      </g:ApplicableHeaderTradeAgreement>"""
    in_ubl = """<agg:AdditionalDocumentReference><bas:ID>1</bas:ID><agg:Attachment>
      <bas:EmbeddedDocumentBinaryObject mimeCode="text/evil" filename="a">QUJD
      </bas:EmbeddedDocumentBinaryObject></agg:Attachment></agg:AdditionalDocumentReference>
      <agg:AccountingSupplierParty>"""

    assert _fatal(cii(("</g:ApplicableHeaderTradeAgreement>", in_cii))) == {"BR-CL-24"}
    assert _fatal(ubl(("<agg:AccountingSupplierParty>", in_ubl))) == {"BR-CL-24"}


def test_a_violation_says_in_words_what_and_where() -> None:
    """Without the id before it and the namespaces in between."""
    (found,) = [
        one for one in violations(ubl((">18.05<", ">17.05<")), "a") if one.rule == "BR-CO-15"
    ]

    assert found.text.startswith("Invoice total amount with VAT (BT-112) =")
    assert found.location == "Invoice"


@pytest.mark.parametrize(
    ("path", "readable"),
    [
        (
            "/*:Invoice[namespace-uri()='urn:a'][1]/*:Line[namespace-uri()='urn:b'][2]",
            "Invoice/Line[2]",
        ),
        ("/Q{urn:a}Invoice[1]/Q{urn:b}Line[2]", "Invoice/Line[2]"),
        ("/rsm:Cross[1]/ram:Line[2]", "Cross/Line[2]"),
    ],
)
def test_locations_are_names_with_numbers_only_where_needed(path: str, readable: str) -> None:
    """The files write the same place in different ways."""
    assert readable_location(path) == readable


def test_a_value_that_stops_the_rules_is_itself_a_violation() -> None:
    """Unknown never counts as valid."""
    found = violations(ubl((">113.05<", ">a lot<")), "a")

    assert NOT_RUN in {one.rule for one in found if one.fatal}


def test_json_and_csv_are_judged_by_arithmetic() -> None:
    """They have no official rules, and must not pass for that."""
    (found, *_) = violations(b"number;gross\nR-1;5", "a.csv")

    assert (found.rule, found.fatal) == ("BR-03", True)
    assert found.location == "invoice R-1: issue_date"
    assert violations(json_bytes({"number": "R-1"}), "a.json")


def test_many_documents_give_each_its_answer() -> None:
    """One that cannot be read must not cost the others theirs."""
    first, second, third = violations_of_many(
        [("a", ubl()), ("b", b"\x89PNG"), ("c", ubl((">100.00<", ">100.01<")))]
    )

    assert first == ()
    assert isinstance(second, SchemaChange)
    assert isinstance(third, tuple)
    assert all(isinstance(one, Violation) for one in third)
