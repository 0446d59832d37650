"""Canonical JSON: RFC 8785, whichever way it is made, and digests that stay."""

from __future__ import annotations

import json
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from interlock.canonical import SAFE_INTEGER, canonical, content_digest, derived_id, digest

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-SAFE_INTEGER, SAFE_INTEGER),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(),
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text(), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(value=values)
def test_every_json_value_has_its_rfc_8785_text(value: Any) -> None:
    """The short way for common values gives the same bytes as the long one, or chains break."""
    assert canonical(value) == rfc8785.dumps(value)


@given(value=values)
def test_the_text_means_the_same_value(value: Any) -> None:
    """A canonical text is still JSON. (Whole floats read back as integers, which is the same.)"""
    assert json.loads(canonical(value), parse_int=float) == value


@given(value=st.dictionaries(st.text(), scalars, min_size=2))
def test_the_order_of_keys_does_not_matter(value: dict[str, Any]) -> None:
    """Two systems that build the same object in another order get the same digest."""
    turned = dict(reversed(value.items()))

    assert digest(turned) == digest(value)


@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        float("inf"),
        SAFE_INTEGER + 1,
        -SAFE_INTEGER - 1,
        [2**60],
        {"a": 2**60},
        b"bytes",
        {"a": object()},
        "\ud800",
        {"\ud800": 1},
        ["\udfff"],
    ],
)
def test_what_has_no_canonical_form_is_refused(value: Any) -> None:
    """A digest of something that others read differently would prove nothing."""
    with pytest.raises(ValueError, match="use plain JSON values"):
        canonical(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 1, "a": [True, None]}, '{"a":[true,null],"b":1}'),
        ({"€": 1, "a": 2}, '{"a":2,"€":1}'),
        ({"\U0001f600": 1, "\ufb33": 2}, '{"😀":1,"\ufb33":2}'),  # by UTF-16, not by letter
        (1e21, "1e+21"),
        (0.1, "0.1"),
        (-0.0, "0"),
        (10.0, "10"),
        ("\x7f\u2028/\x1f", '"\x7f\u2028/\\u001f"'),
        ((1, "a"), '[1,"a"]'),
    ],
)
def test_known_texts(value: Any, text: str) -> None:
    """Written out by the rules of the RFC."""
    assert canonical(value) == text.encode()


def test_digests_never_change_between_versions() -> None:
    """Chains of years ago must verify; these were computed once and are fixed."""
    value = {"id": "case_1", "amounts": [1, 2.5], "name": "Müller"}

    assert digest(value) == "5a88a3e4857a3b3939f0b159a810c2f6cfd36c1c0ccc990ce2ce5f14f157d710"
    assert derived_id("act", "case_1", "pay", 1) == "act_407afb76411b5d9dde89"
    assert content_digest(b"") == (
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    )


parts = st.lists(st.text(alphabet="ab"), min_size=1, max_size=4)


@given(a=parts, b=parts)
def test_derived_ids_are_the_same_exactly_when_their_parts_are(a: list[str], b: list[str]) -> None:
    """A replay lands on the same row, and two things never share one."""
    assert (derived_id("x", *a) == derived_id("x", *b)) == (a == b)
