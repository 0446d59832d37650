"""The rule runner held against the labelled test sets published with the official rules.

Each set holds fragments of invoices with the rules that must (or must not) fire on them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from interlock.systems.einvoice import violations
from interlock.systems.einvoice.rules import NOT_RUN
from tests.systems.einvoice.samples import DATA, NO_DATA

pytest.importorskip("saxonche", reason="the extra einvoice is not installed")

SETS = sorted(
    path
    for folder in ("Invoice-unit-UBL", "CreditNote-unit-UBL", "cii")
    for path in (DATA / "en16931" / "test" / folder).glob("*.xml")
)
# The Canary and Ceuta taxes were renamed in the rules after the sets were written.
RENAMED = {"BR-IG": "BR-AF", "BR-IP": "BR-AG"}

pytestmark = pytest.mark.skipif(not SETS, reason=NO_DATA)


def _today(rule: str) -> str:
    start, _, number = rule.rpartition("-")
    return f"{RENAMED.get(start, start)}-{number}"


def _labelled(path: Path) -> Iterator[tuple[set[str], set[str], bytes]]:
    for test in etree.parse(str(path)).getroot().iterfind("{*}test"):
        documents = [child for child in test if etree.QName(child).localname != "assert"]
        must = {_today(label.text or "") for label in test.iterfind("{*}assert/{*}error")}
        must_not = {_today(label.text or "") for label in test.iterfind("{*}assert/{*}success")}
        for document in documents:
            yield must, must_not, etree.tostring(document, with_tail=False)


@pytest.mark.parametrize("path", SETS, ids=[f"{path.parent.name}-{path.stem}" for path in SETS])
def test_a_labelled_rule_fires_exactly_where_its_label_says(path: Path) -> None:
    """Otherwise an invoice is paid that should wait, or waits that should be paid."""
    for number, (must, must_not, document) in enumerate(_labelled(path)):
        found = {one.rule for one in violations(document, path.name)}

        assert must <= found, f"fragment {number}"
        assert not must_not & found, f"fragment {number}"
        assert NOT_RUN not in found or must, f"fragment {number}"
