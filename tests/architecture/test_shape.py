"""Files and functions small enough to read, named after one idea, and opening with their rule."""

from __future__ import annotations

import ast

from tests.architecture.source import PACKAGE, place, project_files, python_files, tree_of

MOST_LINES_A_FILE = 400
MOST_LINES_A_FUNCTION = 60
NAMES_THAT_SAY_NOTHING = {"utils", "util", "common", "base", "manager", "helpers", "misc"}
CODE = ("src", "examples", "benchmarks")


def test_no_file_is_over_400_lines() -> None:
    """A longer file holds more than one idea; the second one deserves a name."""
    kinds = {".py", ".sql", ".j2", ".js", ".css"}
    sources = [p for p in project_files() if p.is_relative_to(PACKAGE) and p.suffix in kinds]
    lengths = {place(p): len(p.read_text(encoding="utf-8").splitlines()) for p in sources}

    assert {p: n for p, n in lengths.items() if n > MOST_LINES_A_FILE} == {}


def test_no_function_is_over_60_lines() -> None:
    """Past one screen, a reader keeps the rest in the head."""
    functions = (
        (path, node)
        for path in python_files(*CODE)
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    lengths = {place(p, f.lineno): (f.end_lineno or f.lineno) - f.lineno + 1 for p, f in functions}

    assert {p: n for p, n in lengths.items() if n > MOST_LINES_A_FUNCTION} == {}


def test_no_file_has_a_name_that_says_nothing() -> None:
    """`utils.py` is where ideas without a home go to be forgotten."""
    assert [place(p) for p in python_files(*CODE) if p.stem in NAMES_THAT_SAY_NOTHING] == []


def test_every_module_opens_with_its_docstring() -> None:
    """The first thing a reader meets is what the module is and its one rule."""
    assert [place(p) for p in python_files(*CODE) if not ast.get_docstring(tree_of(p))] == []


def test_init_files_only_re_export() -> None:
    """Code in `__init__.py` runs at every import of anything below it, and nobody looks there."""
    allowed = (ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign)
    found = [
        place(path, node.lineno)
        for path in python_files("src")
        if path.name == "__init__.py"
        for node in tree_of(path).body[1:]
        if not isinstance(node, allowed)
    ]

    assert found == []
