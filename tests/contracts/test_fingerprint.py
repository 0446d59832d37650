"""The fingerprint changes with what the workflow does, and with nothing else."""

from __future__ import annotations

import io
import random
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from interlock.contracts import fingerprint, load_workflow
from tests.contracts.builders import GOOD, GOOD_TEXT, a_folder

DATA = st.dictionaries(st.text(max_size=5), st.integers(-9, 9) | st.text(max_size=5), max_size=4)
MODULES = st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=3)


@given(data=DATA, modules=MODULES, seed=st.integers())
def test_the_order_of_keys_does_not_matter(
    data: dict[str, Any], modules: dict[str, str], seed: int
) -> None:
    """Two people who sort a contract differently have agreed on the same thing."""
    shuffled = list(data.items())
    random.Random(seed).shuffle(shuffled)

    assert fingerprint(dict(shuffled), modules) == fingerprint(data, modules)


@given(data=DATA, modules=MODULES, other=DATA)
def test_another_contract_has_another_fingerprint(
    data: dict[str, Any], modules: dict[str, str], other: dict[str, Any]
) -> None:
    """A case pinned to a fingerprint must never run under other rules."""
    assert (fingerprint(data, modules) == fingerprint(other, modules)) == (data == other)


def test_layout_and_comments_do_not_change_it(tmp_path: Path) -> None:
    """Reformatting a contract must not strand the cases that wait on it."""
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = True
    text = io.StringIO()
    yaml.dump(yaml.load(GOOD_TEXT), text)
    folder = a_folder(tmp_path)
    (folder / "contract.yaml").write_text("# another layout\n" + text.getvalue())

    reformatted, original = load_workflow(folder), load_workflow(GOOD)

    assert reformatted.contract.fingerprint == original.contract.fingerprint
    assert reformatted.contract.text == original.contract.text
    assert reformatted.digest != original.digest


def test_a_changed_value_and_a_changed_line_of_code_change_it(tmp_path: Path) -> None:
    """What decides is contract and code together."""
    good = load_workflow(GOOD).contract.fingerprint
    contract = a_folder(tmp_path / "a", ("accept_at: 0.92", "accept_at: 0.93"))
    code = a_folder(tmp_path / "b", ('code="4400"', 'code="4401"'), file="steps.py")
    helper = a_folder(tmp_path / "c", ("order: str", "order: str | None"), file="cases.py")

    found = {load_workflow(folder).contract.fingerprint for folder in (contract, code, helper)}

    assert len(found | {good}) == 4


def test_a_file_the_workflow_never_reaches_does_not_change_it(tmp_path: Path) -> None:
    """A generator or a test beside the contract is not part of what was agreed."""
    folder = a_folder(tmp_path)
    (folder / "generate.py").write_text("print('made')\n")

    assert load_workflow(folder).contract.fingerprint == load_workflow(GOOD).contract.fingerprint


def test_a_module_imported_only_inside_a_function_changes_it(tmp_path: Path) -> None:
    """A late import is code all the same."""
    lazy = ("    return invoice\n", "    from .late import text\n\n    return text(invoice)\n")
    folder = a_folder(tmp_path, lazy, file="steps.py")
    (folder / "late.py").write_text("def text(invoice):\n    return invoice\n")
    before = load_workflow(folder)
    (folder / "late.py").write_text("def text(invoice):\n    return None\n")

    after = load_workflow(folder)

    assert "late.py" in before.functions.modules
    assert after.contract.fingerprint != before.contract.fingerprint
