"""The invoice XML embedded in a hybrid PDF (Factur-X, ZUGFeRD 2, XRechnung).

One rule: the embedded file is the invoice; what is printed on the pages is never read.
"""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final

from pypdf import PdfReader

from interlock.domain.exceptions import SchemaChange
from interlock.systems.einvoice.refusals import shortened, unknown_shape

# The names the standards give the embedded file, most trusted first.
# Source: Factur-X 1.0 (ZUGFeRD 2.x) §6.2.1; XRechnung 3.0; ZUGFeRD 1.0 §3.
INVOICE_FILE_NAMES: Final = ("factur-x.xml", "xrechnung.xml", "zugferd-invoice.xml")
MAX_EMBEDDED_FILES: Final = 100


def embedded_xml(name: str, content: bytes) -> tuple[tuple[str, bytes], ...]:
    """The embedded XML files as (name, bytes), those with a standard's name first.

    Raises: SchemaChange when the PDF cannot be opened or has no XML inside.
    """
    try:
        found = _xml_files(PdfReader(io.BytesIO(content)))
    except SchemaChange:
        raise
    except Exception as error:  # a broken PDF makes the library raise whatever it stumbles over
        kind = f"{type(error).__name__}: {error}"
        raise unknown_shape(name, f"a PDF that is broken ({shortened(kind, 120)})") from error
    if not found:
        raise unknown_shape(name, "a PDF without an embedded invoice, so only a picture of one")
    return tuple(sorted(found, key=_trust))


def _trust(file: tuple[str, bytes]) -> int:
    name = file[0].lower()
    return INVOICE_FILE_NAMES.index(name) if name in INVOICE_FILE_NAMES else len(INVOICE_FILE_NAMES)


def _xml_files(reader: PdfReader) -> list[tuple[str, bytes]]:
    if reader.is_encrypted:
        reader.decrypt("")  # many PDFs are encrypted with no password, only to forbid printing
    found: dict[str, bytes] = {}
    for name, load in itertools.islice(_embedded(reader), MAX_EMBEDDED_FILES):
        if name in found:
            continue
        embedded = load()
        if name.lower().endswith(".xml") or embedded.lstrip()[:1] == b"<":
            found[name] = embedded
    return list(found.items())


def _embedded(reader: PdfReader) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Names and loaders: the list of attachments, then the associated files of PDF/A-3."""
    for name, contents in reader.attachments.items():
        if contents:
            yield str(name), partial(bytes, contents[0])
    root: Any = reader.trailer["/Root"]
    if "/AF" not in root:
        return
    for reference in root["/AF"]:
        file = reference.get_object()
        name = file["/UF"] if "/UF" in file else file["/F"]
        yield str(name), file["/EF"]["/F"].get_data
