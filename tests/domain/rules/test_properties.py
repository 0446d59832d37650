"""The rules that never bend, over random contracts, models and people."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from interlock.domain.case import CaseState
from interlock.domain.rules.advance import due, replay
from tests.domain.random_play import played
from tests.domain.worlds import approval_contracts, contracts


@settings(max_examples=200)
@given(data=st.data())
def test_nothing_a_model_or_a_person_does_widens_what_may_be_done(data: st.DataObject) -> None:
    """No unlisted action, none over a threshold without its approvals, none from an unsure
    result; a person's step is never run; no case is stuck; the oracle looks at every step."""
    played(data)


@settings(max_examples=200)
@given(data=st.data())
def test_no_action_runs_without_its_approvals(data: st.DataObject) -> None:
    """Fresh, unused, of exactly these arguments, and from enough of the right people, whatever
    fails, gets lost, changes underneath, expires or is passed on in between."""
    played(data, of=approval_contracts())


@settings(max_examples=100)
@given(data=st.data())
def test_silence_never_approves(data: st.DataObject) -> None:
    """With timers, breaches, expiries and escalations but no person's word, whatever once waited
    for a person never gets to an action, and never closes."""
    play = played(data, people=False, of=st.one_of(contracts(), approval_contracts()))

    asked = [place for place, each in enumerate(play.transitions) if each.case.task]
    if asked:
        since = play.transitions[asked[0] :]
        assert not [action for each in since[1:] for action in each.actions if action.attempt]
        assert {each.case.state for each in since} == {CaseState.WAITING}
        assert play.case.outcome is None


@settings(max_examples=100)
@given(data=st.data())
def test_replaying_the_events_gives_the_same_case(data: st.DataObject) -> None:
    """The record is the truth: from it alone the case is what it was."""
    play = played(data)

    assert replay(play.contract, play.history) == play.case


@settings(max_examples=100)
@given(data=st.data())
def test_a_stored_case_is_all_that_is_needed_to_go_on(data: st.DataObject) -> None:
    """After a crash a worker has the case and nothing else; what is due is the same."""
    play = played(data)

    for each in play.transitions:
        copy = replace(each.case)
        assert due(play.contract, copy) == due(play.contract, each.case)
