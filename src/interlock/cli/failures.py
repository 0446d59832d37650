"""How the command line fails: a plain line on standard error, and an exit code.

0: done. 1: a problem was found, or something was refused. 2: the command line itself is wrong.
Nobody sees a trace unless they ask for it with --debug.
"""

from __future__ import annotations

import re
import traceback
from typing import Any, ClassVar, Final

import typer

from interlock.canonical import derived_id
from interlock.cli.screen import calm, document
from interlock.errors import InterlockError

REFUSED: Final = 1  # a problem was found, or something was refused
USAGE: Final = 2  # the command line itself is wrong
INTERRUPTED: Final = 130  # what a shell expects after ctrl-C

# Typer carries its own copy of click; its errors are known by the family of its public one.
CommandLineError: Final[type[Exception]] = typer.BadParameter.__mro__[2]


# The parser's habits of speech, and ours.
_REWORDED: Final = (
    (re.compile(r"\. Did you mean '(.*)'\?"), r"; did you mean \1?"),
    (re.compile(r" \(Possible options: (.*)\)"), r"; did you mean \1?"),
    (re.compile(r"Value error, "), ""),
    (re.compile(r": Input should"), ": it should"),
)

# What to do next, as a terminal has it; the errors are for every door and name no command.
_HERE: Final = (
    ("look for it in the list of cases", "list them with: interlock case list"),
    ("look for it in the list of review tasks", "list them with: interlock review list"),
    ("that still holds; look in the list", "that still holds; list them: interlock token list"),
    ("; name what changes", "; name what changes, as in --set order=PO-17"),
)


class UsageWrong(InterlockError):
    """The command line lacks something or contradicts itself."""

    code: ClassVar[str] = "usage"

    def __init__(self, seen: str, do: str) -> None:
        super().__init__(seen, do)
        self.seen, self.do = seen, do

    def __str__(self) -> str:
        return f"{self.seen}; {self.do}"


class Interrupted(InterlockError):
    """Somebody pressed ctrl-C."""

    code: ClassVar[str] = "interrupted"

    def __str__(self) -> str:
        return "stopped by ctrl-C; what was recorded stays recorded; run it again to go on"


def tell(problem: BaseException, *, as_json: bool, debug: bool) -> int:
    """Says what went wrong and gives the exit code."""
    if debug:
        traceback.print_exception(problem)
    code, text, status = _words(problem)
    if as_json:
        document({"ok": False, "error": {"code": code, "message": text, **_facts(problem)}})
    typer.echo(calm(text), err=True)
    return status


def _words(problem: BaseException) -> tuple[str, str, int]:
    match problem:
        case Interrupted():
            return problem.code, str(problem), INTERRUPTED
        case UsageWrong():
            return problem.code, str(problem), USAGE
        case InterlockError():
            return problem.code, _for_terminal(str(problem)), REFUSED
        case _ if isinstance(problem, CommandLineError):
            return "usage", _usage_words(problem), USAGE
    reference = reference_of(problem)
    said = " ".join(str(problem).split())[:200]
    kind = type(problem).__name__
    text = (
        f"something went wrong inside ({kind}{f': {said}' if said else ''}), reference "
        f"{reference}; run it again with --debug for the trace"
    )
    return "unexpected", text, REFUSED


def _for_terminal(text: str) -> str:
    for said, here in _HERE:
        text = text.replace(said, here)
    return text


def reference_of(problem: BaseException) -> str:
    """A short name for one place where something broke; the same place gives the same name."""
    frames = traceback.extract_tb(problem.__traceback__)
    places = [f"{frame.filename}:{frame.lineno}" for frame in frames]
    return derived_id("ref", type(problem).__name__, *places)[: len("ref_") + 8]


def _usage_words(problem: Any) -> str:
    """The parser's message in two halves, the second one naming the help."""
    said = str(problem.format_message()).strip().rstrip(".")
    context = getattr(problem, "ctx", None)
    path = context.command_path if context is not None else "interlock"
    for theirs, ours in _REWORDED:
        said = theirs.sub(ours, said)
    text = said[:1].lower() + said[1:]
    return f"{text}{'' if text.endswith('?') else ';'} see: {path} --help"


def _facts(problem: BaseException) -> dict[str, Any]:
    """What programs may want to know beside the message: the rule, or each problem by itself."""
    rule, problems = getattr(problem, "rule", None), getattr(problem, "problems", None)
    if isinstance(problems, tuple):
        return {"problems": [str(each) for each in problems]}
    return {"rule": rule} if isinstance(rule, str) else {}
