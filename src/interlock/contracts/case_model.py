"""What a case is made of: a Pydantic model beside the contract, or a JSON Schema file.

One rule: both answer `model_validate(data)` and name their fields, so nobody else has to ask
which of the two it is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeAlias

from pydantic import BaseModel

from interlock.errors import InterlockError, MissingExtra


class DataRefused(InterlockError):
    """Data does not fit the case's JSON Schema. `missing`: names of fields that are absent."""

    code = "data_refused"

    def __init__(self, reasons: tuple[str, ...], missing: tuple[str, ...]) -> None:
        super().__init__(reasons, missing)
        self.reasons, self.missing = reasons, missing

    def __str__(self) -> str:
        return f"the data does not fit the case: {'; '.join(self.reasons)}; correct these fields"


@dataclass(frozen=True, slots=True)
class JsonSchemaModel:
    """A JSON Schema file as a case model. Its cases stay plain mappings."""

    title: str
    schema: Mapping[str, Any]

    @classmethod
    def read(cls, file: Path) -> JsonSchemaModel:
        """The model of a file. Raises: ValueError with what to do, MissingExtra."""
        try:
            schema = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as problem:
            raise ValueError(f"write a JSON Schema into it ({problem})") from None
        properties = schema.get("properties") if isinstance(schema, dict) else None
        if not isinstance(properties, dict):
            raise ValueError('a case needs named fields; write "properties" into it')
        _validator(schema)
        title = schema.get("title")
        return cls(title if isinstance(title, str) and title else file.stem, schema)

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(self.schema["properties"])

    def model_validate(self, data: Any) -> dict[str, Any]:
        """The data as it is, when it fits. Raises: DataRefused."""
        found = sorted(_validator(self.schema).iter_errors(data), key=lambda each: each.json_path)
        if found:
            missing = (_missing(each, data) for each in found if each.validator == "required")
            names = tuple(dict.fromkeys(name for group in missing for name in group))
            raise DataRefused(tuple(each.message for each in found), names)
        return dict(data)


CaseModel: TypeAlias = type[BaseModel] | JsonSchemaModel


def fields_of(model: CaseModel) -> Mapping[str, Any]:
    """The case's fields by name, with their Python types where they are known (else None)."""
    if isinstance(model, JsonSchemaModel):
        return MappingProxyType(dict.fromkeys(model.fields))
    known = {name: field.annotation for name, field in model.model_fields.items()}
    return MappingProxyType(known | dict.fromkeys(model.model_computed_fields))


def _validator(schema: Mapping[str, Any]) -> Any:
    try:
        jsonschema = import_module("jsonschema")
    except ImportError:
        raise MissingExtra("jsonschema", "jsonschema") from None
    kind = jsonschema.validators.validator_for(schema)
    try:
        kind.check_schema(schema)
    except jsonschema.SchemaError as problem:
        raise ValueError(f"it is no JSON Schema: {problem.message}") from None
    return kind(schema)


def _missing(problem: Any, data: Any) -> list[str]:
    """The names a `required` rule did not find at the place it speaks of."""
    here = problem.instance if isinstance(problem.instance, Mapping) else data
    above = ".".join(str(part) for part in problem.absolute_path)
    absent = [name for name in problem.validator_value if name not in here]
    return [f"{above}.{name}" if above else name for name in absent]
