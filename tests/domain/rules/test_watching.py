"""What is expected is learned from the windows before, and a few odd ones do not move it."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from interlock.domain.contract import StepMode
from interlock.domain.fact import Fact, FactKind
from interlock.domain.ids import CaseId
from interlock.domain.rules.watching import LEARN_FROM, last_window, learned_band, read, rules_of
from interlock.domain.watching import AlertRule, Band, Measure, ReadingState
from interlock.testing.builders import FINGERPRINT, MORNING, WORKFLOW, a_contract, a_step

WINDOW = (MORNING, MORNING + timedelta(hours=1))
CONTRACT = a_contract(steps=[a_step("sort", mode=StepMode.AGENTIC), a_step("close")])


def a_fact(kind: FactKind, name: str, **more: object) -> Fact:
    plain = {"tenant": "", "segment": "", "arm": "release", "stage": "autonomous"}
    return Fact(  # type: ignore[arg-type]
        case_id=CaseId("1"),
        workflow=WORKFLOW,
        fingerprint=FINGERPRINT,
        kind=kind,
        at=MORNING,
        name=name,
        **{**plain, **more},
    )


def rule(measure: Measure, **more: object) -> AlertRule:
    return AlertRule(measure=measure, minimum=1, **more)  # type: ignore[arg-type]


def value_of(measure: Measure, facts: list[Fact], step: str = "") -> float | None:
    return read(CONTRACT, rule(measure, step=step), WINDOW, facts, ()).value


def test_each_measure_by_hand() -> None:
    """Two sent and one paid; three proposals, one of them refused."""
    done = [
        a_fact(FactKind.ACTION_FINISHED, "send", detail="succeeded", amount_micros=n * 10**6)
        for n in (10, 30)
    ]
    paid = a_fact(FactKind.ACTION_FINISHED, "pay", detail="verified", amount_micros=20 * 10**6)
    failed = a_fact(FactKind.ACTION_FINISHED, "pay", detail="failed")
    said = [a_fact(FactKind.PROPOSAL_MADE, "sort", value=v) for v in (0.6, 0.9, 0.9)]
    refused = a_fact(FactKind.EXCEPTION_ROUTED, "permission_denied", detail="sort")
    took = [a_fact(FactKind.STEP_FINISHED, "sort", value=v) for v in (10, 500, 20)]
    facts = [*done, paid, failed, *said, refused, *took]

    assert value_of(Measure.ACTION_RATE, facts) == 3
    assert value_of(Measure.MIX, facts) == 2 / 3
    assert value_of(Measure.AMOUNT, facts) == 20
    assert value_of(Measure.REFUSALS, facts, "sort") == 1 / 3
    assert round(value_of(Measure.CONFIDENCE, facts, "sort") or 0, 6) == 0.8
    assert value_of(Measure.LATENCY, facts, "sort") == 20


def test_a_band_is_learned_from_quartiles() -> None:
    """By hand: of 1 to 21 the quartiles are 6 and 16, so the fences stand at -24 and 46."""
    assert learned_band(list(range(1, 22))) == Band(low=-24, high=46)


@given(
    st.lists(st.floats(90, 110), min_size=40, max_size=80), st.lists(st.floats(0, 1e9), max_size=4)
)
def test_a_few_odd_windows_do_not_move_what_is_expected(
    usual: list[float], odd: list[float]
) -> None:
    """Else an attacker could teach it by small steps, or one bad day would blind it."""
    band = learned_band([*usual, *odd])

    assert band is not None
    assert band.high is not None
    assert band.high <= 110 + 3 * 20 + 20


def test_too_few_windows_teach_nothing() -> None:
    """It learns first; that is said, and nothing is stopped meanwhile."""
    learning = rule(Measure.ACTION_RATE, learned=True)
    facts = [a_fact(FactKind.ACTION_FINISHED, "send", detail="succeeded")]

    found = read(CONTRACT, learning, WINDOW, facts, [1.0] * (LEARN_FROM - 1))

    assert found.state is ReadingState.LEARNING


@given(st.integers(0, 10**6), st.sampled_from([5, 15, 60, 1440]))
def test_a_window_is_over_and_the_newest(seconds: int, minutes: int) -> None:
    """Every worker cuts time at the same places, or they would read different windows."""
    now = MORNING + timedelta(seconds=seconds)
    begins, ends = last_window(rule(Measure.MIX, window_minutes=minutes), now)

    assert ends <= now < ends + timedelta(minutes=minutes)
    assert ends - begins == timedelta(minutes=minutes)


def test_an_agents_measure_without_a_step_is_every_ai_steps() -> None:
    """One line watches all of them, each by itself."""
    line = {"measure": "latency", "window_minutes": 60, "minimum": 30, "high": 900}
    contract = a_contract(steps=list(CONTRACT.steps), monitoring={"alerts": [line]})

    assert [each.step for each in rules_of(contract)] == ["sort"]
