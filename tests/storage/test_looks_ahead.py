"""What a look ahead found is kept as it was, and the latest of each kind is what is given."""

from __future__ import annotations

from dataclasses import replace

from interlock.domain.ahead import AheadKind, LookAhead
from interlock.domain.ids import Fingerprint
from interlock.storage import Store
from tests.storage.builders import NOW, WORKFLOW, at

LOOK = LookAhead(
    workflow=WORKFLOW,
    fingerprint=Fingerprint("f" * 64),
    kind=AheadKind.BACKTEST,
    at=NOW,
    by="lead",
    terms="the AI's answers on record",
    lines=(("compared", "12 cases"), ("another queue", "3 of 12 cases; EUR 40.00")),
    numbers={"compared": 12, "kinds": {"other_queue": {"cases": 3, "share": 0.25}}},
)


def test_the_latest_of_each_kind_is_given_as_it_was_kept(store: Store) -> None:
    """The board shows a result of this version, never an older one or one of another version."""
    later = replace(LOOK, at=at(5), terms="the AI asked now")
    ahead = replace(LOOK, kind=AheadKind.SIMULATE, by="")
    for each in (LOOK, ahead, later, replace(later, fingerprint=Fingerprint("e" * 64), at=at(9))):
        store.keep_look_ahead(each)

    found = store.looks_ahead(LOOK.fingerprint)

    assert found == {AheadKind.BACKTEST: later, AheadKind.SIMULATE: ahead}
    assert store.looks_ahead("d" * 64) == {}


def test_each_result_has_its_entry_in_the_house_log(store: Store) -> None:
    """Whoever decides by a forecast can show that it was made, when and by whom."""
    store.keep_look_ahead(LOOK)
    store.keep_look_ahead(replace(LOOK, by=""))

    unnamed, named = store.house_entries(limit=5)

    assert (named.kind, named.actor) == ("looked_ahead", "person:lead")
    assert unnamed.actor == "nobody named"
    assert named.body["fingerprint"] == LOOK.fingerprint
    assert len(str(named.body["digest"])) == 64
    assert store.house_faults() == []
