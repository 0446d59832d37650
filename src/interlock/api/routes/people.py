"""People: accounts and roles, who is away, own tokens, own training.

Its one rule: a token makes no tokens and no sign-in links, or one that leaked could outlive itself.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from interlock import identity
from interlock.api.idempotent import IdempotentRoute
from interlock.api.shapes.people import (
    AbsenceIn,
    AbsenceShape,
    AccountChange,
    AccountIn,
    AccountShape,
    EndedShape,
    ExerciseAnswerIn,
    GrantIn,
    MeShape,
    NewTokenShape,
    PersonIn,
    TokenIn,
    TokenShape,
    ToldAnswer,
    TrainingShape,
    absence_shape,
    account_shape,
    grant_of,
    token_values,
    training_shape,
)
from interlock.api.shapes.plain import NameInPath
from interlock.domain.people import Right
from interlock.runtime import commands
from interlock.web.boundary import Caller, RightMissing, needs, signed_in

me = APIRouter(prefix="/me", tags=["me"], route_class=IdempotentRoute)
accounts = APIRouter(prefix="/accounts", tags=["people"], route_class=IdempotentRoute)
absences = APIRouter(prefix="/absences", tags=["people"], route_class=IdempotentRoute)

Self = Annotated[Caller, Depends(signed_in)]
Seeing = Annotated[Caller, Depends(needs(Right.SEE))]
Deciding = Annotated[Caller, Depends(needs(Right.DECIDE))]
Administering = Annotated[Caller, Depends(needs(Right.ADMINISTER))]


@me.get("")
def who_am_i(caller: Self) -> MeShape:
    """Who you are here, and your rights somewhere; where exactly, the grants say."""
    visitor = caller.visitor
    return MeShape(
        account=account_shape(visitor.account),
        via=visitor.via,
        rights=[right for right in Right if caller.may(right)],
    )


@me.get("/tokens")
def my_tokens(caller: Self) -> list[TokenShape]:
    """Your own tokens, ended ones too."""
    found = identity.tokens(caller.context, caller.id)
    return [TokenShape(**token_values(each)) for each in found]


@me.post("/tokens", status_code=201)
def make_token(wanted: TokenIn, caller: Self) -> NewTokenShape:
    """A new token, of your own or, as an admin, of a program. It is shown this once."""
    _no_token(caller)
    row, token = identity.new_token(
        caller.context,
        wanted.account or caller.id,
        wanted.name,
        wanted.scopes,
        caller.id,
        expires_at=wanted.expires_at,
    )
    return NewTokenShape(**token_values(row), token=token)


@me.post("/tokens/{token_id}/revoke")
def revoke_token(token_id: NameInPath, caller: Self) -> TokenShape:
    """The token, ended."""
    _no_token(caller)
    return TokenShape(**token_values(identity.revoke_token(caller.context, token_id, caller.id)))


@me.get("/training/{queue}")
def my_training(queue: NameInPath, caller: Deciding) -> TrainingShape:
    """How you stand with a queue's training."""
    return training_shape(commands.training_state(caller.context, queue, caller.id))


@me.post("/training/{queue}", status_code=201)
def start_training(queue: NameInPath, caller: Deciding) -> TrainingShape:
    """A run through a queue's training, begun or gone on with."""
    return training_shape(commands.start_training(caller.context, queue, caller.id))


@me.post("/training/{queue}/answers", status_code=201)
def answer_exercise(queue: NameInPath, wanted: ExerciseAnswerIn, caller: Deciding) -> ToldAnswer:
    """Your answer to the exercise that is open."""
    told = commands.answer_exercise(
        caller.context,
        queue,
        caller.id,
        wanted.place,
        wanted.verb,
        reason_code=wanted.reason_code,
    )
    return ToldAnswer(
        is_right=told.right,
        verb=told.verb,
        reason_code=told.reason_code,
        why=told.why,
        training=training_shape(told.state),
    )


@accounts.get("")
def list_accounts(caller: Administering) -> list[AccountShape]:
    """Every account."""
    return [account_shape(each) for each in caller.store.accounts()]


@accounts.post("", status_code=201)
def add_account(wanted: AccountIn, caller: Administering) -> AccountShape:
    """A new account, without any role."""
    added = identity.add_account(
        caller.context,
        wanted.id,
        caller.id,
        name=wanted.name,
        email=wanted.email,
        groups=tuple(wanted.groups),
        is_agent=wanted.is_agent,
    )
    return account_shape(added)


@accounts.get("/{account_id}")
def show_account(account_id: NameInPath, caller: Administering) -> AccountShape:
    """One account."""
    found = caller.store.account(account_id)
    if found is None:
        raise identity.AccountUnknown(account_id)
    return account_shape(found)


@accounts.patch("/{account_id}")
def change_account(
    account_id: NameInPath, wanted: AccountChange, caller: Administering
) -> AccountShape:
    """The account as it is now; what is left out stays. Switched off, it can sign in nowhere."""
    changed = identity.change_account(
        caller.context,
        account_id,
        caller.id,
        name=wanted.name,
        email=wanted.email,
        groups=None if wanted.groups is None else tuple(wanted.groups),
        active=wanted.is_active,
    )
    return account_shape(changed)


@accounts.post("/{account_id}/grants", status_code=201)
def grant_role(account_id: NameInPath, wanted: GrantIn, caller: Administering) -> AccountShape:
    """The account with the role in that place."""
    grant = grant_of(wanted)
    return account_shape(identity.grant_role(caller.context, account_id, grant, caller.id))


@accounts.post("/{account_id}/grants/revoke")
def revoke_role(account_id: NameInPath, wanted: GrantIn, caller: Administering) -> AccountShape:
    """The account without the role in exactly that place."""
    grant = grant_of(wanted)
    return account_shape(identity.revoke_role(caller.context, account_id, grant, caller.id))


@absences.get("")
def list_absences(caller: Seeing) -> list[AbsenceShape]:
    """Who is away or going to be, and who fills their seat."""
    now = caller.services.clock.now()
    return [absence_shape(each) for each in caller.store.absences(now)]


@absences.post("", status_code=201)
def set_absence(wanted: AbsenceIn, caller: Seeing) -> AbsenceShape:
    """Somebody is away: yourself, or whom you answer for as an operator."""
    absence = commands.set_absence(
        caller.context, wanted.person, wanted.since, wanted.until, wanted.deputy, caller.id
    )
    return absence_shape(absence)


@absences.post("/end")
def end_absence(wanted: PersonIn, caller: Seeing) -> EndedShape:
    """They are back."""
    return EndedShape(ended=commands.end_absence(caller.context, wanted.person, caller.id))


def _no_token(caller: Caller) -> None:
    if caller.visitor.scopes is not None:
        raise RightMissing(Right.ADMINISTER, "a token makes and ends no tokens; sign in for that")
