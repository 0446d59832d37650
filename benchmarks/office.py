"""The five-step workflow on a database, as every benchmark uses it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from interlock.bootstrap import Services, build, upgrade
from interlock.domain.authoring import Document
from interlock.runtime.commands import deliver
from interlock.settings import Settings

FOLDER = Path(__file__).parent / "workflows" / "five_steps"
WORKFLOW = "five_steps"
BATCH = 50
_numbers = count(1)


def settings(url: str, **more: Any) -> Settings:
    """Settings for the five steps, run autonomously."""
    return Settings(database_url=url, workflows=(FOLDER,), stage="autonomous", **more)


@contextmanager
def services(url: str, **more: Any) -> Iterator[Services]:
    """The services on a database whose tables are made when they are not there. more: settings."""
    upgrade(settings(url, **more))
    with build(settings(url, **more)) as built:
        yield built


def requests(cases: int, **fields: object) -> Document:
    """One document that holds so many new cases."""
    made = [
        {"number": f"N-{next(_numbers)}", "amount": 100, "text": "please " * 20, **fields}
        for _ in range(cases)
    ]
    return Document(name="requests.json", content=json.dumps(made).encode())


def open_cases(built: Services, cases: int, **fields: object) -> None:
    """Opens new cases, a batch a transaction, with their episodes."""
    for first in range(0, cases, BATCH):
        deliver(built.context, WORKFLOW, [requests(min(BATCH, cases - first), **fields)])
