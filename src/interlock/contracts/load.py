"""The two ways into this layer: load a workflow, or hear everything that is wrong with it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

from interlock.canonical import content_digest
from interlock.contracts import keys
from interlock.contracts.checks import capacity
from interlock.contracts.checks.case import named_by_schema
from interlock.contracts.checks.every import all_problems
from interlock.contracts.code import load_code
from interlock.contracts.compile import compiled
from interlock.contracts.draft import Draft
from interlock.contracts.problem import (
    CheckReport,
    ContractRefused,
    Problem,
    in_reading_order,
    nearest,
)
from interlock.contracts.reading import read_document
from interlock.contracts.values import validated
from interlock.contracts.workflow import LoadedWorkflow

CONTRACT_FILE: Final = "contract.yaml"
LARGEST_BYTES: Final = 1_000_000  # a contract is read by people; the largest so far has 6,000


def load_workflow(path: Path) -> LoadedWorkflow:
    """The workflow of a contract file, or of the folder that holds contract.yaml.

    Raises: ContractRefused with every problem at once.
    """
    report = check_contract(path)
    if report.workflow is None:
        raise ContractRefused(report.problems)
    return report.workflow


def check_contract(path: Path) -> CheckReport:
    """Every problem of the contract, and the workflow when none of them is an error.

    Bad content never raises; the modules of the folder are imported to look at their functions.
    """
    file = path / CONTRACT_FILE if path.is_dir() else path
    try:
        content = _content(file)
    except ValueError as problem:
        message, _, remedy = str(problem).partition("; ")
        return _refused(Problem(file=file.name, line=0, message=message, remedy=remedy))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = content[: problem.start].count(b"\n") + 1
        message = "this is not UTF-8 text"
        remedy = "save the file as UTF-8"
        return _refused(Problem(file=file.name, line=line, message=message, remedy=remedy))
    return _check_text(file, text, content_digest(content))


def _content(file: Path) -> bytes:
    """The bytes of the file. Raises: ValueError in two halves."""
    if not file.is_file():
        others = [each.name for each in file.parent.glob("*.y*ml")] if file.parent.is_dir() else []
        close = nearest(file.name, others) or (others[0] if len(others) == 1 else None)
        remedy = f'did you mean "{close}"?' if close else "name a contract or the folder it is in"
        raise ValueError(f"there is no such file; {remedy}")
    if file.stat().st_size > LARGEST_BYTES:
        raise ValueError(
            f"the file has {file.stat().st_size:,} bytes; a contract has a few thousand"
        )
    try:
        return file.read_bytes()
    except OSError as problem:
        raise ValueError(f"it cannot be read ({problem.strerror}); check who may read it") from None


def _check_text(file: Path, text: str, digest: str) -> CheckReport:
    document, found = read_document(text, file.name)
    if not document.data:
        return _refused(*found)
    problems = [*found, *keys.problems(document, file.name)]
    right = validated(document, file.name)
    folder = file.parent.resolve()
    functions, code_problems = load_code(folder, right.document, right.shape, file.name)
    draft = Draft(
        file=file.name,
        folder=folder,
        document=right.document,
        shape=right.shape,
        case_name=right.shape.case.name or named_by_schema(right.shape.case.schema_),
        functions=functions,
        refused=right.refused,
    )
    problems += [*right.problems, *code_problems, *all_problems(draft)]
    report = CheckReport(problems=in_reading_order(problems, file.name))
    if not report.ok or functions is None:
        return report
    contract = compiled(draft, functions)
    problems += capacity.problems(draft, contract)
    ahead, unreckoned = capacity.outlooks(draft, contract)
    workflow = LoadedWorkflow(
        contract=contract,
        functions=functions,
        folder=folder,
        source=text,
        digest=digest,
    )
    return replace(
        report,
        problems=in_reading_order(problems, file.name),
        workflow=workflow,
        capacity=ahead,
        capacity_needs=unreckoned,
    )


def _refused(*problems: Problem) -> CheckReport:
    return CheckReport(problems=in_reading_order(problems, problems[0].file))
