"""The days that `make demo` plays: a wrongly trained model is taken back by its gate."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from examples.accounts_payable.generate import generate
from examples.accounts_payable.some_days import WORKFLOW, SomeDays
from examples.accounts_payable.spoil_model import spoil
from interlock.bootstrap import build
from interlock.domain.contract import Stage
from interlock.release import lifecycle
from interlock.settings import Settings
from interlock.storage import TaskQuery
from interlock.testing.clock import MovingClock
from tests.examples.accounts_payable.conftest import SEED, TODAY
from tests.examples.accounts_payable.runtime_office import EXAMPLE

TUESDAY = datetime(2026, 3, 3, 7, 0, tzinfo=UTC)


def test_a_wrongly_trained_model_is_taken_back_and_does_nothing_alone(tmp_path: Path) -> None:
    """The viewer is told that the gate acts by itself; that must be the gate, not the script."""
    generate(tmp_path, 5, SEED, TODAY, later=50)
    spoil(tmp_path / "data")
    settings = Settings(
        database_url=f"sqlite:///{tmp_path / 'interlock.db'}",
        workflows=(EXAMPLE,),
        data=tmp_path / "data",
        engine="inline",
    )
    files = sorted((tmp_path / "later").iterdir())
    clock = MovingClock(TUESDAY)
    with build(settings, clock=clock) as services:
        context = services.context
        release = lifecycle.propose(context, WORKFLOW, "erp_integration", "the first version")
        lifecycle.sign(context, release.id, "internal_audit", "read")
        lifecycle.start(context, release.id, Stage.ASSISTED, "finance_director", "the pilot")

        days = SomeDays(services=services, clock=clock)
        [day] = days.play(files[:40], per_day=40)
        after = services.store.running_release(WORKFLOW)
        decided = services.store.tasks(TaskQuery())
        days.leave(files[40:])

        assert day.taken_back is not None
        assert "human_override_rate > 0.25" in day.taken_back.reason
        assert (day.taken_back.by, after and after.stand.stage) == ("gate", Stage.SHADOW)
        assert days.alone_since(day.taken_back.at) == 0
        assert decided == []  # nothing is left over that would look like a late answer
        assert services.store.tasks(TaskQuery())  # what the console then shows
