"""`interlock notices`: who was told what, and what could not be sent."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from interlock.domain.notice import Channel, NewNotice, NoticeKind, NoticeState
from interlock.storage import open_store
from tests.cli.conftest import DATABASE, MORNING, Command


@pytest.fixture
def outbox(taken_in: Path) -> Path:
    """One notice that was sent and one that was given up."""
    told = [
        NewNotice(
            subject=f"fact:{number}",
            kind=NoticeKind.BREACHED,
            recipient=recipient,
            channel=Channel.MAIL,
            body={"title": "Late", "text": "a secret"},
        )
        for number, recipient in enumerate(["person:anna", "person:ben"])
    ]
    with open_store(DATABASE) as store:
        store.add_notices(told, MORNING)
        first, second = store.begin_notices(MORNING, 5, timedelta(minutes=3))
        store.settle_notice(first, NoticeState.SENT, at=MORNING)
        store.settle_notice(second, NoticeState.DEAD, at=MORNING, error="the server answered 550")
    return taken_in


def test_what_was_told_is_listed(cli: Command, outbox: Path) -> None:
    """With what became of it, and never with what it said."""
    said = cli("notices", "list")
    as_json = cli("notices", "list", "--json")

    assert "breached to person:anna" in said.out
    assert "1 sent notice, 1 dead notice" in said.out
    assert as_json.json["counts"] == {"sent": 1, "dead": 1}
    assert "a secret" not in said.out + as_json.out


def test_what_was_given_up_is_listed_and_tried_again(cli: Command, outbox: Path) -> None:
    """Somebody mended the address."""
    dead = cli("notices", "dead")
    number = str(cli("notices", "dead", "--json").json["notices"][0]["id"])

    again = cli("notices", "retry", number)

    assert "the server answered 550" in " ".join(dead.out.split())
    assert "1 notice will be tried again" in again.out
    assert "no notice was given up" in cli("notices", "dead").out


@pytest.mark.parametrize("words", [(), ("1", "--all"), ("1",)])
def test_nothing_is_tried_again_by_guessing(
    cli: Command, outbox: Path, words: tuple[str, ...]
) -> None:
    """Neither without saying which, nor one that was sent."""
    answer = cli("notices", "retry", *words)

    assert answer.code == 2
    assert "notice" in answer.err
