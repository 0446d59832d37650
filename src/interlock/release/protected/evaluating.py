"""Plays every protected case of a workflow, at the same time, and judges what came of each.

Its one rule: what could not be played, or is past its day, is said by name and is never a pass.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import Any, Final

from pydantic_core import to_jsonable_python

from interlock.canonical import digest
from interlock.contracts import LoadedWorkflow
from interlock.domain.protected import (
    CaseFinding,
    CaseSeen,
    EvalResult,
    Finding,
    ProtectedCase,
    Seen,
)
from interlock.domain.rules.protecting import differences
from interlock.errors import InterlockError
from interlock.release.protected.frozen_world import (
    MODEL,
    CannotPlay,
    frozen_world,
    models_of,
)
from interlock.release.protected.playing import play

STEP_THREADS: Final = 16  # of steps that may be slow, over all cases at once
MOST_AT_ONCE: Final = 8  # cases; models are slow and answer several questions at a time
LIVE, RECORD = "live", "record"

Told = Callable[[CaseFinding], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What one version made of its protected cases. played: those that came to an answer."""

    result: EvalResult
    findings: tuple[CaseFinding, ...]
    played: tuple[tuple[ProtectedCase, Seen], ...]


def evaluate(
    loaded: LoadedWorkflow,
    cases: Sequence[ProtectedCase],
    *,
    now: datetime,
    answers: str = LIVE,
    data: Path | None = None,
    at_once: int | None = None,
    told: Told | None = None,
    by: str = "",
    unplayable: Sequence[CaseFinding] = (),
) -> Evaluation:
    """The evaluation, its findings in the order of the cases. Nothing outside is changed.

    data: the folder the workflow's models are read from; they are given a copy. told: hears each
    finding as it comes, in this thread. unplayable: of cases that could not even be read.
    """
    live = [each for each in cases if not each.is_expired(now.date())]
    found: dict[str, tuple[CaseFinding, Seen | None]] = {
        each.name: (_finding(each, Finding.EXPIRED, why=f"it expired on {each.expires}"), None)
        for each in cases
        if each.is_expired(now.date())
    }
    for finding in (*unplayable, *(each for each, _ in found.values())):
        _tell(told, finding)
    with tempfile.TemporaryDirectory(prefix="interlock-eval-") as place:
        player = _Players(loaded, Path(place), now, answers, data)
        with (
            ThreadPoolExecutor(STEP_THREADS, thread_name_prefix="eval-step") as steps,
            ThreadPoolExecutor(at_once or _at_once(), thread_name_prefix="eval") as pool,
        ):
            running = {pool.submit(player.one, n, each, steps): each for n, each in enumerate(live)}
            for done in as_completed(running):
                found[running[done].name] = done.result()
                _tell(told, done.result()[0])
    ordered = [(each, *found[each.name]) for each in cases]
    findings = (*(finding for _, finding, _ in ordered), *unplayable)
    return Evaluation(
        result=_result(loaded, cases, findings, now, answers, by),
        findings=findings,
        played=tuple((case, seen) for case, _, seen in ordered if seen is not None),
    )


class _Players:
    """Plays cases of one version, each in a folder of its own."""

    def __init__(
        self, loaded: LoadedWorkflow, place: Path, now: datetime, answers: str, data: Path | None
    ) -> None:
        self._loaded, self._place, self._now = loaded, place, now
        self._from_record = answers == RECORD
        self._models: dict[str, Any] = {}
        self._no_models = ""
        if not self._from_record:
            self._make_models(data)

    def _make_models(self, data: Path | None) -> None:
        copy = self._place / "data"
        models = any(each.kind == MODEL for each in self._loaded.contract.systems.values())
        if models and data is not None and data.is_dir():
            shutil.copytree(data, copy)
        try:
            self._models = models_of(self._loaded, {"folder": str(copy), "data": str(copy)})
        except Exception as crash:  # noqa: BLE001  (the author's factory may raise anything)
            self._no_models = f"the models could not be made: {type(crash).__name__}: {crash}"

    def one(
        self, place: int, case: ProtectedCase, threads: ThreadPoolExecutor
    ) -> tuple[CaseFinding, Seen | None]:
        """The finding of one case, and what was seen when it came to an answer."""
        started = perf_counter()
        folder = self._place / f"case-{place}"
        folder.mkdir()
        try:
            if self._no_models:
                raise CannotPlay(self._no_models, "correct systems(), or give --answers record")
            world = frozen_world(self._loaded, case, self._models, folder)
            seen = play(world, case, now=self._now, threads=threads, from_record=self._from_record)
        except InterlockError as stopped:
            return _finding(case, Finding.COULD_NOT, why=str(stopped), since=started), None
        except Exception as crash:  # noqa: BLE001  (one case must not end the others)
            why = f"{type(crash).__name__}: {crash}"
            return _finding(case, Finding.COULD_NOT, why=why, since=started), None
        hidden = frozenset(self._loaded.contract.case.protected)
        wrong = differences(case.expected, seen, hidden)
        finding = _finding(case, Finding.FAILED if wrong else Finding.PASSED, since=started)
        told = replace(finding, differences=wrong, from_record=seen.from_record, notes=seen.notes)
        return told, seen


def _finding(
    case: ProtectedCase, finding: Finding, *, why: str = "", since: float | None = None
) -> CaseFinding:
    return CaseFinding(
        name=case.name,
        severity=case.severity,
        owner=case.owner,
        reason=case.reason,
        source=case.source,
        finding=finding,
        why=why,
        took_ms=0 if since is None else round((perf_counter() - since) * 1000),
    )


def _tell(told: Told | None, finding: CaseFinding) -> None:
    if told is not None:
        told(finding)


def _at_once() -> int:
    return min(MOST_AT_ONCE, 2 * (os.cpu_count() or 1))


def _result(
    loaded: LoadedWorkflow,
    cases: Sequence[ProtectedCase],
    findings: Sequence[CaseFinding],
    now: datetime,
    answers: str,
    by: str,
) -> EvalResult:
    count = {kind: sum(each.finding is kind for each in findings) for kind in Finding}
    bad = [each for each in findings if each.finding in (Finding.FAILED, Finding.COULD_NOT)]
    digests = {each.name: case_digest(each) for each in cases}
    return EvalResult(
        workflow=loaded.contract.workflow,
        fingerprint=loaded.contract.fingerprint,
        at=now,
        passed=count[Finding.PASSED],
        failed=count[Finding.FAILED],
        could_not=count[Finding.COULD_NOT],
        expired=count[Finding.EXPIRED],
        failing=tuple(each.name for each in bad),
        failing_critical=tuple(each.name for each in bad if each.is_critical),
        cases_digest=cases_digest(cases),
        answers=answers,
        by=by,
        seen=tuple(
            CaseSeen(
                name=each.name,
                digest=digests.get(each.name, ""),  # empty: it could not even be read
                source=each.source,
                finding=each.finding,
            )
            for each in findings
        ),
    )


def case_digest(case: ProtectedCase) -> str:
    """What exactly a protected case is: the same input, end and terms give the same digest."""
    return digest(_plain(case))


def cases_digest(cases: Sequence[ProtectedCase]) -> str:
    """What was played, as one digest: the same cases give the same one, in any order."""
    return digest(sorted(map(_plain, cases), key=lambda each: str(each["name"])))


def _plain(case: ProtectedCase) -> Any:
    plain = to_jsonable_python(case, bytes_mode="base64")
    plain["expected"]["said"] = sorted(plain["expected"]["said"])
    return plain
