"""The tables, one file an area. Migrations must make exactly these; a test holds the two equal."""

from interlock.storage.tables import (
    alarms,
    contracts,
    desk,
    house,
    notices,
    overview,
    pauses,
    people,
    protected,
    quality,
    releases,
    tallies,
    views,
    watching,
    web,
    work,
)
from interlock.storage.tables.columns import metadata
from interlock.storage.tables.work import audit_entry, case_file, fact, worker

__all__ = [
    "alarms",
    "audit_entry",
    "case_file",
    "contracts",
    "desk",
    "fact",
    "house",
    "metadata",
    "notices",
    "overview",
    "pauses",
    "people",
    "protected",
    "quality",
    "releases",
    "tallies",
    "views",
    "watching",
    "web",
    "work",
    "worker",
]
