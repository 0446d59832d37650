"""The first start: accounts for whom the contracts name, with the roles they give, once."""

from __future__ import annotations

from pathlib import Path

import pytest

from interlock.contracts import load_workflow
from interlock.domain.people import Grant, Role
from interlock.identity import (
    AccountUnknown,
    LinkRefused,
    add_account,
    first_sign_in,
    grant_role,
    sign_in_with_link,
)
from interlock.identity.first_start import accounts_named_by
from tests.identity.conftest import HERE
from tests.runtime.office import Office

PAYABLES = Path(__file__).parents[2] / "examples" / "accounts_payable"


@pytest.fixture
def office(ready_url: str) -> Office:
    return Office.opened(ready_url)


def test_everybody_the_contract_names_gets_an_account_and_the_admin_a_link(office: Office) -> None:
    """A new house must be usable without writing down who works there a second time."""
    link = first_sign_in(office.context)

    contract = office.workflow.contract
    assert link is not None
    assert {account.id for account in office.store.accounts()} == {*contract.people, "admin"}
    visitor, _ = sign_in_with_link(office.context, link.token, HERE)
    assert [grant.role for grant in visitor.account.grants] == [Role.ADMIN]
    assert office.store.house_faults() == []


def test_it_happens_once(office: Office) -> None:
    """Later starts must neither undo what admins changed nor print a way in."""
    first_sign_in(office.context)
    grant_role(office.context, "admin", Grant(role=Role.VIEWER), "admin")
    before = office.store.accounts()

    assert first_sign_in(office.context) is None
    assert office.store.accounts() == before


def test_a_named_person_gets_a_link_each_time(office: Office) -> None:
    """For demonstrations, and for whoever holds the database and is locked out."""
    person = next(iter(office.workflow.contract.people))
    first, second = (first_sign_in(office.context, person) for _ in range(2))

    assert first is not None
    assert second is not None
    with pytest.raises(LinkRefused):
        sign_in_with_link(office.context, first.token, HERE)
    assert sign_in_with_link(office.context, second.token, HERE)[0].id == person
    with pytest.raises(AccountUnknown):
        first_sign_in(office.context, "nobody_here")


def test_the_roles_are_those_of_the_contract_and_no_wider() -> None:
    """A reviewer decides in the queues they work; an owner answers for their own workflow."""
    contract = load_workflow(PAYABLES).contract
    accounts = {account.id: account for account in accounts_named_by([contract])}

    def roles(person: str) -> set[tuple[str, str | None]]:
        return {(grant.role, grant.queue) for grant in accounts[person].grants}  # type: ignore[index]

    assert roles("anna") == {("reviewer", "ap_clerks")}
    assert roles("ap_lead") == {("operator", None), ("owner", None), ("reviewer", "ap_lead")}
    assert roles("finance_director") == {("owner", None), ("reviewer", "finance_director")}
    assert {role for role, _ in roles("internal_audit")} >= {"governance"}
    assert roles("admin") == {("admin", None)}
    everywhere = {g.role for a in accounts.values() for g in a.grants if g.workflow is None}
    assert everywhere == {Role.ADMIN}
    for account in accounts.values():
        reviewing = {grant.queue for grant in account.grants if grant.role is Role.REVIEWER}
        working = {queue for queue in contract.queues if account.id in contract.members_of(queue)}
        assert reviewing == working


def test_the_same_contract_twice_gives_each_role_once() -> None:
    """Two versions of one workflow may be loaded at once."""
    contract = load_workflow(PAYABLES).contract

    assert accounts_named_by([contract, contract]) == accounts_named_by([contract])


def test_a_house_with_accounts_is_left_as_it_is(office: Office) -> None:
    """A contract that is loaded later widens nobody's rights."""
    add_account(office.context, "rosa", "rosa")
    before = office.store.accounts()

    assert first_sign_in(office.context) is None

    assert office.store.accounts() == before
