"""Files as documents: a file, or a folder and everything below it, in a stable order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from interlock.domain.authoring import Document
from interlock.errors import InterlockError

LARGEST_BYTES: Final = 50_000_000  # a scanned contract has a few megabytes; this is no document


class NothingThere(InterlockError):
    """There is no input at this path."""

    code = "nothing_there"

    def __init__(self, path: str, reason: str, do: str) -> None:
        super().__init__(path, reason, do)
        self.path, self.reason, self.do = path, reason, do

    def __str__(self) -> str:
        return f"{self.path} {self.reason}; {self.do}"


def found_files(source: Path) -> list[Path]:
    """Every file at or below the path, hidden ones left out. Raises: NothingThere."""
    if not source.exists():
        raise NothingThere(str(source), "is not there", "name a file or a folder with input")
    if source.is_file():
        return [source]
    hidden = (".", "~")
    files = sorted(
        each
        for each in source.rglob("*")
        if each.is_file()
        and not any(part.startswith(hidden) for part in each.relative_to(source).parts)
    )
    if not files:
        raise NothingThere(str(source), "holds no files", "put the input in it, or name another")
    return files


def found_documents(source: Path) -> list[Document]:
    """The documents at or below the path. Raises: NothingThere."""
    return [read_document(each, source) for each in found_files(source)]


def read_document(file: Path, source: Path) -> Document:
    """The file as a document, named as it lies under the source. Raises: NothingThere."""
    try:
        length = file.stat().st_size
        content = file.read_bytes() if length <= LARGEST_BYTES else b""
    except OSError as problem:
        reason = f"cannot be read ({problem.strerror})"
        raise NothingThere(str(file), reason, "check who may read it") from None
    if length > LARGEST_BYTES:
        size = f"has {length:,} bytes"
        raise NothingThere(str(file), size, f"take it out, or split it under {LARGEST_BYTES:,}")
    name = file.name if source == file else file.relative_to(source).as_posix()
    return Document(name=name, content=content, channel="folder")


def batches(files: Sequence[Path], size: int) -> Iterator[Sequence[Path]]:
    """The files, so many at a time."""
    for start in range(0, len(files), size):
        yield files[start : start + size]
