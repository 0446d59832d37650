"""Fonts for a PDF that may hold any name: found on the machine, or in a package.

One rule: a letter that no font at hand has becomes a box or a question mark and is counted,
never dropped.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

FACE: Final = "text"
MONO: Final = "mono"
MISSING: Final = "□"
MISSING_IN_CORE: Final = "?"
PLACES: Final = ("fonts", "fonts/truetype/dejavu", "fonts/dejavu", "fonts/TTF", "fonts/truetype")
DEJAVU: Final = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "DejaVuSansMono.ttf")
NOTO_PACKAGE: Final = "fontpkg_noto_sans"
NOTO_FILE: Final = "NotoSans[wdth,wght].ttf"
REGULAR: Final = 400
BOLD: Final = 700


class Faces:
    """The fonts of one PDF, and which letters they have."""

    def __init__(self, pdf: Any) -> None:
        self.text, self.mono, self.is_core, self.left_out = FACE, FACE, False, 0
        dejavu, noto = _dejavu(), _noto()
        if dejavu:
            regular, bold, mono = dejavu
            pdf.add_font(FACE, "", regular)
            pdf.add_font(FACE, "B", bold)
            pdf.add_font(MONO, "", mono)
            self.mono = MONO
        elif noto:
            pdf.add_font(FACE, "", noto, variations={"wght": REGULAR})
            pdf.add_font(FACE, "B", noto, variations={"wght": BOLD})
        else:
            self.text, self.mono, self.is_core = "helvetica", "courier", True
        fonts = [] if self.is_core else [pdf.fonts[FACE]]
        self._letters = frozenset(code for font in fonts for code in font.cmap)

    def shown(self, text: str) -> str:
        """The text with a sign for every letter that cannot be printed."""
        return "".join(self._letter(each) for each in text)

    def _letter(self, letter: str) -> str:
        if self.is_core:
            if letter in "\n" or _is_latin(letter):
                return letter
            self.left_out += 1
            return _PLAIN.get(letter, MISSING_IN_CORE)
        if letter in "\n\t" or ord(letter) in self._letters:
            return letter.replace("\t", "    ")
        self.left_out += 1
        known = MISSING if ord(MISSING) in self._letters else MISSING_IN_CORE
        return _PLAIN.get(letter, known)


_PLAIN: Final = {"–": "-", "’": "'", "“": '"', "”": '"', "…": "...", "→": ">", "−": "-", "✓": "+"}


def _is_latin(letter: str) -> bool:
    try:
        letter.encode("latin-1")
    except UnicodeEncodeError:
        return False
    return letter >= " "


def _dejavu() -> list[Path] | None:
    for folder in _folders():
        files = [folder / name for name in DEJAVU]
        if all(file.is_file() for file in files):
            return files
    return None


def _noto() -> Path | None:
    found = find_spec(NOTO_PACKAGE)
    if found is None or found.origin is None:
        return None
    file = Path(found.origin).parent / "files" / NOTO_FILE
    return file if file.is_file() else None


def _folders() -> Iterator[Path]:
    """Where machines keep fonts. Source: XDG Base Directory Specification, data directories."""
    own = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local/share")
    shared = os.environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    roots: Iterable[str] = [own, *shared.split(":"), "/usr/share"]
    yield from (Path(root) / place for root in roots for place in PLACES)
    yield Path("/Library/Fonts")
