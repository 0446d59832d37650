"""Facts of an era, and its tally moved on over them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from interlock.domain.case import Arm
from interlock.domain.fact import Fact
from interlock.domain.fact import FactKind as K
from interlock.domain.release import EraId
from interlock.domain.rules.tallying import Terms
from interlock.storage import Store
from interlock.storage.rows import fact_row
from interlock.storage.verdicts import EraScope
from tests.storage.builders import NOW, WORKFLOW, a_case, a_fact

TERMS: Final = Terms(ai_steps=frozenset({"judge"}), case_arms=frozenset({"canary"}))


def a_scope(era: EraId, until: datetime, **fields: Any) -> EraScope:
    plain: dict[str, Any] = {
        "workflow": WORKFLOW,
        "era": era,
        "since": NOW,
        "until": until,
        "arms": TERMS.case_arms,
    }
    return EraScope(**{**plain, **fields})


def told(era: str, number: int, kind: K, name: str = "", detail: str = "", **fields: Any) -> Fact:
    """A fact of a case of the era."""
    case = a_case(number, release=era, arm=Arm.CANARY)
    return a_fact(case, kind, name=name, detail=detail, release=era, **fields)


def write(store: Store, *facts: Fact) -> None:
    with store.engine.begin() as conn:
        put(store, conn, facts)


def put(store: Store, conn: Any, facts: Any) -> None:
    database: Any = store._db
    database.append(conn, "append_facts", [fact_row(each) for each in facts])


def moved(store: Store, era: EraId, now: datetime, terms: Terms = TERMS) -> int:
    """Moves the tally on as two sweeps do: the mark of the first is final at the second."""
    return store.move_tally(era, terms, now) + store.move_tally(era, terms, now)
