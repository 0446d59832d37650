"""Which exception types a workflow's code names, read without running it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from interlock.contracts.functions import RaisedType

KEY: Final = "exception_type"


def raised_types(files: Mapping[str, Path]) -> tuple[RaisedType, ...]:
    """Every type given as `exception_type="…"`, in a call or as a class attribute."""
    return tuple(each for name, file in files.items() for each in _in_file(name, file))


def _in_file(name: str, file: Path) -> Iterator[RaisedType]:
    for node in ast.walk(ast.parse(file.read_bytes())):
        for value in _values(node):
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield RaisedType(name=value.value, file=name, line=value.lineno)


def _values(node: ast.AST) -> Iterator[ast.expr]:
    if isinstance(node, ast.Call):
        yield from (keyword.value for keyword in node.keywords if keyword.arg == KEY)
    elif isinstance(node, ast.ClassDef):
        for line in node.body:
            named = line.targets if isinstance(line, ast.Assign) else ()
            alone = [line.target] if isinstance(line, ast.AnnAssign) else []
            names = [each.id for each in (*named, *alone) if isinstance(each, ast.Name)]
            value = line.value if isinstance(line, ast.Assign | ast.AnnAssign) else None
            if KEY in names and value is not None:
                yield value
