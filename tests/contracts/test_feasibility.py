"""`check` says before launch whether the release gate can ever decide."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from interlock.contracts.feasibility import outlook
from interlock.domain.contract import Criterion, FallbackMode, ReleaseGate
from tests.contracts.builders import a_folder, reported

ERRORS = Criterion(metric="error_rate", op="<=", value=0.04, text="error_rate <= 0.04")


def a_gate(share: float = 0.1, hours: int = 48) -> ReleaseGate:
    return ReleaseGate(
        canary_traffic=share,
        promotion_window_hours=hours,
        success_criteria=(
            Criterion(metric="exception_rate", op="<=", value=0.04, text="exception_rate <= 0.04"),
            Criterion(metric="critical_regressions", op="==", value=0, text="…"),
        ),
        rollback_trigger=(
            Criterion(metric="exception_rate", op=">", value=0.06, text="exception_rate > 0.06"),
        ),
        fallback_mode=FallbackMode.HUMAN_REVIEW,
    )


def test_two_thousand_cases_a_month_give_thirteen_and_decide_nothing() -> None:
    """The field's own example: 10 % of 2,000 a month over 48 hours."""
    [found] = outlook(a_gate(), 2_000)

    assert found.window_cases == 13
    assert not found.can_decide
    assert found.good.promote == 0
    assert found.cases_needed == 406
    assert found.days == pytest.approx(406 / (2_000 * 0.1 / 730.5) / 24)


def test_errors_are_known_of_the_sampled_cases_only() -> None:
    """20,000 a month, a tenth of them in the canary, over 730.5 hours: 2,000 cases, and at a sample
    of 5 % a hundred that anybody looked at. 406 of those take 4.06 such months."""
    gate = replace(a_gate(hours=731), success_criteria=(ERRORS,), rollback_trigger=())

    [all_of_them] = outlook(gate, 20_000, sampled=1.0)
    [found] = outlook(gate, 20_000, sampled=0.05)
    [unsampled] = outlook(gate, 20_000)

    assert (all_of_them.window_cases, found.window_cases, unsampled.window_cases) == (2001, 100, 0)
    assert all_of_them.can_decide
    assert not found.can_decide
    assert found.cases_needed == 406
    assert found.days == pytest.approx(4.06 * 730.5 / 24)
    assert unsampled.days is None


def test_exceptions_are_known_of_every_case() -> None:
    """The sample is about what a person would have found; an exception shows by itself."""
    assert outlook(a_gate(), 2_000, sampled=0.05) == outlook(a_gate(), 2_000)


@pytest.mark.parametrize(
    ("sample", "said", "remedy"),
    [
        ("0.05", "cases in the quality sample of 5%: too few", "quality.sample or canary_traffic"),
        ("0.0", "is known of the quality sample only, and none is drawn", "write quality:"),
    ],
)
def test_check_says_how_little_a_sample_shows(
    tmp_path: Path, sample: str, said: str, remedy: str
) -> None:
    """A gate on errors that looks at one case in twenty waits twenty times as long."""
    folder = a_folder(
        tmp_path / "flow",
        ("quality_sample: 0.05", f"quality_sample: {sample}"),
        ("exception_rate:", "error_rate: '<= 0.02'\n    exception_rate:"),
    )
    (folder / "baseline.yaml").write_text("volume_per_month: 2000\n")

    lines = [line for line in reported(folder) if "error_rate" in line and said in line]

    assert lines
    assert remedy in lines[0]


def test_a_window_that_is_long_enough_decides() -> None:
    """The warning must go away when the advice is taken."""
    [found] = outlook(a_gate(share=0.5, hours=24 * 7 * 8), 2_000)

    assert found.can_decide
    assert found.bad.roll_back > 0.5


def test_check_warns_of_a_gate_that_cannot_decide(tmp_path: Path) -> None:
    """Whoever reads the report sees the cases, the chances and the days."""
    folder = with_baseline(tmp_path, "volume_per_month: 2000\n")

    said = [line for line in reported(folder) if "too few to decide" in line]

    assert said
    assert "13 cases" in said[0]
    assert "plan for" in said[0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "there is no baseline.yaml"),
        ("volume_per_month: -3\n", "volume_per_month -3"),
        ("volume_per_month: many\n", "volume_per_month 'many'"),
        ("cases: [\n", "baseline.yaml:"),
    ],
)
def test_a_baseline_without_a_volume_is_pointed_out(
    tmp_path: Path, text: str | None, said: str
) -> None:
    """Silence would look like a gate that works."""
    folder = with_baseline(tmp_path, text)

    assert any(said in line for line in reported(folder))


def with_baseline(tmp_path: Path, text: str | None) -> Path:
    folder = a_folder(tmp_path / "flow")
    if text is None:
        (folder / "baseline.yaml").unlink(missing_ok=True)
    else:
        (folder / "baseline.yaml").write_text(text)
    return folder
