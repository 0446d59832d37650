"""Bootstrap: from settings to services, or to one clear word why not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from interlock.bootstrap import build, build_inline, upgrade
from interlock.contracts import ContractRefused
from interlock.domain.case import CaseState
from interlock.errors import SettingsInvalid
from interlock.runtime.commands import deliver
from interlock.runtime.context import EngineMissing
from interlock.runtime.inline_engine import InlineEngine
from interlock.settings import load_settings
from interlock.storage import SchemaOutdated, open_store
from tests.runtime.support.driving import ORDERS, Place, all_cases, an_order

pytest_plugins = ["tests.runtime.support.places"]


def test_a_new_sqlite_file_gets_its_tables(sqlite_url: str, tmp_path: Path) -> None:
    """The first command on a fresh clone must just work."""
    settings = load_settings(database_url=sqlite_url, workflows=(ORDERS,), data=tmp_path)

    with build(settings) as services:
        assert services.store.schema_state().is_current
        assert [each.workflow for each in services.store.contracts()] == ["orders"]


@pytest.mark.postgres
def test_a_new_postgresql_database_is_changed_only_when_asked(postgres_url: str) -> None:
    """A database that others share gets no tables behind its administrator's back."""
    settings = load_settings(database_url=postgres_url)

    with pytest.raises(SchemaOutdated, match="interlock db upgrade"):
        build(settings)
    upgrade(settings)
    with build(settings) as services:
        assert services.store.schema_state().is_current


@pytest.mark.postgres
def test_a_database_without_the_engines_tables_is_refused(postgres_url: str) -> None:
    """A decision that cannot enqueue its resumption would fail halfway, and later."""
    with open_store(postgres_url) as store:
        store.upgrade()

    with pytest.raises(EngineMissing, match="interlock db upgrade"):
        build(load_settings(database_url=postgres_url))


def test_a_contract_with_problems_builds_nothing(sqlite_url: str, tmp_path: Path) -> None:
    """Half a workflow must not take cases."""
    settings = load_settings(database_url=sqlite_url, workflows=(tmp_path / "nowhere",))

    with pytest.raises(ContractRefused, match="there is no such file"):
        build(settings)


def test_a_crash_point_that_does_not_exist_is_refused(place: Place) -> None:
    """A test that dies nowhere would prove nothing."""
    with pytest.raises(SettingsInvalid, match="action_done"):
        place.services(crash_at="somewhere")


def test_the_clock_starts_where_it_is_told(place: Place) -> None:
    """A demonstration plays on a stated day, whatever day it is."""
    with place.services(clock="2026-03-02T09:00:00+01:00", engine="inline") as services:
        settings = services.settings
        assert settings.clock is not None
        passed = services.clock.now() - settings.clock

    assert timedelta() <= passed < timedelta(minutes=1)


def test_a_case_is_tried_in_memory(tmp_path: Path) -> None:
    """`interlock try` leaves nothing behind but what its systems wrote."""
    settings = load_settings(data=tmp_path, stage="autonomous")
    with build_inline(ORDERS, settings=settings) as services:
        deliver(services.context, "orders", [an_order(1)])
        assert isinstance(services.engine, InlineEngine)
        services.engine.drain(services.runner)

        [case] = all_cases(services)
    assert case.state is CaseState.CLOSED


def test_every_process_has_a_name_of_its_own(new_place: Callable[[], Place]) -> None:
    """Two workers of one name would take each other's claims for their own."""
    place = new_place()
    with place.services() as one, place.services() as other:
        assert one.runner.worker != other.runner.worker
