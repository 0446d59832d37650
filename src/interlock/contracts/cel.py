"""Conditions of a contract, in CEL: yes-or-no questions about a case.

One rule: only a real true or false is an answer. A missing value, a wrong kind of value or any
other result raises ConditionFailed, and the caller stops there (a guard fails closed).

A field that holds nothing counts as missing, unless the condition itself compares it with
`null`; so `country == "DE"` cannot quietly be false because nobody filled the country in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import Enum, StrEnum
from types import MappingProxyType
from typing import Any, Final
from zoneinfo import ZoneInfo

import cel

from interlock.contracts.word_sets import word_set
from interlock.domain.contract import ConditionFailed
from interlock.errors import InterlockError

UTC: Final = ZoneInfo("UTC")
LONGEST: Final = 500  # letters; a longer condition is not read by anybody


class ValueKind(StrEnum):
    """What a text in plain data stands for."""

    NUMBER = "number"  # a Decimal, kept as text so that no digit is lost
    MOMENT = "moment"  # a day or a time


FUNCTIONS: Final = word_set(
    "bool bytes contains double duration dyn endsWith getDate getDayOfMonth getDayOfWeek "
    "getDayOfYear getFullYear getHours getMilliseconds getMinutes getMonth getSeconds has int "
    "matches max min size startsWith string timestamp type uint"
)
TYPE_NAMES: Final = word_set("bool bytes double int list map null_type string uint")

NO_KINDS: Final[Mapping[str, ValueKind]] = MappingProxyType({})

_TEXT: Final = re.compile(r"""[rRbB]?("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""")
_BOUND: Final = re.compile(r"\.\s*(?:all|exists|exists_one|map|filter)\s*\(\s*([A-Za-z_]\w*)\s*,")
_ATTRIBUTE: Final = re.compile(r"(?<![\w.])([A-Za-z_]\w*)\s*\.\s*([A-Za-z_]\w*)(?!\w|\s*\()")
_NULL: Final = re.compile(
    r"([A-Za-z_]\w*)\s*[!=]=\s*null\b|\bnull\s*[!=]=\s*(?:[A-Za-z_]\w*\s*\.\s*)*([A-Za-z_]\w*)"
)


class ConditionInvalid(InterlockError):
    """The text is no condition. `remedy`: what to write instead."""

    code = "condition_invalid"

    def __init__(self, text: str, remedy: str) -> None:
        super().__init__(text, remedy)
        self.text, self.remedy = text, remedy

    def __str__(self) -> str:
        return f"{self.text!r} is no condition; {self.remedy}"


@dataclass(frozen=True, slots=True)
class CelCondition:
    """A compiled condition. Two are equal when their texts are."""

    text: str
    _program: Any = field(repr=False, compare=False)
    _asked_for_null: frozenset[str] = field(repr=False, compare=False)
    _heads: frozenset[str] = field(repr=False, compare=False)
    _kinds: Mapping[str, ValueKind] = field(repr=False, compare=False)

    @classmethod
    def of(cls, text: str, kinds: Mapping[str, ValueKind] = NO_KINDS) -> CelCondition:
        """The condition of a CEL text. Raises: ConditionInvalid.

        kinds: what a path such as `invoice.payable` holds, when JSON can only keep it as text.
        """
        if len(text) > LONGEST:
            raise ConditionInvalid(text, f"keep it under {LONGEST} letters, or decide it in a step")
        try:
            program = cel.compile(text)
        except Exception:  # noqa: BLE001  (the parser's own errors are of several kinds)
            raise ConditionInvalid(
                text, "write a comparison, as in payable > 10000 or invoice.iban != supplier.iban"
            ) from None
        bare = _without_texts(text)
        asked = {name for pair in _NULL.findall(bare) for name in pair if name}
        bound = frozenset(_BOUND.findall(bare))
        heads = frozenset(program.variables()) - bound - TYPE_NAMES
        return cls(text, program, frozenset(asked), heads, kinds)

    def __reduce__(self) -> tuple[Any, tuple[str, dict[str, ValueKind]]]:
        return CelCondition.of, (self.text, dict(self._kinds))

    @property
    def variables(self) -> frozenset[str]:
        """The names it needs, without those its own loops bind."""
        return self._heads

    @property
    def functions(self) -> frozenset[str]:
        """The functions it calls, operators left out."""
        called: list[str] = self._program.functions()
        return frozenset(name for name in called if name.isidentifier() and name[0] != "_")

    @property
    def attributes(self) -> frozenset[tuple[str, str]]:
        """(variable, attribute) of every `variable.attribute`, one level deep."""
        found = _ATTRIBUTE.findall(_without_texts(self.text))
        return frozenset((head, attribute) for head, attribute in found if head in self._heads)

    def holds(self, facts: Mapping[str, Any]) -> bool:
        """True or false, over facts by name: plain values, mappings or Pydantic models.

        Raises: ConditionFailed when a value is missing or the result is not true or false.
        """
        try:
            needed = {name: facts[name] for name in self._heads if name in facts}
            answer = self._program.execute(self._plain_mapping(needed))
        except Exception as problem:  # noqa: BLE001  (whatever it is, there is no answer)
            raise ConditionFailed(self.text, _reason(problem)) from None
        if answer is not True and answer is not False:
            raise ConditionFailed(self.text, f"the result is {answer!r}, not true or false")
        return bool(answer)

    def _plain_mapping(self, values: Mapping[Any, Any], path: str = "") -> dict[str, Any]:
        return {
            str(name): self._plain(value, f"{path}.{name}" if path else str(name))
            for name, value in values.items()
            if value is not None or name in self._asked_for_null
        }

    def _plain(self, value: Any, path: str) -> Any:
        """A value CEL knows: amounts become numbers, days become their first moment in UTC."""
        if isinstance(value, Enum):
            value = value.value
        if isinstance(value, str) and path in self._kinds:
            return _read_as(self._kinds[path], value)
        if value is None or isinstance(value, bool | str | int | float | bytes | datetime):
            return value
        if isinstance(value, date):
            return datetime.combine(value, time(), UTC)
        if isinstance(value, Mapping):
            return self._plain_mapping(value, path)
        if isinstance(value, list | tuple | Set):
            return [self._plain(item, path) for item in value]
        return self._plain_object(value, path)

    def _plain_object(self, value: Any, path: str) -> Any:
        dump = getattr(value, "model_dump", None)
        if callable(dump):
            return self._plain_mapping(dump(), path)
        names = getattr(value, "__dataclass_fields__", None)
        if names is not None:
            return self._plain_mapping({name: getattr(value, name) for name in names}, path)
        return float(value)  # Decimal and its like; anything else has no place in a condition


def _read_as(kind: ValueKind, text: str) -> Any:
    """The number or moment of a text. Raises: ValueError when it is none."""
    if kind is ValueKind.NUMBER:
        return float(text)
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _without_texts(text: str) -> str:
    return _TEXT.sub('""', text)


def _reason(problem: Exception) -> str:
    first = str(problem).strip().splitlines()[:1]
    said = first[0] if first else type(problem).__name__
    if isinstance(problem, KeyError):
        return f"{said} has no value"
    if said.startswith("Undefined variable"):
        return f"{said.split(chr(39))[1]} has no value"
    if isinstance(problem, TypeError):
        return "it compares values of two kinds, or a value that is not there"
    return said
