"""The program `interlock`: its commands, and the one edge where errors become words.

One rule: a command's module is imported when the command is used, so that help and completion
answer at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from types import MappingProxyType
from typing import Annotated, Any, Final

import typer
from typer.core import TyperGroup

from interlock.cli.failures import Interrupted, tell

DEBUG: Final = "--debug"
JSON: Final = "--json"
NO_ARGUMENTS: Final = "NoArgsIsHelpError"
BUILD, WORK, KEEP = "Build a workflow", "Do the work", "Keep it running"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Where a command is, and what the list of commands says about it."""

    module: str
    panel: str
    says: str
    attribute: str = "app"  # a group of commands, or the one function


COMMANDS: Final = MappingProxyType(
    {
        "new": Entry(
            module="new",
            attribute="new",
            panel=BUILD,
            says="Make a folder with a small workflow that runs and has tests.",
        ),
        "check": Entry(
            module="check",
            attribute="check",
            panel=BUILD,
            says="Check a contract: every problem at once, and what to write.",
        ),
        "diff": Entry(
            module="diff",
            attribute="diff",
            panel=BUILD,
            says="Compare two versions: what moves from people to the machine.",
        ),
        "try": Entry(
            module="try_case",
            attribute="try_case",
            panel=BUILD,
            says="Try one case, told step by step; leaves no trace.",
        ),
        "eval": Entry(
            module="eval",
            attribute="eval_command",
            panel=BUILD,
            says="Run the protected cases on this version; nothing real is touched.",
        ),
        "protected": Entry(
            module="protected", panel=BUILD, says="Protected cases: add, list, show, retire."
        ),
        "backtest": Entry(
            module="backtest",
            attribute="backtest_command",
            panel=BUILD,
            says="What a changed contract would have made of past cases.",
        ),
        "simulate": Entry(
            module="simulate",
            attribute="simulate_command",
            panel=BUILD,
            says="What to expect of a contract: waits, staff, budget, verdicts.",
        ),
        "run": Entry(
            module="run",
            attribute="run",
            panel=WORK,
            says="Take input in and work until nothing is ready.",
        ),
        "work": Entry(
            module="work",
            attribute="work",
            panel=WORK,
            says="Be a worker: until ctrl-C, or once.",
        ),
        "case": Entry(module="case", panel=WORK, says="Find cases, look at them, stop one."),
        "review": Entry(
            module="review", panel=WORK, says="See what needs a person, and answer it."
        ),
        "away": Entry(
            module="absence", panel=WORK, says="Say who is away, and who stands in for them."
        ),
        "quality": Entry(
            module="quality",
            attribute="quality",
            panel=WORK,
            says="How good review is: samples, probes, agreement, thinking time.",
        ),
        "learn": Entry(
            module="learn",
            attribute="learn",
            panel=WORK,
            says="What people keep correcting alike: rules nobody wrote.",
        ),
        "thresholds": Entry(
            module="thresholds",
            attribute="thresholds",
            panel=BUILD,
            says="Choose confidence lines that keep errors under a rate; propose them.",
        ),
        "pause": Entry(
            module="pause", panel=KEEP, says="Stop AI; see what is stopped. People carry on."
        ),
        "resume": Entry(
            module="pause", attribute="resume", panel=KEEP, says="Let what was paused go on."
        ),
        "gate": Entry(
            module="gate", panel=KEEP, says="How a release stands at its gate, on what evidence."
        ),
        "release": Entry(
            module="release",
            panel=KEEP,
            says="Versions on their way to autonomy: start, promote, take back.",
        ),
        "up": Entry(
            module="serve",
            attribute="up",
            panel=WORK,
            says="Console, API and worker in one process, for a laptop.",
        ),
        "serve": Entry(
            module="serve",
            attribute="serve",
            panel=KEEP,
            says="Serve the console and the API; workers run apart.",
        ),
        "watch": Entry(
            module="watch", panel=KEEP, says="How agents behave against what is expected; alarms."
        ),
        "notices": Entry(
            module="notices", panel=KEEP, says="What people and systems are told; try again."
        ),
        "audit": Entry(
            module="audit", panel=KEEP, says="Read the record; verify that nobody changed it."
        ),
        "people": Entry(module="people", panel=KEEP, says="Accounts, roles and sign-in links."),
        "token": Entry(
            module="people",
            attribute="token_app",
            panel=KEEP,
            says="Tokens that programs act with.",
        ),
        "db": Entry(module="db", panel=KEEP, says="Make and check the tables in the database."),
        "doctor": Entry(
            module="doctor",
            attribute="doctor",
            panel=KEEP,
            says="Look at everything the product stands on, and say what to do.",
        ),
    }
)


class HouseGroup(TyperGroup):
    """The root command. `--debug` and `--json` may stand anywhere; errors are plain lines."""

    def main(  # type: ignore[override]
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,  # noqa: ARG002  (the exit is always ours)
        **extra: Any,
    ) -> Any:
        """Runs the command line and exits with its code. Raises: SystemExit."""
        given, debug = _without_debug(list(sys.argv[1:] if args is None else args))
        try:
            code = super().main(
                args=given,
                prog_name=prog_name or "interlock",
                complete_var=complete_var,
                standalone_mode=False,
                **extra,
            )
        except Exception as problem:  # noqa: BLE001  (the program's edge)
            if type(problem).__name__ == NO_ARGUMENTS:
                raise SystemExit(0) from None  # the help is printed
            as_json = JSON in given or bool(os.environ.get("INTERLOCK_JSON"))
            code = tell(problem, as_json=as_json, debug=debug)
        raise SystemExit(code if isinstance(code, int) else 0)

    def invoke(self, ctx: Any) -> Any:
        """Runs the command; ctrl-C is an error like any other, or Typer would swallow it."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise Interrupted from None

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """The command that is meant, loaded now; the list of commands holds only its name."""
        name, found, rest = super().resolve_command(ctx, args)
        return name, _loaded(str(found.name)) if found is not None else None, rest


app = typer.Typer(
    cls=HouseGroup,
    name="interlock",
    help="Durable business workflows: software proposes, people decide, every step is on record.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def main() -> None:
    """The entry point. Raises: SystemExit with the exit code."""
    app()


def _say_version(asked: bool) -> None:
    if asked:
        typer.echo(f"interlock {installed_version()}")
        raise typer.Exit


@app.callback()
def root(
    _version: Annotated[
        bool,
        typer.Option(
            "--version", help="Say which version this is.", is_eager=True, callback=_say_version
        ),
    ] = False,
    _debug: Annotated[
        bool, typer.Option(DEBUG, help="Show the trace when something breaks; fits anywhere.")
    ] = False,
) -> None:
    """Durable business workflows: software proposes, people decide, every step is on record."""


def installed_version() -> str:
    """The version of the installed package."""
    try:
        return version("interlock")
    except PackageNotFoundError:
        return "not installed"


def _loaded(name: str) -> Any:
    """The command itself, from its own module."""
    entry = COMMANDS[name]
    found = getattr(import_module(f"interlock.cli.{entry.module}"), entry.attribute)
    if isinstance(found, typer.Typer):
        return typer.main.get_command(found)
    alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    alone.command(name)(found)
    return typer.main.get_command(alone)


def _without_debug(args: list[str]) -> tuple[list[str], bool]:
    """The arguments without --debug, and whether it was among them, before a lone `--`."""
    end = args.index("--") if "--" in args else len(args)
    kept = [each for each in args[:end] if each != DEBUG]
    asked = len(kept) < end or bool(os.environ.get("INTERLOCK_DEBUG"))
    return [*kept, *args[end:]], asked


def _listed_only() -> None:
    """Stands in the list of commands; `resolve_command` puts the real one in its place."""


for _name, _entry in COMMANDS.items():
    app.command(_name, help=_entry.says, rich_help_panel=_entry.panel)(_listed_only)
