"""Facts may be counted in any order and any portions; the counts come out the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interlock.domain.fact import FactKind as K
from interlock.domain.rules.tallying import (
    CASE_RULES,
    WHOLE,
    CaseKey,
    CountKey,
    Counts,
    Hits,
    Mark,
    Terms,
    Told,
    added_by,
    case_counts,
    counts_after,
    part_of,
    segment_of,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
TERMS = Terms(ai_steps=frozenset({"judge"}), case_arms=frozenset({"release", "canary"}))

SAID = {
    K.PROPOSAL_MADE: [("judge", "")],
    K.INCIDENT: [("judge", "TimeoutError"), ("read", "TimeoutError")],
    K.EXCEPTION_ROUTED: [("low_confidence", "judge"), ("missing_data", "read"), ("reopened", "")],
    K.CASE_CLOSED: [
        ("autonomous", "completed"),
        ("assisted", "completed"),
        ("human", "rejected"),
        ("fallback", "completed"),
        ("autonomous", "compensated"),
    ],
    K.CASE_REOPENED: [("autonomous", "completed"), ("assisted", "completed")],
    K.SAMPLE_CHECKED: [("desk", "right"), ("desk", "wrong")],
    K.SHADOW_COMPARED: [("judge", "same"), ("judge", "different"), ("judge", "failed")],
    K.PROPOSAL_DECIDED: [("judge", "approve"), ("judge", "edit"), ("judge", "reject")],
    K.CASE_OPENED: [("", "")],
    K.STEP_FINISHED: [("judge", "")],
}
things = st.sampled_from([(kind, *said) for kind, all_said in SAID.items() for said in all_said])
told = st.builds(
    lambda number, case, segment, arm, thing: Told(
        number, f"case_{case}", segment, arm, *thing, NOON + timedelta(seconds=number % 7)
    ),
    number=st.integers(1, 10_000),
    case=st.integers(1, 4),
    segment=st.sampled_from(["", "travel", "office"]),
    arm=st.sampled_from(["release", "canary", "holdback", "probe"]),
    thing=things,
)
histories = st.lists(told, max_size=40, unique_by=lambda each: each.id)


def at_once(facts: list[Told]) -> dict[CountKey, Hits]:
    """The counts of these facts, counted together."""
    return counts_after(added_by(facts, TERMS), {})


def in_portions(facts: list[Told], size: int) -> dict[CountKey, Hits]:
    """The same, so many at a time, as a tally keeps them."""
    marks: dict[CaseKey, int] = {}
    counts: dict[CountKey, Hits] = {}
    for begin in range(0, len(facts), size):
        added = added_by(facts[begin : begin + size], TERMS)
        for key, hits in counts_after(added, marks).items():
            counts[key] = counts[key].plus(hits) if key in counts else hits
        for case, (got, _) in added.cases.items():
            marks[case] = marks.get(case, 0) | got
    return counts


@given(histories, st.integers(1, 9), st.randoms(use_true_random=False))
def test_neither_order_nor_portions_change_what_is_counted(
    facts: list[Told], size: int, chance: Random
) -> None:
    """Workers write at the same time, and a sweep comes when it comes."""
    shuffled = chance.sample(facts, len(facts))

    counted = {key: hits for key, hits in in_portions(shuffled, size).items() if hits.hits}

    assert {key: hits.hits for key, hits in counted.items()} == {
        key: hits.hits for key, hits in at_once(facts).items()
    }


@given(histories)
def test_a_case_stands_in_one_line_of_each_part(facts: list[Told]) -> None:
    """A case counted twice would be two outcomes for the price of one."""
    counts = in_portions(facts, 3)

    cases = {each.case_id for each in facts if each.arm in TERMS.case_arms and each.kind in SAID}
    counted = sum(h.hits for k, h in counts.items() if (k.counts, k.part) == ("cases", WHOLE))
    assert counted <= len(cases)
    assert all(hits.hits >= 0 for hits in counts.values())


@pytest.mark.parametrize(
    ("marks", "counted"),
    [
        (Mark.ENTERED, {"entered"}),
        (Mark.ENTERED | Mark.ROUTED, {"entered", "left_it", "routed"}),
        (Mark.ROUTED, set()),  # never came to the AI
        (Mark.ENTERED | Mark.CLOSED | Mark.ALONE, {"entered", "left_it", "closed", "alone"}),
        (Mark.CLOSED | Mark.BY_PEOPLE, {"closed", "with_people"}),
        (Mark.CLOSED | Mark.ALONE | Mark.REOPENED, {"closed", "with_people", "reworked"}),
        (Mark.CHECKED, {"checked"}),
        (Mark.CHECKED | Mark.WRONG, {"checked", "wrong", "not_first_time"}),
        (Mark.CHECKED | Mark.UNDONE, {"checked", "wrong"}),
        (Mark.CHECKED | Mark.REOPENED, {"checked", "wrong", "not_first_time"}),
    ],
)
def test_each_count_is_of_the_cases_that_are_in_it(marks: Mark, counted: set[str]) -> None:
    """By hand, from section "Numbers and their denominators"."""
    counts = case_counts({int(marks): 3})

    assert counts == {name: 3 if name in counted else 0 for name in CASE_RULES}


def test_the_holdback_is_opened_and_proves_nothing() -> None:
    """Its segment exists; what happens in it is no evidence on the AI."""
    facts = [
        Told(1, "case_1", "travel", "holdback", K.CASE_OPENED, "", "", NOON),
        Told(2, "case_1", "travel", "holdback", K.CASE_CLOSED, "human", "completed", NOON),
    ]

    assert {(key.counts, key.part) for key in at_once(facts)} == {
        (Counts.OPENED, WHOLE),
        (Counts.OPENED, part_of("travel")),
    }


@given(st.text())
def test_a_part_names_its_segment(segment: str) -> None:
    """Also where a case has none: that is a part too, and not the whole."""
    assert part_of(segment) != WHOLE
    assert segment_of(part_of(segment)) == segment
