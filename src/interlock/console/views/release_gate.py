"""What a gate says of a release, line by line, as the board shows it.

One rule: every number comes from the verdict's own evidence; nothing is counted here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from interlock.console import words
from interlock.console.views.release_interval import Drawn, drawn
from interlock.console.views.release_words import (
    CONDITIONS,
    FINDINGS,
    WATCHED,
    asked_words,
    between,
    metric_words,
    percent,
)
from interlock.domain.contract import Criterion, ReleaseGate
from interlock.domain.gate import (
    ConditionVerdict,
    CriterionVerdict,
    Finding,
    GateVerdict,
)
from interlock.domain.rules.gate import BUDGET_LINE
from interlock.domain.rules.gate_lines import UPWARD
from interlock.domain.rules.gate_stages import is_judged_at, share_of

DAY: Final = timedelta(days=1)
FAR: Final = timedelta(days=730)  # beyond this no day is named


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the gate. observed: `2.0%`; of: `11 of 546`; need: what is missing, in words."""

    title: str
    share_of: str
    asked: str
    observed: str
    of: str
    interval: str
    drawn: Drawn | None
    icon: str
    state: str
    word: str
    need: str = ""
    fired: datetime | None = None
    fired_verdict: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One precondition. waived_by: who signed that it is done without."""

    title: str
    words: str
    icon: str
    state: str
    word: str
    waived_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A verdict as it is shown. not_judged: lines the contract has that this stage cannot show."""

    verdict: GateVerdict
    criteria: tuple[Line, ...]
    watched: tuple[Line, ...]
    conditions: tuple[Condition, ...]
    not_judged: tuple[str, ...]
    passed: int
    total: int

    @property
    def conditions_met(self) -> int:
        """How many preconditions pass, those that are done without included."""
        return sum(each.finding is Finding.PASS for each in self.verdict.conditions)

    @property
    def armed(self) -> int:
        """How many rollback lines can be watched."""
        return sum(each.word != WATCHED[Finding.BROKEN][2] for each in self.watched)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One line of a contract's gate, before anything was counted."""

    title: str
    says: str
    takes_back: bool


def gate_lines(gate: ReleaseGate) -> tuple[Asked, ...]:
    """What a gate will ask, and what will take a release back, in words."""
    up = (
        Asked(
            title=metric_words(each.metric),
            says=f"promoted only when {_bound(each)} is proven",
            takes_back=False,
        )
        for each in gate.success_criteria
    )
    back = (
        Asked(
            title=metric_words(each.metric),
            says=f"taken back at once when {_bound(each)}",
            takes_back=True,
        )
        for each in gate.rollback_trigger
    )
    return (*up, *back)


def _bound(criterion: Criterion) -> str:
    return asked_words(criterion, is_share=_looks_like_share(criterion))


def shown(
    verdict: GateVerdict, gate: ReleaseGate, fired: Mapping[str, tuple[datetime, int]] | None = None
) -> Shown:
    """The verdict in words. fired: by rollback line, when it last took a release back, and the
    verdict that says so."""
    evidence, last = verdict.evidence, fired or {}
    stage = evidence.stage
    asked = {each.text: each for each in (*gate.success_criteria, *gate.rollback_trigger)}
    asked[BUDGET_LINE.text] = BUDGET_LINE
    findings = [each.finding for each in verdict.criteria]
    findings += [each.finding for each in verdict.conditions]
    elapsed = evidence.at - evidence.since
    return Shown(
        verdict=verdict,
        criteria=tuple(_criterion(each, asked, verdict, elapsed) for each in verdict.criteria),
        watched=tuple(
            _trigger(each, asked, verdict, last.get(each.text)) for each in verdict.watched
        ),
        conditions=tuple(_condition(each) for each in verdict.conditions),
        not_judged=tuple(
            metric_words(each.metric)
            for each in gate.success_criteria
            if not is_judged_at(stage, each.metric)
        ),
        passed=findings.count(Finding.PASS),
        total=len(findings),
    )


def look_again(shown_now: Shown, now: datetime, known: Iterable[datetime]) -> datetime | None:
    """When a promotion could come at the earliest, at the pace so far; None: time alone will not
    do it. known: moments before which nothing can come."""
    evidence = shown_now.verdict.evidence
    elapsed = evidence.at - evidence.since
    found = [each for each in known if each > now]
    for each in shown_now.verdict.criteria:
        if each.finding is Finding.NOT_YET:
            wait = wait_for(each, elapsed)
            if wait is None or wait > FAR:
                return None
            found.append(now + wait)
    return max(found, default=None)


def wait_for(each: CriterionVerdict, elapsed: timedelta) -> timedelta | None:
    """How long the cases still needed take to come, at the pace so far; None: nobody can say."""
    if not each.cases or each.cases_to_go is None or elapsed <= timedelta():
        return None
    return elapsed * (each.cases_to_go / each.cases)


def need_words(each: CriterionVerdict, elapsed: timedelta) -> str:
    """What a line still needs, as in `Needs about 140 more cases, about 3 days at this pace`."""
    if each.finding is Finding.BROKEN:
        return words.sentence_of(each.words)
    if each.finding is not Finding.NOT_YET:
        return ""
    if each.cases_to_go is None:
        return "At this share no number of cases would decide it" if each.cases else "No case yet"
    said = f"Needs about {words.counted(about(each.cases_to_go), 'more case')}"
    wait = wait_for(each, elapsed)
    return said if wait is None or wait > FAR else f"{said}, about {days(wait)} at this pace"


def about(number: int) -> int:
    """A number as one says it: two figures that count, never fewer than needed."""
    size: int = 10 ** max(0, len(str(number)) - 2)
    return -(-number // size) * size


def days(length: timedelta) -> str:
    """A wait in whole days, or hours when it is shorter."""
    if length < DAY:
        return words.counted(max(1, round(length / timedelta(hours=1))), "hour")
    return words.counted(round(length / DAY), "day")


def _criterion(
    each: CriterionVerdict,
    asked: Mapping[str, Criterion],
    verdict: GateVerdict,
    elapsed: timedelta,
) -> Line:
    icon, state, word = FINDINGS[each.finding]
    return _line(each, asked, verdict, (icon, state, word), need_words(each, elapsed))


def _trigger(
    each: CriterionVerdict,
    asked: Mapping[str, Criterion],
    verdict: GateVerdict,
    fired: tuple[datetime, int] | None,
) -> Line:
    need = words.sentence_of(each.words) if each.finding is Finding.BROKEN else ""
    found = WATCHED[each.finding]
    return _line(each, asked, verdict, found, need, is_trigger=True, fired=fired)


def _line(
    each: CriterionVerdict,
    asked: Mapping[str, Criterion],
    verdict: GateVerdict,
    finding: tuple[str, str, str],
    need: str,
    *,
    is_trigger: bool = False,
    fired: tuple[datetime, int] | None = None,
) -> Line:
    criterion = asked.get(each.text)
    is_share = each.cases is not None or _looks_like_share(criterion)
    share = each.hits / each.cases if each.cases and each.hits is not None else None
    stage = verdict.evidence.stage
    return Line(
        title=metric_words(each.metric),
        share_of=share_of(stage, each.metric) if is_share else "",
        asked=asked_words(criterion, is_share=is_share) if criterion else each.text,
        observed=_observed(each, share, criterion),
        of=f"{each.hits:,} of {each.cases:,}" if each.cases is not None else "",
        interval=_interval(each),
        drawn=_drawn(each, share, criterion, is_trigger=is_trigger),
        icon=finding[0],
        state=finding[1],
        word=finding[2],
        need=need,
        fired=fired[0] if fired else None,
        fired_verdict=fired[1] if fired else None,
    )


def _looks_like_share(criterion: Criterion | None) -> bool:
    if criterion is None or isinstance(criterion.value, bool):
        return False
    return 0 < criterion.value < 1


def _observed(each: CriterionVerdict, share: float | None, criterion: Criterion | None) -> str:
    if share is not None:
        return percent(share)
    if each.hits is None or each.cases is not None:
        return "nothing yet"
    if criterion is not None and isinstance(criterion.value, bool):
        return "yes" if each.hits else "no"
    return f"{each.hits:,}"


def _interval(each: CriterionVerdict) -> str:
    if each.cases and each.low is not None and each.high is not None:
        return between(each.low, each.high)
    return "exact" if each.hits is not None and each.cases is None else ""


def _drawn(
    each: CriterionVerdict, share: float | None, criterion: Criterion | None, *, is_trigger: bool
) -> Drawn | None:
    """The field that is drawn is the good side: of a rollback line, where it does not fire."""
    if criterion is None or not _looks_like_share(criterion) or each.cases is None:
        return None
    upward = (criterion.op in UPWARD) is not is_trigger
    low, high = (each.low, each.high) if each.cases else (None, None)
    return drawn(float(criterion.value), share, low, high, upward=upward)


def _condition(each: ConditionVerdict) -> Condition:
    icon, state, word = FINDINGS[each.finding]
    return Condition(
        title=CONDITIONS[each.condition],
        words=words.sentence_of(each.words),
        icon="edit" if each.waived_by else icon,
        state="" if each.waived_by else state,
        word="Waived" if each.waived_by else word,
        waived_by=each.waived_by,
    )


def open_conditions(verdict: GateVerdict) -> Iterator[str]:
    """The preconditions that do not pass, by name."""
    for each in verdict.conditions:
        if each.finding is not Finding.PASS:
            yield CONDITIONS[each.condition].lower()


def open_criteria(verdict: GateVerdict) -> Sequence[CriterionVerdict]:
    """The lines that do not pass, the failing ones first."""
    order = (Finding.FAIL, Finding.BROKEN, Finding.NOT_YET)
    missing = [each for each in verdict.criteria if each.finding is not Finding.PASS]
    return sorted(missing, key=lambda each: order.index(each.finding))
