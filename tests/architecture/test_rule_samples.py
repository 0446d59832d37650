"""The rules that guess from the look of a text, each shown what it must and must not catch."""

from __future__ import annotations

import ast

import pytest

from tests.architecture.test_habits import MACHINE_PATH, is_formatted_sql


@pytest.mark.parametrize(
    "code",
    [
        'f"SELECT id FROM {table}"',
        'f"INSERT INTO t VALUES ({value})"',
        '"UPDATE t SET a = %s" % value',
        '"DELETE FROM t WHERE id = " + key',
        '"WITH x AS (SELECT 1) SELECT * FROM {}".format(name)',
        'f"""\n    CREATE TABLE {name} (id INT)"""',
    ],
)
def test_a_formatted_statement_is_caught(code: str) -> None:
    """Each of the ways Python builds a string can build a statement."""
    assert is_formatted_sql(ast.parse(code, mode="eval").body)


@pytest.mark.parametrize(
    "code",
    [
        'f"select a release for {case}"',
        'f"update {name} before you go on"',
        'f"with {count} cases as of {day}"',
        '"create " + noun',
    ],
)
def test_a_sentence_that_only_starts_like_one_is_not(code: str) -> None:
    """A rule that cries at plain words gets switched off."""
    assert not is_formatted_sql(ast.parse(code, mode="eval").body)


def test_a_path_of_one_machine_is_told_from_a_path_of_any() -> None:
    """`/usr/lib` is everywhere; somebody's home is not."""
    caught = ["open('/" + "home/ada/x.csv')", "cd /" + "root/project", "/" + "opt/tool/bin"]
    passed = ["/usr/lib/postgresql", "src/home/page", "POST /cases", "https://x.example/opt/a"]

    assert all(MACHINE_PATH.search(text) for text in caught)
    assert not any(MACHINE_PATH.search(text) for text in passed)
