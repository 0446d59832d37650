"""A desk for decisions: invoices of the generated inbox, one after the other, by their trouble."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from shutil import copytree
from typing import Any

from interlock.domain.action import HAPPENED
from interlock.domain.case import Case, CaseState, ClosingOutcome, Handling
from tests.examples.accounts_payable.runtime_office import (
    HOLD_IS_OVER,
    BackOffice,
    documents_in,
    stops_at,
)


@dataclass
class DecisionDesk:
    """The department, and the inbox it takes its invoices from."""

    office: BackOffice
    company: Any
    used: set[str] = field(default_factory=set)

    @classmethod
    def opened(cls, company: Any, folder: Path) -> DecisionDesk:
        """A desk in a copy of the generated company, on SQLite."""
        copytree(company.folder / "data", folder / "data")
        url = f"sqlite:///{folder / 'interlock.sqlite'}"
        return cls(BackOffice.opened(url, folder / "data"), company)

    def next_of(self, trouble: str) -> Case:
        """The next invoice with that trouble, handled as far as it gets without a person."""
        for file, row in self.company.expected.items():
            if row["trouble"] == trouble and file not in self.used:
                self.used.add(file)
                [document] = documents_in(self.company.folder / "inbox", [file])
                return self.office.handle(document)
        raise AssertionError(f"the inbox has no further {trouble}; take another seed")

    def closed(self, case: Case) -> Case:
        """The case after the hold of its payment, closed as a person left it."""
        self.office.later(HOLD_IS_OVER)
        case = self.office.case(case.id)
        assert case.state is CaseState.CLOSED, stops_at(case)
        return case

    def was_paid(self, case: Case) -> bool:
        """Whether its payment is in the bank's run."""
        return happened(case, "schedule_payment")


def happened(case: Case, name: str) -> bool:
    """Whether that action of the case took effect."""
    return any(a.name == name and a.state in HAPPENED for a in case.actions)


def ended(case: Case) -> tuple[ClosingOutcome | None, Handling | None]:
    """How a case ended: what became of it, and who did it."""
    return case.outcome, case.handling
