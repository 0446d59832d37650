"""Cumulative budgets: counted over all cases, and never exceeded."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from interlock.domain.case import Case
from interlock.storage import Change, RecordedKind, Store
from tests.storage.builders import a_case, a_change, a_reservation, a_step, an_action, opened

APPLIED, BUDGET = RecordedKind.APPLIED, RecordedKind.BUDGET
DAY = ("accounts_payable", "schedule_payment.money_per_day", "2026-03-02")


def test_a_share_that_fits_is_taken_with_the_change(store: Store) -> None:
    """Money is counted when the intent is recorded, not when the bank answers."""
    (case,) = opened(store, a_case())

    (answer,) = store.record([_spend(case, 60)])

    assert answer.kind is APPLIED
    assert store.budget_used(*DAY) == 60


def test_a_share_that_does_not_fit_refuses_its_change(store: Store) -> None:
    """And it says which budget, and how much of it is used."""
    one, two = opened(store, a_case(1), a_case(2))
    store.record([_spend(one, 60)])

    (answer,) = store.record([_spend(two, 41)])

    assert (answer.kind, answer.used) == (BUDGET, 60)
    assert answer.reservation is not None and answer.reservation.units == 41
    assert store.budget_used(*DAY) == 60
    assert store.load([two.id])[0].version == 1


def test_in_a_batch_earlier_changes_count_and_smaller_ones_still_fit(store: Store) -> None:
    """First come, first served; what does not fit holds up nobody."""
    cases = opened(store, *(a_case(number) for number in range(4)))
    units = [60, 50, 40, 1]

    answers = store.record([_spend(case, n) for case, n in zip(cases, units, strict=True)])

    assert [answer.kind for answer in answers] == [APPLIED, BUDGET, APPLIED, BUDGET]
    assert [answer.used for answer in answers] == [None, 60, None, 100]
    assert store.budget_used(*DAY) == 100


def test_all_budgets_of_a_change_must_fit(store: Store) -> None:
    """Money left but no payments left is nothing left."""
    (case,) = opened(store, a_case())
    action = an_action(case)
    shares = (
        a_reservation(action, 10, 100),
        a_reservation(action, 1, 0, budget="schedule_payment.count_per_hour"),
    )

    (answer,) = store.record([a_change(1, a_step(case, reservations=shares))])

    assert answer.kind is BUDGET
    assert answer.reservation == shares[1]
    assert store.budget_used(*DAY) == 0


def test_another_window_is_another_budget(store: Store) -> None:
    """Tomorrow everything is free again."""
    one, two = opened(store, a_case(1), a_case(2))
    store.record([_spend(one, 100)])

    (answer,) = store.record([_spend(two, 100, window="2026-03-03")])

    assert answer.kind is APPLIED


def test_a_budget_is_never_exceeded_however_many_spend_at_once(
    store: Store, other_store: Store
) -> None:
    """A limit that holds only when nobody hurries is no limit."""
    cases = opened(store, *(a_case(number) for number in range(32)))

    def spend(number: int) -> list[RecordedKind]:
        pair = cases[number * 4 : number * 4 + 4]
        changes = [_spend(case, 7) for case in pair]
        return [answer.kind for answer in (store, other_store)[number % 2].record(changes)]

    with ThreadPoolExecutor(8) as threads:
        kinds = [kind for result in threads.map(spend, range(8)) for kind in result]

    assert kinds.count(APPLIED) == 14  # 14 × 7 = 98 of 100
    assert store.budget_used(*DAY) == 98


def _spend(case: Case, units: int, **fields: object) -> Change:
    share = a_reservation(an_action(case), units, 100, **fields)
    return a_change(case.version, a_step(case, reservations=(share,)))
