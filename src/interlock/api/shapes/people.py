"""People: accounts, what they may do where, absences, tokens and training."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final

from pydantic import AfterValidator, AwareDatetime, Field, model_validator

from interlock.api.shapes.plain import MoneyShape, Name, Shape, Word, as_plain, money_shape
from interlock.domain.money import Money
from interlock.domain.people import Account, Grant, Right, Role
from interlock.domain.review import Verb
from interlock.runtime.commands.training import TrainingState
from interlock.storage.api_tokens import TokenRow
from interlock.storage.desk import Absence

FIRST_YEAR, LAST_YEAR = 2000, 2200  # no absence or token of ours is elsewhere


def _is_near(at: datetime) -> datetime:
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise ValueError(f"write a year from {FIRST_YEAR} to {LAST_YEAR}")
    return at


Moment = Annotated[AwareDatetime, AfterValidator(_is_near)]
MONEY: Final = r"^\d{1,12}(\.\d{1,6})?$"


class MoneyIn(Shape):
    """An amount of money."""

    amount: Annotated[str, Field(pattern=MONEY, examples=["5000.00"])]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$", examples=["EUR"])]


class GrantIn(Shape):
    """A role and where it holds; null: everywhere. up_to bounds what may be decided."""

    role: Role
    workflow: Name | None = None
    queue: Name | None = None
    tenant: Word | None = None
    up_to: MoneyIn | None = None


class GrantShape(Shape):
    """A role and where it holds; null: everywhere."""

    role: Role
    workflow: str | None
    queue: str | None
    tenant: str | None
    up_to: MoneyShape | None


class AccountShape(Shape):
    """Somebody who can sign in, or a program with tokens. The id is the person id of contracts."""

    id: str
    name: str
    email: str
    groups: list[str]
    grants: list[GrantShape]
    is_active: bool
    is_agent: bool


class MeShape(Shape):
    """Who you are here, and what of your rights this sign-in or token carries."""

    account: AccountShape
    via: str
    rights: list[Right]


class AccountIn(Shape):
    """A new account, without any role yet."""

    id: Annotated[Name, Field(max_length=64, examples=["bruno"])]
    name: Word = ""
    email: Word = ""
    groups: Annotated[list[Name], Field(default_factory=list, max_length=50)]
    is_agent: bool = False


class AccountChange(Shape):
    """What becomes different; what is left out stays."""

    name: Word | None = None
    email: Word | None = None
    groups: Annotated[list[Name] | None, Field(max_length=50)] = None
    is_active: bool | None = None


class AbsenceIn(Shape):
    """When somebody is away, and who fills their seat. `until`: when they are back."""

    person: Name
    since: Moment
    until: Moment
    deputy: Name | None = None

    @model_validator(mode="after")
    def _is_a_time(self) -> AbsenceIn:
        if self.until <= self.since:
            raise ValueError("until must be after since")
        return self


class AbsenceShape(Shape):
    """Somebody is away."""

    person: str
    since: datetime
    until: datetime
    deputy: str | None


class EndedShape(Shape):
    """How many absences were ended."""

    ended: int


class PersonIn(Shape):
    """Whom it is about."""

    person: Name


class TokenIn(Shape):
    """A token to make. Of its owner's rights it has those in `scopes` and no others."""

    name: Annotated[Word, Field(min_length=1, examples=["nightly import"])]
    scopes: Annotated[list[Right], Field(min_length=1)]
    account: Annotated[Name | None, Field(description="A program's, by an admin.")] = None
    expires_at: Moment | None = None


class TokenShape(Shape):
    """A token, named. The token itself is never shown again."""

    id: str
    account: str
    name: str
    scopes: list[str]
    made_at: datetime
    expires_at: datetime | None
    used_at: datetime | None
    revoked_at: datetime | None


class NewTokenShape(TokenShape):
    """A token just made. `token` is shown this once."""

    token: str


class ExerciseShape(Shape):
    """A made-up case to decide."""

    place: int
    number: int
    of: int
    title: str
    question: str
    fields: dict[str, Any]
    document: str
    proposal: Any
    reason_codes: list[str]


class TrainingShape(Shape):
    """How you stand with a queue's training."""

    queue: str
    is_needed: bool
    is_passed: bool
    valid_until: datetime | None
    pass_at: float
    exercise: ExerciseShape | None


class ExerciseAnswerIn(Shape):
    """What you decide about the exercise at this place."""

    place: Annotated[int, Field(ge=0, le=10_000)]
    verb: Verb
    reason_code: Word = ""


class ToldAnswer(Shape):
    """Whether it was right, what would have been, and what comes next."""

    is_right: bool
    verb: str
    reason_code: str
    why: str
    training: TrainingShape


def grant_of(given: GrantIn) -> Grant:
    """Raises: ValueError for an amount that is no money."""
    up_to = Money.of(given.up_to.amount, given.up_to.currency) if given.up_to else None
    return Grant(
        role=given.role,
        workflow=given.workflow,
        queue=given.queue,
        tenant=given.tenant,
        up_to=up_to,
    )


def grant_shape(grant: Grant) -> GrantShape:
    return GrantShape(
        role=grant.role,
        workflow=grant.workflow,
        queue=grant.queue,
        tenant=grant.tenant,
        up_to=money_shape(grant.up_to),
    )


def account_shape(account: Account) -> AccountShape:
    return AccountShape(
        id=account.id,
        name=account.name,
        email=account.email,
        groups=list(account.groups),
        grants=[grant_shape(each) for each in account.grants],
        is_active=account.active,
        is_agent=account.is_agent,
    )


def absence_shape(absence: Absence) -> AbsenceShape:
    return AbsenceShape(
        person=absence.person,
        since=absence.since,
        until=absence.until,
        deputy=absence.deputy,
    )


def token_values(token: TokenRow) -> dict[str, Any]:
    return {
        "id": token.id,
        "account": token.account_id,
        "name": token.name,
        "scopes": list(token.scopes),
        "made_at": token.made_at,
        "expires_at": token.expires_at,
        "used_at": token.used_at,
        "revoked_at": token.revoked_at,
    }


def training_shape(state: TrainingState) -> TrainingShape:
    shown = state.exercise
    exercise = (
        ExerciseShape(
            place=shown.place,
            number=shown.number,
            of=shown.of,
            title=shown.title,
            question=shown.question,
            fields=as_plain(shown.fields),
            document=shown.document,
            proposal=as_plain(shown.proposal),
            reason_codes=list(shown.reason_codes),
        )
        if shown
        else None
    )
    return TrainingShape(
        queue=state.queue,
        is_needed=state.needed,
        is_passed=state.passed,
        valid_until=state.valid_until,
        pass_at=state.pass_at,
        exercise=exercise,
    )
