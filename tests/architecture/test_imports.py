"""Imports run one way. The arrows are written in pyproject.toml; import-linter holds them."""

from __future__ import annotations

import subprocess
import sys

from tests.architecture.source import (
    PACKAGE,
    ROOT,
    imports_of,
    module_name,
    place,
    python_files,
)

DOMAIN_MAY_IMPORT = ("interlock.domain", "interlock.errors", "interlock.canonical")


def test_the_layers_hold() -> None:
    """One arrow the wrong way, and no part can be read, tested or replaced by itself."""
    linter = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run(
        [sys.executable, "-c", linter, "--no-logo", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_the_domain_needs_nothing_but_the_standard_library() -> None:
    """What decides must be readable, and provable, without knowing any framework."""
    found = [
        f"{place(path, line)} imports {module}"
        for path in python_files("src/interlock/domain")
        for line, module, _ in imports_of(path)
        if module.partition(".")[0] not in sys.stdlib_module_names
        and not any(module == ours or module.startswith(f"{ours}.") for ours in DOMAIN_MAY_IMPORT)
    ]

    assert found == []


def test_the_package_does_not_import_its_own_front_door() -> None:
    """`from interlock import X` inside the package goes around the layers, and in circles."""
    modules = {module_name(path) for path in python_files("src")}
    found = [
        f"{place(path, line)} imports {name} from interlock"
        for path in python_files("src")
        if path != PACKAGE / "__init__.py"
        for line, module, names in imports_of(path)
        if module == "interlock"
        for name in names or ("everything",)
        if f"interlock.{name}" not in modules
    ]

    assert found == []
