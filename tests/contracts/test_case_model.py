"""A JSON Schema as a case: what does not fit is told field by field."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from interlock.contracts import DataRefused, JsonSchemaModel
from interlock.contracts.case_model import fields_of

pytest.importorskip("jsonschema")

SCHEMA = {
    "title": "Ticket",
    "type": "object",
    "required": ["number", "caller"],
    "properties": {
        "number": {"type": "string"},
        "caller": {
            "type": "object",
            "required": ["email"],
            "properties": {"email": {"type": "string"}},
        },
    },
}


def a_model(folder: Path, schema: Any = SCHEMA) -> JsonSchemaModel:
    file = folder / "ticket.json"
    file.write_text(json.dumps(schema))
    return JsonSchemaModel.read(file)


def test_data_that_fits_comes_back_as_it_is(tmp_path: Path) -> None:
    """A schema checks; it never changes what another system sent."""
    data = {"number": "7", "caller": {"email": "a@example.com"}, "note": None}

    assert a_model(tmp_path).model_validate(data) == data
    assert tuple(fields_of(a_model(tmp_path))) == ("number", "caller")


def test_absent_fields_are_named(tmp_path: Path) -> None:
    """Whoever is asked for the missing data must know which."""
    with pytest.raises(DataRefused) as refused:
        a_model(tmp_path).model_validate({"caller": {}})

    assert set(refused.value.missing) == {"number", "caller.email"}
    assert "correct these fields" in str(refused.value)


def test_a_wrong_value_is_not_a_missing_one(tmp_path: Path) -> None:
    """Missing data is asked for; a changed shape is looked into."""
    with pytest.raises(DataRefused) as refused:
        a_model(tmp_path).model_validate({"number": 7, "caller": {"email": "x"}})

    assert refused.value.missing == ()


@pytest.mark.parametrize("schema", [[], {"type": "object"}, {"properties": {}, "type": 3}])
def test_a_file_that_is_no_schema_is_refused(schema: Any, tmp_path: Path) -> None:
    """Found when the contract is checked, not when the first case arrives."""
    with pytest.raises(ValueError, match=r"write|JSON Schema"):
        a_model(tmp_path, schema)
