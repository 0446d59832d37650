"""Signing in at another house, against a real provider in a process of its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from pydantic import SecretStr

from interlock.errors import SettingsInvalid
from interlock.identity import (
    BareHouse,
    NotAdmin,
    OidcProvider,
    OidcRefused,
    Via,
    Visitor,
    add_account,
    begin_oidc,
    change_account,
    finish_oidc,
    oidc_provider,
    session_of,
    unlink_oidc,
)
from interlock.settings import Settings
from interlock.testing.clock import MovingClock
from tests.identity.conftest import HERE, bodies, log
from tests.support.oidc_provider import (
    CLIENT_ID,
    CLIENT_SECRET,
    REDIRECT_URI,
    running_provider,
    say,
)

ANNA = {"sub": "a-1", "email": "anna@example.com", "email_verified": True}


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with running_provider() as address:
        yield address


@pytest.fixture
def provider(issuer: str) -> OidcProvider:
    """As the settings make it; it remembers nothing of an earlier test."""
    say(issuer, claims=ANNA)
    made = oidc_provider(_settings(oidc_issuer=issuer))
    assert made is not None
    return made


def _settings(**given: str) -> Settings:
    plain = {
        "oidc_client_id": CLIENT_ID,
        "oidc_client_secret": SecretStr(CLIENT_SECRET),
        "oidc_name": "the mill",
    }
    return Settings(**{**plain, **given})  # type: ignore[arg-type]


def _over_there(url: str) -> tuple[str, str]:
    """What a browser brings back: (code, state)."""
    answer = httpx.get(url)
    assert answer.status_code == 302, answer.text
    back = parse_qs(urlsplit(answer.headers["Location"]).query)
    return back["code"][0], back["state"][0]


def _sign_in(house: BareHouse, provider: OidcProvider) -> tuple[Visitor, str]:
    start = begin_oidc(house, provider, REDIRECT_URI)
    code, state = _over_there(start.url)
    return finish_oidc(house, provider, kept=start.kept, state=state, code=code, address=HERE)


def test_somebody_with_a_verified_address_of_an_account_comes_in(
    staffed: BareHouse, provider: OidcProvider
) -> None:
    """And is known by their subject from then on."""
    visitor, token = _sign_in(staffed, provider)

    assert (visitor.id, visitor.via) == ("anna", Via.OIDC)
    assert session_of(staffed, token) == visitor
    [linked] = log(staffed, "outside_linked")
    assert linked.body == {"account": "anna", "issuer": provider.issuer}
    assert "a-1" not in str(linked.body)


def test_the_subject_counts_once_it_is_linked(
    staffed: BareHouse, provider: OidcProvider, issuer: str
) -> None:
    """A mail address moves to another person; a subject never does."""
    _sign_in(staffed, provider)
    say(issuer, claims={"sub": "a-1", "email": "new@example.com", "email_verified": False})
    assert _sign_in(staffed, provider)[0].id == "anna"

    say(issuer, claims={**ANNA, "sub": "the-next-anna"})
    with pytest.raises(OidcRefused, match="is somebody else at the mill; ask an admin to unlink"):
        _sign_in(staffed, provider)

    with pytest.raises(NotAdmin):
        unlink_oidc(staffed, "anna", "anna")
    assert unlink_oidc(staffed, "anna", "rosa") is True
    assert unlink_oidc(staffed, "anna", "rosa") is False
    assert _sign_in(staffed, provider)[0].id == "anna"


@pytest.mark.parametrize(
    "claims",
    [
        {"sub": "x", "email": "nobody@example.com", "email_verified": True},
        {"sub": "x", "email": "anna@example.com", "email_verified": False},
        {"sub": "x", "email": "anna@example.com", "email_verified": "true"},
        {"sub": "x", "email": "anna@example.com"},
        {"sub": "x", "email": "bot@example.com", "email_verified": True},
        {"sub": "x", "email": "", "email_verified": True},
        {"sub": "x"},
    ],
)
def test_whoever_has_no_account_stays_outside_and_gets_none(
    staffed: BareHouse, provider: OidcProvider, issuer: str, claims: dict[str, object]
) -> None:
    """The other house says who somebody is, never that they work here."""
    add_account(staffed, "bot", "rosa", email="bot@example.com", is_agent=True)
    say(issuer, claims=claims)
    before = staffed.store.accounts()

    with pytest.raises(OidcRefused, match="nobody here is who the mill says you are"):
        _sign_in(staffed, provider)

    assert staffed.store.accounts() == before
    [refused] = log(staffed, "sign_in_refused")
    assert refused.body == {"via": "oidc"}


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"nonce": "another"}, "nonce"),
        ({"nonce": None}, "nonce"),
        ({"aud": "another-client"}, "aud"),
        ({"aud": [CLIENT_ID, "another-client"]}, "azp"),  # for two, and not saying for whom
        ({"azp": "another-client"}, "azp"),
        ({"iss": "https://another.example"}, "iss"),
        ({"exp": 1}, "expired"),
        ({"exp": None}, "exp"),
        ({"iat": 4_000_000_000}, "iat"),
        ({"sub": None}, "sub"),
        ({"sub": ""}, ""),
    ],
)
def test_claims_that_do_not_hold_let_nobody_in(
    staffed: BareHouse, provider: OidcProvider, issuer: str, claims: dict[str, object], why: str
) -> None:
    """Each check is the one that a known attack goes through when it is missing."""
    say(issuer, claims={**ANNA, **claims})

    with pytest.raises(OidcRefused, match=why):
        _sign_in(staffed, provider)

    assert bodies(staffed, "signed_in") == []
    assert bodies(staffed, "sign_in_refused") == [{"via": "oidc"}]


@pytest.mark.parametrize("fault", ["tampered", "signed_by_another", "unsigned", "no_token"])
def test_a_token_that_was_not_signed_over_there_lets_nobody_in(
    staffed: BareHouse, provider: OidcProvider, issuer: str, fault: str
) -> None:
    """Anybody can write claims; only the other house can sign them."""
    say(issuer, claims=ANNA, fault=fault)

    with pytest.raises(OidcRefused, match="does not hold"):
        _sign_in(staffed, provider)

    assert bodies(staffed, "signed_in") == []
    assert bodies(staffed, "sign_in_refused") == [{"via": "oidc"}]


def test_what_comes_back_must_have_been_begun_here_and_comes_back_once(
    staffed: BareHouse, provider: OidcProvider
) -> None:
    """Else a stranger's code, sent to a victim's browser, signs the victim in as the stranger."""
    start = begin_oidc(staffed, provider, REDIRECT_URI)
    code, state = _over_there(start.url)
    for kept, given in ((start.kept, "another state"), ("", state), ("never begun", state)):
        with pytest.raises(OidcRefused, match="was not begun here"):
            finish_oidc(staffed, provider, kept=kept, state=given, code=code, address=HERE)

    with pytest.raises(OidcRefused, match="was not begun here"):  # the first try used it up
        finish_oidc(staffed, provider, kept=start.kept, state=state, code=code, address=HERE)


def test_a_code_of_another_sign_in_is_worth_nothing(
    staffed: BareHouse, provider: OidcProvider
) -> None:
    """PKCE: whoever steals a code lacks the other half."""
    one, other = (begin_oidc(staffed, provider, REDIRECT_URI) for _ in range(2))
    _, state = _over_there(one.url)
    stolen, _ = _over_there(other.url)

    with pytest.raises(OidcRefused, match="did not answer as it should"):
        finish_oidc(staffed, provider, kept=one.kept, state=state, code=stolen, address=HERE)


def test_a_sign_in_that_takes_too_long_begins_again(
    staffed: BareHouse, provider: OidcProvider, clock: MovingClock
) -> None:
    """What lies in a browser's history must not be finished by the next person."""
    start = begin_oidc(staffed, provider, REDIRECT_URI)
    code, state = _over_there(start.url)
    clock.pass_time(timedelta(minutes=11))

    with pytest.raises(OidcRefused, match="or too long ago"):
        finish_oidc(staffed, provider, kept=start.kept, state=state, code=code, address=HERE)


def test_new_keys_over_there_are_fetched_when_they_are_needed(
    staffed: BareHouse, provider: OidcProvider, issuer: str
) -> None:
    """Houses change their keys without telling."""
    _sign_in(staffed, provider)
    say(issuer, claims=ANNA, new_key=True)

    assert _sign_in(staffed, provider)[0].id == "anna"


def test_the_address_may_come_from_the_other_houses_user_information(
    staffed: BareHouse, provider: OidcProvider, issuer: str
) -> None:
    """Some houses keep the address out of the token; it counts for the same subject only."""
    info = {"email": "anna@example.com", "email_verified": True}
    say(issuer, claims={"sub": "a-1"}, userinfo={"sub": "somebody-else", **info})
    with pytest.raises(OidcRefused, match="nobody here"):
        _sign_in(staffed, provider)

    say(issuer, claims={"sub": "a-1"}, userinfo={"sub": "a-1", **info})
    assert _sign_in(staffed, provider)[0].id == "anna"


def test_a_switched_off_account_stays_outside(staffed: BareHouse, provider: OidcProvider) -> None:
    """Also when the other house has not heard of it."""
    _sign_in(staffed, provider)
    change_account(staffed, "anna", "rosa", active=False)

    with pytest.raises(OidcRefused, match="switched off"):
        _sign_in(staffed, provider)


def test_a_house_that_calls_itself_another_name_is_not_trusted(
    staffed: BareHouse, provider: OidcProvider, issuer: str
) -> None:
    """Its tokens would be for somebody else's name."""
    say(issuer, claims=ANNA, issuer="https://another.example")

    with pytest.raises(OidcRefused, match="calls itself 'https://another"):
        begin_oidc(staffed, provider, REDIRECT_URI)


def test_a_house_that_does_not_answer_is_said_in_words(staffed: BareHouse) -> None:
    """People then use another way in."""
    provider = OidcProvider(
        issuer="http://127.0.0.1:1", client_id="x", client_secret="", name="the mill"
    )

    with pytest.raises(OidcRefused, match="the mill did not answer as it should"):
        begin_oidc(staffed, provider, REDIRECT_URI)


def test_the_settings_name_the_house_or_none() -> None:
    """Half a configuration is refused at the start."""
    assert oidc_provider(Settings()) is None
    with pytest.raises(SettingsInvalid, match="write its https:// address"):
        oidc_provider(_settings(oidc_issuer="http://plain.example"))
    with pytest.raises(SettingsInvalid, match="the id that the issuer knows us by"):
        oidc_provider(_settings(oidc_issuer="https://id.example", oidc_client_id=""))
    assert CLIENT_SECRET not in repr(_settings(oidc_issuer="https://id.example"))
