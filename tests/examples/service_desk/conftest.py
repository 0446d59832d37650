"""A service desk on an empty database, with a model trained on made-up requests."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from examples.service_desk.desk_people import DeskPeople
from examples.service_desk.made_up import requests
from examples.service_desk.steps import MODEL
from examples.service_desk.triage_model import TriageModel
from interlock.bootstrap import Services, build_inline
from interlock.domain.authoring import Document
from interlock.domain.case import Case
from interlock.runtime.commands import deliver
from interlock.settings import Settings
from interlock.testing.clock import MovingClock
from tests.runtime.office import MONDAY

FOLDER = Path(__file__).parents[3] / "examples" / "service_desk"


@pytest.fixture(scope="session")
def model() -> TriageModel:
    """A model that learnt from 600 made-up requests."""
    return TriageModel.train(requests(600, seed=1))


@dataclass
class Desk:
    """The desk and what its requests are really about."""

    services: Services
    truth: dict[str, str]
    folder: Path

    def send(self, pairs: list[tuple[str, str]]) -> list[Case]:
        """Delivers requests, works on them, and says where they stand."""
        numbers = [f"Q-{len(self.truth) + place}" for place in range(1, len(pairs) + 1)]
        self.truth |= dict(zip(numbers, (kind for _, kind in pairs), strict=True))
        text = io.StringIO()
        csv.writer(text).writerows(
            [("number", "text"), *zip(numbers, (t for t, _ in pairs), strict=True)]
        )
        document = Document(name="requests.csv", content=text.getvalue().encode())
        sent = deliver(self.services.context, "service_desk", [document])
        self.run()
        return self.services.store.load([each.case_id for each in sent])

    def run(self) -> None:
        """Works until nothing is ready."""
        self.services.engine.drain(self.services.runner)

    def people(self) -> DeskPeople:
        return DeskPeople(self.services.context, self.truth)


@pytest.fixture
def desk(tmp_path: Path, model: TriageModel) -> Iterator[Desk]:
    """At stage autonomous: what the model is sure of is handed over at once."""
    model.save(tmp_path / MODEL)
    settings = Settings(stage="autonomous", data=tmp_path)
    with build_inline(FOLDER, settings=settings, clock=MovingClock(MONDAY)) as services:
        yield Desk(services=services, truth={}, folder=tmp_path)
