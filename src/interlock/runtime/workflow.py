"""A workflow ready to be performed: its contract, its functions and the systems they use."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Final, TypeAlias

from pydantic import ValidationError

from interlock.contracts import DataRefused, LoadedWorkflow
from interlock.domain.contract import WorkflowContract
from interlock.domain.event import CaseRefit
from interlock.domain.ids import Fingerprint, WorkflowId
from interlock.domain.money import Money
from interlock.domain.rules.asking import fill
from interlock.errors import InterlockError
from interlock.runtime.plain import to_plain

HIDDEN: Final = "…"


class WorkflowUnknown(InterlockError):
    """A case is pinned to a contract this process has not loaded."""

    code = "workflow_unknown"

    def __init__(self, seen: str, loaded: tuple[str, ...]) -> None:
        super().__init__(seen, loaded)
        self.seen, self.loaded = seen, loaded

    def __str__(self) -> str:
        have = ", ".join(self.loaded) or "none"
        return (
            f"contract {self.seen} is not loaded here (loaded: {have}); name its folder with "
            "--workflow; if that was changed since, bring back the version the case began with"
        )


class CaseUnfit(InterlockError):
    """Case fields that do not fit the case schema. `absent`: the fields that are not there."""

    code = "case_unfit"

    def __init__(self, problems: tuple[str, ...], absent: tuple[str, ...] = ()) -> None:
        super().__init__(problems, absent)
        self.problems, self.absent = problems, absent

    def __str__(self) -> str:
        return f"{'; '.join(self.problems)}; correct the fields and try again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """One contract with its code. `systems`: the live objects its functions are given by name."""

    loaded: LoadedWorkflow
    systems: Mapping[str, Any]

    @property
    def contract(self) -> WorkflowContract:
        return self.loaded.contract

    def fit(self, data: Any) -> CaseRefit:
        """What a case with these fields says of itself. Raises: CaseUnfit."""
        schema = self.contract.case
        plain = self._validated(data)
        amount = self._amount(plain)
        return CaseRefit(
            data=plain,
            key="|".join(str(plain.get(name, "")) for name in schema.key),
            title=fill(schema.title, plain) if schema.title else "",
            tenant=str(plain.get(schema.tenant) or "") if schema.tenant else "",
            segment="/".join(str(plain.get(name) or "") for name in schema.segment),
            amount_micros=amount.micros if amount else None,
            amount_currency=amount.currency if amount else None,
            deadline=_moment(plain.get(schema.deadline)) if schema.deadline else None,
        )

    def _validated(self, data: Any) -> dict[str, Any]:
        try:
            plain = to_plain(self.loaded.functions.case_model.model_validate(data))
        except ValidationError as failed:
            raise CaseUnfit(*in_words(failed, self.contract.case.protected)) from None
        except DataRefused as refused:
            raise CaseUnfit(self._hidden_in(refused.reasons, data), refused.missing) from None
        if not isinstance(plain, dict):
            raise CaseUnfit((f"the case is {type(plain).__name__}, not a set of fields",))
        absent = tuple(k for k in self.contract.case.key if plain.get(k) in (None, ""))
        if absent:
            raise CaseUnfit((f"without {', '.join(absent)} the case has no key",), absent)
        return plain

    def _hidden_in(self, reasons: tuple[str, ...], data: Any) -> tuple[str, ...]:
        """The reasons without the protected values they quote."""
        fields = data if isinstance(data, Mapping) else {}
        quoted = [repr(fields[name]) for name in self.contract.case.protected if fields.get(name)]
        for value in quoted:
            reasons = tuple(reason.replace(value, HIDDEN) for reason in reasons)
        return reasons

    def _amount(self, plain: Mapping[str, Any]) -> Money | None:
        schema = self.contract.case
        value = plain.get(schema.amount_value) if schema.amount_value else None
        currency = plain.get(schema.amount_currency) if schema.amount_currency else None
        if value is None or currency is None:
            return None
        try:
            return Money.of(value, str(currency))
        except ValueError as wrong:
            raise CaseUnfit((str(wrong),)) from None


Fetch: TypeAlias = Callable[[str, str], "Workflow | None"]  # by name and fingerprint


class Workflows:
    """The workflows of this process, by fingerprint.

    Of several versions of one workflow the first given is the current one, which new cases begin
    with; the others are here for the cases that began with them. fetch: loads a version nobody
    gave, which a release names; None when it cannot be had here.
    """

    def __init__(self, workflows: Iterable[Workflow], fetch: Fetch | None = None) -> None:
        self._by_fingerprint = {each.contract.fingerprint: each for each in workflows}
        self._fetch = fetch

    def __iter__(self) -> Iterator[Workflow]:
        """The current version of each workflow."""
        current: dict[str, Workflow] = {}
        for each in self._by_fingerprint.values():
            current.setdefault(each.contract.workflow, each)
        return iter(current.values())

    @property
    def every_version(self) -> tuple[Workflow, ...]:
        """The current versions and the older ones that open cases began with."""
        return tuple(self._by_fingerprint.values())

    @property
    def fingerprints(self) -> tuple[Fingerprint, ...]:
        """The contracts whose cases can be worked on here."""
        return tuple(self._by_fingerprint)

    def of(self, fingerprint: Fingerprint) -> Workflow:
        """The workflow a case is pinned to. Raises: WorkflowUnknown."""
        try:
            return self._by_fingerprint[fingerprint]
        except KeyError:
            raise WorkflowUnknown(fingerprint[:12], self._names()) from None

    def named(self, name: str) -> Workflow:
        """The workflow of that name. Raises: WorkflowUnknown."""
        for each in self._by_fingerprint.values():
            if each.contract.workflow == WorkflowId(name):
                return each
        raise WorkflowUnknown(name, self._names())

    def version(self, name: str, fingerprint: Fingerprint) -> Workflow:
        """The workflow of that version, fetched when nobody gave it. Raises: WorkflowUnknown."""
        if not self.knows(fingerprint) and self._fetch is not None:
            fetched = self._fetch(name, fingerprint)
            if fetched is not None:  # a new dict: others may be reading the old one
                self._by_fingerprint = {**self._by_fingerprint, fingerprint: fetched}
        return self.of(fingerprint)

    def knows(self, fingerprint: str) -> bool:
        """True when cases of this fingerprint can be worked on here."""
        return fingerprint in self._by_fingerprint

    def _names(self) -> tuple[str, ...]:
        return tuple(each.contract.workflow for each in self._by_fingerprint.values())


def in_words(
    failed: ValidationError, protected: Collection[str] = ()
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """A validation failure as sentences, and the names of the fields that are absent.

    protected: fields whose values are not quoted, for the sentences are shown and kept.
    """
    problems, absent = [], []
    for error in failed.errors(include_url=False, include_context=False):
        field = ".".join(str(part) for part in error["loc"]) or "the case"
        if error["type"] == "missing":
            absent.append(field)
            problems.append(f"{field} is missing")
        else:
            said = error["msg"].removeprefix("Value error, ")
            hidden = any(part in protected for part in error["loc"])
            seen = HIDDEN if hidden else _short(_without(error["input"], protected))
            problems.append(f"{field} is {seen}: {said[:1].lower()}{said[1:]}")
    return tuple(problems), tuple(absent)


def _without(value: Any, protected: Collection[str]) -> Any:
    """The value with every protected field in it hidden."""
    match value:
        case dict():
            return {
                name: HIDDEN if name in protected else _without(item, protected)
                for name, item in value.items()
            }
        case list() | tuple():
            return [_without(item, protected) for item in value]
    return value


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"  # noqa: PLR2004  (a readable line)


def _moment(value: Any) -> datetime | None:
    """A deadline given as a day ends with that day, in UTC."""
    if not isinstance(value, str) or not value:
        return None
    if len(value) == len("2026-01-31"):
        return datetime.combine(date.fromisoformat(value), time(23, 59, 59), UTC)
    moment = datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
