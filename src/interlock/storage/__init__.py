"""Storage: the only layer that knows SQL."""

from interlock.storage.changed import ChangedRow
from interlock.storage.claims import DEAD_AFTER_SECONDS
from interlock.storage.desk import Absence, AnswerLink, InHandCount, ReviewDraft
from interlock.storage.errors import (
    AlarmOvertaken,
    AlarmUnknown,
    CaseAmbiguous,
    CaseUnknown,
    DatabaseUnreachable,
    DatabaseUnsupported,
    DocumentUnknown,
    SchemaOutdated,
    TaskAmbiguous,
    TaskUnknown,
)
from interlock.storage.house_log import HOUSE, HouseNote, append_house
from interlock.storage.idempotency import KeptAnswer, KeyState
from interlock.storage.pauses import MachineHands
from interlock.storage.quality import LikeThis, PastDecision
from interlock.storage.queue_pages import COUNTED, QueuePlace
from interlock.storage.recording import Also
from interlock.storage.store import Store, open_store
from interlock.storage.task_places import PlaceWrong, place_of
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
    "COUNTED",
    "DEAD_AFTER_SECONDS",
    "HOUSE",
    "Absence",
    "AlarmOvertaken",
    "AlarmUnknown",
    "Also",
    "AnswerLink",
    "CaseAmbiguous",
    "CaseQuery",
    "CaseUnknown",
    "Chain",
    "Change",
    "ChangedRow",
    "ClosedCount",
    "ContractRow",
    "CountsRow",
    "DatabaseUnreachable",
    "DatabaseUnsupported",
    "DocumentRow",
    "DocumentUnknown",
    "HouseNote",
    "InHandCount",
    "KeptAnswer",
    "KeyState",
    "LikeThis",
    "MachineHands",
    "NewDocument",
    "Opened",
    "PastDecision",
    "PlaceWrong",
    "QueueCount",
    "QueuePlace",
    "Recorded",
    "RecordedKind",
    "ReviewDraft",
    "SchemaOutdated",
    "SchemaState",
    "Store",
    "TaskAmbiguous",
    "TaskQuery",
    "TaskUnknown",
    "WaitingCount",
    "WorkerRow",
    "append_house",
    "open_store",
    "place_of",
]
