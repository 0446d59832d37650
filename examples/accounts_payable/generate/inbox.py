"""The inbox: which bill comes as which file, and the answer sheet that goes with it."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Final

from . import write_others
from .bills import Bill
from .scene import Scene
from .troubles import CLEAN, RENUMBERED, SAME_FILE, TROUBLES, Trouble
from .write_cii import cii
from .write_ubl import ubl

FORMATS: Final = {"ubl": 40, "cii": 25, "pdf": 5, "csv": 15, "json": 15}  # shares in percent
WRITERS: Final[Mapping[str, tuple[str, Callable[[Bill], bytes]]]] = MappingProxyType(
    {
        "ubl": ("xml", ubl),
        "cii": ("xml", cii),
        "pdf": ("pdf", write_others.pdf),
        "csv": ("csv", write_others.as_csv),
        "json": ("json", write_others.as_json),
        "message": ("xml", write_others.unknown_xml),
        "mail": ("txt", write_others.mail),
    }
)
KEPT: Final = 0.6  # the share of a truncated file that is left
EXPECTED: Final = "expected.csv"
FORGOTTEN_ORDER: Final = "missing_order_found"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One file of the inbox and what is known about it. `like`: the file it repeats."""

    file: str
    format: str
    trouble: Trouble
    bill: Bill
    content: bytes
    like: str = ""


def fill(scene: Scene, count: int, later: int = 0) -> list[Sent]:
    """That many files and those for later, in the order they arrive.

    On those for later the suppliers name their orders, as they were asked to.
    """
    sent: list[Sent] = []
    for number in range(1, count + later + 1):
        trouble = _draw(scene)
        if number > count and trouble.name == FORGOTTEN_ORDER:
            trouble = CLEAN
        originals = [each for each in sent[-200:] if each.trouble is CLEAN]
        if trouble in (SAME_FILE, RENUMBERED) and originals:
            sent.append(_again(scene, number, trouble, scene.random.choice(originals)))
        else:
            known = CLEAN if trouble in (SAME_FILE, RENUMBERED) else trouble
            sent.append(_send(scene, number, known, known.make(scene)))
    return sent


def write(sent: list[Sent], into: Path, *, later: int = 0) -> None:
    """The files into `inbox`, the last ones into `later`, and the answer sheet beside them."""
    first = len(sent) - later
    for folder, files in (("inbox", sent[:first]), ("later", sent[first:])):
        if files or folder == "inbox":
            (into / folder).mkdir(parents=True, exist_ok=True)
        for each in files:
            (into / folder / each.file).write_bytes(each.content)
    with (into / EXPECTED).open("w", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, fieldnames=list(_row(sent[0])) if sent else [])
        writer.writeheader()
        writer.writerows(_row(each) for each in sent)


def _draw(scene: Scene) -> Trouble:
    kinds = (*TROUBLES, SAME_FILE, RENUMBERED)
    drawn = scene.random.random() * 1000
    for kind in kinds:
        drawn -= kind.per_mille
        if drawn < 0:
            return kind
    return CLEAN


def _send(scene: Scene, number: int, trouble: Trouble, bill: Bill) -> Sent:
    shares = {name: share for name, share in FORMATS.items() if name in (trouble.only or FORMATS)}
    names = list(shares) or list(trouble.only)
    weights = [shares.get(name, 1) for name in names]
    name = scene.random.choices(names, weights)[0]
    ending, writer = WRITERS[name]
    content = writer(bill)
    if trouble.name == "truncated":
        content = content[: int(len(content) * KEPT)]
    file = f"{number:05d}-{name}.{ending}"
    return Sent(file=file, format=name, trouble=trouble, bill=bill, content=content)


def _again(scene: Scene, number: int, trouble: Trouble, original: Sent) -> Sent:
    ending = original.file.rsplit(".", 1)[1]
    if trouble is SAME_FILE:
        file = f"{number:05d}-{original.format}.{ending}"
        return replace(original, file=file, trouble=trouble, like=original.file)
    spelled = scene.random.choice(
        (original.bill.number.replace("-", ""), f"{original.bill.number}-COPY")
    )
    bill = replace(original.bill, number=spelled)
    return replace(_send(scene, number, trouble, bill), like=original.file)


def _row(sent: Sent) -> dict[str, str]:
    bill, trouble = sent.bill, sent.trouble
    return {
        "file": sent.file,
        "format": sent.format,
        "trouble": trouble.name,
        "supplier": bill.seller.id,
        "number": bill.number,
        "currency": bill.currency,
        "payable": f"{bill.payable:.2f}",
        "ends": trouble.ends,
        "exception": "|".join(trouble.exceptions),
        "step": trouble.step,
        "like": sent.like,
        "note": trouble.note,
    }
