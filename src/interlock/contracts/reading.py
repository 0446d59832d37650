"""A YAML text as plain data that remembers its lines.

One rule: nothing in the text is executed or guessed. YAML 1.2, text keys, no custom tags, no
dates made of text; whatever is outside that is a Problem with its line, never an exception.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from interlock.canonical import SAFE_INTEGER
from interlock.contracts.problem import Problem

Path = tuple[str | int, ...]

TAG: Final = "tag:yaml.org,2002:"
MOST_NODES: Final = 50_000  # a contract is read by people; more is a mistake or an attack
DEEPEST: Final = 40  # nested levels; the format itself needs six


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """Data and where each part of it stands. Lines count from 1."""

    data: dict[str, Any]
    lines: Mapping[Path, int]

    def line(self, *path: str | int) -> int:
        """The line of a value, or of the nearest thing around it that is written down."""
        for length in range(len(path), -1, -1):
            found = self.lines.get(tuple(path[:length]))
            if found is not None:
                return found
        return 1

    def has(self, *path: str | int) -> bool:
        """True when the text says something at this path."""
        return tuple(path) in self.lines

    def without(self, path: Path) -> Document:
        """The document with one value taken out; later items of its list move up."""
        data = _removed(self.data, path)
        *parent, last = path
        depth = len(path) - 1
        lines: dict[Path, int] = {}
        for each, line in self.lines.items():
            inside = each[:depth] == tuple(parent) and len(each) > depth
            key = each[depth] if inside else None
            if inside and key == last:
                continue
            later = isinstance(last, int) and isinstance(key, int) and key > last
            moved = (*each[:depth], int(key or 0) - 1, *each[depth + 1 :]) if later else each
            lines[moved] = line
        return Document(data=data, lines=lines)


@dataclass(slots=True)
class _Reader:
    file: str
    lines: dict[Path, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    seen: int = 0

    def value(self, node: Node, path: Path) -> Any:
        self.seen += 1
        if self.seen > MOST_NODES or len(path) > DEEPEST:
            raise _TooMuch(_line(node))
        self.lines.setdefault(path, _line(node))
        if isinstance(node, MappingNode):
            return self.mapping(node, path)
        if isinstance(node, SequenceNode):
            return [self.value(item, (*path, place)) for place, item in enumerate(node.value)]
        return self.scalar(node)

    def mapping(self, node: MappingNode, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, ScalarNode):
                self.report(key_node, "a key is a list or a mapping", "write a plain name")
                continue
            key = str(key_node.value)
            if key == "<<":
                self.report(key_node, 'the key "<<" merges another mapping', "write its keys out")
                continue
            if key in found:
                first = self.lines[(*path, key)]
                message = f'"{key}" is written twice, first on line {first}'
                self.report(key_node, message, "keep one of the two")
                continue
            self.lines[(*path, key)] = _line(key_node)
            found[key] = self.value(value_node, (*path, key))
        return found

    def scalar(self, node: Node) -> Any:
        kind, text = str(node.tag).removeprefix(TAG), str(node.value)
        if kind == "null":
            return None
        if kind == "bool":
            return text.lower() in ("true", "yes", "on")  # the last two only under %YAML 1.1
        if kind == "int":
            return self.integer(node, text)
        if kind == "float":
            return self.number(node, text)
        if kind not in ("str", "timestamp", "value"):
            self.report(node, f"the tag {node.tag} is not allowed", "write a plain value")
        return self.text(node, text)

    def integer(self, node: Node, text: str) -> int | None:
        digits = text.replace("_", "")
        try:
            number = int(digits, 0) if digits.lower().lstrip("+-")[:2] in BASES else int(digits)
        except ValueError:
            number = SAFE_INTEGER + 1
        if abs(number) > SAFE_INTEGER:
            self.report(node, f"{text[:40]} is not a number JSON can keep", 'put it in quotes: "…"')
            return None
        return number

    def number(self, node: Node, text: str) -> float | None:
        try:
            number = float(text.replace("_", ""))
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            self.report(node, f"{text[:40]} is not a finite number", "write digits, as in 0.05")
            return None
        return number

    def text(self, node: Node, text: str) -> str:
        try:
            text.encode()
        except UnicodeEncodeError:
            self.report(node, "the text has half a character in it", "retype it")
            return text.encode(errors="replace").decode()
        return text

    def report(self, node: Node, message: str, remedy: str) -> None:
        self.problems.append(
            Problem(file=self.file, line=_line(node), message=message, remedy=remedy)
        )


BASES: Final = ("0x", "0o", "0b")


class _TooMuch(Exception):
    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def read_document(text: str, file: str) -> tuple[Document, list[Problem]]:
    """The document of a YAML text, and everything in it that is not plain data."""
    reader = _Reader(file)
    data: Any = {}
    try:
        root = _parser().compose(text)
        data = {} if root is None else reader.value(root, ())
    except (YAMLError, ValueError) as problem:
        reader.problems.append(_syntax_problem(problem, file))
    except (_TooMuch, RecursionError) as problem:
        line = problem.line if isinstance(problem, _TooMuch) else 0
        message = "the contract is too deep or too long, or a part of it contains itself"
        remedy = "write it flat, without & and *"
        reader.problems.append(Problem(file=file, line=line, message=message, remedy=remedy))
    if not isinstance(data, dict):
        message = f"the contract is {described(data)}"
        remedy = "begin with keys such as workflow: and steps:"
        reader.problems.append(Problem(file=file, line=1, message=message, remedy=remedy))
        data = {}
    elif not data and not reader.problems:
        remedy = "begin with keys such as workflow: and steps:"
        reader.problems.append(
            Problem(file=file, line=1, message="the contract is empty", remedy=remedy)
        )
    return Document(data=data, lines=reader.lines), reader.problems


def described(value: Any) -> str:
    """What a value is, in words and with what was seen."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "empty"
    if isinstance(value, str):
        return f'"{_short(value)}"'
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if isinstance(value, Mapping):
        return "a set of keys"
    return str(value)


def _short(text: str) -> str:
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= 60 else one_line[:57] + "…"  # noqa: PLR2004


def _parser() -> YAML:
    parser = YAML(typ="safe", pure=True)
    parser.version = (1, 2)
    return parser


def _line(node: Node) -> int:
    return int(node.start_mark.line) + 1


def _syntax_problem(problem: Exception, file: str) -> Problem:
    line, said = 1, "it has a character that cannot be read"
    if isinstance(problem, MarkedYAMLError):
        in_brackets = "flow" in str(problem.context)  # then the line it began on says more
        mark = (in_brackets and problem.context_mark) or problem.problem_mark
        line = mark.line + 1 if mark else 1
        said = " ".join(str(problem.problem or problem.context or said).split())
    return Problem(
        file=file,
        line=line,
        message=f"this is not YAML: {said}",
        remedy="look for a missing quote, bracket, colon or space near this line",
    )


def _removed(data: Any, path: Path) -> Any:
    head, *rest = path
    if isinstance(data, dict):
        if not rest:
            return {key: value for key, value in data.items() if key != head}
        return {k: _removed(v, tuple(rest)) if k == head else v for k, v in data.items()}
    if not rest:
        return [value for place, value in enumerate(data) if place != head]
    return [_removed(v, tuple(rest)) if i == head else v for i, v in enumerate(data)]
