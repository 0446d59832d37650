"""What is supposed of the future: a YAML file in which every number is somebody's statement.

Its one rule: what is not written is the contract's own number or is not known; it is never made
up here.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from interlock.contracts.reading import read_document
from interlock.errors import InterlockError

LARGEST_BYTES: Final = 1_000_000
Share = Annotated[float, Field(ge=0, le=1)]


class StatedUnusable(InterlockError):
    """The file of suppositions cannot be used."""

    code = "stated_unusable"

    def __init__(self, file: str, why: str, do: str) -> None:
        super().__init__(file, why, do)
        self.file, self.why, self.do = file, why, do

    def __str__(self) -> str:
        return f"{self.file}: {self.why}; {self.do}"


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class StatedStep(Shape):
    """What a step is supposed to do. beta: the two numbers of a beta distribution.

    returns: its output, where "{field}" is the case's own. raises: exception types with the share
    of cases that meet each. fails: the share that fails for technical reasons. wrong: the share
    of an AI step's answers that are wrong; left out, it is not known.
    """

    returns: dict[str, Any] = Field(default_factory=dict)
    confidence: tuple[float, float] | float | None = None
    raises: dict[str, Share] = Field(default_factory=dict)
    fails: Share = 0.0
    wrong: Share | None = None

    @model_validator(mode="after")
    def _adds_up(self) -> StatedStep:
        if sum(self.raises.values()) + self.fails > 1:
            raise ValueError("raises and fails come to more than 1; they are shares of the cases")
        sure = self.confidence
        if isinstance(sure, tuple) and min(sure) <= 0:
            raise ValueError("confidence [a, b] of a beta distribution needs two numbers above 0")
        if isinstance(sure, float) and not 0 <= sure <= 1:
            raise ValueError("confidence must lie between 0 and 1")
        return self


class StatedKind(Shape):
    """One kind of case. A case field may be a value, or {median: 400, sigma: 1.2}: lognormal."""

    share: float = Field(gt=0)
    segment: str = ""
    case: dict[str, Any] = Field(default_factory=dict)
    steps: dict[str, StatedStep] = Field(default_factory=dict)


class StatedMinutes(Shape):
    """Minutes a question takes. cv: standard deviation over mean; 1 is an exponential time."""

    mean: float = Field(gt=0)
    cv: float = Field(default=1.0, gt=0, le=5)


class StatedDecisions(Shape):
    """What people decide, as shares that come to 1."""

    approve: Share
    edit: Share = 0.0
    reject: Share = 0.0

    @model_validator(mode="after")
    def _adds_up(self) -> StatedDecisions:
        if abs(self.approve + self.edit + self.reject - 1) > 1e-6:  # noqa: PLR2004
            raise ValueError("approve, edit and reject must come to 1")
        return self


class Stated(Shape):
    """All that is supposed. arrivals: hours as in a queue's `hours`."""

    volume_per_day: float | None = Field(default=None, gt=0)
    arrivals: str = "always"
    kinds: tuple[StatedKind, ...] = ()
    steps: dict[str, StatedStep] = Field(default_factory=dict)
    decisions: StatedDecisions | None = None
    minutes: dict[str, StatedMinutes] = Field(default_factory=dict)

    def step(self, kind: StatedKind | None, name: str) -> StatedStep:
        """What is supposed of a step for this kind of case."""
        own = kind.steps.get(name) if kind is not None else None
        return own or self.steps.get(name) or StatedStep()


def read_stated(file: Path) -> Stated:
    """The suppositions of a file. Raises: StatedUnusable with what to write."""
    if not file.is_file():
        raise StatedUnusable(file.name, "there is no such file", "name it with --stated FILE")
    if file.stat().st_size > LARGEST_BYTES:
        raise StatedUnusable(file.name, "it is too large", "it holds a few dozen numbers")
    text = file.read_text(encoding="utf-8", errors="replace")
    document, problems = read_document(text, file.name)
    if problems:
        first = problems[0]
        raise StatedUnusable(file.name, f"line {first.line}: {first.message}", first.remedy)
    try:
        return Stated.model_validate(document.data)
    except ValidationError as failed:
        error = failed.errors(include_url=False)[0]
        place = list(error["loc"])
        where = ".".join(map(str, place)) or "the file"
        said = error["msg"].removeprefix("Value error, ")
        line = document.line(*place)
        raise StatedUnusable(
            file.name, f"line {line}: {where}: {said}", "see docs/looking-ahead.md for the format"
        ) from None
