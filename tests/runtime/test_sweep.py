"""The sweep: what time brings about, each thing exactly once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from interlock.domain.case import CaseState, WaitsFor
from interlock.domain.review import Verb
from interlock.runtime.commands import answer_question, ask_question, claim_task
from interlock.runtime.sweep import Swept, sweep
from tests.runtime.office import WORKER, Office

NOTHING = Swept()


def test_before_its_time_nothing_happens(office: Office) -> None:
    """A timer fires when it is due, not when somebody looks."""
    office.handle()

    early = office.later(29.99)

    assert early == NOTHING
    assert not early.anything
    assert office.case("R-1").waits_for is WaitsFor.HOLD


def test_a_timer_fires_once(office: Office) -> None:
    """The second look finds it done."""
    office.handle()

    first = office.later(30)
    second = office.later(0)

    assert (first.timers, second) == (1, NOTHING)
    assert office.events().count("timer_fired") == 1
    assert office.case("R-1").state is CaseState.CLOSED


def test_many_timers_fire_in_one_sweep(office: Office) -> None:
    """They share one transaction, and each has an entry of its own."""
    for number in range(5):
        office.send(f"R-{number}")
    office.run()

    swept = office.later(30)

    assert swept.timers == 5
    assert all(office.is_paid(f"R-{number}") for number in range(5))


def test_of_two_sweepers_at_once_each_thing_is_done_once(office: Office) -> None:
    """A machine more changes nothing but who does it."""
    for number in range(4):
        office.handle(f"R-{number}")
    office.shop.confidence["R-9"] = 0.5
    office.handle("R-9")
    office.pass_time(60)

    with ThreadPoolExecutor(2) as both:
        swept = list(both.map(lambda who: sweep(office.context, who), ("worker-1", "worker-2")))
    office.run()

    assert sum(each.timers for each in swept) == 4
    assert sum(each.tasks for each in swept) == 1
    for number in range(4):
        assert office.events(f"R-{number}").count("timer_fired") == 1
        assert office.is_paid(f"R-{number}")
    assert office.events("R-9").count("review_escalated") == 1


def test_sweepers_that_overlap_without_a_lock_still_do_each_thing_once(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lock saves work; what is right does not rest on it."""
    monkeypatch.setattr(office.store, "sweep_lock", lambda *_: True)
    for number in range(4):
        office.handle(f"R-{number}")
    office.pass_time(30)

    with ThreadPoolExecutor(4) as several:
        swept = list(several.map(lambda n: sweep(office.context, f"worker-{n}"), range(4)))
    office.run()

    assert sum(each.timers for each in swept) == 4
    assert all(office.events(f"R-{n}").count("timer_fired") == 1 for n in range(4))


def test_another_worker_sweeps_only_when_the_first_is_silent(small_office: Office) -> None:
    """One at a time is enough."""
    small_office.handle()
    small_office.pass_time(30)
    assert small_office.store.sweep_lock("sweep", "worker-2", 60)

    swept = sweep(small_office.context, WORKER)

    assert swept == NOTHING


def test_a_ready_case_that_nobody_works_on_is_found_again(office: Office) -> None:
    """What an engine forgets, or a crash swallowed, is in the case itself."""
    office.send()
    office.engine.stop()

    found = sweep(office.context, WORKER)
    office.run()

    assert found.found == 1
    assert office.case("R-1").waits_for is WaitsFor.HOLD


def test_a_case_that_somebody_alive_works_on_is_left_alone(office: Office) -> None:
    """Found twice would be worked on twice."""
    sent = office.send()
    office.engine.stop()
    office.store.beat("worker-2", version="test")
    office.store.claim("worker-2", [sent.case_id])

    assert sweep(office.context, WORKER) == NOTHING

    office.store.retire("worker-2")
    assert sweep(office.context, WORKER).found == 1


def test_a_question_stops_the_deadline_and_the_lease(office: Office) -> None:
    """While a customer is asked, nobody is late and nobody loses the task."""
    office.shop.confidence["R-1"] = 0.5
    office.handle()
    task = office.task().id
    claim_task(office.context, task, "ben")
    ask_question(office.context, task, "ben", "Which shop?")

    assert office.later(60 * 24 * 30) == NOTHING

    answer_question(office.context, task, "customer", "Bern")
    assert office.task().held_by == "ben"
    assert office.later(60).tasks == 1
    assert office.task().queue == "lead"


def test_late_at_the_end_of_the_chain_is_marked_once(small_office: Office) -> None:
    """One breach is one breach, however often the sweep comes by."""
    small_office.shop.confidence["R-1"] = 0.5
    small_office.handle()
    for _ in range(6):
        small_office.later(60)

    assert small_office.events().count("review_escalated") == 3
    assert small_office.events().count("review_breached") == 1


def test_a_task_that_is_late_and_whose_lease_is_over_goes_on_along_its_chain(
    small_office: Office,
) -> None:
    """The weightier of two clocks counts; the holder's lease ends with it."""
    small_office.shop.confidence["R-1"] = 0.5
    small_office.handle()
    claim_task(small_office.context, small_office.task().id, "ben")

    small_office.later(60)

    assert small_office.task().queue == "lead"
    assert small_office.task().held_by is None
    assert small_office.events()[-1] == "review_escalated"


def test_a_sweep_that_comes_after_a_decision_moves_nothing(small_office: Office) -> None:
    """A deadline of what is decided is nobody's."""
    small_office.shop.confidence["R-1"] = 0.5
    small_office.handle()
    small_office.decide("R-1", "ben", Verb.REJECT, reason_code="unclear")

    assert small_office.later(60 * 24) == NOTHING


def test_cases_of_a_contract_that_is_not_loaded_are_left_for_others(small_office: Office) -> None:
    """A sweep must not stumble over what it does not know."""
    small_office.handle("R-1")
    small_office.shop.confidence["R-2"] = 0.5
    small_office.handle("R-2")
    small_office.pass_time(60)

    swept = sweep(small_office.without_workflows(), WORKER)

    assert (swept.timers, swept.tasks) == (0, 0)
    assert small_office.later(0).timers == 1
