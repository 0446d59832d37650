"""A contract's kept text, read for the few things a case file says of it.

One rule: only names are read here; whoever wants the contract itself loads it with `contracts`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError


def contract_of(text: str) -> Mapping[str, Any]:
    """What the text says, by key; nothing when it is no contract. JSON is YAML too."""
    try:
        value = YAML(typ="safe", pure=True).load(text)
    except (YAMLError, ValueError, TypeError, RecursionError):
        return {}
    return value if isinstance(value, Mapping) else {}


def protected_in(contract: Mapping[str, Any]) -> frozenset[str]:
    """The names of the fields that this contract protects, in its cases and in its systems."""
    holders = [contract.get("case"), *_values(contract.get("systems"))]
    return frozenset(name for holder in holders for name in _names(holder))


def people_in(contract: Mapping[str, Any]) -> dict[str, str]:
    """The names of its people by id."""
    people = contract.get("people")
    pairs = people.items() if isinstance(people, Mapping) else ()
    return {
        str(who): str(each["name"])
        for who, each in pairs
        if isinstance(each, Mapping) and each.get("name")
    }


def _values(value: Any) -> Iterator[Any]:
    if isinstance(value, Mapping):
        yield from value.values()


def _names(holder: Any) -> Iterator[str]:
    found = holder.get("protected") if isinstance(holder, Mapping) else None
    if isinstance(found, str):
        yield found
    elif isinstance(found, list | tuple):
        yield from (str(each) for each in found)
