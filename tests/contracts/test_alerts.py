"""An alert without a band would never alarm, and nobody would notice."""

from __future__ import annotations

from pathlib import Path

import pytest

from interlock.cli.new import write_scaffold
from interlock.contracts import check_contract
from interlock.testing.builders import MORNING


def report_of(folder: Path, alert: str) -> list[str]:
    """What is said about a contract with this alert."""
    write_scaffold(folder, "expenses", MORNING)
    file = folder / "contract.yaml"
    text = file.read_text()
    assert "monitoring:" not in text
    file.write_text(f"{text}\nmonitoring:\n  alerts:\n    - {alert}\n")
    return [problem.message for problem in check_contract(folder).problems]


@pytest.mark.parametrize(
    ("alert", "said"),
    [
        ("{measure: mix}", "this alert has no band"),
        ("{measure: mix, high: 0.9, learned: true}", "this alert has two bands"),
        ("{measure: mix, low: 2, high: 1}", "low is 2 and high is 1"),
        ("{measure: mix, high: 1, step: nowhere}", "mix is of the whole workflow"),
        ("{measure: latency, high: 900, step: nowhere}", 'there is no AI step "nowhere"'),
    ],
)
def test_a_mistaken_alert_is_refused(tmp_path: Path, alert: str, said: str) -> None:
    """All at once with everything else that is wrong."""
    assert any(message.startswith(said) for message in report_of(tmp_path / "w", alert))


def test_a_right_alert_is_none(tmp_path: Path) -> None:
    """A band on one side is enough."""
    assert report_of(tmp_path / "w", "{measure: latency, high: 900}") == []


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("alerts_queue: nowhere", 'alarms go to "nowhere", which is no queue of this contract'),
        ("alerts_sla_minutes: 0", "monitoring.alerts_sla_minutes"),
        ("alerts_queue: clerks", None),
    ],
)
def test_a_queue_that_answers_alarms_is_one_of_the_contract(
    tmp_path: Path, line: str, said: str | None
) -> None:
    """Else a question would be put to nobody."""
    write_scaffold(tmp_path / "w", "expenses", MORNING)
    file = tmp_path / "w" / "contract.yaml"
    alert = "  alerts:\n    - {measure: latency, high: 900}"
    file.write_text(f"{file.read_text()}\nmonitoring:\n{alert}\n  {line}\n")

    found = [problem.message for problem in check_contract(tmp_path / "w").problems]

    assert any(said in message for message in found) if said else found == []


def test_a_queue_for_alarms_where_nothing_is_watched_is_a_mistake(tmp_path: Path) -> None:
    """Whoever wrote it thinks that something is."""
    write_scaffold(tmp_path / "w", "expenses", MORNING)
    file = tmp_path / "w" / "contract.yaml"
    file.write_text(f"{file.read_text()}\nmonitoring:\n  alerts_sla_minutes: 30\n")

    [found] = check_contract(tmp_path / "w").problems

    assert found.message == "alerts_sla_minutes is for alarms, and nothing is watched"
