"""An agent that behaves unlike itself is stopped, once, by whichever worker sees it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from interlock.domain.pause import PauseScope, ScopeKind
from interlock.domain.watching import ReadingState
from interlock.runtime.commands.pausing import PauseRefused, pause, resume
from interlock.runtime.context import Context
from interlock.runtime.watching_chore import watch
from interlock.storage import open_store
from tests.runtime.alarmed import HOUR, LOW_CONFIDENCE, MANY_ACTIONS, SMALL, doubtful, watching
from tests.runtime.office import Office


def states(context: Context) -> list[ReadingState]:
    return [each.state for each in context.store.readings()]


def test_a_breach_pauses_the_agent_and_says_why(office: Office) -> None:
    """Nobody has to be looking at a screen for it to stop."""
    context = watching(office, LOW_CONFIDENCE)
    doubtful(office, 3)
    office.pass_time(HOUR)

    watch(context)

    [found] = context.store.pauses_in_force()
    assert (found.scope, found.by) == (SMALL, "watch")
    assert found.reason.startswith("confidence of judge is 0.5 over 3 events")
    kinds = [entry.kind for entry in context.store.house_entries()]
    assert kinds[:2] == ["pause_set", "alarm_raised"]


def test_what_is_stopped_no_longer_decides_and_the_business_goes_on(small_office: Office) -> None:
    """The pause is the same kill switch a person has."""
    context = watching(small_office, LOW_CONFIDENCE)
    doubtful(small_office, 3)
    small_office.pass_time(HOUR)
    watch(context)

    case = small_office.handle("R-9")

    assert case.decided_by_machine == {}


def test_a_few_cases_at_night_alarm_nobody(small_office: Office) -> None:
    """Two odd answers are no behaviour."""
    context = watching(small_office, LOW_CONFIDENCE)
    doubtful(small_office, 2)
    small_office.pass_time(HOUR)

    watch(context)

    assert states(context) == [ReadingState.TOO_FEW]
    assert context.store.pauses_in_force() == []


def test_a_measure_of_the_workflow_stops_its_ai(small_office: Office) -> None:
    """Too many actions have no one agent to blame."""
    context = watching(small_office, MANY_ACTIONS)
    for number in range(3):
        small_office.handle(f"R-{number}")
    small_office.later(31)
    small_office.pass_time(HOUR)

    watch(context)

    [reading] = context.store.readings()
    assert (reading.state, reading.value) == (ReadingState.BREACH, 6.0)
    [found] = context.store.pauses_in_force()
    assert found.scope == PauseScope(kind=ScopeKind.WORKFLOW, workflow="refunds")


def test_a_window_is_read_once(small_office: Office) -> None:
    """A person who lifts the pause is not overruled by the same window."""
    context = watching(small_office, LOW_CONFIDENCE)
    doubtful(small_office, 3)
    small_office.pass_time(HOUR)
    assert watch(context) == 1
    resume(context, SMALL, "lead", "the new model says so on purpose")

    assert watch(context) == 0
    assert context.store.pauses_in_force() == []


def test_two_workers_raise_one_alarm(office: Office) -> None:
    """The lock of a chore may lapse; what keeps it single is the window's own row."""
    doubtful(office, 3)
    office.pass_time(HOUR)
    url = office.store.url

    def once(_: int) -> int:
        with open_store(url) as store:
            return watch(watching(office, LOW_CONFIDENCE, store=store))

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(once, range(4)))

    kinds = [entry.kind for entry in office.store.house_entries()]
    assert sum(done) == 1
    assert kinds.count("alarm_raised") == kinds.count("pause_set") == 1


def test_only_a_person_lets_it_go_on(small_office: Office) -> None:
    """What stopped it is a program, and no program starts anything."""
    context = watching(small_office, LOW_CONFIDENCE)
    doubtful(small_office, 3)
    small_office.pass_time(HOUR)
    watch(context)

    with pytest.raises(PauseRefused):
        resume(context, SMALL, "watch", "fine again")
    with pytest.raises(PauseRefused):
        pause(context, SMALL, "watch", "again")
    assert resume(context, SMALL, "lead", "looked at").lifted_by == "lead"


def test_a_pause_a_person_set_stays_theirs(small_office: Office) -> None:
    """Their reason is the one that has to be answered."""
    context = watching(small_office, LOW_CONFIDENCE)
    doubtful(small_office, 3)
    pause(context, SMALL, "lead", "wrong postings")
    small_office.pass_time(HOUR)

    watch(context)

    [found] = context.store.pauses_in_force()
    assert (found.by, found.reason) == ("lead", "wrong postings")
