"""Habits a reader may rely on: one clock, SQL in its own files, nothing of one machine."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.source import (
    PACKAGE,
    ROOT,
    module_name,
    place,
    project_files,
    python_files,
    tree_of,
)

CLOCK = PACKAGE / "clock.py"
READS_OF_THE_CLOCK = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today"}

SQL_STATEMENT = re.compile(
    r"^\s*(SELECT\b.*\bFROM|INSERT\s+INTO|UPDATE\b.*\bSET|DELETE\s+FROM|WITH\b.*\bAS\s*\(|"
    r"CREATE\s+(TABLE|INDEX|UNIQUE)|ALTER\s+TABLE|DROP\s+(TABLE|INDEX))\b",
    re.IGNORECASE | re.DOTALL,
)

# Spelt in pieces, or this file would find itself.
HOSTS = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("files", "pythonhosted", "org"),
        ("registry", "npmjs", "org"),
        ("deb", "debian", "org"),
    )
]
# A desk of the console is at /work, so of that folder only its usual inside counts.
MACHINE_PATH = re.compile(
    r"(?<![\w./-])/(?:(?:root|home/\w+|Users/\w+|farm|mnt|opt)/[\w.-]|work/(?:main|shared|venv)\b)"
)
TEXT_OF_OTHERS = {"LICENSE"}


def test_only_the_clock_module_reads_the_clock() -> None:
    """Time is passed in as `now`, or a test cannot stand at the minute a deadline passes."""
    found = [
        place(path, node.lineno)
        for path in python_files("src")
        if path != CLOCK
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Attribute) and _last_two_names(node) in READS_OF_THE_CLOCK
    ]

    assert found == []


def test_no_sql_is_formatted_in_python() -> None:
    """A formatted statement is where an injection starts, and where no one looks for a query."""
    found = [
        place(path, node.lineno)
        for path in python_files("src", "examples")
        if "migrations" not in path.parts  # names of tables are no parameters
        for node in ast.walk(tree_of(path))
        if is_formatted_sql(node)
    ]

    assert found == []


def test_no_sql_statement_is_written_in_python() -> None:
    """Queries live in `.sql` files, where they can be read, planned and compared as SQL.

    Migrations are the exception: a released one is a record, whole in its own file.
    """
    docstrings = {id(node) for path in python_files("src") for node in _docstrings(path)}
    found = [
        place(path, node.lineno)
        for path in python_files("src")
        if "migrations" not in module_name(path).split(".")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in docstrings
        and SQL_STATEMENT.match(node.value)
    ]

    assert found == []


def test_no_file_names_a_machine_or_a_package_registry() -> None:
    """A path of one machine breaks on the next; a registry is the installer's own choice."""
    found = [
        f"{place(path, number)} {line.strip()[:80]}"
        for path, text in _texts()
        for number, line in enumerate(text.splitlines(), start=1)
        if MACHINE_PATH.search(line) or any(host in line for host in HOSTS)
    ]

    assert found == []


def test_the_lock_pins_every_package_by_hash() -> None:
    """A pin without its hash trusts whoever serves the file."""
    blocks = re.split(r"\n(?=\S)", (ROOT / "requirements.lock").read_text(encoding="utf-8"))
    pins = [block for block in blocks if not block.startswith("#")]

    assert pins
    assert [p for p in pins if "==" not in p or "--hash=sha256:" not in p] == []


def is_formatted_sql(node: ast.AST) -> bool:
    """Whether the node builds an SQL statement from pieces."""
    match node:
        case ast.JoinedStr():
            return _is_sql(node)
        case ast.BinOp(op=ast.Mod() | ast.Add(), left=left):
            return _is_sql(left)
        case ast.Call(func=ast.Attribute(attr="format", value=text)):
            return _is_sql(text)
    return False


def _last_two_names(node: ast.Attribute) -> str:
    owner = node.value
    if isinstance(owner, ast.Attribute):
        return f"{owner.attr}.{node.attr}"
    return f"{owner.id}.{node.attr}" if isinstance(owner, ast.Name) else ""


def _is_sql(node: ast.expr) -> bool:
    if isinstance(node, ast.JoinedStr):
        pieces = [v.value if isinstance(v, ast.Constant) else "x" for v in node.values]
        return bool(SQL_STATEMENT.match("".join(map(str, pieces))))
    if isinstance(node, ast.BinOp):
        return _is_sql(node.left)
    return isinstance(node, ast.Constant) and bool(SQL_STATEMENT.match(str(node.value)))


def _docstrings(path: Path) -> Iterator[ast.expr]:
    holders = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for node in ast.walk(tree_of(path)):
        if isinstance(node, holders) and node.body and isinstance(node.body[0], ast.Expr):
            yield node.body[0].value


def _texts() -> Iterator[tuple[Path, str]]:
    for path in project_files():
        if path.name in TEXT_OF_OTHERS:
            continue
        try:
            yield path, path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a picture or a PDF names no path that anything follows
