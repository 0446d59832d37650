"""Past decisions: written with the decision, found by likeness, and never a probe's or a look's."""

from __future__ import annotations

from typing import Any

import pytest

from interlock.domain.case import Arm, Case
from interlock.domain.ids import PersonId, StepName
from interlock.domain.money import Money
from interlock.domain.quality import Band, LookKind
from interlock.domain.review import Decision, ReviewKind, ReviewState, Verb
from interlock.storage import CaseQuery, LikeThis, PastDecision, Store
from tests.storage.builders import WORKFLOW, a_case, a_task, at, opened


def euros(amount: int | None) -> Money | None:
    """So many euros, or none."""
    return None if amount is None else Money.of(amount, "EUR")


def decided(
    store: Store,
    number: int,
    amount: int | None = None,
    *,
    case: dict[str, Any] | None = None,
    task: dict[str, Any] | None = None,
    **decision: Any,
) -> Case:
    """Opens a case with a proposal about this amount that ben has decided."""
    made = a_case(number, **(case or {}))
    plain = {"kind": ReviewKind.PROPOSAL, "step": StepName("code"), "amount": euros(amount)}
    over = {"state": ReviewState.DECIDED, "held_by": PersonId("ben")}
    about = a_task(made, **{**plain, **over, **(task or {})})
    said: dict[str, Any] = {"verb": Verb.APPROVE, "by": PersonId("ben"), "at": at(number)}
    answer = Decision(task_id=about.id, case_id=made.id, **{**said, **decision})
    opened(store, made, tasks=(about,), decision=answer)
    return made


def like(case: Case, amount: int | None = None, **changes: Any) -> LikeThis:
    """What such a decision is about, for another case."""
    plain: dict[str, Any] = {
        "case_id": case.id,
        "workflow": case.workflow,
        "tenant": case.tenant,
        "step": "code",
        "exception_type": "",
        "segment": case.segment,
        "amount": euros(amount),
    }
    return LikeThis(**{**plain, **changes})


def of(found: list[PastDecision]) -> list[str]:
    """Which cases the decisions were about."""
    return [each.case_id.removeprefix("case_") for each in found]


def test_the_nearest_amount_comes_first_and_then_the_newest(store: Store) -> None:
    """What was decided about 5,000 says little about 50."""
    for number, amount in ((1, 100), (2, 900), (3, 180), (4, 220), (5, None)):
        decided(store, number, amount)

    found = store.similar_decisions(like(a_case(9), 200), 4)
    without = store.similar_decisions(like(a_case(9)), 3)

    assert of(found) == ["4", "3", "1", "2"]
    assert of(without) == ["5", "4", "3"]


def test_another_currency_is_not_near(store: Store) -> None:
    """200 yen are not 200 euros."""
    decided(store, 1, task={"amount": Money.of(200, "JPY")})
    decided(store, 2, 900)

    assert of(store.similar_decisions(like(a_case(9), 200), 5)) == ["2", "1"]


@pytest.mark.parametrize(
    "other",
    [
        {"tenant": "another"},
        {"segment": "hard"},
        {"step": "pay"},
        {"exception_type": "odd"},
        {"workflow": "claims"},
    ],
)
def test_what_differs_is_no_precedent(store: Store, other: dict[str, str]) -> None:
    """A decision of another tenant above all is nobody's business."""
    decided(store, 1, 100)

    assert store.similar_decisions(like(a_case(9), 100, **other), 5) == []


def test_a_case_is_no_precedent_for_itself(store: Store) -> None:
    """A second reviewer would read the first answer there."""
    case = decided(store, 1, 100)

    assert store.similar_decisions(like(case, 100), 5) == []


@pytest.mark.parametrize("beside", ["probe", "look"])
def test_probes_and_looks_are_no_past_decisions(store: Store, beside: str) -> None:
    """Neither decided anything; both would be counted twice."""
    arm = {"arm": Arm.PROBE} if beside == "probe" else {}
    look = {"look": LookKind.SECOND} if beside == "look" else {}

    decided(store, 1, 100, case=arm, task=look)

    assert list(store.past_decisions(WORKFLOW)) == []
    assert len(store.decisions(a_case(1).id)) == 1  # the record has it all the same


def test_everything_said_comes_back(store: Store) -> None:
    """Precedents and measuring read the same row."""
    decided(
        store,
        1,
        100,
        verb=Verb.REJECT,
        reason_code="wrong_account",
        note="as last year",
        confidence=0.93,
        thinking_seconds=12.5,
        too_quick=True,
    )

    [past] = store.past_decisions(WORKFLOW)

    assert (past.verb, past.reason_code, past.note, past.by) == (
        Verb.REJECT,
        "wrong_account",
        "as last year",
        "ben",
    )
    assert (past.confidence, past.thinking_seconds, past.too_quick) == (0.93, 12.5, True)
    assert (past.at, past.amount) == (at(1), euros(100))


def test_a_window_holds_what_was_decided_in_it(store: Store) -> None:
    """From its beginning, up to and without its end; and only what its reader may see."""
    for number in range(5):
        decided(store, number, case={"tenant": "a" if number < 3 else "b"})

    within = list(store.past_decisions(WORKFLOW, since=at(1), until=at(4)))
    mine = list(store.past_decisions(WORKFLOW, tenants={"b"}))

    assert of(within) == ["1", "2", "3"]
    assert of(mine) == ["3", "4"]


def test_agreement_is_counted_in_a_band(store: Store) -> None:
    """Lower edge in, upper edge out, certainty in the last one."""
    said = [(0.9, Verb.APPROVE), (0.94, Verb.EDIT), (0.95, Verb.APPROVE), (1.0, Verb.APPROVE)]
    for number, (confidence, verb) in enumerate(said):
        decided(store, number, confidence=confidence, verb=verb)
    decided(store, 9)  # no suggestion

    assert store.agreed_with_ai(WORKFLOW, "code", Band(low=0.9, high=0.95)) == (1, 2)
    assert store.agreed_with_ai(WORKFLOW, "code", Band(low=0.95, high=1.0)) == (2, 2)
    assert store.agreed_with_ai(WORKFLOW, "code", Band(low=0.9, high=0.95), tenant="x") == (0, 0)


def test_a_probe_is_listed_only_when_it_is_asked_for(store: Store) -> None:
    """And never under the key it shows, which may be a real case's some day."""
    probe = decided(store, 1, case={"arm": Arm.PROBE})
    real = a_case(2, key=probe.key)
    opened(store, real)

    assert [case.id for case in store.cases(CaseQuery())] == [real.id]
    assert len(store.cases(CaseQuery(probes=True))) == 2
    assert store.find_case(probe.key) == real.id
    assert store.load([probe.id])[0].key == probe.key
