"""Reads the marks on a workflow's functions, once its modules are loaded.

One rule: nothing is called here; what a function needs and gives is read from its signature.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Iterator, Mapping
from types import ModuleType, SimpleNamespace
from typing import Any

from interlock.contracts.functions import (
    ActionFunction,
    FrozenFactory,
    Parameter,
    StepFunction,
    SystemsFactory,
    type_name,
)
from interlock.contracts.modules import workflow_file
from interlock.contracts.problem import Problem
from interlock.domain.authoring import (
    ACTION_MARK,
    READER_MARK,
    STEP_MARK,
    ActionMark,
    Proposal,
    StepMark,
    StepResult,
)


class Gathered:
    """What was found in the modules, and what is wrong with it."""

    def __init__(self) -> None:
        self.steps: dict[str, StepFunction] = {}
        self.actions: dict[str, ActionFunction] = {}
        self.reader: Callable[..., Any] | None = None
        self.systems: SystemsFactory | None = None
        self.frozen_systems: FrozenFactory | None = None
        self.problems: list[Problem] = []


def gather(modules: Mapping[str, ModuleType], folder: Any) -> Gathered:
    """Every marked function of the modules, and the systems factory."""
    found = Gathered()
    for module in modules.values():
        for name, value in list(vars(module).items()):
            if callable(value) and not name.startswith("__"):
                _take(found, name, value, module, folder)
        factory = vars(module).get("systems")
        if inspect.isroutine(factory):
            found.systems = typing.cast(SystemsFactory, factory)
        frozen = vars(module).get("frozen_systems")
        if inspect.isroutine(frozen):
            found.frozen_systems = typing.cast(FrozenFactory, frozen)
    return found


def _take(found: Gathered, name: str, value: Any, module: ModuleType, folder: Any) -> None:
    step_mark, action_mark = _mark(value, STEP_MARK), _mark(value, ACTION_MARK)
    if isinstance(step_mark, StepMark):
        function = _step_function(name, value, step_mark, module, folder)
        _refuse_double(found, found.steps.get(name), function)
        found.problems += _parameter_problems(function)
        found.steps[name] = function
    elif isinstance(action_mark, ActionMark):
        action = _action_function(name, value, action_mark, module, folder)
        _refuse_double(found, found.actions.get(name), action)
        for each in (action, action.compensate, action.verify, action.state):
            found.problems += _parameter_problems(each) if each else []
        found.actions[name] = action
    elif _mark(value, READER_MARK) is True:
        if found.reader is not None and found.reader is not value:
            file, line = _place(value, module, folder)
            message = f'"{name}" is a second function marked @reader'
            remedy = "keep one reader and let it call the others"
            found.problems.append(Problem(file=file, line=line, message=message, remedy=remedy))
        found.reader = value


def _mark(value: Any, name: str) -> Any:
    """The mark itself; a class or a proxy that answers every name has none."""
    return None if isinstance(value, type) else inspect.getattr_static(value, name, None)


def _refuse_double(
    found: Gathered,
    before: StepFunction | ActionFunction | None,
    now: StepFunction | ActionFunction,
) -> None:
    if before is None or before.function is now.function:
        return
    message = f'there are two functions "{now.name}", the first in {before.file}:{before.line}'
    found.problems.append(
        Problem(file=now.file, line=now.line, message=message, remedy="rename one of the two")
    )


def _step_function(
    name: str, function: Any, mark: StepMark, module: ModuleType, folder: Any
) -> StepFunction:
    file, line = _place(function, module, folder)
    parameters, returns = _signature(function)
    value_type, wrapper = _value_type(returns)
    own_name = mark.produces or type_name(value_type)
    names = (name, own_name) if own_name and own_name != name else (name,)
    return StepFunction(
        name=name,
        function=function,
        parameters=parameters,
        returns=returns,
        is_async=_is_async(function),
        returns_proposal=wrapper == "Proposal",
        returns_result=wrapper == "StepResult",
        value_type=value_type,
        produces=names,
        file=file,
        line=line,
    )


def _action_function(
    name: str, function: Any, mark: ActionMark | None, module: ModuleType, folder: Any
) -> ActionFunction:
    file, line = _place(function, module, folder)
    parameters, returns = _signature(function)
    others = {
        role: _action_function(_name_of(other), other, None, module, folder)
        for role in ("compensate", "verify", "state")
        if (other := getattr(mark, role, None)) is not None
    }
    return ActionFunction(
        name=name,
        function=function,
        parameters=parameters,
        returns=returns,
        is_async=_is_async(function),
        file=file,
        line=line,
        **others,
    )


def _name_of(function: Any) -> str:
    return str(getattr(function, "__name__", type(function).__name__))


def _signature(function: Any) -> tuple[tuple[Parameter, ...], Any]:
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return (), None
    names = _names_around(function)
    empty = inspect.Parameter.empty
    parameters = tuple(
        Parameter(
            name=f"{_STARS.get(each.kind, '')}{each.name}",
            annotation=None if each.annotation is empty else _resolved(each.annotation, names),
            has_default=each.default is not empty,
        )
        for each in signature.parameters.values()
    )
    returns = signature.return_annotation
    return parameters, None if returns is signature.empty else _resolved(returns, names)


_STARS: dict[Any, str] = {
    inspect.Parameter.VAR_POSITIONAL: "*",
    inspect.Parameter.VAR_KEYWORD: "**",
}


def _is_async(function: Any) -> bool:
    """True for an async function, and for an object that is called like one."""
    called = vars(type(function)).get("__call__")
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(called)


def _names_around(function: Any) -> dict[str, Any]:
    """The names annotations of the function are written with."""
    inner = inspect.unwrap(function)
    called = inner if hasattr(inner, "__globals__") else vars(type(inner)).get("__call__")
    return getattr(called, "__globals__", {})


def _resolved(annotation: Any, names: dict[str, Any]) -> Any:
    """The annotation's own type; its text when a name in it is only known to a type checker."""
    holder = SimpleNamespace(__annotations__={"it": annotation})
    try:
        return typing.get_type_hints(holder, globalns=names)["it"]
    except Exception:  # noqa: BLE001  (an annotation is the author's code and may raise anything)
        return annotation


def _value_type(returns: Any) -> tuple[Any, str]:
    """(what the step gives, its wrapper's name or nothing)."""
    if isinstance(returns, str):
        wrapper, _, inside = returns.partition("[")
        known = wrapper.rsplit(".", 1)[-1]
        return (inside.rstrip("]"), known) if known in WRAPPERS else (returns, "")
    for name, wrapper_type in WRAPPERS.items():
        if returns is wrapper_type:
            return None, name
        if typing.get_origin(returns) is wrapper_type:
            return typing.get_args(returns)[0], name
    return returns, ""


WRAPPERS = {"Proposal": Proposal, "StepResult": StepResult}


def _place(function: Any, module: ModuleType, folder: Any) -> tuple[str, int]:
    inner = inspect.unwrap(function)
    code = getattr(inner, "__code__", None)
    home = workflow_file(getattr(inner, "__module__", "") or "", folder)
    if code is not None and home is not None:
        return home, int(code.co_firstlineno)
    return workflow_file(module.__name__, folder) or "", 1


def _parameter_problems(function: StepFunction | ActionFunction) -> Iterator[Problem]:
    for parameter in function.parameters:
        if parameter.name.startswith("*"):
            yield Problem(
                file=function.file,
                line=function.line,
                message=f'"{function.name}" takes {parameter.name}',
                remedy="name each thing it needs; what it uses must be visible",
            )
