"""Where a running release stands with its protected cases: by its newest eval, and whether that
eval is still of the cases in force.

Its one rule: what is unknown never passes, and a critical case that failed goes on failing until
an eval shows otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from interlock.contracts import LoadedWorkflow
from interlock.contracts.problem import ContractRefused
from interlock.contracts.protected_files import SUFFIXES, load_protected
from interlock.domain.protected import EvalResult
from interlock.domain.release import Release
from interlock.domain.rules.protecting import regressions
from interlock.release.protected.evaluating import case_digest
from interlock.runtime.context import Context

RUN: Final = "run: interlock eval"
FOLDERS_REMEMBERED: Final = 64

Signature = tuple[tuple[str, int, int], ...]  # name, when written (ns), bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtectedStanding:
    """What the newest eval of a version found.

    failing_critical: by name. regressions: those of them that passed on the version before, or of
    which that is not known. is_pass: something was played, and no critical one fails. stale: why
    the eval is not of the cases in force, in words; empty: it is.
    """

    failing_critical: tuple[str, ...]
    regressions: tuple[str, ...]
    is_pass: bool
    stale: str = ""


def protected_standing(context: Context, release: Release) -> ProtectedStanding | None:
    """Where it stands; None when this very version was never evaluated.

    Raises: WorkflowUnknown when this process has not loaded the release's contract.
    """
    store = context.store
    result = store.latest_eval(release.workflow, release.fingerprint)
    if result is None:
        return None
    previous = release.previous_fingerprint
    before = store.latest_eval(release.workflow, previous) if previous else None
    return ProtectedStanding(
        failing_critical=result.failing_critical,
        regressions=regressions(result, before),
        is_pass=result.is_pass,
        stale=_stale(context, release, result),
    )


def _stale(context: Context, release: Release, result: EvalResult) -> str:
    loaded = context.workflows.of(release.fingerprint).loaded
    try:
        files = _files_in_force(loaded)
    except (ContractRefused, OSError):
        return "the files of protected cases cannot be read; mend them, see: interlock check"
    added, retired = context.store.protected_changed_since(release.workflow, result.at)
    counts = _changes(files, result)
    counts["added"] += added
    counts["taken away"] += retired
    said = [f"{_cases(number)} {what}" for what, number in counts.items() if number]
    return f"{', '.join(said)} since the last eval; {RUN}" if said else ""


def _changes(files: Mapping[str, str], result: EvalResult) -> dict[str, int]:
    """How many files were added, changed and taken away since they were played."""
    played = {
        each.name: each.digest for each in result.seen if Path(each.source).suffix in SUFFIXES
    }
    return {
        "added": len(files.keys() - played.keys()),
        "changed": sum(files[name] != played[name] for name in files.keys() & played.keys()),
        "taken away": len(played.keys() - files.keys()),
    }


def _cases(number: int) -> str:
    return "1 protected case was" if number == 1 else f"{number} protected cases were"


def _files_in_force(loaded: LoadedWorkflow) -> Mapping[str, str]:
    """The digest of every protected case in the workflow's files, by name."""
    named = loaded.contract.protected_cases or "protected"
    return _digests(loaded.folder, named, tuple(_signature(loaded.folder / named)))


@lru_cache(maxsize=FOLDERS_REMEMBERED)
def _digests(folder: Path, named: str, _signature: Signature) -> Mapping[str, str]:
    """Read once as long as no file changes: the gate asks four times a minute."""
    return {each.name: case_digest(each) for each in load_protected(folder, named)}


def _signature(place: Path) -> Iterator[tuple[str, int, int]]:
    if place.is_dir():
        for each in sorted(place.iterdir()):
            known = each.stat()
            yield each.name, known.st_mtime_ns, known.st_size
