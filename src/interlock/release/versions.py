"""Two versions of a workflow to compare: folders, or versions the store has kept.

Its one rule: a kept version is compared as it was kept; nothing of a folder of today is mixed in.
"""

from __future__ import annotations

import json
from pathlib import Path

from interlock.contracts import LoadedWorkflow, load_workflow
from interlock.contracts.fingerprint import fingerprint
from interlock.errors import InterlockError
from interlock.runtime.kept_versions import kept_version
from interlock.storage import Store


class VersionUnknown(InterlockError):
    """No folder and no kept version goes by this name."""

    code = "version_unknown"

    def __init__(self, text: str, near: tuple[str, ...]) -> None:
        super().__init__(text, near)
        self.text, self.near = text, near

    def __str__(self) -> str:
        known = ", ".join(self.near) or "none is kept here"
        return (
            f"there is no folder {self.text} and no one version that begins so; name a contract's "
            f"folder, or the first letters of a version: {known}"
        )


def load_version(text: str, store: Store | None, data: Path) -> LoadedWorkflow:
    """The version in the folder of that name, else the one kept whose fingerprint begins so.

    data: where kept versions are unpacked. Raises: VersionUnknown; ContractRefused.
    """
    if Path(text).exists():
        return load_workflow(Path(text))
    rows = store.contracts() if store else []
    found = [row for row in rows if text and row.fingerprint.startswith(text)]
    if store is None or len(found) != 1:
        raise VersionUnknown(text, tuple(row.fingerprint[:12] for row in (found or rows)[:5]))
    [row] = found
    kept = kept_version(store, row.workflow, row.fingerprint, data)
    if kept is None:
        raise VersionUnknown(text, ())
    return kept


def runs_same_code(old: LoadedWorkflow, new: LoadedWorkflow) -> bool:
    """True when the old contract with the new one's modules is the old version still.

    Training files count with the code: they are part of a version as it is.
    """
    text = json.loads(old.contract.text)
    same = fingerprint(text, new.functions.modules) == old.contract.fingerprint
    return same or dict(old.functions.modules) == dict(new.functions.modules)
