"""Storage: the only layer that knows SQL."""

from interlock.storage.claims import DEAD_AFTER_SECONDS
from interlock.storage.errors import (
    CaseAmbiguous,
    CaseUnknown,
    DatabaseUnreachable,
    DatabaseUnsupported,
    DocumentUnknown,
    SchemaOutdated,
    TaskAmbiguous,
    TaskUnknown,
)
from interlock.storage.recording import Also
from interlock.storage.store import Store, open_store
from interlock.storage.values import (
    CaseQuery,
    Chain,
    Change,
    ClosedCount,
    ContractRow,
    CountsRow,
    DocumentRow,
    NewDocument,
    Opened,
    QueueCount,
    Recorded,
    RecordedKind,
    SchemaState,
    TaskQuery,
    WaitingCount,
    WorkerRow,
)

__all__ = [
    "DEAD_AFTER_SECONDS",
    "Also",
    "CaseAmbiguous",
    "CaseQuery",
    "CaseUnknown",
    "Chain",
    "Change",
    "ClosedCount",
    "ContractRow",
    "CountsRow",
    "DatabaseUnreachable",
    "DatabaseUnsupported",
    "DocumentRow",
    "DocumentUnknown",
    "NewDocument",
    "Opened",
    "QueueCount",
    "Recorded",
    "RecordedKind",
    "SchemaOutdated",
    "SchemaState",
    "Store",
    "TaskAmbiguous",
    "TaskQuery",
    "TaskUnknown",
    "WaitingCount",
    "WorkerRow",
    "open_store",
]
