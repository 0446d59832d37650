"""`interlock eval`: a version of a workflow on its protected cases, with no side effects.

One rule: the exit code says what was found: 0 all passed, 1 something failed, 2 something could
not be played or nothing was; an expired case is named and is no pass.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from interlock.cli import options
from interlock.cli.eval_report import Against, print_report
from interlock.cli.failures import UsageWrong
from interlock.cli.junit import write_junit
from interlock.cli.screen import document, notes, out
from interlock.cli.session import CONTRACT_FILE, clock_of, refuse_missing_file, settings_for
from interlock.contracts import LoadedWorkflow, load_workflow
from interlock.domain.protected import CaseFinding, EvalResult, Finding
from interlock.domain.rules.protecting import uncovered
from interlock.errors import InterlockError
from interlock.measure.paired import compared
from interlock.observe import set_up_logging
from interlock.release.protected import Evaluation, evaluate, gather_protected
from interlock.runtime.kept_versions import kept_version
from interlock.settings import Settings
from interlock.storage import Store, open_store

PASSED, FAILED, COULD_NOT = 0, 1, 2
ANSWERS: Final = ("live", "record")


def eval_command(
    folder: Annotated[
        Path, typer.Argument(metavar="[FOLDER]", help="The candidate's folder.", show_default=False)
    ] = Path(),
    *,
    against: Annotated[
        str | None,
        typer.Option(
            "--against",
            metavar="FINGERPRINT",
            help="Compare with this kept version; without it: the running release, if any.",
            show_default=False,
        ),
    ] = None,
    answers: Annotated[
        str,
        typer.Option("--answers", metavar="FROM", help="The models' answers: live or record."),
    ] = "live",
    junit: Annotated[
        Path | None,
        typer.Option("--junit", metavar="FILE", help="Write the findings as JUnit XML too."),
    ] = None,
    keep: Annotated[
        bool, typer.Option("--keep/--no-keep", help="Keep the result, so that the gate knows it.")
    ] = True,
    database: options.Database = None,
    as_json: options.Json = False,
) -> None:
    """Run the protected cases of a workflow on this version of it. Nothing real is touched."""
    _refuse_wrong(folder, answers)
    settings = settings_for(database, [folder])
    set_up_logging(level=settings.log_level, as_json=settings.log_json)
    loaded = load_workflow(folder)
    with _record_of(settings, asked=database is not None) as store:
        gathered = gather_protected(loaded, store)
        now = clock_of(settings).now()
        with _bar(len(gathered.cases) + len(gathered.unplayable), quiet=as_json) as told:
            done = evaluate(
                loaded,
                gathered.cases,
                now=now,
                answers=answers,
                data=settings.data,
                told=told,
                by=settings.user or "",
                unplayable=gathered.unplayable,
            )
        segments = store.segments_seen(loaded.contract.workflow) if store else ()
        missing = uncovered(loaded.contract, done.played, segments)
        paired = _paired(loaded, store, settings, against, done, answers)
        kept = store.keep_eval(done.result) if store and keep and done.findings else None
    if junit is not None:
        write_junit(junit, done.result, done.findings)
    if as_json:
        _print_json(done, kept, missing, paired)
    else:
        print_report(out(), done, missing, paired, kept=kept is not None)
    raise typer.Exit(exit_code(done.result))


def _print_json(
    done: Evaluation,
    kept: EvalResult | None,
    missing: Mapping[str, tuple[str, ...]],
    against: Against | None,
) -> None:
    document(
        {
            "ok": exit_code(done.result) == PASSED,
            "result": kept or done.result,
            "cases": done.findings,
            "uncovered": missing,
            "against": against,
        }
    )


def _refuse_wrong(folder: Path, answers: str) -> None:
    if answers not in ANSWERS:
        raise UsageWrong(f"--answers is {answers!r}", "write live or record")
    if not (folder / CONTRACT_FILE).is_file() and not folder.is_file():
        raise UsageWrong(f"there is no {CONTRACT_FILE} in {folder}", "name the workflow's folder")


def exit_code(result: EvalResult) -> int:
    """What the command ends with: 0 passed, 1 failed, 2 could not be said."""
    if result.failed:
        return FAILED
    return COULD_NOT if result.could_not or not result.passed else PASSED


@contextmanager
def _record_of(settings: Settings, *, asked: bool) -> Iterator[Store | None]:
    """The database, when there is one; an eval of files alone needs none."""
    try:
        refuse_missing_file(settings)
    except InterlockError:
        if asked:
            raise
        yield None
        return
    with open_store(settings.database_url) as store:
        store.require_current_schema()
        yield store


@contextmanager
def _bar(total: int, *, quiet: bool) -> Iterator[Callable[[CaseFinding], object]]:
    """A progress bar on standard error, as long as somebody looks at it."""
    console = notes()
    progress = Progress(
        TextColumn("protected cases"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        disable=quiet or not console.is_terminal,
        transient=True,
    )
    with progress:
        bar = progress.add_task("cases", total=total)
        yield lambda _: progress.advance(bar)


def _paired(
    loaded: LoadedWorkflow,
    store: Store | None,
    settings: Settings,
    against: str | None,
    done: Evaluation,
    answers: str,
) -> Against | None:
    """The comparison with a kept version: the one asked for, else the running release's."""
    contract = loaded.contract
    running = store.running_release(contract.workflow) if store else None
    wanted = against or (running.fingerprint if running else None)
    if wanted is None or wanted == contract.fingerprint:
        return None
    with tempfile.TemporaryDirectory(prefix="interlock-against-") as place:
        old = _kept_version(loaded, store, wanted, Path(place))
        gathered = gather_protected(loaded, store)
        before = evaluate(
            old, gathered.cases, now=done.result.at, answers=answers, data=settings.data
        )
    return old.contract.fingerprint, compared(_passes(before), _passes(done)), before.findings


def _kept_version(
    loaded: LoadedWorkflow, store: Store | None, wanted: str, place: Path
) -> LoadedWorkflow:
    name = loaded.contract.workflow
    known = [row.fingerprint for row in store.contracts() if row.workflow == name] if store else []
    fitting = [each for each in dict.fromkeys(known) if each.startswith(wanted)]
    if store is None or len(fitting) != 1:
        have = ", ".join(each[:12] for each in known) or "none"
        raise UsageWrong(f"{wanted[:12]} is no kept version of {name}", f"known here: {have}")
    kept = kept_version(store, name, fitting[0], place)
    if kept is None:
        raise UsageWrong(f"the files of {wanted[:12]} were not kept", "name another version")
    return kept


def _passes(done: Evaluation) -> dict[str, bool]:
    """Which cases passed, of those that can be compared."""
    return {each.name: each.stands for each in done.findings if each.finding is not Finding.EXPIRED}
