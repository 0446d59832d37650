"""Cohen's kappa and its standard error, by hand and against what must always hold."""

from __future__ import annotations

from datetime import UTC, datetime
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from interlock.domain.fact import Fact, FactKind
from interlock.domain.ids import CaseId, Fingerprint, WorkflowId
from interlock.measure import Pair, kappa, pairs_of

YES, NO = ("yes", "no")
#            second says yes   no
FIFTY = [
    *[(YES, YES)] * 20,  # .40
    *[(YES, NO)] * 5,  #   .10
    *[(NO, YES)] * 10,  #  .20
    *[(NO, NO)] * 15,  #   .30
]
answers = st.sampled_from(["approve", "edit", "reject"])


def test_kappa_by_hand() -> None:
    """Agreed .40 + .30 = .70; by chance .50·.60 + .50·.40 = .50; kappa (.70 - .50) / .50 = .40."""
    found = kappa(FIFTY)

    assert found.pairs == 50
    assert found.observed == pytest.approx(0.70)
    assert found.expected == pytest.approx(0.50)
    assert found.value == pytest.approx(0.40)


def test_its_standard_error_by_hand() -> None:
    """Fleiss, Cohen and Everitt's formula on the same table.

    On the diagonal .40·(.50 - 1.1·.30)² + .30·(.50 - .9·.30)² = .01156 + .01587 = .02743;
    off it (1 - .70)²·[.10·(.60 + .50)² + .20·(.40 + .50)²] = .09·.283 = .02547, where a cell's
    margins are the column of its row's answer and the row of its column's answer;
    less (.70·.50 - 2·.50 + .70)² = .0025; over 50·(1 - .50)⁴ = 3.125.
    """
    found = kappa(FIFTY)
    error = sqrt((0.02743 + 0.02547 - 0.0025) / 3.125)

    assert found.standard_error == pytest.approx(error)
    assert found.standard_error == pytest.approx(0.1270, abs=1e-4)
    assert found.low == pytest.approx(0.40 - 1.959964 * error)
    assert found.high == pytest.approx(0.40 + 1.959964 * error)


def test_three_answers_by_hand() -> None:
    """9 agree of 12 (4, 3, 2); rows 5 4 3, columns 5 4 3; chance (25 + 16 + 9)/144; kappa .617."""
    pairs = [
        *[("a", "a")] * 4, ("a", "b"),
        *[("b", "b")] * 3, ("b", "c"),
        *[("c", "c")] * 2, ("c", "a"),
    ]  # fmt: skip
    found = kappa(pairs)

    assert found.expected == pytest.approx(50 / 144)
    assert found.value == pytest.approx((9 / 12 - 50 / 144) / (1 - 50 / 144))


@given(pairs=st.lists(st.tuples(answers, answers), min_size=1, max_size=60))
def test_it_is_what_others_compute_and_keeps_its_bounds(pairs: list[tuple[str, str]]) -> None:
    """A second implementation agrees; the interval holds the value and stays in -1..1."""
    found = kappa(pairs)
    if found.value is None:
        assert len(set(pairs)) == 1
        return
    ours = cohen_kappa_score([one for one, _ in pairs], [other for _, other in pairs])

    assert found.value == pytest.approx(ours)
    assert -1 <= found.low <= found.value + 1e-12
    assert found.value - 1e-12 <= found.high <= 1


@given(pairs=st.lists(st.tuples(answers, answers), min_size=1, max_size=60))
def test_who_comes_first_does_not_matter(pairs: list[tuple[str, str]]) -> None:
    """Agreement is between two people, not from one to the other."""
    there, back = kappa(pairs), kappa([(other, one) for one, other in pairs])

    assert there.value == pytest.approx(back.value)
    assert there.standard_error == pytest.approx(back.standard_error)


def test_perfect_agreement_has_no_spread() -> None:
    """Always the same answer, and not always one: kappa 1, known exactly."""
    found = kappa([("a", "a")] * 5 + [("b", "b")] * 5)

    assert found.value == pytest.approx(1.0)
    assert found.standard_error == pytest.approx(0.0)


@pytest.mark.parametrize("pairs", [[], [("a", "a")] * 40])
def test_where_nobody_could_differ_it_is_not_defined(pairs: list[tuple[str, str]]) -> None:
    """Two who always approve may be asleep; that is not agreement beyond chance."""
    found = kappa(pairs)

    assert found.value is None
    assert (found.low, found.high) == (-1.0, 1.0)


def test_few_pairs_say_that_they_are_few() -> None:
    """The interval holds for large samples only."""
    assert kappa(FIFTY[:29]).is_rough
    assert not kappa(FIFTY).is_rough


def a_fact(kind: FactKind, name: str, detail: str) -> Fact:
    """A fact of one case."""
    return Fact(
        case_id=CaseId("c1"),
        workflow=WorkflowId("letters"),
        fingerprint=Fingerprint("f"),
        tenant="",
        segment="",
        arm="release",
        stage="assisted",
        kind=kind,
        at=datetime(2026, 3, 2, tzinfo=UTC),
        name=name,
        detail=detail,
    )


def test_pairs_are_read_from_facts_and_a_third_persons_word_is_none() -> None:
    """An adjudication says who was right; counted as a pair it would count one question twice."""
    facts = [
        a_fact(FactKind.SECOND_LOOK, "desk/answer", "approve/reject"),
        a_fact(FactKind.SECOND_LOOK, "lead/answer", "second_right"),
        a_fact(FactKind.REVIEW_DECIDED, "desk", "approve"),
    ]

    expected = Pair(queue="desk", step="answer", first="approve", second="reject")
    assert pairs_of(facts) == [expected]
