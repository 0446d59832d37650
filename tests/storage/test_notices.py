"""The outbox: each notice once, each try by one worker, nothing forgotten."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

from alembic import command
from alembic.config import Config

from interlock.domain.notice import Channel, NewNotice, NoticeKind, NoticeState
from interlock.storage import Store, open_store
from tests.storage.builders import NOW

LEASE = timedelta(minutes=3)
MANY = 60


def a_notice(number: int = 1, recipient: str = "person:anna") -> NewNotice:
    """Somebody is told that a task is late."""
    return NewNotice(
        subject=f"fact:{number}",
        kind=NoticeKind.BREACHED,
        recipient=recipient,
        channel=Channel.MAIL,
        body={"title": "Late", "text": "…"},
    )


def test_a_notice_is_known_by_what_it_is_about_its_kind_and_who_is_told(store: Store) -> None:
    """Looking twice at the same facts tells nobody twice."""
    first = store.add_notices([a_notice(), a_notice(2)], NOW)
    again = store.add_notices([a_notice(), a_notice(2), a_notice(recipient="person:ben")], NOW)

    assert (first, again) == (2, 1)
    assert store.notice_counts() == {NoticeState.WAITING: 3}


def test_how_far_a_source_is_read_is_kept_with_what_was_found(store: Store) -> None:
    """Else a crash between the two would forget a notice."""
    assert store.notice_place("facts") is None

    store.add_notices([a_notice()], NOW, place=("facts", "17"))
    store.add_notices([], NOW, place=("facts", "18"))

    assert store.notice_place("facts") == "18"


def test_two_workers_never_begin_the_same_try(store: Store) -> None:
    """Each notice that is due goes to one of them."""
    store.add_notices([a_notice(number) for number in range(MANY)], NOW)

    def begin() -> list[int]:
        found: list[int] = []
        while begun := store.begin_notices(NOW, 5, LEASE):
            found += [each.id for each in begun]
        return found

    with ThreadPoolExecutor(2) as workers:
        taken = [each for part in workers.map(lambda _: begin(), range(2)) for each in part]

    assert len(taken) == len(set(taken)) == MANY


def test_what_nobody_reports_back_on_is_due_again_after_its_lease(store: Store) -> None:
    """Its worker died; the try that was begun counts."""
    store.add_notices([a_notice()], NOW)
    store.begin_notices(NOW, 5, LEASE)

    assert store.begin_notices(NOW + timedelta(minutes=2), 5, LEASE) == []
    [again] = store.begin_notices(NOW + timedelta(minutes=3), 5, LEASE)

    assert again.tries == 2


def test_a_report_that_comes_too_late_changes_nothing(store: Store) -> None:
    """A worker that was frozen wakes up; another one has begun the next try."""
    store.add_notices([a_notice()], NOW)
    [old] = store.begin_notices(NOW, 5, LEASE)
    [new] = store.begin_notices(NOW + LEASE, 5, LEASE)

    store.settle_notice(old, NoticeState.DEAD, at=NOW, error="too late")
    assert store.notice_counts() == {NoticeState.WAITING: 1}

    store.settle_notice(new, NoticeState.SENT, at=NOW)
    assert store.notices()[0].sent_at == NOW


def test_only_what_was_given_up_is_tried_again(store: Store) -> None:
    """What was sent must not be sent again by mistake."""
    store.add_notices([a_notice(1), a_notice(2)], NOW)
    first, second = store.begin_notices(NOW, 5, LEASE)
    store.settle_notice(first, NoticeState.SENT, at=NOW)
    store.settle_notice(second, NoticeState.DEAD, at=NOW, error="550")

    assert store.retry_notices(NOW, first.id) == 0
    assert store.retry_notices(NOW) == 1
    assert [each.id for each in store.begin_notices(NOW, 5, LEASE)] == [second.id]


def test_what_was_to_be_told_is_still_told_after_an_upgrade(tmp_path: Path) -> None:
    """SQLite makes the table anew to let it hold more kinds; nothing in it may be lost."""
    with open_store(f"sqlite:///{tmp_path / 'old.db'}") as store:
        config = Config()
        config.set_main_option("script_location", "interlock.storage:migrations")
        with store.engine.begin() as conn:
            config.attributes["connection"] = conn
            command.upgrade(config, "0014")
        store.add_notices([a_notice(), a_notice(2)], NOW)
        before = store.notices()

        store.upgrade()

        assert store.notices() == before
        assert store.add_notices([a_notice(), a_notice(3)], NOW) == 1
