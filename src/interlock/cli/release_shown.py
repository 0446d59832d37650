"""Releases in words: a list, one with its history, and how a watched AI agreed.

One rule: every number stands with what it is a share of, and what is not known is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from rich.console import Console

from interlock.cli.screen import facts, heading, marked
from interlock.domain.gate import GateVerdict
from interlock.domain.release import Release, ReleaseEvent, ReleaseState, Stand
from interlock.papers.delta_words import touched_words
from interlock.papers.words import counted, moment
from interlock.release.agreement import Agreement, Disagreement
from interlock.release.migrating import CaseMoved
from interlock.release.widening import KeptDelta

SHOWN_OF_A_FINGERPRINT: Final = 12


def line(release: Release) -> Any:
    """A release in one line."""
    mark = "ok" if release.state is ReleaseState.RUNNING else "warn"
    version = release.fingerprint[:SHOWN_OF_A_FINGERPRINT]
    stands = f" at {release.stand.stage}" if release.state is ReleaseState.RUNNING else ""
    return marked(
        mark, f"{release.id}  {release.workflow} {version}  {release.state}{stands}{_more(release)}"
    )


def _more(release: Release) -> str:
    said = []
    if release.widens and release.state is ReleaseState.PROPOSED:
        said.append("it moves work to the machine")
    if release.held_by is not None:
        said.append(f"held by {release.held_by}")
    if release.segments:
        said.append(f"{counted(len(release.segments), 'segment')} elsewhere")
    return f"; {', '.join(said)}" if said else ""


def show(
    console: Console,
    release: Release,
    events: Sequence[ReleaseEvent],
    verdict: GateVerdict | None,
    kept: KeptDelta | None,
) -> None:
    """A release with where it stands, what its gate said last, what it moves, its history."""
    console.print(line(release))
    console.print(
        facts(
            [
                ("stands at", _stand(release.stand)),
                *((f"segment {name}", _stand(each)) for name, each in release.segments.items()),
                ("canary", f"{release.canary_share:.0%} of cases"),
                ("holdback", f"{release.holdback:.1%} of cases" if release.holdback else None),
                ("proposed", f"{release.proposed_by}, {moment(release.proposed_at)}"),
                ("signed", "\n".join(_signed(release))),
                ("before it", release.previous),
                ("gate", f"{verdict.decision}: {verdict.words}" if verdict else "no look yet"),
            ]
        )
    )
    if kept:
        console.print(heading("\nWhat it moves"))
        show_delta(console, kept)
    console.print(heading("\nHistory"))
    console.print(facts([(moment(each.at), told(each)) for each in events]))


def show_delta(console: Console, kept: KeptDelta) -> None:
    """What a release moves, each change with the recorded cases it touches."""
    delta = kept.delta
    if not kept.is_as_signed:
        console.print(marked("bad", "this was changed since it was put on record"))
    if not delta.lines:
        console.print(marked("ok", "nothing moves between people and the machine"))
    for each in delta.lines:
        moves = "moves to the machine" if each.widens else "moves to people"
        console.print(marked("warn" if each.widens else "ok", f"{moves}: {each.words}"))
        if each.touched is not None:
            console.print(f"  {touched_words(each.touched, delta.cases, delta.days)}", style="dim")
    if len(delta.widens) > 1 and delta.cases:
        told = touched_words(delta.touched, delta.cases, delta.days)
        console.print(f"  together: {told}", style="dim")


def told(event: ReleaseEvent) -> str:
    """One line of a release's history."""
    what = str(event.move).replace("_", " ")
    where = f" {event.segment}" if event.segment else ""
    to = f" to {event.stage_after}" if event.stage_after else ""
    took = f", {event.took_seconds:.2f} s" if event.took_seconds is not None else ""
    verdict = f" (verdict {event.verdict})" if event.verdict else ""
    who = event.by.removeprefix("person:")
    return f"{what}{where}{to}{took} by {who}: {event.reason}{verdict}"


def show_shadow(
    console: Console, release: Release, found: Sequence[Agreement], apart: Sequence[Disagreement]
) -> None:
    """How far a watched AI came to the same as the real handling."""
    console.print(heading(f"{release.workflow}, watched since {moment(release.proposed_at)}"))
    if not found:
        console.print("  Nothing was compared yet: no watched step was really handled so far.")
        return
    console.print(facts([(_where(each), _share(each)) for each in found]))
    if apart:
        console.print(heading("\nNot the same"))
        console.print(facts([(each.key, _apart(each)) for each in apart]))


def show_moved(console: Console, results: Sequence[CaseMoved], *, dry: bool) -> None:
    """What became, or would become, of each open case."""
    fitting = sum(each.fits for each in results)
    verb = "would move" if dry else "moved"
    text = f"{fitting} of {counted(len(results), 'open case')} {verb}"
    console.print(marked("ok" if fitting == len(results) else "warn", text))
    console.print(facts([(each.key, each.why) for each in results if not each.fits]))


def _stand(stand: Stand) -> str:
    cools = f", cools off until {moment(stand.cool_off_until)}" if stand.cool_off_until else ""
    return f"{stand.stage} since {moment(stand.since)} (era {stand.era}){cools}"


def _signed(release: Release) -> list[str]:
    return [f"{each.about}: {each.by}, {moment(each.at)}" for each in release.signatures]


def _where(each: Agreement) -> str:
    return f"{each.step}, {each.segment}" if each.segment else each.step


def _share(each: Agreement) -> str:
    silent = f"; {each.failed} without an answer" if each.failed else ""
    return (
        f"{each.same} of {each.compared} the same, {each.same / each.compared:.1%} "
        f"(95 %: {each.low:.1%} to {each.high:.1%}){silent}"
    )


def _apart(each: Disagreement) -> str:
    if each.error:
        return f"{each.step}: no answer, {each.error}"
    if each.said is None:
        return f"{each.step}: shown when the case is closed"
    parts = [f"{n}: {each.said.get(n)!r}, done: {(each.done or {}).get(n)!r}" for n in each.differs]
    return f"{each.step}: {'; '.join(parts)}"
