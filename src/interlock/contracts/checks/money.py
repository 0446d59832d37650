"""Money: one currency in the whole contract, and an amount where a budget counts it."""

from __future__ import annotations

from collections.abc import Iterator

from interlock.contracts.draft import Draft
from interlock.contracts.problem import Problem
from interlock.contracts.reading import Path
from interlock.domain.money import CURRENCY, Money


def problems(draft: Draft) -> Iterator[Problem]:
    """Mixed currencies, and budgets that have nothing to count."""
    wanted = draft.shape.currency
    if wanted is not None and not CURRENCY.match(wanted):
        message = f'currency is "{wanted}"'
        yield draft.problem(("currency",), message, "write its three capital letters, as in EUR")
        wanted = None
    for path, amount in _amounts(draft):
        wanted = wanted or amount.currency
        if amount.currency != wanted:
            message = f"{draft.named(*path)} is in {amount.currency}, the rest in {wanted}"
            yield draft.problem(path, message, f"write it in {wanted}; currencies never mix")
    yield from _budget_problems(draft)


def _amounts(draft: Draft) -> Iterator[tuple[Path, Money]]:
    for name, person in draft.shape.people.items():
        if person.approve_up_to is not None:
            yield ("people", name, "approve_up_to"), person.approve_up_to
    for place, step in draft.steps:
        if step.limits is not None and step.limits.cost is not None:
            yield ("steps", place, "limits", "cost"), step.limits.cost
    for name, rule in draft.shape.actions.items():
        for key in ("money_per_hour", "money_per_day"):
            amount = getattr(rule.budget, key, None)
            if amount is not None:
                yield ("actions", name, "budget", key), amount


def _budget_problems(draft: Draft) -> Iterator[Problem]:
    for name, rule in draft.shape.actions.items():
        budget, path = rule.budget, ("actions", name, "budget")
        if budget is None:
            continue
        money = budget.money_per_hour or budget.money_per_day
        if money and draft.shape.case.amount is None and rule.amount is None:
            message = f'budget of action "{name}" counts money, but the case has no amount'
            remedy = "write amount: {value: …} under case, or count_per_day here"
            yield draft.problem(path, message, remedy)
        if (budget.risk_per_hour or budget.risk_per_day) and rule.risk_units == 0:
            message = f'budget of action "{name}" counts risk, but the action has no risk_units'
            yield draft.problem(path, message, "write risk_units: and what one of them weighs")
