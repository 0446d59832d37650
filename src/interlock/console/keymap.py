"""The keys, as the help sheet lists them. The script acts on them; a test holds the two equal."""

from __future__ import annotations

from typing import Final

Rows = tuple[tuple[tuple[str, ...], str], ...]

KEYMAP: Final[tuple[tuple[str, Rows], ...]] = (
    (
        "Move",
        (
            (("J",), "next task or row"),
            (("K",), "previous task or row"),
            (("Enter",), "open"),
            (("/",), "search"),
            (("U",), "back to the queue"),
            (("N",), "show new tasks"),
            (("T",), "take the most urgent task"),
        ),
    ),
    (
        "Decide",
        (
            (("A",), "approve"),
            (("E",), "edit and approve"),
            (("R",), "reject"),
            (("X",), "escalate"),
            (("I",), "ask for information"),
            (("Z",), "undo while held"),
            (("L",), "let AI go on, at an alarm"),
            (("O",), "keep AI off, at an alarm"),
            (("1 to 9",), "pick a reason"),
            (("Ctrl", "Enter"), "confirm"),
            (("Esc",), "close the panel"),
        ),
    ),
    (
        "Look",
        (
            (("F",), "first field to check"),
            (("D",), "next document"),
            (("C",), "comment"),
            (("S",), "choose a row, in the queue"),
            (("G", "H"), "operations"),
            (("G", "W"), "work desk"),
            (("G", "C"), "cases"),
            (("G", "U"), "audit"),
            (("?",), "this list"),
        ),
    ),
)
