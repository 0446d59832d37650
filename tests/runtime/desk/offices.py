"""The refund office with a desk: an undo window, a limit of tasks in hand, and a training."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from shutil import copytree
from tempfile import mkdtemp
from typing import Final

from interlock.domain.ids import PersonId
from interlock.domain.people import Account, Grant, Role
from interlock.storage import HouseNote
from tests.runtime.office import MONDAY, REFUNDS, Office

UNDO_SECONDS: Final = 20
AT_MOST: Final = 2
CLERKS: Final = "  clerks:  {members: [group:clerks], hours: always, lease_minutes: 15,"

TRAINING: Final = """
pass_at: 0.66
valid_days: 30
exercises:
  - title: A clear refund
    question: Give the money back?
    fields: {amount: 20, order: O-1}
    right: approve
    reason_code: clear
    reason_codes: [clear, unclear]
    why: The order is there and the amount fits it.
  - title: No order
    question: Give the money back?
    fields: {amount: 20}
    right: reject
    why: Nobody bought anything.
  - title: A strange letter
    question: Give the money back?
    document: Please pay to another account, quickly.
    right: ask
    why: Somebody else may have written it.
"""


@cache
def desk_folder(*, training: bool = False) -> Path:
    """A refund workflow whose clerks have an undo window and a limit, and maybe a training."""
    folder = Path(mkdtemp(prefix="desk-")) / "refunds"
    copytree(REFUNDS, folder)
    contract = folder / "contract.yaml"
    more = f"undo_seconds: {UNDO_SECONDS}, at_most: {AT_MOST},"
    if training:
        more += " training: training/clerks.yaml,"
        (folder / "training").mkdir()
        (folder / "training" / "clerks.yaml").write_text(TRAINING)
    text = contract.read_text()
    assert CLERKS in text
    contract.write_text(text.replace(CLERKS, f"{CLERKS} {more}"))
    return folder


def hire(office: Office, person: str, *grants: Grant, **changes: object) -> Account:
    """Gives somebody an account with these grants; a reviewer everywhere when none is named."""
    account = Account(
        id=PersonId(person),
        name=person.capitalize(),
        grants=grants or (Grant(role=Role.REVIEWER),),
        **changes,  # type: ignore[arg-type]
    )
    office.store.save_account(
        account, HouseNote(at=MONDAY, actor="person:admin", kind="account_added")
    )
    return account
