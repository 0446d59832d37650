"""A waiting case finishes on the contract it began with, even when the folder was changed since."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sqlalchemy import text

from interlock.bootstrap import Services, build
from interlock.domain.case import Case, CaseState
from interlock.domain.review import Verb
from interlock.runtime.commands import cancel_case, decide_task, deliver
from interlock.runtime.workflow import WorkflowUnknown
from interlock.settings import load_settings
from interlock.storage import TaskQuery
from tests.runtime.support.driving import ORDERS, an_order


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A contract folder that the test may edit."""
    return Path(shutil.copytree(ORDERS, tmp_path / "orders"))


def services_of(folder: Path, url: str) -> Services:
    data = folder.parent / "data"
    settings = load_settings(
        database_url=url, workflows=(folder,), data=data, engine="inline", stage="autonomous"
    )
    return build(settings)


def work(services: Services) -> None:
    services.engine.drain(services.runner)  # type: ignore[union-attr]


def waiting_case(folder: Path, url: str) -> Case:
    """A case that waits for a person on the folder's version of today."""
    with services_of(folder, url) as services:
        deliver(services.context, "orders", [an_order(1, "asked")])
        work(services)
        [task] = services.store.tasks(TaskQuery())
        return services.store.load([task.case_id])[0]


def edit(folder: Path) -> None:
    """A new version: another title, and another sentence in the code."""
    contract = folder / "contract.yaml"
    contract.write_text(contract.read_text().replace("title: ", "title: New ", 1))
    steps = folder / "steps.py"
    steps.write_text(steps.read_text() + "\nCHANGED = True\n")


def test_a_waiting_case_is_decided_on_the_version_it_began_with(
    folder: Path, sqlite_url: str
) -> None:
    """Whoever deploys a new contract must not strand what people are still working on."""
    case = waiting_case(folder, sqlite_url)
    edit(folder)

    with services_of(folder, sqlite_url) as services:
        current = services.workflows.named("orders").contract
        [task] = services.store.tasks(TaskQuery())
        person = sorted(current.members_of(task.queue))[0]
        decide_task(services.context, task.id, person, Verb.APPROVE)
        work(services)
        [old] = services.store.load([case.id])
        deliver(services.context, "orders", [an_order(2)])
        work(services)
        new = services.store.load([services.store.find_case("N0002")])[0]

    assert (old.state, old.fingerprint) == (CaseState.CLOSED, case.fingerprint)
    assert current.fingerprint != case.fingerprint
    assert new.fingerprint == current.fingerprint


def test_a_case_of_an_older_version_can_be_stopped(folder: Path, sqlite_url: str) -> None:
    """A person can always stop it."""
    case = waiting_case(folder, sqlite_url)
    edit(folder)

    with services_of(folder, sqlite_url) as services:
        contract = services.workflows.of(case.fingerprint).contract
        cancel_case(services.context, case.id, contract.owners.operations)
        work(services)
        [stopped] = services.store.load([case.id])

    assert stopped.state is CaseState.CLOSED


def test_a_kept_copy_that_was_changed_is_not_run(folder: Path, sqlite_url: str) -> None:
    """Whoever can write to the table must not be able to put code into a worker unseen."""
    case = waiting_case(folder, sqlite_url)
    edit(folder)
    with services_of(folder, sqlite_url) as services, services.store.engine.begin() as conn:
        conn.execute(
            text("UPDATE contract_copy SET content = :code WHERE path = 'steps.py'"),
            {"code": (folder / "steps.py").read_bytes() + b"\nEVIL = True\n"},
        )

    with services_of(folder, sqlite_url) as services, pytest.raises(WorkflowUnknown):
        services.workflows.of(case.fingerprint)


def test_a_version_no_open_case_began_with_is_not_loaded(folder: Path, sqlite_url: str) -> None:
    """Old code is loaded for its cases only."""
    with services_of(folder, sqlite_url) as services:
        deliver(services.context, "orders", [an_order(1)])
        work(services)
    edit(folder)

    with services_of(folder, sqlite_url) as services:
        assert len(services.workflows.every_version) == 1
