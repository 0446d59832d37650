"""The audit chain: whatever is done to it afterwards is found."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from interlock.domain.audit import GENESIS, AuditEntry, chain_faults, commitment_to, seal
from interlock.domain.ids import CaseId
from interlock.testing.builders import MORNING

CASE = CaseId("case_1")
texts = st.text(max_size=6)
payloads = st.one_of(
    texts,
    st.none(),
    st.integers(0, 999),
    st.dictionaries(texts, st.one_of(texts, st.integers(0, 9)), max_size=2),
)


def a_chain(payload_list: list[Any], case: CaseId = CASE) -> list[AuditEntry]:
    """A chain with one entry a payload."""
    chain: list[AuditEntry] = []
    for place, payload in enumerate(payload_list):
        entry = seal(
            case_id=case,
            seq=place + 1,
            at=MORNING + timedelta(minutes=place),
            actor="worker",
            kind="step_returned",
            body={"place": place},
            payload=payload,
            salt=f"salt{place}",
            previous=chain[-1].hash if chain else GENESIS,
        )
        chain.append(entry)
    return chain


def faults(found: list[AuditEntry], written: list[AuditEntry]) -> list[str]:
    """What is wrong with what was found, by the length and head its case was recorded with."""
    head = written[-1].hash if written else GENESIS
    return [f.what for f in chain_faults(CASE, found, length=len(written), head=head)]


chains = st.lists(payloads, min_size=1, max_size=5).map(a_chain)


@given(chain=chains)
def test_a_chain_that_nobody_touched_is_whole(chain: list[AuditEntry]) -> None:
    """Otherwise nobody would believe the alarm."""
    assert faults(chain, chain) == []


def test_the_chain_of_nothing_is_whole() -> None:
    """A case of which nothing was recorded."""
    assert faults([], []) == []


@given(chain=chains, data=st.data())
def test_any_edit_is_found(chain: list[AuditEntry], data: st.DataObject) -> None:
    """Every field of every entry, the private part with its salt included."""
    place = data.draw(st.integers(0, len(chain) - 1))
    changes: dict[str, st.SearchStrategy[Any]] = {
        "case_id": texts,
        "seq": st.integers(-1, 9),
        "at": st.integers(1, 9).map(lambda days: MORNING - timedelta(days=days)),
        "actor": texts,
        "kind": texts,
        "body": st.dictionaries(texts, texts, max_size=2),
        "commitment": texts,
        "previous": texts,
        "hash": texts,
        "payload": payloads,
        "salt": texts,
    }
    name = data.draw(st.sampled_from(sorted(changes)))
    edited = replace(chain[place], **{name: data.draw(changes[name])})
    assume(edited != chain[place])

    assert faults([*chain[:place], edited, *chain[place + 1 :]], chain)


@given(chain=chains, forged=payloads, salt=st.one_of(st.none(), texts), data=st.data())
def test_a_forged_private_part_is_found_with_or_without_its_salt(
    chain: list[AuditEntry], forged: Any, salt: str | None, data: st.DataObject
) -> None:
    """Taking the salt away must not make a forged payload look erased."""
    place = data.draw(st.integers(0, len(chain) - 1))
    edited = replace(chain[place], payload=forged, salt=salt)
    assume(forged is not None and edited != chain[place])

    assert faults([*chain[:place], edited, *chain[place + 1 :]], chain)


@given(chain=chains, data=st.data())
def test_any_deletion_is_found(chain: list[AuditEntry], data: st.DataObject) -> None:
    """At the start, in the middle, or at the end, which only the case's own count shows."""
    place = data.draw(st.integers(0, len(chain) - 1))

    assert faults([*chain[:place], *chain[place + 1 :]], chain)


@given(chain=chains, length=st.integers(0, 4))
def test_any_truncation_is_found(chain: list[AuditEntry], length: int) -> None:
    """However neatly the rest holds together."""
    assume(length < len(chain))

    assert faults(chain[:length], chain)


@given(chain=chains, data=st.data())
def test_any_reordering_is_found(chain: list[AuditEntry], data: st.DataObject) -> None:
    """Each entry has its place in its own hash."""
    shuffled = data.draw(st.permutations(chain))
    assume(shuffled != chain)

    assert faults(list(shuffled), chain)


@given(chain=chains, forged=payloads)
def test_an_added_entry_is_found(chain: list[AuditEntry], forged: Any) -> None:
    """It may follow rightly, with a right hash: the case did not count it."""
    more = a_chain([*(entry.payload for entry in chain), forged])

    assert faults(more, chain)


@given(chain=chains, others=st.lists(payloads, min_size=1, max_size=5))
def test_a_chain_written_anew_is_found(chain: list[AuditEntry], others: list[Any]) -> None:
    """All hashes right, and another head than the case was recorded with."""
    forged = a_chain(others)
    assume([e.payload for e in forged] != [e.payload for e in chain])

    assert faults(forged, chain)


def test_another_cases_chain_is_not_this_cases() -> None:
    """Each is whole in itself; put in the other's place it is not."""
    foreign = a_chain(["a"], CaseId("case_2"))

    assert faults(foreign, foreign) == ["it belongs to case case_2"]


@given(chain=chains)
def test_erasing_the_private_part_breaks_nothing(chain: list[AuditEntry]) -> None:
    """Personal data can go; that something was there, and what was public, stays proven."""
    erased = [replace(entry, payload=None, salt=None) for entry in chain]

    assert faults(erased, chain) == []


def test_salt_and_payload_cannot_be_shifted_into_each_other() -> None:
    """A commitment covers where one ends and the other begins."""
    assert commitment_to(23, "salt1") != commitment_to(123, "salt")
    assert commitment_to('b":1}', 's"a') != commitment_to('a"b":1}', 's"')
