"""A changed copy of the refunds workflow, and the cases an office has on record."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from interlock.contracts import load_workflow
from interlock.domain.event import CaseMigrated
from interlock.domain.ids import PersonId
from interlock.domain.rules.advance import advance
from interlock.foresight import KeptVersions, LeftOut, ReplayedCase, replayed_cases
from interlock.runtime.workflow import Workflow
from interlock.storage import Change, RecordedKind
from tests.release.rollouts import with_both
from tests.runtime.office import REFUNDS, Office


def changed(office: Office, place: Path, *changes: tuple[str, str], code: str = "") -> Workflow:
    """The office's workflow with these texts of its contract replaced; its systems are shared."""
    folder = place / f"refunds_{len(list(place.iterdir()))}"
    shutil.copytree(REFUNDS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    file = folder / "contract.yaml"
    text = file.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")
    if code:
        steps = folder / "steps.py"
        steps.write_text(steps.read_text(encoding="utf-8") + code, encoding="utf-8")
    return Workflow(loaded=load_workflow(folder), systems=office.workflow.systems)


def on_record(office: Office) -> list[ReplayedCase | LeftOut]:
    """Every case of the office with its whole record."""
    with TemporaryDirectory() as place:
        versions = KeptVersions(office.store, office.context.workflows, Path(place))
        return list(replayed_cases(office.store, versions, "refunds"))


def migrated(office: Office, later: Workflow, key: str = "R-1") -> None:
    """The waiting case goes on under the later version, and so does the office."""
    case = office.case(key)
    event = CaseMigrated(
        fingerprint=later.contract.fingerprint,
        refit=later.fit(dict(case.data)),
        release=case.release,
        stage=case.stage,
        arm=case.arm,
        by=PersonId("lead"),
    )
    moved = advance(later.contract, case, event, office.clock.now())
    [recorded] = office.store.record([Change(seen_version=case.version, transitions=(moved,))])
    assert recorded.kind is RecordedKind.APPLIED
    with_both(office, later, office.workflow)
