"""A name that no font can print is seen to be missing, never silently gone."""

from __future__ import annotations

import io
from importlib.util import find_spec

import pytest
from fpdf import FPDF
from pypdf import PdfReader

from interlock.papers.case_file import pdf_fonts

NAMES = "Łódź Ωμέγα 漢字"


def printed(text: str) -> tuple[int, str]:
    """How many letters had no font, and what a reader of the PDF finds."""
    pdf = FPDF()
    faces = pdf_fonts.Faces(pdf)
    pdf.add_page()
    pdf.set_font(faces.text, "B", 10)
    pdf.cell(0, 8, faces.shown(text))
    read = PdfReader(io.BytesIO(bytes(pdf.output()))).pages[0].extract_text()
    return faces.left_out, read


@pytest.mark.parametrize("without", [(), ("_dejavu",)], ids=["machine", "package"])
def test_letters_of_many_languages_are_printed(
    without: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A supplier in Łódź keeps its name, and what cannot be printed is counted."""
    for name in without:
        monkeypatch.setattr(pdf_fonts, name, lambda: None)
    if (without or pdf_fonts._dejavu() is None) and find_spec(pdf_fonts.NOTO_PACKAGE) is None:
        pytest.skip("neither DejaVu Sans nor fontpkg-noto-sans is on this machine")

    left_out, read = printed(NAMES)

    assert left_out == 2
    assert read.startswith("Łódź Ωμέγα ")
    assert read.endswith(("□□", "??"))


def test_without_any_font_every_lost_letter_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The PDF's own fonts know western letters only."""
    monkeypatch.setattr(pdf_fonts, "_dejavu", lambda: None)
    monkeypatch.setattr(pdf_fonts, "_noto", lambda: None)

    assert printed("Müller “x” Łódź") == (4, 'Müller "x" ?ód?')
