"""The codec: what was written is what is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interlock.domain.action import Action
from interlock.domain.case import Case, OpenException, ProposalRecord
from interlock.domain.event import Event
from interlock.domain.money import Money
from interlock.domain.review import Decision, EvidencePackage, ReviewTask
from interlock.storage.codec import (
    ACTION,
    CASE,
    DECISION,
    EVENT,
    EVIDENCE,
    OPEN_EXCEPTION,
    TASK,
    Codec,
)

texts = st.text(st.characters(codec="utf-8"), max_size=12)
moments = st.datetimes(timezones=st.just(UTC))
plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
mappings = st.dictionaries(texts, plain, max_size=3)
money = st.builds(
    Money, micros=st.integers(-(10**18), 10**18), currency=st.sampled_from(["EUR", "USD"])
)

st.register_type_strategy(str, texts)
st.register_type_strategy(datetime, moments)
st.register_type_strategy(Money, money)


def whole(kind: type[Any]) -> st.SearchStrategy[Any]:
    """Any value of a dataclass; `Any` and open mappings hold plain JSON values."""
    given_fields: dict[str, st.SearchStrategy[Any]] = {}
    for each in fields(kind):
        name = str(each.type)
        if name == "Any":
            given_fields[each.name] = plain
        elif name.startswith("Mapping[str, Any]"):
            given_fields[each.name] = mappings | st.none() if "None" in name else mappings
        elif name == "float":
            given_fields[each.name] = st.floats(0, 1)
    return st.builds(kind, **given_fields)


st.register_type_strategy(Mapping, mappings)
for _kind in (OpenException, ProposalRecord, Action, ReviewTask, Decision, EvidencePackage, Case):
    st.register_type_strategy(_kind, whole(_kind))


@pytest.mark.parametrize(
    ("codec", "kind"),
    [
        (CASE, Case),
        (TASK, ReviewTask),
        (ACTION, Action),
        (DECISION, Decision),
        (EVIDENCE, EvidencePackage),
        (OPEN_EXCEPTION, OpenException),
    ],
)
@given(data=st.data())
def test_a_value_reads_back_as_it_was_written(
    codec: Codec[Any], kind: type[Any], data: st.DataObject
) -> None:
    """A case that changed by being saved would act on what nobody decided."""
    value = data.draw(whole(kind))

    assert codec.decode(codec.encode(value)) == value
    assert codec.decode_all([codec.encode(value)] * 2) == [value, value]


@pytest.mark.parametrize("kind", get_args(Event), ids=lambda kind: kind.__name__)
@given(data=st.data())
def test_an_event_reads_back_as_its_own_kind(kind: type[Any], data: st.DataObject) -> None:
    """Replay must see the same events that were recorded."""
    event = data.draw(whole(kind))

    again = EVENT.decode(EVENT.encode(event))

    assert type(again) is kind
    assert again == event


def test_nothing_decodes_to_nothing() -> None:
    """An empty page is an empty list."""
    assert CASE.decode_all([]) == []
