"""`interlock new`: a folder with a workflow that runs, whose tests pass."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from string import Template
from typing import Annotated, Final

import typer

from interlock.cli import options
from interlock.cli.screen import document, marked, out
from interlock.cli.session import clock_of
from interlock.errors import InterlockError
from interlock.settings import load_settings

SUFFIX: Final = ".template"
RENAMED: Final = {"gitignore": ".gitignore"}  # a dotfile in a package may be left out of a wheel
LONGEST: Final = 60  # letters; a folder can have the name, and so can a contract
NAME: Final = re.compile(rf"[a-z][a-z0-9_]{{0,{LONGEST - 1}}}\Z")
RECENT: Final = timedelta(days=9)  # how long ago the sample claims were spent
NEXT: Final = (
    "interlock check",
    "interlock try . inbox/train.json",
    "interlock db upgrade && interlock run inbox",
)


class NameUnusable(InterlockError):
    """The name cannot be a workflow's."""

    code = "name_unusable"

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name

    def __str__(self) -> str:
        near = re.sub(r"[^a-z0-9]+", "_", self.name.lower()).strip("_")[:LONGEST]
        most = f", at most {LONGEST}" if len(self.name) > LONGEST else ""
        near = near if NAME.match(near) else "expense_claims"
        return (
            f"{self.name[:LONGEST]!r} cannot name a workflow; "
            f"write small letters, digits and _{most}, as in {near}"
        )


class FolderTaken(InterlockError):
    """The folder holds something already."""

    code = "folder_taken"

    def __init__(self, folder: str) -> None:
        super().__init__(folder)
        self.folder = folder

    def __str__(self) -> str:
        return f"{self.folder} is there already and is not empty; choose another name or --into"


class FolderUnusable(InterlockError):
    """The folder cannot be made or written to."""

    code = "folder_unusable"

    def __init__(self, folder: str, reason: str) -> None:
        super().__init__(folder, reason)
        self.folder, self.reason = folder, reason

    def __str__(self) -> str:
        return f"{self.folder} cannot be made ({self.reason}); choose another place with --into"


def new(
    name: Annotated[
        str,
        typer.Argument(metavar="NAME", help="What the workflow is called, as in expense_claims."),
    ],
    into: Annotated[
        Path, typer.Option("--into", metavar="DIR", help="Where its folder is made.")
    ] = Path(),
    as_json: options.Json = False,
) -> None:
    """Make a folder with a small workflow that runs, has tests, and is ready to be changed."""
    if not NAME.match(name):
        raise NameUnusable(name)
    folder = into / name
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FolderTaken(str(folder))
    try:
        written = write_scaffold(folder, name, clock_of(load_settings()).now())
    except OSError as problem:
        raise FolderUnusable(str(folder), problem.strerror or "unknown") from None
    if as_json:
        document({"ok": True, "folder": folder, "files": written})
        return
    console = out()
    console.print(marked("ok", f"{folder} holds a workflow that runs: {len(written)} files"))
    console.print("\nNext:")
    for command in (f"cd {folder}", *NEXT):
        console.print(f"  {command}")


def write_scaffold(folder: Path, name: str, now: datetime) -> list[str]:
    """The paths of the files written into the folder, as they are inside it."""
    title = name.replace("_", " ").capitalize()
    values = {"name": name, "title": title, "recent": str((now - RECENT).date())}
    written = []
    for path, source in _templates(files("interlock.cli") / "scaffold", ""):
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(Template(source.read_text("utf-8")).substitute(values), "utf-8")
        written.append(path)
    return sorted(written)


def _templates(folder: Traversable, place: str) -> Iterator[tuple[str, Traversable]]:
    """(path in the new folder, its template) of every file of the scaffold."""
    for each in folder.iterdir():
        if each.is_dir():
            yield from _templates(each, f"{place}{each.name}/")
        elif each.name.endswith(SUFFIX):
            name = each.name.removesuffix(SUFFIX)
            yield f"{place}{RENAMED.get(name, name)}", each
