"""The contract a case was handled under, in its own words.

One rule: it is the version the case began with, by its fingerprint; never the newest one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from interlock.papers.case_file.contract_text import contract_of
from interlock.papers.case_file.record import CaseRecord
from interlock.papers.case_file.redaction import Redactor
from interlock.papers.case_file.view import ContractShown, Fact


def contract_shown(record: CaseRecord, redactor: Redactor) -> ContractShown:
    """The contract's text and its fingerprint; without the text when it is not kept here."""
    row, case = record.contract, record.case
    if row is None:
        return ContractShown(title=case.workflow, fingerprint=case.fingerprint, text="", facts=())
    return ContractShown(
        title=row.title or case.workflow,
        fingerprint=case.fingerprint,
        text=redactor.text(_laid_out(row.text)),
        facts=tuple(_facts(contract_of(row.text), redactor)),
    )


def _laid_out(text: str) -> str:
    """The text as it is; one that was kept as JSON on one line with its own lines."""
    try:
        return json.dumps(json.loads(text), indent=1, ensure_ascii=False)
    except ValueError:
        return text


def _facts(value: Mapping[str, Any], redactor: Redactor) -> list[Fact]:
    outcome, owners = value.get("outcome"), value.get("owners")
    facts: list[Fact] = []
    if isinstance(outcome, Mapping) and outcome.get("statement"):
        facts.append(Fact(label="Outcome", text=str(outcome["statement"])))
    if isinstance(owners, Mapping):
        facts += [
            Fact(label=f"{str(role).capitalize()} owner", text=redactor.lens.who(str(who)))
            for role, who in owners.items()
            if who
        ]
    return facts
