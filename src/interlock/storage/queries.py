"""Named SQL, read from the files in `sql/`.

`sql/*.sql` serves both databases; `sql/postgres` and `sql/sqlite` hold what must differ. Each
statement begins with `-- name: NAME` and a sentence that says what it does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Final

from sqlalchemy import Text, TextClause, bindparam, text

FOLDERS: Final = MappingProxyType({"postgresql": "postgres", "sqlite": "sqlite"})

_NAME: Final = re.compile(r"^-- name: (\w+)\n", re.MULTILINE)
_SENTENCE: Final = re.compile(r"\A(?:-- .*\n)+")
_LIST: Final = re.compile(r"\bIN :(\w+)")  # a parameter that stands for a list of values


@cache
def load_queries(dialect: str) -> Mapping[str, TextClause]:
    """Every statement for a dialect, by name. Raises: KeyError for a dialect we do not have."""
    root = files("interlock.storage") / "sql"
    found = {name: _prepared(sql) for name, _, sql in statements(root)}
    for name, _, sql in statements(root / FOLDERS[dialect]):
        found[name] = _prepared(sql)
    return MappingProxyType(found)


def statements(folder: Traversable) -> Iterator[tuple[str, str, str]]:
    """(name, sentence, SQL) of every statement in a folder's own files."""
    for path in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if path.name.endswith(".sql"):
            parts = _NAME.split(path.read_text(encoding="utf-8"))[1:]
            for name, body in zip(parts[::2], parts[1::2], strict=True):
                yield name, *_split_sentence(body)


def _split_sentence(body: str) -> tuple[str, str]:
    said = _SENTENCE.match(body)
    comment = said.group() if said else ""
    sentence = " ".join(line.removeprefix("-- ") for line in comment.splitlines())
    return sentence, body[len(comment) :].strip().removesuffix(";")


def _prepared(sql: str) -> TextClause:
    lists = [
        bindparam(name, expanding=True, type_=Text) for name in dict.fromkeys(_LIST.findall(sql))
    ]
    return text(sql).bindparams(*lists)
