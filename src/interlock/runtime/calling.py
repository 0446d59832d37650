"""Calling user code: arguments by name, either colour of function, within its time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from datetime import datetime
from inspect import Parameter as _Inspected
from types import MappingProxyType
from typing import Any, Protocol

from interlock.domain.authoring import Document
from interlock.domain.case import Case
from interlock.domain.rules.facts import facts_of
from interlock.errors import InterlockError
from interlock.runtime.plain import typed
from interlock.runtime.workflow import Workflow


class Called(Protocol):
    """A user's function as it was loaded: what it takes, and its colour."""

    @property
    def function(self) -> Callable[..., Any]: ...
    @property
    def parameters(self) -> Any: ...
    @property
    def is_async(self) -> bool: ...


class ArgumentMissing(InterlockError):
    """A function needs a value this case does not have: the step that makes it was skipped."""

    code = "argument_missing"

    def __init__(self, function: str, name: str) -> None:
        super().__init__(function, name)
        self.function, self.name = function, name

    def __str__(self) -> str:
        return (
            f"{self.function} needs {self.name!r} and no earlier step of this case made it; "
            f"give the parameter a default or the step the same condition"
        )


class CallAbandoned(InterlockError):
    """A user's function tried to end the program, or gave itself up."""

    code = "call_abandoned"

    def __init__(self, function: str, how: str) -> None:
        super().__init__(function, how)
        self.function, self.how = function, how

    def __str__(self) -> str:
        return f"{self.function} ended with {self.how}; return a value or raise an error instead"


class Arguments:
    """What functions of one case are given. Typed values are made once per case and value."""

    def __init__(self, workflow: Workflow, load_document: Callable[[str], Document]) -> None:
        self._workflow, self._load_document = workflow, load_document
        self._typed: dict[tuple[Any, int], tuple[Any, Any]] = {}

    def of(
        self,
        called: Called,
        case: Case,
        now: datetime,
        *,
        free: Mapping[str, Any] = MappingProxyType({}),
        **offered: Any,
    ) -> dict[str, Any]:
        """The keyword arguments of a call. Raises: ArgumentMissing, pydantic.ValidationError.

        offered: what the runtime itself gives. free: what a step asked for; it fills only names
        that nothing else fills.
        """
        facts = facts_of(self._workflow.contract, case)
        given: dict[str, Any] = {}
        for parameter in called.parameters:
            name = parameter.name
            if name in offered:
                given[name] = offered[name]
            elif name in self._workflow.systems:
                given[name] = self._workflow.systems[name]
            elif name == "now":
                given[name] = now
            elif name == "document" and case.source is not None:
                given[name] = self._load_document(case.source.document)
            elif name in facts:
                given[name] = self._typed_value(parameter.annotation, facts[name])
            elif name in free:
                given[name] = self._typed_value(parameter.annotation, free[name])
            elif not parameter.has_default:
                raise ArgumentMissing(called.function.__name__, name)
        return given

    def can_give(self, called: Called, case: Case) -> bool:
        """True when every parameter without a default is known by now."""
        facts = facts_of(self._workflow.contract, case)
        offered = {"now", "document", *self._workflow.systems}
        return all(p.has_default or p.name in facts or p.name in offered for p in called.parameters)

    def _typed_value(self, annotation: Any, plain: Any) -> Any:
        if annotation in (None, Any, _Inspected.empty):
            return plain
        key = (annotation, id(plain))
        known = self._typed.get(key)
        if known is None:
            known = (plain, typed(annotation, plain))  # holding `plain` keeps its id its own
            self._typed[key] = known
        return known[1]


class Overruns:
    """Calls whose time was over and that go on in their threads, where nobody can stop them."""

    def __init__(self) -> None:
        self._running: dict[str, Future[Any]] = {}

    def watch(self, key: str, running: Future[Any]) -> None:
        """Remembers the call under this key until it has ended."""
        self._running[key] = running
        running.add_done_callback(lambda _: self._running.pop(key, None))

    def is_running(self, key: str) -> bool:
        """True while the call goes on: what it is about to do cannot be known."""
        return key in self._running


async def call(
    called: Called,
    arguments: Mapping[str, Any],
    *,
    timeout_seconds: float | None,
    threads: Executor,
    in_thread: bool,
    started: Callable[[Future[Any]], None] | None = None,
) -> Any:
    """What the function returns. Raises: TimeoutError, CallAbandoned, and whatever it raises.

    A plain function without a time limit runs where it is called; with one, or when it may be
    slow, in a thread. A thread that overruns cannot be stopped: it runs on, and its result is
    dropped. started: told of the call in its thread, when there is one.
    """
    if called.is_async:
        return await asyncio.wait_for(_contained_async(called.function, arguments), timeout_seconds)
    if timeout_seconds is None and not in_thread:
        return contained(called.function, **arguments)
    running = threads.submit(contained, called.function, **arguments)
    if started is not None:
        started(running)
    return await asyncio.wait_for(asyncio.wrap_future(running), timeout_seconds)


def contained(function: Callable[..., Any], /, *given: Any, **arguments: Any) -> Any:
    """What the function returns; it cannot end the program. Raises: CallAbandoned."""
    try:
        return function(*given, **arguments)
    except (SystemExit, GeneratorExit, asyncio.CancelledError) as ended:
        raise CallAbandoned(function.__name__, type(ended).__name__) from None


async def _contained_async(function: Callable[..., Any], arguments: Mapping[str, Any]) -> Any:
    try:
        return await function(**arguments)
    except SystemExit as ended:
        raise CallAbandoned(function.__name__, type(ended).__name__) from None
    except asyncio.CancelledError as ended:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise  # its time is over, or the worker stops
        raise CallAbandoned(function.__name__, type(ended).__name__) from None
