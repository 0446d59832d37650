"""The first bytes that tell common files that are no invoices, so that a refusal can name them.

One rule: a signature is matched only where its format puts it, at the start.
"""

from __future__ import annotations

import re
from typing import Final

BYTE_ORDER_MARKS: Final = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_SIGNATURES: Final = (
    (b"PK\x03\x04", "a ZIP archive or an Office document; unpack it or export it first"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"\x89PNG", "an image (PNG)"),
    (b"\xff\xd8\xff", "an image (JPEG)"),
    (b"GIF8", "an image (GIF)"),
    (b"II*\x00", "an image (TIFF)"),
    (b"MM\x00*", "an image (TIFF)"),
    (b"RIFF", "an image or a recording (RIFF)"),
    (b"\x1f\x8b", "a gzip archive; unpack it first"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive; unpack it first"),
    (b"Rar!", "a RAR archive; unpack it first"),
    (b"\xd0\xcf\x11\xe0", "an old Office document or an Outlook message"),
    (b"{\\rtf", "a text document (RTF)"),
    (b"0\x82", "a signed envelope (PKCS#7); take the invoice out of it first"),
    (b"0\x80", "a signed envelope (PKCS#7); take the invoice out of it first"),
    (b"-----BEGIN ", "a PEM envelope; take the invoice out of it first"),
    (b"UNA", "an EDIFACT message"),
    (b"UNB+", "an EDIFACT message"),
    (b"%!PS", "a PostScript document"),
)
# A header field of mail, then another or its folded continuation. Source: RFC 5322 §2.2.
_MAIL: Final = re.compile(
    rb"(?:From \S+ [^\r\n]*\r?\n)?"
    rb"(?:ARC-[a-z-]+|Authentication-Results|Content-Type|Date|Delivered-To|DKIM-Signature|From"
    rb"|Message-ID|MIME-Version|Received|Reply-To|Return-Path|Sender|Subject|To|X-[a-z-]+)"
    rb":[ \t][^\r\n]*\r?\n(?:[ \t]+\S|[a-z][a-z0-9-]*:)",
    re.IGNORECASE,
)


def known_other_kind(content: bytes) -> str | None:
    """What the document is, when it is none of the kinds that are read; otherwise None."""
    if not content.strip(b"\xef\xbb\xbf \t\r\n\x00"):
        return "an empty file"
    for signature, kind in _SIGNATURES:
        if content.startswith(signature):
            return kind
    if _MAIL.match(content.lstrip()):
        return "an e-mail message; give its attachments one by one"
    return None
