"""A refund with everything in its life, from which case files are made."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from interlock.domain.ids import CaseId
from interlock.domain.review import Verb
from interlock.domain.rules.lens import Lens, lens_of
from interlock.runtime.commands import answer_question, ask_question
from tests.runtime.office import Office

IBAN: Final = "DE02120300000000202051"
GROUPED: Final = "DE02 1203 0000 0000 2020 51"


@contextmanager
def an_office(folder: Path) -> Iterator[Office]:
    """An office on a fresh database, its contract kept as a running office keeps it."""
    office = Office.opened(f"sqlite:///{folder / 'papers.sqlite'}")
    contract = office.workflow.contract
    office.store.save_contract(
        contract.workflow,
        contract.fingerprint,
        contract.title,
        office.workflow.loaded.source,
        str(folder),
        office.clock.now(),
    )
    try:
        yield office
    finally:
        office.close()


def a_reviewed_refund(office: Office, key: str = "R-1") -> CaseId:
    """A refund somebody asked about and approved; its account stands in texts of people too."""
    office.unsure(key, 100, iban=IBAN)
    task = office.task(key)
    ask_question(office.context, task.id, "anna", f"Is {GROUPED} your account?")
    answer_question(office.context, task.id, "customer", "<script>alert('Yes')</script>")
    office.decide(
        key, "anna", Verb.APPROVE, reason_code="clear", note=f"{IBAN} is theirs & confirmed"
    )
    return office.case(key).id


def open_lens(office: Office) -> Lens:
    """Of somebody with the right to every value."""
    return lens_of(office.workflow.contract).opened()


def closed_lens(office: Office) -> Lens:
    """Of somebody without it."""
    return lens_of(office.workflow.contract)
