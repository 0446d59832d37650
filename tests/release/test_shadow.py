"""A watched AI: run beside the real handling, hidden from it, never in its way, and compared."""

from __future__ import annotations

import json

import pytest

from interlock.domain.authoring import ActionRequest, Proposal
from interlock.domain.case import Case, CaseState, ShadowRecord
from interlock.domain.contract import Stage
from interlock.domain.fact import FactKind
from interlock.domain.rules.lens import Lens
from interlock.domain.rules.shown import shown_case
from interlock.papers.case_file.programs import for_programs
from interlock.papers.case_file.record import case_record
from interlock.papers.case_file.redaction import Redactor
from interlock.papers.timeline import timeline
from interlock.release.agreement import agreement, disagreements
from tests.release.rollouts import running, started
from tests.runtime.office import Office

SECRET = "the model alone says this"


def says(
    office: Office, *, accept: bool, reason: str = SECRET, actions: tuple[ActionRequest, ...] = ()
) -> None:
    """What the model says of R-1."""
    value = {"accept": accept, "reason": reason}
    proposal = Proposal(value=value, confidence=0.9, evidence={}, actions=actions, model="small-1")
    office.shop.answers["judge", "R-1"] = proposal


def watched(case: Case) -> ShadowRecord:
    """What is on record of the watched step."""
    [record] = case.shadows.values()
    return record


def test_the_case_is_handled_without_the_ai_and_the_two_are_compared(office: Office) -> None:
    """Agreement is measured before anything is trusted."""
    started(office, Stage.SHADOW)
    says(office, accept=True, reason="by rule")

    case = office.handle("R-1", 100)

    assert case.outputs["judge"] == {"accept": True, "reason": "by rule"}
    assert case.decided_by_machine == {}
    assert (watched(case).agrees, watched(case).differs) == (True, ())
    found = [each for each in office.store.facts() if each.kind is FactKind.SHADOW_COMPARED]
    assert [(each.name, each.detail, each.release) for each in found] == [
        ("judge", "same", case.release)
    ]


def test_what_differs_is_named_field_by_field(small_office: Office) -> None:
    """Whoever reads disagreements wants to see what about."""
    started(small_office, Stage.SHADOW)
    says(small_office, accept=False, reason="by rule")

    case = small_office.handle("R-1", 100)

    assert (watched(case).agrees, watched(case).differs) == (False, ("accept",))


def test_its_actions_are_recorded_and_never_executed(small_office: Office) -> None:
    """Nothing a watched AI asks for reaches a system."""
    started(small_office, Stage.SHADOW)
    says(small_office, accept=True, actions=(ActionRequest(action="note", arguments={}),))

    case = small_office.handle("R-1", 100)

    assert [each.action for each in watched(case).requests] == ["note"]
    assert "actions" in watched(case).differs
    assert small_office.shop.notes == []
    assert "note" not in [each.name for each in case.actions]


@pytest.mark.parametrize(
    ("trouble", "said"), [(RuntimeError("broken"), "RuntimeError"), (5.0, "too slow")]
)
def test_one_that_fails_or_is_slow_is_never_in_the_way(
    small_office: Office, trouble: Exception | float, said: str
) -> None:
    """At most its own time limit, once; the real handling begins all the same."""
    started(small_office, Stage.SHADOW)
    small_office.shop.trouble("judge", "R-1", trouble)

    case = small_office.handle("R-1", 100)

    assert case.outputs["judge"] == {"accept": True, "reason": "by rule"}
    assert watched(case).error == said
    assert small_office.shop.met["judge"] == 1
    [fact] = [each for each in small_office.store.facts() if each.kind == "shadow_compared"]
    assert fact.detail == "failed"


def test_while_the_case_is_open_nobody_is_shown_what_it_said(small_office: Office) -> None:
    """Somebody who knows the AI's answer is no measure of it any more."""
    started(small_office, Stage.SHADOW)
    says(small_office, accept=False)

    case = small_office.handle("R-1", 450)

    assert case.state is CaseState.WAITING
    assert watched(case).value["reason"] == SECRET
    store, now = small_office.store, small_office.clock.now()
    assert SECRET not in json.dumps(dict(store.evidence(small_office.task().id).content))
    assert shown_case(case).shadows == {}
    lens = Lens(secret=frozenset(), sees_all=True)
    assert SECRET not in str(timeline(store.entries(case.id), now=now, lens=lens))
    record = case_record(store, case.id, "auditor", now)
    paper = for_programs(record, Redactor(lens, record), now)
    assert SECRET not in json.dumps(paper)
    [told] = disagreements(store, running(small_office))
    assert (told.said, told.differs) == (None, ())


def test_agreement_stands_with_its_sample_and_interval(small_office: Office) -> None:
    """One case is hardly anything, and the interval says so."""
    started(small_office, Stage.SHADOW)
    small_office.shop.answers["judge", "R-1"] = None
    small_office.handle("R-1", 100)

    [found] = agreement(small_office.store, running(small_office))

    assert (found.step, found.same, found.compared) == ("judge", 0, 1)
    assert found.low == 0.0
    assert found.high > 0.5
