"""What must be true of an office at any moment, whatever happened in it.

Its one rule: it reads only what is stored and what the shop saw, never what a test expects.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from interlock.domain.case import Case, CaseState, WaitsFor
from interlock.storage import CaseQuery, TaskQuery

if TYPE_CHECKING:
    from tests.runtime.office import Office

MANY = 1000


def assert_truth(office: Office) -> None:
    """Every case is on record, whole and waiting for something; no deed was done twice."""
    cases = office.store.cases(CaseQuery(limit=MANY))
    for case in cases:
        assert_replays(office, case)
        assert_waits_for_something(office, case)
    found = [fault for _, part in office.store.whole_record() for fault in part]
    assert not found, found
    counts = office.store.counts(now=office.clock.now())
    assert sum(counts.states.values()) == len(cases)
    assert sum(each.cases for each in counts.closed) == counts.states.get(CaseState.CLOSED, 0)
    twice = [line for line, times in Counter(office.shop.lines).items() if times > 1]
    assert not twice, "something was done twice"


def assert_replays(office: Office, case: Case) -> None:
    """The recorded events alone give the stored case."""
    replayed = office.replayed(case)
    assert replayed is not None
    assert replace(replayed, version=0) == replace(case, version=0)


def assert_waits_for_something(office: Office, case: Case) -> None:
    """A case that waits has one person asked, one moment to come, or one pause."""
    tasks = office.store.tasks(TaskQuery(case_id=case.id))
    live = [task for task in tasks if task.look is None]  # a look is beside the case
    if case.state is CaseState.WAITING:
        assert [task.id for task in live] == ([case.task] if case.task else [])
        paused = case.paused_by if case.waits_for is WaitsFor.PAUSE else None
        reasons = (case.task, case.wake_at, paused)
        assert sum(each is not None for each in reasons) == 1, case
    else:
        assert not live
        assert case.task is None
