"""From what happened to what is to be told: facts, deadlines, the house log and the day.

Its one rule: looking twice tells nobody twice. A notice is known by subject, kind and recipient,
so each source is read a little further back than needed, and nothing that commits late is missed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from time import monotonic
from typing import Final

from interlock.domain.audit import AuditEntry
from interlock.domain.case import Arm, Case
from interlock.domain.contract import WorkflowContract
from interlock.domain.fact import FactKind
from interlock.domain.ids import CaseId
from interlock.domain.notice import NewNotice, NoticeKind
from interlock.domain.review import ReviewTask
from interlock.notify import alarms, releases, wording
from interlock.notify.events import case_event, pause_event, task_event
from interlock.notify.recipients import Recipients
from interlock.notify.settings import NotifySettings
from interlock.notify.telling import mail, to_people, to_services, to_systems
from interlock.runtime.context import Context
from interlock.storage import ChangedRow, TaskQuery

FACTS, RISK, HOUSE, DIGEST = "facts", "at_risk", "house", "digest"  # the names of the sources
LATE_ALARMS: Final = "alarm_late"
PAGE: Final = 500
PAGES: Final = 20  # read in one look; the next one is soon
LATE_COMMIT_SECONDS: Final = 10.0  # a fact may become visible after one with a higher number
OVERLAP: Final = timedelta(minutes=1)  # of two looks at the deadlines
TOO_OLD: Final = timedelta(days=1)  # nobody is told what happened while notices were off
SIGNATURES_EVERY_SECONDS: Final = 15.0  # as often as the gate looks
MOST_LATE: Final = 1_000  # tasks one day's list is made from

FOR_PEOPLE: Final = (
    FactKind.REVIEW_OPENED,
    FactKind.REVIEW_RELEASED,
    FactKind.REVIEW_BREACHED,
    FactKind.QUESTION_ASKED,
)
FOR_SYSTEMS: Final = {
    FactKind.CASE_CLOSED: NoticeKind.CASE_CLOSED,
    FactKind.REVIEW_OPENED: NoticeKind.REVIEW_OPENED,
    FactKind.REVIEW_DECIDED: NoticeKind.REVIEW_DECIDED,
    FactKind.REVIEW_BREACHED: NoticeKind.REVIEW_BREACHED,
    FactKind.QUESTION_ASKED: NoticeKind.QUESTION_ASKED,
}
PAUSES: Final = {"pause_set": NoticeKind.PAUSE_SET, "pause_lifted": NoticeKind.PAUSE_LIFTED}


class Deriver:
    """Fills the outbox. Remembers between looks only what saves work."""

    def __init__(self, settings: NotifySettings) -> None:
        self._settings = settings
        self._done: set[int] = set()  # facts after the place kept that were looked at
        self._seen, self._seen_at = -1, monotonic()
        self._signatures_at = -SIGNATURES_EVERY_SECONDS

    def look(self, context: Context) -> int:
        """How many notices are new. Raises: what the store raises; then nothing is skipped."""
        return (
            self._facts(context)
            + self._at_risk(context)
            + self._house(context)
            + self._late_alarms(context)
            + self._signatures(context)
            + self._digest(context)
        )

    # --- facts -------------------------------------------------------------------------------

    def _facts(self, context: Context) -> int:
        place = context.store.notice_place(FACTS)
        if place is None:
            return self._begin(context, FACTS, str(context.store.last_fact()))
        after, added, now = int(place), 0, context.clock.now()
        kinds = [*dict.fromkeys([*FOR_PEOPLE, *(FOR_SYSTEMS if self._settings.endpoints else ())])]
        for _ in range(PAGES):
            page = context.store.changed(after, kinds=kinds, limit=PAGE)
            new = [each for each in page if each.id not in self._done]
            added += context.store.add_notices(self._about_facts(context, new, now), now)
            self._done.update(each.id for each in new)
            after = page[-1].id if page else after
            if len(page) < PAGE:
                break
        self._keep_place(context, after)
        return added

    def _keep_place(self, context: Context, after: int) -> None:
        """Moves the place to what was seen long enough ago that nothing lower can still come."""
        if monotonic() - self._seen_at < LATE_COMMIT_SECONDS and self._seen >= 0:
            return
        if self._seen >= 0:
            place = (FACTS, str(self._seen))
            context.store.add_notices([], context.clock.now(), place=place)
            self._done = {each for each in self._done if each > self._seen}
        self._seen, self._seen_at = after, monotonic()

    def _about_facts(
        self, context: Context, facts: Sequence[ChangedRow], now: datetime
    ) -> list[NewNotice]:
        fresh = [each for each in facts if now - each.at < TOO_OLD]
        ids = sorted({each.case_id for each in fresh})
        cases = {case.id: case for case in context.store.load(ids)}
        tasks: dict[CaseId, list[ReviewTask]] = {}
        for task in context.store.tasks_of_cases(ids):
            tasks.setdefault(task.case_id, []).append(task)
        people = Recipients(context, now)
        return [
            notice
            for fact in fresh
            if (case := cases.get(fact.case_id)) is not None
            for notice in self._about_fact(context, people, fact, case, tasks.get(case.id, []))
        ]

    def _about_fact(
        self,
        context: Context,
        people: Recipients,
        fact: ChangedRow,
        case: Case,
        tasks: Sequence[ReviewTask],
    ) -> Iterator[NewNotice]:
        contract = _contract_of(context, case)
        task = _task_behind(fact, tasks)
        kind = FOR_SYSTEMS.get(fact.kind)
        if kind is not None and case.arm is not Arm.PROBE:
            yield from self._for_systems(kind, contract, fact, case, task)
        if contract is None or task is None:
            return
        if fact.kind is FactKind.QUESTION_ASKED:
            yield from self._question(people, contract, fact, case, task)
            return
        said = _said_to_people(fact, task)
        if said is not None:
            told = self._told(people, contract, case, task, said)
            words = wording.about_task(said, contract, case, task, self._settings.public_url)
            subject = f"fact:{fact.id}"
            yield from to_people(
                self._settings,
                people,
                contract,
                kind=said,
                subject=subject,
                told=told,
                words=words,
            )

    def _told(
        self,
        people: Recipients,
        contract: WorkflowContract,
        case: Case,
        task: ReviewTask,
        said: NoticeKind,
    ) -> list[str]:
        """Of a late task its holder and the owner of operations are told; else whoever has it."""
        if said is not NoticeKind.BREACHED:
            return list(people.of_task(contract, case, task))
        return [*([task.held_by] if task.held_by else []), contract.owners.operations]

    def _for_systems(
        self,
        kind: NoticeKind,
        contract: WorkflowContract | None,
        fact: ChangedRow,
        case: Case,
        task: ReviewTask | None,
    ) -> Iterator[NewNotice]:
        if kind is NoticeKind.CASE_CLOSED:
            body = case_event(kind, contract, case, fact.at)
        elif task is None:
            return
        else:
            more = {"verb": fact.detail} if kind is NoticeKind.REVIEW_DECIDED else {}
            body = task_event(kind, contract, case, task, fact.at, **more)
        yield from to_systems(self._settings, kind, f"fact:{fact.id}", body)

    def _question(
        self,
        people: Recipients,
        contract: WorkflowContract,
        fact: ChangedRow,
        case: Case,
        task: ReviewTask,
    ) -> Iterator[NewNotice]:
        """To whoever opened the case, with a link to answer by; who has no address is asked by
        the reviewer's own means."""
        places = [n for n, each in enumerate(task.questions) if each.at == fact.at]
        who = case.opened_by
        if not places or who is None or not people.address(contract, who):
            return
        if self._settings.has_mail and self._settings.public_url:
            body = wording.about_question(contract, case, task, places[-1])
            yield mail(f"fact:{fact.id}", NoticeKind.QUESTION, who, body, contract, people)

    # --- deadlines ---------------------------------------------------------------------------

    def _at_risk(self, context: Context) -> int:
        now, place = context.clock.now(), context.store.notice_place(RISK)
        if place is None:
            return self._begin(context, RISK, now.isoformat())
        since = max(datetime.fromisoformat(place) - OVERLAP, now - TOO_OLD)
        tasks = context.store.tasks_come_to_risk(since, now, PAGE)
        cases = {case.id: case for case in context.store.load([t.case_id for t in tasks])}
        people = Recipients(context, now)
        found = [
            notice
            for task in tasks
            if task.breached_at is None and task.case_id in cases
            for notice in self._about_risk(context, people, cases[task.case_id], task)
        ]
        until = tasks[-1].at_risk_at + OVERLAP if len(tasks) == PAGE else now
        return context.store.add_notices(found, now, place=(RISK, until.isoformat()))

    def _about_risk(
        self, context: Context, people: Recipients, case: Case, task: ReviewTask
    ) -> Iterator[NewNotice]:
        contract = _contract_of(context, case)
        if contract is None:
            return
        kind, told = NoticeKind.AT_RISK, people.of_task(contract, case, task)
        words = wording.about_task(kind, contract, case, task, self._settings.public_url)
        yield from to_people(
            self._settings,
            people,
            contract,
            kind=kind,
            subject=f"task:{task.id}",
            told=told,
            words=words,
        )

    # --- the house log and the day -------------------------------------------------------------

    def _house(self, context: Context) -> int:
        place = context.store.notice_place(HOUSE)
        if place is None:
            return self._begin(context, HOUSE, str(context.store.house_length()))
        entries = context.store.house_after(int(place), PAGE)
        if not entries:
            return 0
        now = context.clock.now()
        fresh = [e for e in entries if now - e.at < TOO_OLD]
        found = [n for e in fresh if e.kind in PAUSES for n in self._about_pause(e)]
        for entry in fresh:
            if entry.kind in alarms.KINDS:
                found += alarms.about_entry(context, self._settings, entry, now)
        found += releases.about_house(context, self._settings, fresh, now)
        return context.store.add_notices(found, now, place=(HOUSE, str(entries[-1].seq)))

    def _about_pause(self, entry: AuditEntry) -> Iterator[NewNotice]:
        kind, subject = PAUSES[entry.kind], f"house:{entry.seq}"
        yield from to_systems(self._settings, kind, subject, pause_event(kind, entry))
        words = wording.about_pause(kind, entry.actor, entry.body, self._settings.public_url)
        yield from to_services(self._settings, kind, subject, words)

    def _late_alarms(self, context: Context) -> int:
        now, place = context.clock.now(), context.store.notice_place(LATE_ALARMS)
        if place is None:
            return self._begin(context, LATE_ALARMS, now.isoformat())
        since = max(datetime.fromisoformat(place) - OVERLAP, now - TOO_OLD)
        late = context.store.alarms_come_due(since, now, PAGE)
        found = [n for each in late for n in alarms.about_late(context, self._settings, each, now)]
        until = late[-1].due_at + OVERLAP if len(late) == PAGE else now
        return context.store.add_notices(found, now, place=(LATE_ALARMS, until.isoformat()))

    def _signatures(self, context: Context) -> int:
        """Signatures that are waited for; told once, however long they are."""
        if monotonic() - self._signatures_at < SIGNATURES_EVERY_SECONDS:
            return 0
        self._signatures_at, now = monotonic(), context.clock.now()
        found = releases.about_signatures(context, self._settings, now, TOO_OLD)
        return context.store.add_notices(list(found), now)

    def _digest(self, context: Context) -> int:
        """Once a day, to each person: what of theirs is late."""
        now = context.clock.now()
        today = now.date().isoformat()
        due = self._settings.has_mail and now.hour >= self._settings.digest_hour
        if not due or context.store.notice_place(DIGEST) == today:
            return 0
        late = context.store.tasks(TaskQuery(due_before=now, limit=MOST_LATE))
        people, by_person = Recipients(context, now), dict[str, list[ReviewTask]]()
        cases = {case.id: case for case in context.store.load([t.case_id for t in late])}
        contracts: dict[str, WorkflowContract] = {}
        for task in late:
            case = cases.get(task.case_id)
            contract = _contract_of(context, case) if case else None
            if case is None or contract is None or task.clock_stopped_at is not None:
                continue
            for person in people.reachable(contract, people.of_task(contract, case, task)):
                by_person.setdefault(person, []).append(task)
                contracts.setdefault(person, contract)
        found = [
            mail(
                f"day:{today}",
                NoticeKind.DIGEST,
                person,
                wording.about_late_work(tasks, now, self._settings.public_url),
                contracts[person],
                people,
            )
            for person, tasks in sorted(by_person.items())
        ]
        return context.store.add_notices(found, now, place=(DIGEST, today))

    def _begin(self, context: Context, source: str, place: str) -> int:
        """The first look: nobody is told of the past."""
        return context.store.add_notices([], context.clock.now(), place=(source, place))


def _said_to_people(fact: ChangedRow, task: ReviewTask) -> NoticeKind | None:
    """What people are told of a fact, if anything: most of what happens is nobody's news."""
    match fact.kind:
        case FactKind.REVIEW_BREACHED:
            return NoticeKind.BREACHED
        case FactKind.REVIEW_OPENED if task.escalations and task.is_live:
            return NoticeKind.ESCALATED
        case FactKind.REVIEW_RELEASED if fact.detail == "assigned" and task.assigned_to:
            return NoticeKind.ASSIGNED
    return None


def _task_behind(fact: ChangedRow, tasks: Sequence[ReviewTask]) -> ReviewTask | None:
    """The task a fact is about: facts name its queue, and the moment it shares with the task."""
    in_queue = [task for task in tasks if task.queue == fact.name]
    fits = _FITS.get(fact.kind)
    found = [task for task in in_queue if fits is not None and fits(task, fact.at)]
    return found[-1] if found else None


_FITS: Final[dict[FactKind, Callable[[ReviewTask, datetime], bool]]] = {
    FactKind.REVIEW_OPENED: lambda task, at: task.opened_at == at,
    FactKind.REVIEW_BREACHED: lambda task, at: task.breached_at == at,
    FactKind.REVIEW_DECIDED: lambda task, at: task.ended_at == at,
    FactKind.REVIEW_RELEASED: lambda task, _: task.is_live,
    FactKind.QUESTION_ASKED: lambda task, at: any(each.at == at for each in task.questions),
}


def _contract_of(context: Context, case: Case) -> WorkflowContract | None:
    """The case's contract, another version of it, or None where neither is loaded."""
    if context.workflows.knows(case.fingerprint):
        return context.workflows.of(case.fingerprint).contract
    for each in context.workflows:
        if each.contract.workflow == case.workflow:
            return each.contract
    return None
