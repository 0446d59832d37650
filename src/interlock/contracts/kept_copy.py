"""A contract folder as bytes, and back: so that a case can finish on the version it began with.

Its one rule: what comes back must have the fingerprint it was kept under, or it is not loaded.
The fingerprint covers the contract and its code; the other files are what the code reads.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from tempfile import NamedTemporaryFile
from typing import Final

from interlock.contracts.load import CONTRACT_FILE, load_workflow
from interlock.contracts.workflow import LoadedWorkflow
from interlock.errors import InterlockError

MOST_BYTES: Final = 20_000_000  # of one folder; a trained model of ours has under 2,000,000
NOT_KEPT: Final = frozenset({"__pycache__", "node_modules"})


class FolderTooLarge(InterlockError):
    """A contract folder holds more than can be kept beside its cases."""

    code = "folder_too_large"

    def __init__(self, folder: str, seen: int) -> None:
        super().__init__(folder, seen)
        self.folder, self.seen = folder, seen

    def __str__(self) -> str:
        return (
            f"the contract folder {self.folder} has over {self.seen:,} bytes and at most "
            f"{MOST_BYTES:,} are kept with its cases; move large data out of it"
        )


class KeptCopyWrong(InterlockError):
    """The kept copy of a contract is not what its fingerprint says."""

    code = "kept_copy_wrong"

    def __init__(self, workflow: str, fingerprint: str, found: str) -> None:
        super().__init__(workflow, fingerprint, found)
        self.workflow, self.fingerprint, self.found = workflow, fingerprint, found

    def __str__(self) -> str:
        return (
            f"the kept copy of {self.workflow} {self.fingerprint[:12]} has the fingerprint "
            f"{self.found[:12]}: it was changed after it was kept; name the folder the case "
            f"began with by --workflow"
        )


def files_of(folder: Path) -> dict[str, bytes]:
    """The files of a contract folder by their path inside it; hidden ones and links are left out.

    Raises: FolderTooLarge.
    """
    found: dict[str, bytes] = {}
    size = 0
    for file in sorted(_inside(folder)):
        size += file.stat().st_size
        if size > MOST_BYTES:
            raise FolderTooLarge(str(folder), size)
        found[file.relative_to(folder).as_posix()] = file.read_bytes()
    return found


def load_kept(
    workflow: str, fingerprint: str, files: Mapping[str, bytes], place: Path
) -> LoadedWorkflow:
    """The workflow of a kept copy, written out in `place`; files that are right are left alone.

    Raises: KeptCopyWrong; ContractRefused when this version no longer takes the contract.
    """
    for name, content in files.items():
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts:
            raise KeptCopyWrong(workflow, fingerprint, name)
        _write(place / path, content)
    loaded = load_workflow(place / CONTRACT_FILE)
    if loaded.contract.fingerprint != fingerprint:
        raise KeptCopyWrong(workflow, fingerprint, loaded.contract.fingerprint)
    return loaded


def _write(file: Path, content: bytes) -> None:
    """Puts the file there whole, for another process may be reading it at this moment."""
    if file.is_file() and file.read_bytes() == content:
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=file.parent, delete=False) as beside:
        beside.write(content)
    Path(beside.name).replace(file)


def _inside(folder: Path) -> Iterator[Path]:
    for each in folder.iterdir():
        if each.name.startswith(".") or each.name in NOT_KEPT or each.is_symlink():
            continue
        if each.is_dir():
            yield from _inside(each)
        elif each.is_file():
            yield each
