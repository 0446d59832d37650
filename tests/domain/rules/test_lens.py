"""What is protected is masked wherever it stands, and without a contract nothing is shown."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from interlock.canonical import canonical
from interlock.domain.rules.lens import BLIND, Lens

SECRET = "DE02120300000000202051"
plain = st.recursive(
    st.text(max_size=5) | st.integers() | st.booleans() | st.none(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(before=plain, depth=st.integers(0, 4))
def test_a_protected_value_is_masked_at_any_depth(before: Any, depth: int) -> None:
    """A bank account inside a step's result is still a bank account."""
    value: Any = {"iban": SECRET, "other": before}
    for level in range(depth):
        value = [value] if level % 2 else {"inside": value}

    seen = Lens(secret=frozenset({"iban"})).masked(value)

    assert SECRET not in str(seen)


def test_its_last_letters_tell_two_apart() -> None:
    """A clerk compares two accounts without seeing either."""
    lens = Lens(secret=frozenset({"iban", "pin"}))

    assert lens.masked({"iban": SECRET, "pin": "1234", "name": "Mina"}) == {
        "iban": "…2051",
        "pin": "…",
        "name": "Mina",
    }


@given(value=plain)
def test_without_a_contract_no_value_is_shown(value: Any) -> None:
    """Nobody can say what is protected, so everything is."""
    assert BLIND.brief(value) == "…"
    assert canonical(BLIND.masked({"a": 1, "b": "x"})) == b'{"a":null,"b":null}'
