"""Every code block of the README and the docs runs, and prints what the page says it prints."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.docs.pages import blocks_of, run_console, run_python

ROOT = Path(__file__).parents[2]
PAGES = [p for p in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))) if p.is_file()]
LEFT_BY_RUNS = shutil.ignore_patterns(".interlock", "__pycache__", "*.sqlite*")


@pytest.mark.timeout(400)  # a page may set up a whole workflow and work through it
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_the_blocks_of_a_page_run(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first thing a newcomer does is copy a block; it must not be the first disappointment."""
    text = page.read_text(encoding="utf-8")
    module = ModuleType("page")  # a real module: dataclasses look theirs up by name
    monkeypatch.setitem(sys.modules, "page", module)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    if "examples/" in text and (ROOT / "examples").is_dir():
        shutil.copytree(ROOT / "examples", tmp_path / "examples", ignore=LEFT_BY_RUNS)

    for block in blocks_of(text):
        if block.file is not None:
            target = tmp_path / block.file
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(block.content, encoding="utf-8")
        elif block.language == "python":
            run_python(block, namespace=vars(module), page=page)
        elif block.language == "console":
            run_console(block, folder=tmp_path, page=page.name)
