"""From a file to requests: a CSV with a line each, or one request as JSON."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from interlock import Document, MissingData, SchemaChange, reader

from .cases import Request, area_of


@reader
def read_requests(document: Document) -> list[dict[str, Any]]:
    """The requests in a document, each with its area. Raises: MissingData, SchemaChange."""
    text = document.content.decode("utf-8-sig", errors="replace")
    rows = _from_csv(text) if document.name.lower().endswith(".csv") else _from_json(text)
    return [_request(row) for row in rows]


def _from_csv(text: str) -> list[dict[str, Any]]:
    rows = list(csv.DictReader(io.StringIO(text)))
    if not rows or not {"number", "text"} <= set(rows[0]):
        raise SchemaChange("a CSV of requests has the columns number and text")
    return [dict(row) for row in rows]


def _from_json(text: str) -> list[dict[str, Any]]:
    try:
        found = json.loads(text)
    except ValueError as problem:
        raise SchemaChange(f"this is no JSON: {problem}") from problem
    if not isinstance(found, dict):
        raise SchemaChange("a request is a JSON object with number and text")
    return [found]


def _request(row: dict[str, Any]) -> dict[str, Any]:
    words = str(row.get("text") or "").strip()
    if not words:
        raise MissingData("text")
    return Request(
        number=str(row.get("number") or ""), text=words, area=area_of(words)
    ).model_dump()
