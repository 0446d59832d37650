"""A real model on real requests, from shadow to autonomous: how good, how much, how soon.

Customer requests to a bank (77 kinds) are split as their publishers did: the training part teaches
the model and draws its lines, the test part comes in day by day and nothing is ever learnt from it.
Requests of another kind of desk are mixed in afterwards, to see what strangers cost.
"""

from __future__ import annotations

import csv
import gzip
import random
import re
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from examples.service_desk.cases import area_of
from examples.service_desk.rollout import WORKFLOW, Rollout, Stretch
from examples.service_desk.steps import MODEL
from examples.service_desk.triage_model import TriageModel
from interlock.bootstrap import build_inline
from interlock.contracts import load_workflow
from interlock.measure.intervals import exact_interval
from interlock.measure.thresholds import Reviewed, choose_line, choose_lines
from interlock.release.protected import evaluate, gather_protected
from interlock.settings import Settings
from interlock.testing.clock import MovingClock

DATA: Final = Path(__file__).parents[2] / "shared" / "data"
FOLDER: Final = Path(__file__).parents[1] / "examples" / "service_desk"
RATE, CONFIDENCE = 0.02, 0.95
LEARNT: Final = 0.6  # of the training part; the rest draws the lines
PER_DAY: Final = 50
STRANGERS: Final = 0.1  # of the traffic, where they are mixed in
STRANGE: Final = "not_for_this_desk"
SEED: Final = 7
MONDAY: Final = datetime(2026, 3, 2, 8, tzinfo=UTC)
Pairs = list[tuple[str, str]]


def main() -> None:
    """Measures and prints; says where the data belong when they are not there."""
    if not (DATA / "banking77").is_dir():
        print(f"not measured: the requests are not in {DATA.name}/banking77 beside the project")
        return
    taught, held = _read("train"), _read("test")
    random.Random(SEED).shuffle(taught)
    random.Random(SEED).shuffle(held)
    cut = int(len(taught) * LEARNT)
    model, asked = TriageModel.train(taught[:cut]), taught[cut:]
    print(f"learnt from {cut:,} requests; {len(asked):,} draw the lines; {len(held):,} come in")
    line = _line(model, asked)
    _roll_out(model, line, held)
    _with_strangers(model, asked, held)


def _read(part: str) -> Pairs:
    with gzip.open(DATA / "banking77" / f"{part}.csv.gz", "rt", encoding="utf-8") as file:
        return [(row["text"].strip(), row["category"]) for row in csv.DictReader(file)]


def _strangers(count: int) -> Pairs:
    with gzip.open(DATA / "it_tickets" / "it_tickets.csv.gz", "rt", encoding="utf-8") as file:
        rows = [row["Document"].strip()[:400] for row in csv.DictReader(file)]
    return [(text, STRANGE) for text in random.Random(SEED).sample(rows, count)]


def _judged(model: TriageModel, pairs: Sequence[tuple[str, str]]) -> list[Reviewed]:
    found = model.read([text for text, _ in pairs])
    return [
        Reviewed(confidence=each.confidence, right=each.kind == kind, segment=area_of(text))
        for each, (text, kind) in zip(found, pairs, strict=True)
    ]


def _line(model: TriageModel, asked: Pairs) -> float:
    """The line drawn over all areas; what each area alone could prove is only shown."""
    judged = _judged(model, asked)
    whole = choose_line(judged, rate=RATE, confidence=CONFIDENCE)
    found = choose_lines(judged, rate=RATE, confidence=CONFIDENCE)
    print(f"\nlines for at most {RATE:.0%} wrong with {CONFIDENCE:.0%} confidence")
    for each in (whole, *found):
        chosen = each.chosen
        line = f"{chosen.line:g}, {chosen.share or 0:.0%} decided alone" if chosen else "none"
        print(f"  {each.segment or 'all of it':<10} {each.reviewed:>5,} reviewed: {line}")
    return whole.chosen.line if whole.chosen else 1.0


def _roll_out(model: TriageModel, line: float, held: Pairs) -> None:
    with TemporaryDirectory() as place:
        folder, data = Path(place) / "workflow", Path(place) / "data"
        shutil.copytree(FOLDER, folder)
        _write_line(folder / "contract.yaml", line)
        data.mkdir()
        model.save(data / MODEL)
        clock = MovingClock(MONDAY)
        settings = Settings(data=data)
        with build_inline(folder, settings=settings, clock=clock) as services:
            loaded = load_workflow(folder)
            gathered = gather_protected(loaded, services.store)
            done = evaluate(loaded, gathered.cases, now=clock.now(), answers="record")
            services.store.keep_eval(done.result)
            rollout = Rollout(services=services, clock=clock)
            rollout.begin()
            print(f"\n{WORKFLOW}: {PER_DAY} requests a day")
            rollout.run(held, PER_DAY, say=lambda words: print(f"  {words[:150]}"))
            _show(rollout.stretches)


def _write_line(contract: Path, line: float) -> None:
    """The one line for all areas: none of them alone has enough requests for its own promise."""
    text = contract.read_text(encoding="utf-8")
    new = f"confidence: {{accept_at: {line:g}}}"
    contract.write_text(re.sub(r"confidence: \{accept_at: [\d.]+\}", new, text), encoding="utf-8")


def _show(stretches: list[Stretch]) -> None:
    print("\n  stage        days  requests  decided alone   wrong of those")
    for each in stretches:
        share = each.alone / each.requests if each.requests else 0
        print(
            f"  {each.stage:<11} {each.days:>5} {each.requests:>9,} {each.alone:>8,} ({share:.0%})"
            f"   {_rate(each.wrong, each.alone)}"
        )
    alone, wrong = sum(s.alone for s in stretches), sum(s.wrong for s in stretches)
    print(f"  all of it: {_rate(wrong, alone)}; the line was {RATE:.0%}")


def _with_strangers(model: TriageModel, asked: Pairs, held: Pairs) -> None:
    """What strangers cost: with the lines drawn without them, and with lines that know of them."""
    share = STRANGERS / (1 - STRANGERS)
    known, unknown = int(len(asked) * share), int(len(held) * share)
    strange = _judged(model, _strangers(known + unknown))
    drawn, came = _judged(model, asked), _judged(model, held)
    print(f"\nwith {STRANGERS:.0%} of requests meant for another desk (one line for all)")
    plain = choose_line(drawn, rate=RATE, confidence=CONFIDENCE)
    wary = choose_line([*drawn, *strange[:known]], rate=RATE, confidence=CONFIDENCE)
    for name, threshold, traffic in (
        ("none come in", plain, came),
        ("they come in, the line does not know them", plain, [*came, *strange[known:]]),
        ("they come in, the line was drawn with them", wary, [*came, *strange[known:]]),
    ):
        line = threshold.chosen.line if threshold.chosen else 1.0
        alone = [each for each in traffic if each.confidence >= line]
        wrong = sum(not each.right for each in alone)
        covered = len(alone) / len(traffic)
        print(f"  {name}: line {line:g}, {covered:.0%} decided alone, {_rate(wrong, len(alone))}")


def _rate(wrong: int, of: int) -> str:
    if not of:
        return "nothing to count"
    low, high = exact_interval(wrong, of)
    return f"{wrong} of {of:,} wrong, {wrong / of:.2%} ({low:.2%} to {high:.2%})"


if __name__ == "__main__":
    main()
