"""`interlock gate`: how a release stands, what was said of it, and whether that holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from interlock.contracts import load_workflow
from interlock.domain.contract import Stage
from interlock.domain.fact import FactKind
from interlock.domain.release import Release, Stand
from interlock.domain.rules.gate import judge
from interlock.release.evidence import collect, terms_of
from interlock.runtime.context import Context
from interlock.runtime.inline_engine import InlineEngine
from interlock.runtime.workflow import Workflow, Workflows
from interlock.storage import Store, open_store
from interlock.testing.clock import MovingClock
from tests.cli.conftest import DATABASE, MORNING, NAME, Command
from tests.release.town_gate import ERA, a_release, put_release
from tests.storage.builders import a_case, a_fact, opened

EARLIER = MORNING - timedelta(minutes=30)
PRETTIER = {"a": '"stage":"assisted"', "b": '"stage":"shadow"'}


@pytest.fixture
def release(taken_in: Path, monkeypatch: pytest.MonkeyPatch) -> Release:
    """A running release of the scaffolded workflow, at assisted since the morning."""
    contract = load_workflow(taken_in).contract
    stand = Stand(stage=Stage.ASSISTED, era=ERA, since=MORNING - timedelta(hours=1))
    found = a_release(contract, stand=stand)
    monkeypatch.setattr(Store, "running_release", lambda _, name: found, raising=False)
    monkeypatch.setattr(Store, "releases", lambda _, name=None: [found], raising=False)
    return found


@pytest.fixture
def judged(taken_in: Path, release: Release) -> Iterator[Store]:
    """The database after two looks at that release."""
    workflow = Workflow(loaded=load_workflow(taken_in), systems={})
    contract = workflow.contract
    assert contract.gate is not None
    with open_store(DATABASE) as store:
        put_release(store, release)
        context = Context(
            store=store,
            workflows=Workflows([workflow]),
            clock=MovingClock(MORNING),
            engine=InlineEngine(),
        )
        for look in (1, 2):
            evidence = collect(context, release, "", MORNING)
            store.add_verdict(judge(evidence, contract.gate, contract.rollout), look)
        yield store


def test_the_gate_is_shown_line_by_line(cli: Command, release: Release) -> None:
    """An operations lead sees what is missing, in words, and nothing is recorded."""
    said = cli("gate", "show")

    assert said.code == 0, said.err
    assert f"{NAME}: rel_1 at assisted" in said.out
    for line in ("exception_rate <= 0.10", "Takes it back", "Also needed", "of at least 48 hours"):
        assert line in said.out
    assert "hold" in said.out


def test_programs_read_the_gate_as_one_document(cli: Command, release: Release) -> None:
    """The board and monitors read the same values."""
    said = cli("gate", "show", NAME, "--json").json

    [gate] = said["gates"]
    assert gate["verdict"]["decision"] == "hold"
    assert gate["verdict"]["evidence"]["stage"] == "assisted"
    assert said["release"]["id"] == "rel_1"


def test_without_a_release_it_says_what_to_do(
    cli: Command, taken_in: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing to judge is an answer, not a table of nothing."""
    monkeypatch.setattr(Store, "running_release", lambda _, name: None, raising=False)

    said = cli("gate", "show")

    assert said.code != 0
    assert "no release of expenses is running" in said.err


def test_history_lists_the_newest_first(cli: Command, judged: Store) -> None:
    """What was said before, and by which look."""
    said = cli("gate", "history", "rel_1", "--json").json
    words = cli("gate", "history", "rel_1", "--limit", "1")
    nothing = cli("gate", "history", "rel_9")

    assert [each["id"] for each in said["verdicts"]] == [2, 1]
    assert "rel_1.3 at assisted" in words.out
    assert "has said nothing of rel_9" in nothing.out


def test_replay_says_that_every_verdict_comes_out_the_same(cli: Command, judged: Store) -> None:
    """An auditor asks for all of them."""
    one = cli("gate", "replay", "2")
    all_of_them = cli("gate", "replay", "--all")

    assert one.code == 0, one.out + one.err
    assert "1 of 1 verdicts come out the same" in one.out
    assert "2 of 2 verdicts come out the same" in all_of_them.out


def test_replay_finds_what_was_changed(cli: Command, judged: Store) -> None:
    """The exit code is for programs, the words are for people."""
    with judged.engine.begin() as conn:
        conn.execute(text("UPDATE gate_verdict SET body = replace(body, :a, :b)"), PRETTIER)

    said = cli("gate", "replay", "--all")
    document: Any = cli("gate", "replay", "--all", "--json").json

    assert said.code != 0
    assert "the evidence was changed" in said.out
    assert document["ok"] is False


@pytest.mark.parametrize("words", [("replay",), ("replay", "1", "--all"), ("replay", "99")])
def test_an_unclear_replay_is_refused(cli: Command, judged: Store, words: tuple[str, ...]) -> None:
    """Nothing replayed is not everything in order."""
    said = cli("gate", *words)

    assert said.code != 0
    assert said.err


def test_a_release_in_segments_shows_each(
    cli: Command, release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each segment that stands on its own has its own table."""
    own = replace(release.stand, stage=Stage.CANARY)
    split = replace(release, segments={"travel": own})
    monkeypatch.setattr(Store, "running_release", lambda _, name: split, raising=False)

    said = cli("gate", "show", "--json").json
    words = cli("gate", "show", "--segment", "travel")

    assert [each["verdict"]["evidence"]["segment"] for each in said["gates"]] == ["", "travel"]
    assert "at canary, segment travel" in words.out


def test_the_tally_is_held_against_the_facts(
    taken_in: Path, cli: Command, release: Release
) -> None:
    """What is judged by is kept apart from what happened; somebody must be able to compare them."""
    before = cli("gate", "verify")
    with open_store(DATABASE) as store:
        proposed = a_fact(a_case(), FactKind.PROPOSAL_MADE, name="judge", release=ERA, at=EARLIER)
        opened(store, a_case(release=ERA), facts=(proposed,))
        terms = terms_of(load_workflow(taken_in).contract, Stage.ASSISTED)
        assert store.move_tally(ERA, terms, MORNING) == 1
    counted = cli("gate", "verify")
    with open_store(DATABASE) as store, store.engine.begin() as conn:
        conn.execute(text("UPDATE era_count SET hits = 9"))
    changed = cli("gate", "verify", "--json")

    assert (before.code, counted.code, changed.code) == (0, 0, 1)
    assert "no tally serves now" in before.out
    assert "the tally is what the facts come to" in counted.out
    assert "9 in the tally, 1 by the facts" in str(changed.json["tallies"])
