"""The small shapes others are made of: texts that every database can hold, money, places, pages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final, Generic, TypeVar

from fastapi import Path
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, StringConstraints

from interlock.domain.money import Money
from interlock.runtime.plain import plain_text, to_plain

T = TypeVar("T")

LONGEST_NOTE: Final = 10_000  # letters
PAGE: Final = 50
LARGEST_PAGE: Final = 200
LONGEST_POSITION: Final = 400  # letters
NAME: Final = r"^[A-Za-z0-9][A-Za-z0-9_.:@-]*$"  # names of contracts, people, queues; ids
NO_CONTROL: Final = r"^[^\x00-\x1f\x7f]*$"


class Shape(BaseModel):
    """A value of the API. Fields that are not in the description are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _plain_fields(given: dict[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = to_plain(given)
    return plain


Name = Annotated[str, StringConstraints(pattern=NAME, max_length=200)]
Word = Annotated[str, StringConstraints(pattern=NO_CONTROL, max_length=200)]
Note = Annotated[str, StringConstraints(max_length=LONGEST_NOTE), AfterValidator(plain_text)]
Said = Annotated[
    str,
    StringConstraints(min_length=1, max_length=LONGEST_NOTE, pattern=r"\S"),
    AfterValidator(plain_text),
]
Fields = Annotated[dict[str, JsonValue], AfterValidator(_plain_fields)]

CaseId = Annotated[
    str, Path(pattern=NAME, max_length=80, description="The case's id, as in case_3f0c…")
]
TaskId = Annotated[
    str, Path(pattern=NAME, max_length=80, description="The review task's id, as in task_3f0c…")
]
NameInPath = Annotated[str, Path(pattern=NAME, max_length=200)]
Text = Annotated[
    str,
    StringConstraints(pattern=NO_CONTROL, max_length=200),
    Field(description="Part of the key or title, any case."),
]


class Paged(Shape):
    """Where in a list to begin, and how much of it to give."""

    after: Annotated[
        str | None,
        Field(max_length=LONGEST_POSITION, description="Where the page before ended: its `next`."),
    ] = None
    limit: Annotated[int, Field(ge=1, le=LARGEST_PAGE, description="At most so many.")] = PAGE


class MoneyShape(Shape):
    """An amount of money."""

    amount: Annotated[str, Field(examples=["16180.00"], description="In units, as a decimal text.")]
    currency: Annotated[str, Field(examples=["EUR"])]


class PageShape(Shape, Generic[T]):
    """One page of a list. `next`: the `after` of the page that follows; null at the end."""

    items: list[T]
    next: str | None = None


class ProblemShape(BaseModel):
    """A refusal (RFC 9457). `code` and `type` are stable; `detail` is for people."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "/problems/case_unknown",
                    "title": "Case unknown",
                    "status": 404,
                    "detail": "no case is called 'case_0'; look for it in the list of cases",
                    "code": "case_unknown",
                    "instance": "/requests/5f1d0c2b9e8a7f60",
                }
            ]
        }
    )

    type: str
    title: str
    status: int
    detail: str
    code: str
    instance: str


def money_shape(money: Money | None) -> MoneyShape | None:
    """The shape of an amount."""
    if money is None:
        return None
    return MoneyShape(amount=f"{money.amount:f}", currency=money.currency)


def as_plain(value: Mapping[str, Any] | Any) -> Any:
    """A stored value as JSON."""
    return to_plain(value)


def utc(moment: datetime) -> str:
    """A time as text, UTC."""
    return moment.isoformat()
