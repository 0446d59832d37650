"""Versions of a workflow that the store has kept, loaded again as they were.

Its one rule: a kept version is itself; nothing of a folder of today is mixed in.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from interlock.contracts import LoadedWorkflow, load_kept
from interlock.storage import Store

KEPT: Final = "contracts"  # the folder of kept copies, inside the data folder


def kept_version(
    store: Store, workflow: str, fingerprint: str, data: Path
) -> LoadedWorkflow | None:
    """The version of this fingerprint from its kept copy, or None when no copy was kept.

    data: the folder it is unpacked in. Raises: what `load_kept` raises, for a copy that is no
    whole workflow any more.
    """
    files = store.contract_files(workflow, fingerprint)
    if not files:
        return None
    return load_kept(workflow, fingerprint, files, data / KEPT / workflow / fingerprint[:16])
