"""Where the fields of a case stand in a document.

One rule: a place is marked only where the very value stands; a value that stands nowhere has no
mark, and that is worth seeing too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from interlock.papers.documents.value_keys import Key, keys_of, value_keys
from interlock.papers.documents.view import Box, DocumentView, Mark, PageView, Word

MOST_WORDS: Final = 12  # in one value on a page
SHORTEST: Final = 3  # letters; a shorter value stands in too many places to be told apart


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A place where a text stands. `label`: what stands before it."""

    anchor: str
    text: str
    label: str
    page: int = 0
    boxes: tuple[Box, ...] = ()


def mark(
    view: DocumentView, fields: Mapping[str, Any], *, prefix: str = "mark"
) -> tuple[Mark, ...]:
    """Where each field's value stands: on a page where it can, else in the HTML.

    Fields inside fields are named with dots, as in `lines.1.quantity`. A field whose value is
    found nowhere is left out. prefix: what the ids of marks on pages begin with.
    """
    wanted = {name: value_keys(value) for name, value in _flat("", fields)}
    every = frozenset().union(*wanted.values()) if wanted else frozenset()
    places = _in_html(view, every)
    for page in view.pages:
        for key, found in _on_page(page, every).items():
            places.setdefault(key, []).extend(found)
    marks: list[Mark] = []
    for at, (name, keys) in enumerate(wanted.items(), start=1):
        best = _best(name, [each for key in keys for each in places.get(key, [])])
        if best is not None:
            anchor = best.anchor or f"{prefix}-{at}"
            marks.append(
                Mark(field=name, anchor=anchor, text=best.text, page=best.page, boxes=best.boxes)
            )
    return tuple(marks)


def _flat(prefix: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for name, each in value.items():
            yield from _flat(f"{prefix}.{name}" if prefix else str(name), each)
    elif isinstance(value, list | tuple):
        for at, each in enumerate(value, start=1):
            yield from _flat(f"{prefix}.{at}", each)
    elif value not in (None, ""):
        yield prefix, value


def _best(name: str, found: list[_Found]) -> _Found | None:
    """The place to mark: one on a page, of these one whose label speaks of the field,
    then the one with the fewest words around the value.

    A short value is marked only where its label speaks of it: a 1 stands everywhere.
    """
    words = set(name.rpartition(".")[2].casefold().split("_")) | {name.casefold()}
    if len(found) > 1 and len(found[0].text) < SHORTEST:
        found = [each for each in found if _fit(words, each)]
    if not found:
        return None
    scored = [
        (each.page > 0, _fit(words, each), -len(each.text.split()), -at)
        for at, each in enumerate(found)
    ]
    at = max(range(len(found)), key=lambda i: scored[i])
    return found[at]


def _fit(words: set[str], found: _Found) -> int:
    said = found.label.casefold()
    return sum(1 for word in words if len(word) > 1 and word in said)


def _in_html(view: DocumentView, every: frozenset[Key]) -> dict[Key, list[_Found]]:
    places: dict[Key, list[_Found]] = {}
    for value in view.values:
        for key in (keys_of(value.text) | keys_of(value.text.partition(" (")[0])) & every:
            found = _Found(anchor=value.id, text=value.text, label=value.label)
            places.setdefault(key, []).append(found)
    return places


def _on_page(page: PageView, every: frozenset[Key]) -> dict[Key, list[_Found]]:
    """Every run of words on one line that is one of the values."""
    places: dict[Key, list[_Found]] = {}
    texts = {key[1] for key in every if key[0] == "text"}
    for start, word in enumerate(page.words):
        said = ""
        for end in range(start, min(start + MOST_WORDS, len(page.words))):
            if page.words[end].line != word.line:
                break
            said = f"{said} {page.words[end].text}".strip()
            keys = keys_of(said)
            for key in keys & every:
                run = page.words[start : end + 1]
                places.setdefault(key, []).append(_run(page, run, _before(page, start)))
            letters = next((key[1] for key in keys if key[0] == "text"), "")
            if end > start + 1 and letters and not any(t.startswith(letters) for t in texts):
                break
    return places


def _before(page: PageView, at: int) -> str:
    """What stands left of a word, and the same place of the line above: usually its label."""
    word = page.words[at]
    left = [w.text for w in page.words[max(at - 6, 0) : at] if w.line == word.line]
    above = [w.text for w in page.words if w.line < word.line and _is_above(w.box, word.box)]
    return " ".join([*left, *above[-4:]])


def _is_above(box: Box, below: Box) -> bool:
    near = 0 < below.top - box.top < 3 * below.height
    return near and box.left < below.left + below.width and below.left < box.left + box.width


def _run(page: PageView, words: tuple[Word, ...], label: str) -> _Found:
    left = min(word.box.left for word in words)
    top = min(word.box.top for word in words)
    box = Box(
        left=round(left - 1, 2),
        top=round(top - 1, 2),
        width=round(max(w.box.left + w.box.width for w in words) - left + 2, 2),
        height=round(max(w.box.top + w.box.height for w in words) - top + 2, 2),
    )
    text = " ".join(word.text for word in words)
    return _Found(anchor="", text=text, label=label, page=page.number, boxes=(box,))
