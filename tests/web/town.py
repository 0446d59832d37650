"""A town with two branches that handle claims, its web application, and the people in it.

Time passes only when a test says so; work is done only when a test says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from starlette.testclient import TestClient

from interlock import api, identity
from interlock.bootstrap import Services
from interlock.domain.contract import Stage
from interlock.domain.ids import PersonId
from interlock.domain.people import Grant, Right, Role
from interlock.settings import Settings
from interlock.web.app import new_app
from interlock.web.csrf import csrf_token
from interlock.web.settings import WebSettings
from tests.runtime.office import WORKER, Office

CLAIMS = Path(__file__).parent / "workflows" / "claims"
HERE = "http://127.0.0.1:8420"
NORTH, SOUTH = "north", "south"
IBAN = "DE89370400440532013000"
PEOPLE: dict[str, tuple[Grant, ...]] = {
    "rosa": (Grant(role=Role.ADMIN),),
    "vera": (Grant(role=Role.VIEWER),),
    "anna": (Grant(role=Role.REVIEWER),),
    "ben": (Grant(role=Role.REVIEWER),),
    "lead": (Grant(role=Role.OPERATOR), Grant(role=Role.REVIEWER)),
    "head": (Grant(role=Role.OWNER),),
    "auditor": (Grant(role=Role.GOVERNANCE),),
    "south": (Grant(role=Role.REVIEWER, tenant=SOUTH),),
    "elsewhere": (Grant(role=Role.REVIEWER, workflow="payroll"),),
    "robot": (Grant(role=Role.REVIEWER), Grant(role=Role.ADMIN), Grant(role=Role.OWNER)),
}


@dataclass(slots=True)
class Town:
    """The claims office, its application, and ways to visit it."""

    office: Office
    services: Services
    app: FastAPI

    @classmethod
    def opened(cls, url: str, folder: Path = CLAIMS, **settings: Any) -> Town:
        """A fresh town on an empty database, with all its people."""
        office = Office.opened(url, Stage.AUTONOMOUS, folder)
        services = Services(
            settings=Settings(database_url=url),
            store=office.store,
            workflows=office.context.workflows,
            context=office.context,
            runner=office.runner,
            engine=office.engine,
            clock=office.clock,
            threads=office.threads,
        )
        town = cls(
            office=office,
            services=services,
            app=new_app(services, WebSettings(**({"rate_limit": 0} | settings))),
        )
        api.attach(town.app)
        for person, grants in PEOPLE.items():
            town.add(person, grants)
        return town

    def close(self) -> None:
        """Gives everything back."""
        self.office.close()

    def add(self, person: str, grants: Iterable[Grant]) -> None:
        """Somebody with an account and these roles."""
        context = self.office.context
        identity.add_account(
            context,
            person,
            "installer" if person == "rosa" else "rosa",
            is_agent=person == "robot",
        )
        for grant in grants:
            by = "installer" if person == "rosa" else "rosa"
            identity.grant_role(context, person, grant, by)

    def session(self, person: str) -> str:
        """The secret of a session of this person."""
        link = identity.make_link(self.office.context, person, "rosa")
        _, secret = identity.sign_in_with_link(self.office.context, link.token, "192.0.2.1")
        return secret

    def browser(self, person: str | None = None) -> TestClient:
        """A browser at our own page, signed in as this person."""
        client = TestClient(self.app, base_url=HERE, raise_server_exceptions=False)
        if person is not None:
            client.cookies.set("interlock_session", self.session(person))
        return client

    def program(self, person: str, scopes: Iterable[Right] | None = None) -> TestClient:
        """A program with a token of this person's."""
        client = TestClient(self.app, base_url=HERE, raise_server_exceptions=False)
        client.headers["authorization"] = f"Bearer {self.token(person, scopes)}"
        return client

    def token(self, person: str, scopes: Iterable[Right] | None = None) -> str:
        """A token of this person's, with all the scopes it can have."""
        by = "rosa" if person == "robot" else person
        held = self.services.store.account(person)
        assert held is not None
        wanted = list(scopes) if scopes is not None else self._scopes(person)
        _, token = identity.new_token(self.office.context, person, "test", wanted, by)
        return token

    def _scopes(self, person: str) -> list[Right]:
        if person == "robot":
            return [Right.SEE, Right.SEE_PROTECTED, Right.AUDIT]
        return list(Right)

    def claim(self, number: str = "C-1", branch: str = NORTH, amount: str = "100.00") -> str:
        """The id of a claim that waits for a person."""
        fields = {"number": number, "branch": branch, "amount": amount, "iban": IBAN}
        delivered = self.deliver(fields, f"{number}.json")
        self.work()
        return delivered

    def deliver(self, fields: dict[str, Any], name: str, opened_by: PersonId | None = None) -> str:
        """One claim taken in."""
        import json

        from interlock.domain.authoring import Document
        from interlock.runtime.commands import deliver

        document = Document(name=name, content=json.dumps(fields).encode())
        workflow = self.office.workflow.contract.workflow
        return deliver(self.office.context, workflow, [document], opened_by=opened_by)[0].case_id

    def task(self, number: str = "C-1") -> str:
        """The id of the task that waits for a claim."""
        return self.office.task(number).id

    def work(self) -> None:
        """Works until nothing is ready."""
        self.office.store.beat(WORKER, version="test")
        self.office.engine.drain(self.office.runner)


def csrf_of(app: FastAPI, client: TestClient) -> dict[str, str]:
    """The header with which the browser's own pages send their token."""
    from starlette.requests import Request

    cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/",
        "query_string": b"",
        "scheme": "http",
        "server": ("127.0.0.1", 8420),
        "headers": [(b"host", b"127.0.0.1:8420"), (b"cookie", cookie.encode())],
        "app": app,
    }
    return {"x-csrf-token": csrf_token(Request(scope))}
