"""Protected values and secrets, planted everywhere, and every output of a whole run searched.

Logs, refusals, events, webhooks, mails, the command line and what a viewer is shown: nothing that
was planted may stand in any of it.
"""

from __future__ import annotations

import json
import logging
import re
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import httpx
import pytest
import structlog
from starlette.testclient import TestClient
from typer.testing import CliRunner

from interlock import identity
from interlock.api.description import PREFIX
from interlock.cli import app as command_line
from interlock.console.app import attach
from interlock.domain.ids import PersonId
from interlock.domain.review import Verb
from interlock.notify import load_notify_settings
from interlock.papers.case_file import case_file_html
from interlock.runtime.commands import ask_question, decide_task, question_link
from interlock.web.changes import TOLD, Change
from interlock.web.streams import as_event
from tests.api.routes import BODIES, address
from tests.api.routes import WANTED as API_ROUTES
from tests.console.routes import FORMS, STREAMS
from tests.console.routes import WANTED as PAGES
from tests.console.routes import address as page_address
from tests.notify.conftest import SECRET, Telling
from tests.support.listening import Postbox, Receiver, open_postbox, open_receiver
from tests.web.serving import served
from tests.web.town import CLAIMS, HERE, Town, csrf_of

IBAN = "DE44500105175407324931"  # protected by the contract
PASSWORD = "correct horse battery planted"
SOCKETS = (f"{PREFIX}/events", "/events/work", "/events/home", "/events/map/claims")
LISTENING_SECONDS = 20
OUR_EYES = {"accept": "text/html", "origin": HERE}


class Run:
    """A town in which everything happened once, and all that was said about it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.town = Town.opened(url)
        attach(self.town.app)
        self.said: list[tuple[str, str]] = []
        self.secrets = {"password": PASSWORD}

        self.postbox, self.receiver = Postbox(), Receiver()  # until the real ones listen

    def note(self, where: str, text: str) -> None:
        """Something that came out somewhere."""
        self.said.append((where, text))

    def found(self, planted: str) -> list[str]:
        """Where a planted text came out, however its letters were grouped."""
        spaced = re.compile(r"[\s_-]?".join(map(re.escape, planted)))
        return sorted({where for where, text in self.said if spaced.search(text)})


class _Spoken:
    """A logger that gives every line, however unimportant, to the run."""

    def __init__(self, run: Run) -> None:
        self.run = run

    def __call__(self, _: Any, method: str, event: dict[str, Any]) -> dict[str, Any]:
        self.run.note(f"log {event.get('event')}", json.dumps(event, default=repr))
        raise structlog.DropEvent


class _Lines(logging.Handler):
    def __init__(self, run: Run) -> None:
        super().__init__(level=logging.DEBUG)
        self.run = run

    def emit(self, record: logging.LogRecord) -> None:
        """The line with its arguments and its trace."""
        self.run.note(f"log {record.name}", self.format(record))


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """The run, once for all searches of it."""
    made = Run(f"sqlite:///{tmp_path_factory.mktemp('leaks') / 'leaks.sqlite'}")
    lines, before = _Lines(made), structlog.get_config()
    servers = ExitStack()
    made.postbox = servers.enter_context(open_postbox())
    made.receiver = servers.enter_context(open_receiver())
    logging.getLogger().addHandler(lines)
    structlog.configure(
        processors=[structlog.processors.format_exc_info, _Spoken(made)],
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG),
    )
    try:
        told = _telling(made)
        with _listening(made, "vera"):
            _everything_happens(made)
            _everybody_is_told(made, told)
        _everything_is_called(made)
        made.town.office.later(24 * 60)  # late, passed on, and listed
        _everybody_is_told(made, told)
        yield made
    finally:
        structlog.configure(**before)
        logging.getLogger().removeHandler(lines)
        servers.close()
        made.town.close()


def test_the_planted_value_is_there_for_who_may_see_it(run: Run) -> None:
    """Else this whole search would find nothing because there was nothing."""
    case = run.town.office.case("C-1")

    shown = run.town.program("anna").get(f"{PREFIX}/cases/{case.id}")

    assert shown.json()["fields"]["iban"] == IBAN
    assert len(run.said) > 300
    doors = {"log", "api", "page", "event", "cli", "mail", "webhook", "stream"}
    places = {where for where, _ in run.said}
    assert {where.split()[0] for where in places} >= doors
    assert {"mail question", "mail notice", "page of a mail's link", "outbox"} <= places


def test_no_protected_value_comes_out_anywhere(run: Run) -> None:
    """Of a field, of what the AI said about it, and of what people wrote."""
    assert run.found(IBAN) == []


def test_no_secret_comes_out_anywhere(run: Run) -> None:
    """Passwords, sessions, tokens, sign-in links and question links prove who somebody is."""
    assert len(run.secrets) > 5
    for name, secret in run.secrets.items():
        assert run.found(secret) == [], name


def _everything_happens(run: Run) -> None:
    """A case that is approved, one that is refused, one that waits, and people who sign in."""
    town, context = run.town, run.town.office.context
    for number in ("C-1", "C-2", "C-3"):
        fields = {"number": number, "branch": "north", "amount": "100.00", "iban": IBAN}
        town.deliver(fields, f"{number}.json", PersonId("engineer"))  # who is asked by mail
    town.deliver({"number": "C-4", "branch": "north", "amount": "none", "iban": IBAN}, "bad.json")
    town.work()
    note = f"paid to {IBAN} before"
    decide_task(context, town.task("C-1"), "anna", Verb.APPROVE, reason_code="clear", note=note)
    decide_task(context, town.task("C-2"), "ben", Verb.REJECT, reason_code="unclear", note=note)
    asked = ask_question(context, town.task("C-3"), "anna", f"Is {IBAN} yours?")
    run.secrets["question link"] = question_link(context, asked.task.id)
    town.work()
    identity.set_password(context, "ben", PASSWORD, "ben")
    run.secrets["session"] = town.session("anna")
    run.secrets["sign-in link"] = identity.make_link(context, "anna", "rosa").token
    for person in ("vera", "anna", "rosa", "auditor"):
        run.secrets[f"token of {person}"] = town.token(person)


def _telling(run: Run) -> Telling:
    """Mails and webhooks to servers of our own, from now on."""
    mail_secret, hook = "mail-password-planted", f"{run.receiver.url}/hook-path-planted"
    run.secrets |= {"webhook secret": SECRET.removeprefix("whsec_"), "mail password": mail_secret}
    settings = load_notify_settings(
        smtp_url=f"smtp://127.0.0.1:{run.postbox.port}",
        mail_from="interlock@example.com",
        public_url=HERE,
        webhooks=f"{hook}#{SECRET}",
    )
    return Telling(run.town.office, settings)


def _everybody_is_told(run: Run, telling: Telling) -> None:
    """What is in each mail and webhook that came, headers and all, and what the outbox keeps."""
    run.town.office.pass_time(58)  # at risk
    telling.tell()
    for mail in run.postbox.mails:
        asks = "/answer/" in mail.get_content()
        said = re.sub(r"/answer/\S+", "/answer/LINK", mail.get_content())
        run.note(f"mail {'question' if asks else 'notice'}", f"{mail.items()} {said}")
        for link in re.findall(r"/answer/\S+", mail.get_content()):
            answer = run.town.browser().get(link, headers=OUR_EYES)
            assert answer.status_code in (200, 404)
            run.note("page of a mail's link", answer.text.replace(link, ""))
    for each in run.receiver.received:
        signed = {k: v for k, v in each.headers.items() if k != "webhook-signature"}
        run.note("webhook", f"{signed} {each.body.decode()}")
    for notice in run.town.services.store.notices():
        run.note("outbox", json.dumps(dict(notice.body)))


@contextmanager
def _listening(run: Run, person: str) -> Iterator[None]:
    """Every stream over a real socket, heard by somebody without the right to protected values."""
    run.secrets[f"listening token of {person}"] = token = run.town.token(person)
    session = run.town.session(person)
    run.secrets[f"listening session of {person}"] = session
    with ExitStack() as stack:
        address = stack.enter_context(served(run.town.app))
        for path in SOCKETS:
            mine = {"authorization": f"Bearer {token}"} if path.startswith(PREFIX) else {}
            heard = _Heard(run, path)
            threading.Thread(target=heard.hear, args=(address, mine, session), daemon=True).start()
            assert heard.begun.wait(LISTENING_SECONDS), path
            stack.callback(heard.wait)
        yield


class _Heard:
    """One stream; notes every line of it."""

    def __init__(self, run: Run, path: str) -> None:
        self.run, self.path = run, path
        self.begun, self.told = threading.Event(), threading.Event()

    def hear(self, address: str, headers: dict[str, str], session: str) -> None:
        """Reads until the server ends it."""
        cookies = {} if headers else {"interlock_session": session}
        try:
            with httpx.stream(
                "GET", address + self.path, headers=headers, cookies=cookies, timeout=None
            ) as answer:
                for line in answer.iter_lines():
                    self.begun.set()
                    self.run.note(f"stream {self.path}", line)
                    if line.startswith("data: "):
                        self.told.set()
        except httpx.HTTPError:
            return  # the server has gone

    def wait(self) -> None:
        """Waits until something was told."""
        assert self.told.wait(LISTENING_SECONDS), f"{self.path} told nothing"


def _everything_is_called(run: Run) -> None:
    """Every address by somebody without the right to protected values, and every way to be
    refused by somebody with it."""
    town, case = run.town, run.town.office.case("C-3")
    names = {"case_id": case.id, "task_id": case.task or "", "task": case.task or ""}
    for person in ("vera", "auditor", "rosa"):
        program, browser = _program(run, person), town.browser(person)
        for method, path in sorted(API_ROUTES):
            if path != "/events":
                _api(run, program, method, path, names)
        for method, path in sorted(PAGES):
            if (method, path) not in STREAMS and "sign-out" not in path:
                _page(run, browser, method, path, names)
    _refusals(run, names)
    _signing_in(run)
    _events(run)
    _command_lines(run, case.id, case.task or "")
    context, lens = town.office.context, _closed_lens(run)
    for number in ("C-1", "C-2", "C-3"):
        found, now = town.office.case(number), context.clock.now()
        run.note("case file", case_file_html(context, found.id, lens=lens, now=now))


def _program(run: Run, person: str) -> TestClient:
    client = TestClient(run.town.app, base_url=HERE, raise_server_exceptions=False)
    client.headers["authorization"] = f"Bearer {run.secrets[f'token of {person}']}"
    return client


def _api(run: Run, client: TestClient, method: str, path: str, names: dict[str, str]) -> None:
    body = BODIES.get(path) if method != "GET" else None
    answer = client.request(
        method, address(path, **names), json=body, headers={"if-match": '"0-0"'}
    )
    if path == "/me/tokens" and answer.status_code == 201:
        return  # shown this once, to who made it
    run.note(f"api {method} {path} {answer.status_code}", answer.text)


def _page(run: Run, client: TestClient, method: str, path: str, names: dict[str, str]) -> None:
    where = page_address(path, case_id=names["case_id"])
    if method == "GET":
        asked = {"task": names["task"]} if path in ("/work", "/work/document") else {}
        answer = client.get(where, params=asked, headers=OUR_EYES, follow_redirects=False)
    else:
        form = {"task": names["task"], **FORMS.get(path, {})}
        headers = OUR_EYES | csrf_of(run.town.app, client)
        answer = client.post(where, data=form, headers=headers, follow_redirects=False)
    if path in ("/people/{person}/link", "/tokens"):
        return  # a link or a token, shown this once
    run.note(f"page {method} {path} {answer.status_code}", answer.text)


def _refusals(run: Run, names: dict[str, str]) -> None:
    """Requests that do not fit, with the planted value in every place of them."""
    client, task = _program(run, "anna"), names["task"]
    planted: list[tuple[str, str, Any]] = [
        ("POST", "/cases", {"workflow": "claims", "fields": {"number": 1, "iban": IBAN, IBAN: 1}}),
        ("POST", "/cases", {"workflow": "claims", "fields": IBAN}),
        ("POST", "/cases", {"workflow": 1, "document": {"name": "a", "content": IBAN}}),
        ("POST", f"/reviews/{task}/decisions", {"verb": "edit", "changes": {"accept": IBAN}}),
        ("POST", f"/reviews/{task}/decisions", {"verb": IBAN}),
        ("POST", f"/reviews/{task}/decisions", {"verb": "approve", "reason_code": "clear"}),
        ("POST", f"/cases/{names['case_id']}/comments", {"text": "", "more": IBAN}),
        ("POST", "/pauses", {"kind": "workflow", "workflow": "claims", "note": IBAN}),
        ("GET", "/cases?limit=" + IBAN, None),
        ("GET", "/reviews?state=" + IBAN, None),
    ]
    tag = client.get(f"{PREFIX}/reviews/{task}").headers["etag"]
    for method, path, body in planted:
        answer = client.request(method, PREFIX + path, json=body, headers={"if-match": tag})
        assert answer.status_code >= 400 or path == "/cases", (path, answer.text)
        run.note(f"api refusal {path} {answer.status_code}", answer.text)
    broken = client.post(
        f"{PREFIX}/cases",
        content=f'{{"iban": "{IBAN}"',
        headers={"content-type": "application/json"},
    )
    run.note("api refusal of broken JSON", broken.text)


def _signing_in(run: Run) -> None:
    """With the right secrets, with wrong ones, and with secrets where none belong."""
    browser = run.town.browser()
    headers = OUR_EYES | csrf_of(run.town.app, browser)
    for form in ({"account": "ben", "password": PASSWORD + "x"}, {"account": PASSWORD}):
        answer = browser.post("/sign-in", data=form, headers=headers, follow_redirects=False)
        if "account" in form and form["account"] != PASSWORD:
            run.note("page sign-in refused", answer.text)
    link = f"/sign-in/link/{run.secrets['sign-in link']}"
    used = browser.post(link, headers=headers, follow_redirects=False)
    run.note("page signed in", used.text)
    session = used.cookies.get("interlock_session")
    if session:
        run.secrets["session from the link"] = session


def _events(run: Run) -> None:
    """Every change as the stream tells it, and everything the house log keeps openly."""
    store = run.town.services.store
    for row in store.changed(0, kinds=TOLD, limit=1000):
        change = Change(
            position="0.0.0",
            kind=row.kind,
            at=row.at,
            case_id=row.case_id,
            workflow=row.workflow,
            tenant=row.tenant,
            name=row.name,
            detail=row.detail,
        )
        run.note(f"event {row.kind}", as_event(change).encode().decode())
    for entry in store.house_entries(limit=1000):
        run.note(f"house {entry.kind}", json.dumps(dict(entry.body)))
    for case in ("C-1", "C-2", "C-3"):
        for link in store.entries(run.town.office.case(case).id):
            run.note(f"audit {link.kind}", json.dumps(dict(link.body)))


def _command_lines(run: Run, case: str, task: str) -> None:
    """What a terminal shows: a protected value is never shown in full."""
    moment = {"INTERLOCK_CLOCK": run.town.office.clock.now().isoformat(), "COLUMNS": "400"}
    where = ["--database", run.url, "--workflow", str(CLAIMS)]
    for words in (
        ["case", "list"],
        ["case", "show", case, "--all"],
        ["review", "list"],
        ["review", "show", task],
        ["review", "decide", task, "edit", "--as", "anna", "--set", f"accept={IBAN}"],
        ["audit", "show", case],
    ):
        for more in ([], ["--json"]):
            place = where[:2] if words[:2] == ["case", "list"] else where
            result = CliRunner(env=moment).invoke(command_line, [*words, *more, *place])
            run.note(f"cli {' '.join(words[:2])}", result.stdout + result.stderr)


def _closed_lens(run: Run) -> Any:
    from interlock.domain.rules.lens import lens_of

    return lens_of(run.town.office.workflow.contract).closed()
