"""Loads a workflow's code from the folder of its contract."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

from pydantic import BaseModel

from interlock.canonical import content_digest
from interlock.contracts.case_model import CaseModel, JsonSchemaModel
from interlock.contracts.functions import WorkflowFunctions
from interlock.contracts.gather import gather
from interlock.contracts.modules import CodeNotLoaded, load_modules, module_files
from interlock.contracts.problem import Problem, did_you_mean, nearest
from interlock.contracts.raised import raised_types
from interlock.contracts.reading import Document
from interlock.contracts.shape import ContractShape
from interlock.errors import InterlockError

SYSTEMS = "systems"  # the module that connects systems, when the folder has one


def load_code(
    folder: Path, document: Document, shape: ContractShape, file: str
) -> tuple[WorkflowFunctions | None, list[Problem]]:
    """The workflow's functions, or None with the reasons why they cannot be loaded."""
    problems = _absent_modules(folder, document, shape, file)
    schema = shape.case.schema_
    case_module, _, case_class = schema.partition(":")
    if problems or not schema:
        return None, problems
    names = [*shape.module]
    names += [SYSTEMS] if (folder / f"{SYSTEMS}.py").is_file() and SYSTEMS not in names else []
    everything = [*names, case_module] if case_class else names
    line = document.line("case", "schema")
    try:
        modules = load_modules(folder, list(dict.fromkeys(everything)))
        model = _case_model(folder, schema, modules.get(case_module))
    except CodeNotLoaded as problem:
        place = (problem.file, problem.line) if problem.file else (file, document.line("module"))
        return None, [_problem(*place, problem.message, problem.remedy)]
    except (ValueError, InterlockError) as problem:
        return None, [_problem(file, line, f'case.schema is "{schema}"', str(problem))]
    found = gather({name: modules[name] for name in names}, folder)
    files = module_files(folder, everything)
    digests = {name: content_digest(path.read_bytes()) for name, path in files.items()}
    if isinstance(model, JsonSchemaModel):
        digests[schema] = content_digest((folder / schema).read_bytes())
    functions = WorkflowFunctions(
        steps=found.steps,
        actions=found.actions,
        reader=found.reader,
        systems=found.systems,
        frozen_systems=found.frozen_systems,
        case_model=model,
        modules=digests,
        raises=raised_types(files),
    )
    return functions, found.problems


def _absent_modules(
    folder: Path, document: Document, shape: ContractShape, file: str
) -> list[Problem]:
    present = [each.stem for each in folder.glob("*.py")]
    problems = []
    for number, name in enumerate(shape.module):
        if name not in present and not (folder / name / "__init__.py").is_file():
            remedy = did_you_mean(name, present, "write it beside the contract, or name yours")
            line = document.line("module", number)
            problems.append(_problem(file, line, f"there is no {name}.py in this folder", remedy))
    schema = shape.case.schema_
    module, _, model = schema.partition(":")
    line = document.line("case", "schema")
    if model and not (folder / f"{module}.py").is_file():
        remedy = did_you_mean(module, present, f"write {module}.py, or name yours")
        problems.append(_problem(file, line, f'case.schema is "{schema}"', remedy))
    elif schema and not model and not _is_inside(folder, schema):
        close = nearest(schema, [each.name for each in folder.glob("*.json")])
        remedy = "write a model, as in cases:Invoice, or a file, as in case.json"
        remedy = f'did you mean "{close}"?' if close else remedy
        problems.append(_problem(file, line, f'case.schema is "{schema}"', remedy))
    return problems


def _is_inside(folder: Path, name: str) -> bool:
    file = (folder / name).resolve()
    return name.endswith(".json") and file.is_relative_to(folder.resolve()) and file.is_file()


def _case_model(folder: Path, schema: str, module: ModuleType | None) -> CaseModel:
    """The case's model. Raises: ValueError with what to write, MissingExtra."""
    if module is None:
        return JsonSchemaModel.read(folder / schema)
    name = schema.partition(":")[2]
    found: Any = getattr(module, name, None)
    if isinstance(found, type) and issubclass(found, BaseModel):
        return found
    models = [
        each
        for each, value in vars(module).items()
        if isinstance(value, type) and issubclass(value, BaseModel) and value is not BaseModel
    ]
    raise ValueError(did_you_mean(name, models, "name a Pydantic model of that module"))


def _problem(file: str, line: int, message: str, remedy: str) -> Problem:
    return Problem(file=file, line=line, message=message, remedy=remedy)
