"""The project's files as the house-rule tests see them: tracked ones, and new ones not ignored."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "interlock"


@cache
def project_files() -> tuple[Path, ...]:
    """Every file git tracks or would track; without git (an unpacked archive), every source."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        return tuple(p for p in (ROOT / "src").rglob("*") if p.is_file())
    paths = (ROOT / name for name in listed.stdout.split("\0") if name)
    return tuple(sorted(p for p in paths if p.is_file()))


def python_files(*folders: str) -> tuple[Path, ...]:
    """The project's Python files under the given folders of the root."""
    homes = [ROOT / folder for folder in folders]
    return tuple(
        p for p in project_files() if p.suffix == ".py" and any(p.is_relative_to(h) for h in homes)
    )


@cache
def tree_of(path: Path) -> ast.Module:
    """The parsed file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def place(path: Path, line: int | None = None) -> str:
    """`src/interlock/clock.py:12`, as an editor opens it."""
    name = path.relative_to(ROOT).as_posix()
    return name if line is None else f"{name}:{line}"


def module_name(path: Path) -> str:
    """`interlock.domain.money` for a file under src."""
    parts = path.relative_to(ROOT / "src").with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(path: Path) -> Iterator[tuple[int, str, tuple[str, ...]]]:
    """(line, module, names) of each import; names is empty for a plain `import module`."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name, ()
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, node.module or "", tuple(alias.name for alias in node.names)
