"""XML bytes to an element tree, for documents from strangers.

One rule: no document type declaration is accepted, so there is no entity to expand and nothing
external to fetch; what remains is bounded by size here and by depth in libxml2.
"""

from __future__ import annotations

from typing import Final
from xml.parsers import expat

from lxml import etree

from interlock.systems.einvoice.refusals import shortened, unknown_shape

# libxml2 refuses a text node over this unless told that huge trees are welcome; a scanned
# attachment may be larger. Source: XML_MAX_TEXT_LENGTH in libxml2's parserInternals.h.
LIBXML_TEXT_LIMIT_BYTES: Final = 10_000_000


def parse(name: str, content: bytes) -> etree._Element:
    """The root element. Raises SchemaChange naming line and column of what is wrong."""
    _refuse_document_type(name, content)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        remove_comments=True,
        remove_pis=True,
        huge_tree=len(content) > LIBXML_TEXT_LIMIT_BYTES,
    )
    try:
        return etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise unknown_shape(name, _broken(error)) from error


def _broken(error: Exception) -> str:
    reason = getattr(error, "msg", None) or str(error)  # both name line and column
    return f"XML that is broken ({shortened(reason, 160)})"


class _RootReached(Exception):
    """The prologue is over; nothing in it was refused."""


class _DocumentTypeSeen(Exception):
    """A document type declaration begins."""


def _refuse_document_type(name: str, content: bytes) -> None:
    """Read the prologue only; libxml2 would read a declaration before we could refuse it."""
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _stop_at_document_type
    parser.StartElementHandler = _stop_at_root
    try:
        parser.Parse(content, True)
    except _RootReached:
        return
    except _DocumentTypeSeen:
        what = "XML with a document type declaration, which invoices never need and attackers use"
        raise unknown_shape(name, what) from None
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise unknown_shape(name, _broken(error)) from error
    raise unknown_shape(name, "XML without a root element")


def _stop_at_document_type(*_: object) -> None:
    raise _DocumentTypeSeen


def _stop_at_root(*_: object) -> None:
    raise _RootReached
