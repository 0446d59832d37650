"""Every icon of the console, drawn on a 16 grid with a 1.5 stroke.

One rule: a page ships only the symbols it uses; a live page ships them all, because a fragment
that comes later may need any of them.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Final

from markupsafe import Markup

ICONS: Final = MappingProxyType(
    {
        "check": '<path d="M3.5 8.5l3 3 6-7"/>',
        "x": '<path d="M4.2 4.2l7.6 7.6M11.8 4.2l-7.6 7.6"/>',
        "pause": '<path d="M5.5 4v8M10.5 4v8"/>',
        "play": '<path d="M5.2 3.4v9.2l7-4.6z"/>',
        "up": '<path d="M8 13V3.6M4 7.6l4-4 4 4"/>',
        "back": '<path d="M6 3.5L3 6.5l3 3M3 6.5h6.7a3.4 3.4 0 0 1 0 6.8H6"/>',
        "clock": '<circle cx="8" cy="8" r="6"/><path d="M8 4.6V8l2.4 1.6"/>',
        "warn": '<path d="M8 2.4l6.2 11H1.8zM8 6.6v3.2M8 11.7v.01"/>',
        "info": '<circle cx="8" cy="8" r="6"/><path d="M8 7.4v3.4M8 5.1v.01"/>',
        "search": '<circle cx="7" cy="7" r="4.5"/><path d="M10.4 10.4L14 14"/>',
        "edit": '<path d="M10.6 2.9l2.5 2.5-7.2 7.2-3 .5.5-3z"/>',
        "escalate": '<path d="M4.4 11.6l7-7M5.8 4.4h5.8v5.8"/>',
        "ask": (
            '<circle cx="8" cy="8" r="6"/><path d="M6.3 6.3a1.75 1.75 0 1 1 2.5 '
            '1.6c-.6.3-.8.7-.8 1.3M8 11.2v.01"/>'
        ),
        "doc": '<path d="M4 2.2h5.2l3 3v8.6H4zM9 2.2v3.2h3.2"/>',
        "lock": (
            '<rect x="3.5" y="7" width="9" height="6.5" rx="1.5"/><path d="M5.6 7V5a2.4 '
            '2.4 0 0 1 4.8 0v2"/>'
        ),
        "eyeoff": (
            '<path d="M3 3l10 10M6.2 4A7 7 0 0 1 8 3.7c4 0 6.5 4.3 6.5 4.3a12 12 0 0 1-1.7 '
            "2.2M10 11.9a6 6 0 0 1-2 .4C4 12.300 1.500 8 1.500 8a11.500 11.500 0 0 1 "
            '2.300-2.700"/>'
        ),
        "two": (
            '<circle cx="5.6" cy="5.4" r="2.3"/><path d="M1.5 13c.4-2.700 2-3.900 '
            "4.100-3.900s3.700 1.200 4.100 3.900M10.300 3.300a2.300 2.300 0 0 1 0 "
            '4.200M11.600 9.300c1.700.3 2.700 1.600 3 3.700"/>'
        ),
        "person": (
            '<circle cx="8" cy="5.200" r="2.600"/><path d="M3 13.600c.5-3 2.500-4.300 '
            '5-4.300s4.500 1.300 5 4.300"/>'
        ),
        "shield": (
            '<path d="M8 1.900l5 1.900v4c0 3-2 5.100-5 '
            '6.300-3-1.200-5-3.300-5-6.300v-4z"/><path d="M5.800 7.900l1.600 1.600 '
            '2.900-3.200"/>'
        ),
        "down": '<path d="M8 2.500v8M4.500 7.300L8 10.800l3.500-3.500M3 13.500h10"/>',
        "filter": '<path d="M2.500 4.500h11M4.500 8h7M6.500 11.500h3"/>',
        "comment": '<path d="M2.500 3.200h11v7.300H7.600l-3 2.700v-2.700H2.500z"/>',
        "menu": '<path d="M2.500 4.500h11M2.500 8h11M2.500 11.500h11"/>',
        "right": '<path d="M6 3.500L10.500 8 6 12.500"/>',
        "left": '<path d="M10 3.500L5.500 8l4.500 4.500"/>',
        "stop": (
            '<path d="M5.500 1.900h5l3.600 3.600v5l-3.600 '
            '3.600h-5l-3.600-3.600v-5z"/><path d="M6.400 5.800v4.400M9.600 5.800v4.400"/>'
        ),
        "act": '<path d="M2.500 8h7.800M7 4.700L10.300 8 7 11.300M13.500 3.500v9"/>',
        "ai": (
            '<path d="M8 1.900l5.300 3.050v6.100L8 14.100l-5.300-3.050v-6.100z"/><circle '
            'cx="8" cy="8" r="1.700" fill="currentColor" stroke="none"/>'
        ),
        "m-deterministic": (
            '<rect x="2.200" y="2.200" width="11.600" height="11.600" rx="1.500"/><path '
            'd="M5.200 6.300h5.600M5.200 9.700h5.600"/>'
        ),
        "m-assistive": (
            '<circle cx="8" cy="8" r="5.800"/><path d="M8 2.200a5.800 5.800 0 0 1 0 '
            '11.600z" fill="currentColor" stroke="none"/>'
        ),
        "m-agentic": (
            '<path d="M8 1.900l5.300 3.050v6.100L8 14.100l-5.300-3.050v-6.100z" '
            'fill="currentColor"/>'
        ),
        "m-human_owned": (
            '<circle cx="8" cy="5.200" r="2.600"/><path d="M3 13.600c.5-3 2.500-4.300 '
            '5-4.300s4.500 1.300 5 4.300"/>'
        ),
        "link": (
            '<path d="M6.700 9.300a2.600 2.600 0 0 0 3.700 0l2.300-2.300a2.600 2.600 0 0 '
            "0-3.700-3.700l-.7.7M9.300 6.700a2.600 2.600 0 0 0-3.700 0L3.300 9a2.600 2.600 "
            '0 0 0 3.700 3.700l.7-.7"/>'
        ),
        "dot": '<circle cx="8" cy="8" r="2.500"/>',
        "ring": '<circle cx="8" cy="8" r="5.500"/>',
        "wait": '<path d="M3.500 8v.01M8 8v.01M12.500 8v.01" stroke-width="2.200"/>',
        "mail": (
            '<rect x="2" y="3.500" width="12" height="9" rx="1.500"/><path d="M2.500 '
            '4.500L8 8.700l5.500-4.200"/>'
        ),
        "flask": (
            '<path d="M6.300 2.300h3.400M6.900 2.300v4L3.300 12.200a1 1 0 0 0 .9 '
            '1.500h7.600a1 1 0 0 0 .9-1.500L9.100 6.300v-4M5.200 9.700h5.600"/>'
        ),
        "print": (
            '<path d="M4.500 6V2.500h7V6M4.500 11.500h-2V6.200h11v5.300h-2M4.500 9.500h7v4h-7z"/>'
        ),
        "keys": (
            '<rect x="1.500" y="4" width="13" height="8.500" rx="1.500"/><path d="M4.500 '
            '7v.01M8 7v.01M11.500 7v.01M5.500 10h5"/>'
        ),
        "plus": '<path d="M8 3.500v9M3.500 8h9"/>',
        "equal": '<path d="M4 6.200h8M4 9.800h8"/>',
        "hand": '<path d="M2.500 8h8M7.500 4.500L11 8l-3.500 3.500M13.500 3v10"/>',
        "swap": (
            '<path d="M3 5.500h9M9.500 3L12 5.500 9.500 8M13 10.500H4M6.500 8L4 10.500 6.500 13"/>'
        ),
        "star": (
            '<path d="M8 2.300l1.700 3.600 3.900.5-2.900 2.700.8 '
            '3.900L8 11.100 4.500 13l.8-3.900L2.400 6.400l3.900-.5z"/>'
        ),
        "out": ('<path d="M9.500 3H3.500v10h6M7 8h7M11.500 5.300L14.200 8l-2.700 2.700"/>'),
        "gear": (
            '<path d="M2.500 5h7M12 5h1.500M2.500 11H4M6.500 11h7"/><circle '
            'cx="10.700" cy="5" r="1.400"/><circle cx="5.200" cy="11" r="1.400"/>'
        ),
        "list": (
            '<path d="M5.500 4h8M5.500 8h8M5.500 12h8M2.500 4v.01M2.500 8v.01M2.500 12v.01"/>'
        ),
    }
)

_USED: Final = re.compile(r'#i-([\w-]+)"')


def sprite(html: str, *, everything: bool = False) -> Markup:
    """The hidden drawing that holds the symbols a page uses, or all of them."""
    names = sorted(ICONS if everything else set(_USED.findall(html)) & set(ICONS))
    symbols = "".join(
        f'<symbol id="i-{name}" viewBox="0 0 16 16">{ICONS[name]}</symbol>' for name in names
    )
    return Markup(f'<svg hidden xmlns="http://www.w3.org/2000/svg">{symbols}</svg>')
