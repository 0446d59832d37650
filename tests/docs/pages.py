"""Runs the code blocks of a documentation page, top to bottom, as a reader would.

The rule of a block is its opening fence:

    ```python               runs; all of a page's blocks share one namespace
    ```console              each line `$ interlock …` runs; the lines under it are its output
    ```console fails        the same, and every command must fail
    ```LANGUAGE file=NAME   is not run, but saved as NAME for the blocks below it
    ```bash, text, yaml, …  is only shown

In shown output `...` stands for anything: for the rest of a line, or alone for any lines. A
command with no output under it may print what it likes. Commands of other programs are not run.
Pages run in a folder of their own, which holds a copy of `examples/` when the page names it.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt

COMMAND_SECONDS = 120
WILDCARD = "..."
# The installed command itself need not be on PATH; its entry point is.
INTERLOCK = [sys.executable, "-c", "import sys; from interlock.cli import main; sys.exit(main())"]
# What a page shows must not depend on the reader's terminal.
PLAIN_TERMINAL = {"NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "100", "PYTHONUTF8": "1"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One fenced block; `line` is the first line of its content, counted from 1."""

    language: str
    flags: tuple[str, ...]
    content: str
    line: int

    @property
    def file(self) -> str | None:
        """The name to save it under, if it has one."""
        return next((f.removeprefix("file=") for f in self.flags if f.startswith("file=")), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command line of a console block, and the output shown under it (none: not compared)."""

    words: tuple[str, ...]
    shown: str
    line: int


def blocks_of(text: str) -> Iterator[Block]:
    """The page's fenced blocks in their order."""
    for token in MarkdownIt().parse(text):
        if token.type == "fence" and token.map is not None:
            language, *flags = token.info.split() or [""]
            yield Block(
                language=language,
                flags=tuple(flags),
                content=token.content,
                line=token.map[0] + 2,
            )


def commands_of(block: Block) -> Iterator[Command]:
    """The `$ interlock …` commands of a console block."""
    joined = block.content.replace("\\\n", " ")
    parts = re.split(r"^\$ ", joined, flags=re.MULTILINE)
    for part in parts[1:]:
        command, _, shown = part.partition("\n")
        words = shlex.split(command, comments=True)
        if words and words[0] == "interlock":
            yield Command(words=tuple(words), shown=shown.strip("\n"), line=block.line)


def matches(shown: str, printed: str) -> bool:
    """Whether the printed output is the shown one, `...` standing for anything."""
    pattern = ""
    for line in shown.splitlines():
        if line.strip() == WILDCARD:
            pattern += r"(?:[^\n]*\n)*?"
        else:
            pattern += r"[^\n]*".join(map(re.escape, line.rstrip().split(WILDCARD))) + r"[ ]*\n"
    tidy = "\n".join(line.rstrip() for line in printed.strip("\n").splitlines())
    return re.fullmatch(pattern, f"{tidy}\n") is not None


def run_console(
    block: Block, *, folder: Path, page: str, environment: Mapping[str, str] | None = None
) -> None:
    """Runs the block's commands in the folder; AssertionError names the page, line and output."""
    for command in commands_of(block):
        done = subprocess.run(
            [*INTERLOCK, *command.words[1:]],
            cwd=folder,
            env={**os.environ, **PLAIN_TERMINAL, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            timeout=COMMAND_SECONDS,
            check=False,
        )
        where = f"{page}:{command.line} $ {shlex.join(command.words)}"
        failed = done.returncode != 0
        assert failed == ("fails" in block.flags), f"{where}\nexit {done.returncode}\n{done.stdout}"
        assert not command.shown or matches(command.shown, done.stdout), (
            f"{where}\nprinted:\n{done.stdout}\nbut the page shows:\n{command.shown}"
        )


def run_python(block: Block, *, namespace: dict[str, object], page: Path) -> None:
    """Runs the block in the namespace; a traceback points at the page's own line."""
    padded = "\n" * (block.line - 1) + block.content
    exec(compile(padded, str(page), "exec"), namespace)
