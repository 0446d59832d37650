"""A bank whose loans need people, and every door through which somebody can decide about one.

Each door tries the same: this person, this task, this verb, with this reason and this letter. What
it answers is brought to one shape, so that the doors can be held against each other.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient
from typer.testing import CliRunner

from interlock import identity
from interlock.cli import app as command_line
from interlock.console.app import attach
from interlock.domain.ids import PersonId
from interlock.domain.money import Money
from interlock.domain.people import Grant, Role
from interlock.domain.review import ReviewTask, Verb
from interlock.domain.rules import assign
from interlock.domain.rules.permission import Permission
from interlock.errors import InterlockError
from interlock.runtime.commands import (
    answer_exercise,
    ask_question,
    claim_task,
    decide_many,
    decide_task,
    escalate_task,
    hand_back_task,
    reassign_task,
    release_task,
    set_absence,
    start_training,
    takeover_task,
)
from tests.runtime.office import MONDAY
from tests.web.town import HERE, NORTH, SOUTH, Town, csrf_of

LOANS = Path(__file__).parent / "workflows" / "loans"
LIMIT = 500  # of anna, by the contract; of small, by the grant
OWN = "anna"  # opened the loans that are her own
NOBODY = "nobody"
GRANTS: dict[str, tuple[Grant, ...]] = {
    "small": (Grant(role=Role.REVIEWER, up_to=Money.of("500", "EUR")),),
    "gone": (Grant(role=Role.REVIEWER),),
    "away": (Grant(role=Role.REVIEWER),),
}
PEOPLE = (
    "rosa",  # admin
    "vera",  # viewer, though the contract has her among the clerks
    "anna",  # reviewer, a clerk, up to 500
    "ben",  # reviewer, a clerk, trained
    "small",  # reviewer, a clerk, granted up to 500
    "lead",  # operator and reviewer, no clerk
    "head",  # owner
    "auditor",  # governance
    "south",  # reviewer of the other tenant, a clerk
    "elsewhere",  # reviewer of another workflow
    "robot",  # a program with a reviewer's, an admin's and an owner's grant
    "gone",  # a clerk whose account was switched off
    "away",  # a clerk who is absent
    NOBODY,  # no account at all
)
REASON, LETTER = "clear", {"bank_letter": "It is theirs."}
_numbers = count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a door answered. rule: why not; a door's own word where it never asked the rules."""

    done: bool
    rule: str = ""


# Where a door refuses before the rules are asked, the rules refuse as well, by one of these.
NOT_LET_IN = {
    "sign_in_needed": {"person", "account", "agent"},
    "right_missing": {"role", "agent"},
    "task_unknown": {"role"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One person's try at one task."""

    person: str
    task: ReviewTask
    verb: Verb
    reason: str = ""
    letter: bool = False

    @property
    def supplied(self) -> dict[str, str]:
        """What they add as evidence."""
        return LETTER if self.letter else {}


class Bank:
    """The bank on one database."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.town = Town.opened(url, LOANS)
        attach(self.town.app)
        self.context = self.town.office.context
        for person, grants in GRANTS.items():
            self.town.add(person, grants)
        self._pass_training("ben")
        until = MONDAY + timedelta(days=30)
        set_absence(self.context, "away", MONDAY, until, None, "away")
        self._programs = {each: self._program(each) for each in PEOPLE}
        self._browsers = {each: self._browser(each) for each in PEOPLE}
        identity.change_account(self.context, "gone", "rosa", active=False)

    def close(self) -> None:
        """Gives everything back."""
        self.town.close()

    def loan(
        self,
        *,
        odd: str = "",
        amount: int = 100,
        branch: str = NORTH,
        own: bool = False,
        held_by: str = "",
    ) -> ReviewTask:
        """The task that a new loan waits on."""
        number = f"L-{next(_numbers)}"
        fields = {"number": number, "branch": branch, "amount": str(amount), "odd": odd}
        opened_by = PersonId(OWN) if own else None
        self.town.deliver(fields, f"{number}.json", opened_by)
        self.town.work()
        task = self.town.office.task(number)
        if held_by:
            task = claim_task(self.context, task.id, held_by).task
        return task

    def rule(self, attempt: Attempt) -> Permission:
        """What the one rule says, asked directly."""
        case = self.town.office.store.load([attempt.task.case_id])[0]
        now = self.context.clock.now()
        return assign.may_decide(
            self.context.workflows.of(case.fingerprint).contract,
            case,
            attempt.task,
            attempt.person,
            attempt.verb,
            now,
            standing=self.context.directory.standing(attempt.person, now),
            supplied=attempt.supplied,
            reason_code=attempt.reason,
        )

    def decided(self, task: ReviewTask) -> list[tuple[str, str]]:
        """Who decided what about the task, as it is on record."""
        found = self.town.office.store.decisions(task.case_id)
        return [(each.by, str(each.verb)) for each in found if each.task_id == task.id]

    def task(self, task: ReviewTask) -> ReviewTask:
        """The task as it is stored now."""
        return self.town.office.store.task(task.id)

    def browser(self, person: str) -> TestClient:
        """The person's browser."""
        return self._browsers[person]

    def post(self, person: str, where: str, form: dict[str, str]) -> Any:
        """A form sent from a page of ours."""
        browser = self._browsers[person]
        headers = {"accept": "application/json", "origin": HERE, **csrf_of(self.town.app, browser)}
        return browser.post(where, data=form, headers=headers, follow_redirects=False)

    def act(self, door: str, act: str, person: str, task: ReviewTask) -> bool:
        """Whether the person could do this to the task, through that door."""
        found = ACTS[act]
        if door == "command":
            return _worked(lambda: found.command(self.context, task.id, person))
        if door == "API":
            path = f"/api/v1/reviews/{task.id}/{found.path}"
            return self._programs[person].post(path, json=found.body).status_code in (200, 201)
        if door == "form":
            form = {"task": task.id, **{k: str(v) for k, v in found.form(task).items()}}
            return self.post(person, found.place, form).status_code in (200, 303)
        words = ["review", act, task.id, *found.words, "--json"]
        return self._commanded(person, words).done

    def by_command(self, attempt: Attempt) -> Said:
        """The command all doors call."""
        try:
            decide_task(
                self.context,
                attempt.task.id,
                attempt.person,
                attempt.verb,
                reason_code=attempt.reason,
                supplied=attempt.supplied,
                changes=_changes(attempt),
            )
        except InterlockError as refused:
            return Said(done=False, rule=_rule_of(refused))
        return Said(done=True)

    def by_api(self, attempt: Attempt) -> Said:
        """`POST /api/v1/reviews/{task}/decisions`, as a program of the person."""
        task = attempt.task
        body = {
            "verb": attempt.verb,
            "reason_code": attempt.reason,
            "supplied": attempt.supplied,
            "changes": _changes(attempt),
            "hold": False,
        }
        tag = f'"{task.version}-{task.evidence_digest[:16]}"'
        answer = self._programs[attempt.person].post(
            f"/api/v1/reviews/{task.id}/decisions", json=body, headers={"if-match": tag}
        )
        if answer.status_code == 201:
            return Said(done=True)
        problem = answer.json()
        return Said(done=False, rule=problem.get("rule") or problem["code"])

    def by_api_bulk(self, attempt: Attempt) -> Said:
        """`POST /api/v1/reviews/bulk` with this one task."""
        body = {"tasks": [attempt.task.id], "verb": attempt.verb, "reason_code": attempt.reason}
        answer = self._programs[attempt.person].post("/api/v1/reviews/bulk", json=body)
        if answer.status_code != 200:
            return Said(done=False, rule=answer.json()["code"])
        [item] = answer.json()["items"]
        return Said(done=item["is_done"], rule=item["code"] or "")

    def by_form(self, attempt: Attempt) -> Said:
        """The desk's own form, sent whether or not the page would have offered it."""
        task, verb = attempt.task, attempt.verb
        form = {
            "task": task.id,
            "version": str(task.version),
            "evidence": task.evidence_digest,
            "confirm": str(verb),
            f"reason-{verb}": attempt.reason,
            **{f"supply-{name}": text for name, text in attempt.supplied.items()},
            **{f"field-{name}": str(value) for name, value in (_changes(attempt) or {}).items()},
        }
        return self._sent(attempt, "/work/decide", form)

    def by_form_bulk(self, attempt: Attempt) -> Said:
        """The desk's form for many, with this one task."""
        form = {"t": attempt.task.id, "verb": str(attempt.verb), "reason": attempt.reason}
        return self._sent(attempt, "/work/bulk", form)

    def by_command_line(self, attempt: Attempt) -> Said:
        """`interlock review decide`, as somebody at the machine says who they are."""
        more = [f"--evidence={name}={text}" for name, text in attempt.supplied.items()]
        more += [f"--set={name}={value}" for name, value in (_changes(attempt) or {}).items()]
        words = ["review", "decide", attempt.task.id, str(attempt.verb), "--json", "--later", *more]
        return self._commanded(attempt.person, [*words, f"--reason={attempt.reason}"])

    def by_command_line_bulk(self, attempt: Attempt) -> Said:
        """`interlock review bulk` with this one task."""
        words = ["review", "bulk", str(attempt.verb), attempt.task.id, "--json"]
        return self._commanded(attempt.person, [*words, f"--reason={attempt.reason}"])

    def by_command_bulk(self, attempt: Attempt) -> Said:
        """The command for many, with this one task."""
        [found] = decide_many(
            self.context,
            [attempt.task.id],
            attempt.person,
            attempt.verb,
            reason_code=attempt.reason,
        )
        return Said(done=found.is_decided, rule=found.code)

    def _commanded(self, person: str, words: list[str]) -> Said:
        where = ["--database", self.url, "--workflow", str(LOANS), "--as", person]
        moment = {"INTERLOCK_CLOCK": self.context.clock.now().isoformat(), "TZ": "UTC"}
        result = CliRunner(env=moment).invoke(command_line, [*words, *where])
        told = json.loads(result.stdout)
        if told["ok"]:
            return Said(done=True)
        if "tasks" in told:
            return Said(done=False, rule=told["tasks"][0]["code"])
        return Said(done=False, rule=told["error"].get("rule") or told["error"]["code"])

    def _sent(self, attempt: Attempt, where: str, form: dict[str, str]) -> Said:
        before = self.decided(attempt.task)
        answer = self.post(attempt.person, where, form)
        if self.decided(attempt.task) != before:
            return Said(done=True)
        is_problem = "problem+json" in answer.headers.get("content-type", "")
        return Said(done=False, rule=answer.json()["code"] if is_problem else "shown")

    def _program(self, person: str) -> TestClient:
        client = TestClient(self.town.app, base_url=HERE, raise_server_exceptions=False)
        if person == NOBODY:
            client.headers["authorization"] = "Bearer made-up"
            return client
        return self.town.program(person)

    def _browser(self, person: str) -> TestClient:
        if person in (NOBODY, "robot"):  # a program has no browser
            return TestClient(self.town.app, base_url=HERE, raise_server_exceptions=False)
        return self.town.browser(person)

    def _pass_training(self, person: str) -> None:
        start_training(self.context, "experts", person)
        answer_exercise(self.context, "experts", person, 0, "reject", reason_code="unclear")


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Something people do with a task beside deciding it, and how each door asks for it."""

    command: Callable[[Any, str, str], object]
    path: str
    place: str
    body: dict[str, Any] | None = None
    more: dict[str, str] | None = None
    words: tuple[str, ...] = ()

    def form(self, task: ReviewTask) -> dict[str, object]:
        """The fields of its form."""
        seen = {"version": task.version, "evidence": task.evidence_digest}
        return {**seen, **(self.more or {})}


def _decides(verb: str, note: str) -> dict[str, str]:
    return {"confirm": verb, f"note-{verb}": note}


ACTS: dict[str, Act] = {
    "claim": Act(command=claim_task, path="claim", place="/work/claim"),
    "release": Act(command=release_task, path="release", place="/work/release"),
    "takeover": Act(command=takeover_task, path="takeover", place="/work/takeover", body={}),
    "hand-back": Act(command=hand_back_task, path="hand-back", place="/work/hand-back", body={}),
    "reassign": Act(
        command=lambda context, task, by: reassign_task(context, task, "anna", by),
        path="reassign",
        place="/work/reassign",
        body={"to": "anna"},
        more={"to": "anna"},
        words=("anna",),
    ),
    "escalate": Act(
        command=escalate_task,
        path="escalate",
        place="/work/decide",
        body={},
        more=_decides("escalate", ""),
    ),
    "ask": Act(
        command=lambda context, task, by: ask_question(context, task, by, "Why?"),
        path="questions",
        place="/work/decide",
        body={"text": "Why?"},
        more=_decides("ask", "Why?"),
        words=("Why?",),
    ),
}


def _worked(command: Callable[[], object]) -> bool:
    try:
        command()
    except InterlockError:
        return False
    return True


Door = Callable[[Bank, Attempt], Said]
ONE_BY_ONE: dict[str, Door] = {
    "API": Bank.by_api,
    "form": Bank.by_form,
    "command line": Bank.by_command_line,
}
MANY: dict[str, Door] = {
    "API, many": Bank.by_api_bulk,
    "form, many": Bank.by_form_bulk,
    "command line, many": Bank.by_command_line_bulk,
    "command, many": Bank.by_command_bulk,
}
BRANCHES = (NORTH, SOUTH)


def _changes(attempt: Attempt) -> dict[str, Any] | None:
    return {"reason": "two pages"} if attempt.verb is Verb.EDIT else None


def _rule_of(refused: InterlockError) -> str:
    return str(getattr(refused, "rule", refused.code))


__all__ = [
    "ACTS",
    "BRANCHES",
    "MANY",
    "NOT_LET_IN",
    "ONE_BY_ONE",
    "PEOPLE",
    "Attempt",
    "Bank",
    "Said",
]
