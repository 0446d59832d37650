"""A workflow's folder, loaded as a Python package of its own.

One rule: two workflows never share a module, and a changed file is a different package. The
package's name is derived from the folder and from every file the workflow can reach, so a case
pinned to older code keeps the older package. Nothing is written into the folder, not even
bytecode, whose time stamp could hide an edit made within the same second.
"""

from __future__ import annotations

import ast
import importlib
import sys
import traceback
from collections.abc import Mapping, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType, MappingProxyType, ModuleType
from typing import Final

from interlock.canonical import content_digest, digest
from interlock.errors import InterlockError

PREFIX: Final = "_interlock_workflow_"
NAME_LETTERS: Final = 24  # of a SHA-256: 96 bits


class CodeNotLoaded(InterlockError):
    """The user's code cannot be imported. `file` is relative to the folder."""

    code = "code_not_loaded"

    def __init__(self, file: str, line: int, message: str, remedy: str) -> None:
        super().__init__(file, line, message, remedy)
        self.file, self.line, self.message, self.remedy = file, line, message, remedy

    def __str__(self) -> str:
        return f"{self.file}:{self.line}  {self.message}; {self.remedy}"


def module_files(folder: Path, names: Sequence[str]) -> Mapping[str, Path]:
    """The files these modules reach by relative imports, by their path inside the folder."""
    found: dict[str, Path] = {}
    waiting = [("__init__",), *[tuple(name.split(".")) for name in names]]
    while waiting:
        parts = waiting.pop()
        file = _file_of(folder, parts)
        if file is None or file.relative_to(folder).as_posix() in found:
            continue
        found[file.relative_to(folder).as_posix()] = file
        package = parts if file.name == "__init__.py" and parts != ("__init__",) else parts[:-1]
        waiting += [(*package[:depth], "__init__") for depth in range(1, len(package) + 1)]
        waiting += _relative_imports(file, package)
    return MappingProxyType(dict(sorted(found.items())))


def load_modules(folder: Path, names: Sequence[str]) -> dict[str, ModuleType]:
    """The modules by name, from the folder's own package. Raises: CodeNotLoaded."""
    _install_finder()
    files = module_files(folder, names)
    contents = {name: content_digest(file.read_bytes()) for name, file in files.items()}
    package = PREFIX + digest([str(folder.resolve()), contents])[:NAME_LETTERS]
    FOLDERS[package] = folder.resolve()
    try:
        return {name: importlib.import_module(f"{package}.{name}") for name in names}
    except (Exception, SystemExit) as problem:  # noqa: BLE001  (the author's code, any error)
        _forget(package)
        raise _explained(problem, folder.resolve()) from None


def workflow_file(module_name: str, folder: Path) -> str | None:
    """The file a module of a workflow was read from, inside its folder; None for others."""
    module = sys.modules.get(module_name)
    file = getattr(module, "__file__", None)
    if not module_name.startswith(PREFIX) or file is None:
        return None
    return Path(file).relative_to(folder.resolve()).as_posix()


FOLDERS: Final[dict[str, Path]] = {}  # package name to folder; read by the finder only


class _FreshLoader(SourceFileLoader):
    """Compiles from the text every time; reads and writes no bytecode."""

    def get_code(self, fullname: str) -> CodeType:
        path = self.get_filename(fullname)
        return compile(self.get_data(path), path, "exec", dont_inherit=True)


class _WorkflowFinder(MetaPathFinder):
    """Finds modules of workflow packages, and nothing else."""

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,  # noqa: ARG002  (the protocol's)
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> ModuleSpec | None:
        package, *parts = fullname.split(".")
        folder = FOLDERS.get(package)
        if folder is None:
            return None
        file = _file_of(folder, (*parts,) if parts else ("__init__",))
        if file is not None:
            loader = _FreshLoader(fullname, str(file))
            places = [str(file.parent)] if file.name == "__init__.py" else None
            return spec_from_file_location(
                fullname, file, loader=loader, submodule_search_locations=places
            )
        directory = folder.joinpath(*parts)
        if not directory.is_dir():
            return None
        spec = ModuleSpec(fullname, None, is_package=True)
        spec.submodule_search_locations = [str(directory)]
        return spec


def _install_finder() -> None:
    if not any(isinstance(finder, _WorkflowFinder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _WorkflowFinder())


def _file_of(folder: Path, parts: Sequence[str]) -> Path | None:
    base = folder.joinpath(*parts)
    for file in (base.with_name(base.name + ".py"), base / "__init__.py"):
        if file.is_file():
            return file
    return None


def _relative_imports(file: Path, package: tuple[str, ...]) -> list[tuple[str, ...]]:
    try:
        tree = ast.parse(file.read_bytes())
    except (SyntaxError, ValueError):
        return []  # reported when it is imported
    found: list[tuple[str, ...]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level:
            up = len(package) - node.level + 1
            base = (*package[: max(up, 0)], *(node.module.split(".") if node.module else ()))
            found += (
                [base, *[(*base, alias.name) for alias in node.names]]
                if base
                else [(alias.name,) for alias in node.names]
            )
    return found


def _forget(package: str) -> None:
    for name in [each for each in sys.modules if each.split(".")[0] == package]:
        del sys.modules[name]


def _explained(problem: BaseException, folder: Path) -> CodeNotLoaded:
    file, line = _where(problem, folder)
    if isinstance(problem, SyntaxError):
        return CodeNotLoaded(file, line, f"this is not Python: {problem.msg}", "correct the line")
    if isinstance(problem, ModuleNotFoundError) and problem.name is not None:
        return _missing_module(problem.name, file, line, folder)
    said = " ".join(str(problem).replace(PREFIX, "").split())[:200]
    kind = type(problem).__name__
    message = f"importing the code raised {kind}{f': {said}' if said else ''}"
    return CodeNotLoaded(file, line, message, "correct it; nothing may happen at import")


def _missing_module(name: str, file: str, line: int, folder: Path) -> CodeNotLoaded:
    own = name.split(".", 1)[1] if name.startswith(PREFIX) and "." in name else name
    message = f'there is no module "{own}"'
    if not name.startswith(PREFIX) and _file_of(folder, own.split(".")) is not None:
        return CodeNotLoaded(file, line, message, f"write from .{own} import …, with the dot")
    if name.startswith(PREFIX):
        return CodeNotLoaded(file, line, message, f"add {own.replace('.', '/')}.py to the folder")
    return CodeNotLoaded(file, line, message, "install the package, or correct its name")


def _where(problem: BaseException, folder: Path) -> tuple[str, int]:
    """The last line of the folder's own code that the problem passed through."""
    places = [
        (Path(f.filename), f.lineno or 1) for f in traceback.extract_tb(problem.__traceback__)
    ]
    if isinstance(problem, SyntaxError) and problem.filename:
        places.append((Path(problem.filename), problem.lineno or 1))
    own = [(file, line) for file, line in places if file.is_relative_to(folder)]
    if not own:
        return "", 0
    file, line = own[-1]
    return file.relative_to(folder).as_posix(), line
