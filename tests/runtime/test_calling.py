"""Calling user code: it gets what it asks for by name, within its time, and cannot get out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from threading import Event, get_ident
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from interlock.contracts import load_workflow
from interlock.domain.authoring import Document
from interlock.domain.case import Case, Source
from interlock.runtime.calling import (
    ArgumentMissing,
    Arguments,
    CallAbandoned,
    Overruns,
    call,
    contained,
)
from interlock.runtime.workflow import Workflow
from interlock.testing.builders import a_case
from tests.runtime.office import REFUNDS

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
DATA = {"number": "R-1", "amount": 12.5, "order": "O-1"}


class Refund(BaseModel):
    """What the tests' functions ask for."""

    number: str
    amount: Decimal


@dataclass(frozen=True)
class Parameter:
    name: str
    annotation: Any = None
    has_default: bool = False


@dataclass(frozen=True)
class Called:
    """A function as it was loaded."""

    function: Callable[..., Any]
    parameters: tuple[Parameter, ...] = ()
    is_async: bool = False


def asking(*parameters: Parameter) -> Called:
    """A function that takes these."""

    def pay(**given: Any) -> Any:
        return given

    return Called(pay, parameters)


@pytest.fixture(scope="module")
def workflow() -> Workflow:
    """The refunds, with a shop."""
    return Workflow(loaded=load_workflow(REFUNDS), systems={"shop": "the shop"})


@pytest.fixture
def arguments(workflow: Workflow) -> Arguments:
    """Arguments whose documents are named after their digests."""
    return Arguments(workflow, lambda digest: Document(name=digest, content=b""))


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    """Two threads of the test's own."""
    with ThreadPoolExecutor(2) as pool:
        yield pool


def refund(**changes: Any) -> Case:
    """A case of one refund."""
    return a_case(**{"data": DATA, "outputs": {"check": {"order": "O-1"}}, **changes})


# --- what a function is given -------------------------------------------------------------------


def test_a_function_gets_what_it_names(arguments: Arguments) -> None:
    """The case by its name and its fields, outputs, systems, the moment and the document."""
    names = ("refund", "number", "check", "shop", "now", "document")
    case = refund(source=Source(document="d1", name="a.json", channel="folder"))

    given = arguments.of(asking(*map(Parameter, names)), case, NOW)

    assert given["refund"] == DATA
    assert (given["number"], given["check"]) == ("R-1", {"order": "O-1"})
    assert (given["shop"], given["now"]) == ("the shop", NOW)
    assert given["document"].name == "d1"


def test_a_value_comes_as_the_type_that_was_asked_for(arguments: Arguments) -> None:
    """And it is made once, however many functions of one case ask."""
    wanted = asking(Parameter("refund", Refund))
    case = refund()

    first = arguments.of(wanted, case, NOW)["refund"]
    again = arguments.of(wanted, case, NOW)["refund"]

    assert first == Refund(number="R-1", amount=Decimal("12.5"))
    assert first is again


def test_a_value_that_does_not_fit_the_type_is_not_given(arguments: Arguments) -> None:
    """A function is never called with what it does not take."""
    with pytest.raises(ValidationError):
        arguments.of(asking(Parameter("number", int)), refund(), NOW)


def test_what_no_earlier_step_made_is_named(arguments: Arguments) -> None:
    """The author reads which function needs what, and what to do."""
    with pytest.raises(ArgumentMissing) as missing:
        arguments.of(asking(Parameter("judgement")), refund(), NOW)

    assert str(missing.value) == (
        "pay needs 'judgement' and no earlier step of this case made it; "
        "give the parameter a default or the step the same condition"
    )
    assert arguments.of(asking(Parameter("judgement", has_default=True)), refund(), NOW) == {}


def test_what_a_step_asked_for_fills_only_what_nothing_else_fills(arguments: Arguments) -> None:
    """Nothing a model returns stands in for the case, the runtime or a system."""
    free = {"refund": 1, "check": 2, "shop": 3, "now": 4, "idempotency_key": 5, "text": "6"}
    wanted = asking(*map(Parameter, free))

    given = arguments.of(wanted, refund(), NOW, free=free, idempotency_key="act_1")

    assert given == {
        "refund": DATA,
        "check": {"order": "O-1"},
        "shop": "the shop",
        "now": NOW,
        "idempotency_key": "act_1",
        "text": "6",
    }


def test_a_case_knows_beforehand_whether_it_can_give_what_is_asked(arguments: Arguments) -> None:
    """A business state is read as soon as its parameters are known, and not before."""
    wanted = asking(Parameter("refund"), Parameter("judgement"), Parameter("x", has_default=True))

    assert not arguments.can_give(wanted, refund())
    judged = replace(refund(), outputs={"judge": {"accept": True}})
    assert arguments.can_give(asking(Parameter("judge"), Parameter("now")), judged)


# --- calls --------------------------------------------------------------------------------------


async def _never() -> None:
    await asyncio.Event().wait()


def run(
    called: Called,
    threads: ThreadPoolExecutor,
    *,
    seconds: float | None = None,
    in_thread: bool = False,
    **more: Any,
) -> Any:
    """Calls it as the runtime does."""
    return asyncio.run(
        call(called, {}, timeout_seconds=seconds, threads=threads, in_thread=in_thread, **more)
    )


def test_a_function_of_either_colour_returns_its_value(threads: ThreadPoolExecutor) -> None:
    """An author writes whichever fits."""

    async def later() -> str:
        await asyncio.sleep(0)
        return "later"

    assert run(Called(later, is_async=True), threads) == "later"
    assert run(Called(lambda: "now"), threads) == "now"


def test_a_plain_function_leaves_the_loop_when_it_may_be_slow(threads: ThreadPoolExecutor) -> None:
    """Fixed rules run at once where they are; what has a limit runs in a thread."""
    here = get_ident()

    assert run(Called(get_ident), threads) == here
    assert run(Called(get_ident), threads, in_thread=True) != here
    assert run(Called(get_ident), threads, seconds=60) != here


def test_what_takes_too_long_is_given_up(threads: ThreadPoolExecutor) -> None:
    """Of either colour; a thread that overruns is known until it ends."""
    go, overruns = Event(), Overruns()
    slow = Called(lambda: go.wait(20))

    with pytest.raises(TimeoutError):
        run(Called(_never, is_async=True), threads, seconds=0.01)
    with pytest.raises(TimeoutError):
        run(slow, threads, seconds=0.01, started=lambda call: overruns.watch("act_1", call))

    assert overruns.is_running("act_1")
    assert not overruns.is_running("act_2")
    go.set()
    threads.shutdown(wait=True)
    assert not overruns.is_running("act_1")


@pytest.mark.parametrize("ended", [SystemExit(1), asyncio.CancelledError(), GeneratorExit()])
def test_no_function_ends_the_program(threads: ThreadPoolExecutor, ended: BaseException) -> None:
    """One odd function is an incident of its case, not the end of the worker."""

    def leave() -> None:
        raise ended

    async def leave_later() -> None:
        if isinstance(ended, GeneratorExit):
            raise SystemExit
        raise ended

    for called in (Called(leave), Called(leave_later, is_async=True)):
        with pytest.raises(CallAbandoned, match="return a value or raise an error instead"):
            run(called, threads)
    with pytest.raises(CallAbandoned, match=f"leave ended with {type(ended).__name__}"):
        run(Called(leave), threads, in_thread=True)
    with pytest.raises(CallAbandoned):
        contained(leave)


def test_a_worker_that_is_told_to_stop_stops(threads: ThreadPoolExecutor) -> None:
    """Somebody who presses Ctrl-C means the worker, not the function."""

    def interrupted() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        contained(interrupted)

    async def stopped() -> None:
        called = Called(_never, is_async=True)
        waiting = asyncio.create_task(
            call(called, {}, timeout_seconds=None, threads=threads, in_thread=False)
        )
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting

    asyncio.run(stopped())
