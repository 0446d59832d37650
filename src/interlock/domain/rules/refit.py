"""A case's own fields after an edit: data, key, title and what else is read from them."""

from __future__ import annotations

from interlock.domain.event import CaseRefit
from interlock.domain.money import Money
from interlock.domain.rules.draft import Draft


def refit_case(draft: Draft, refit: CaseRefit) -> None:
    """The case says what the edit made it say."""
    amount = None
    if refit.amount_micros is not None and refit.amount_currency is not None:
        amount = Money(micros=refit.amount_micros, currency=refit.amount_currency)
    draft.change(
        data=refit.data,
        key=refit.key,
        title=refit.title,
        tenant=refit.tenant,
        segment=refit.segment,
        amount=amount,
        deadline=refit.deadline,
    )
