"""A few lines to build namespaced XML from nested tuples.

A node is (tag, text or children, attributes); None is left out, so a writer reads like the
document it writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from lxml import etree

Node: TypeAlias = "tuple[str, str | Iterable[Node | None], Mapping[str, str]]"


def node(tag: str, inside: str | Iterable[Node | None], **attributes: str) -> Node:
    """One element; `tag` has its prefix, as in `cbc:ID`."""
    return tag, inside, attributes


def write(root: Node, namespaces: Mapping[str | None, str]) -> bytes:
    """The document as UTF-8 bytes with its declaration."""
    tree = _element(root, namespaces, None)
    return bytes(etree.tostring(tree, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _element(
    made: Node, namespaces: Mapping[str | None, str], parent: etree._Element | None
) -> etree._Element:
    tag, inside, attributes = made
    prefix, _, local = tag.rpartition(":")
    name = f"{{{namespaces[prefix or None]}}}{local}"
    if parent is None:
        found = etree.Element(name, dict(attributes), nsmap=dict(namespaces))
    else:
        found = etree.SubElement(parent, name, dict(attributes))
    if isinstance(inside, str):
        found.text = inside
    else:
        for child in inside:
            if child is not None:
                _element(child, namespaces, found)
    return found
