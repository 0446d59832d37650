"""JSON text of domain values and back. Its one rule: what was written is what is read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Final, Generic, TypeVar

from pydantic import Field, TypeAdapter

from interlock.domain.action import Action
from interlock.domain.case import Case, OpenException
from interlock.domain.event import Event
from interlock.domain.gate import GateVerdict
from interlock.domain.people import Account
from interlock.domain.review import Decision, EvidencePackage, ReviewTask

T = TypeVar("T")


class Codec(Generic[T]):
    """Writes and reads one kind of value. Values inside `Any` must be plain JSON values."""

    def __init__(self, kind: Any) -> None:
        self._one: TypeAdapter[T] = TypeAdapter(kind)
        self._many: TypeAdapter[list[T]] = TypeAdapter(list[kind])

    def encode(self, value: T) -> str:
        """The value as JSON text."""
        return self._one.dump_json(value).decode()

    def decode(self, text: str) -> T:
        """The value the text stands for. Raises: pydantic.ValidationError."""
        return self._one.validate_json(text)

    def decode_all(self, texts: Sequence[str]) -> list[T]:
        """The values, in order; one pass of the parser for all of them."""
        return self._many.validate_json(f"[{','.join(texts)}]") if texts else []


CASE: Final[Codec[Case]] = Codec(Case)
TASK: Final[Codec[ReviewTask]] = Codec(ReviewTask)
ACTION: Final[Codec[Action]] = Codec(Action)
DECISION: Final[Codec[Decision]] = Codec(Decision)
EVIDENCE: Final[Codec[EvidencePackage]] = Codec(EvidencePackage)
OPEN_EXCEPTION: Final[Codec[OpenException]] = Codec(OpenException)
ACCOUNT: Final[Codec[Account]] = Codec(Account)
VERDICT: Final[Codec[GateVerdict]] = Codec(GateVerdict)
EVENT: Final[Codec[Event]] = Codec(Annotated[Event, Field(discriminator="kind")])
