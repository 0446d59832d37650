"""What a command on a task says when it is done, and who acts.

One rule: what was recorded is told first; then the case is taken on, and what follows is told.
"""

from __future__ import annotations

from interlock.bootstrap import Services
from interlock.cli.carrying import carry_on
from interlock.cli.screen import document, marked, out
from interlock.cli.session import acting
from interlock.cli.task_file import task_row
from interlock.cli.timeline import print_entry
from interlock.cli.waiting import state_in_words
from interlock.domain.case import CaseState
from interlock.domain.rules.lens import lens_of
from interlock.papers.narrative import tell
from interlock.runtime.commands import Answered, follow_up


def who(services: Services, person: str | None) -> str:
    """Who acts. Raises: UsageWrong when nobody is named."""
    return acting(person, [each.contract for each in services.workflows])


def report(
    services: Services, done: Answered, as_json: bool, text: str, *, later: bool = False
) -> None:
    """Says what was recorded; then takes the case on, telling what follows."""
    recorded = services.store.entries(done.case.id)
    case = done.case if later else carry_on(services, done.case)
    now = services.clock.now()
    if as_json:
        queue = services.workflows.of(case.fingerprint).contract.queues.get(done.task.queue)
        state = {"state": case.state, "outcome": case.outcome, "task": case.task}
        row = task_row(done.task, case, queue, now)
        document({"ok": True, "task": row, "case": {"case": case.id, **state}})
        return
    console = out()
    lens = lens_of(services.workflows.of(case.fingerprint).contract)
    entries = services.store.entries(case.id)
    told = [tell(entry, now=now, lens=lens) for entry in entries[max(len(recorded) - 1, 0) :]]
    for each in told:
        print_entry(console, each, asides=False)
    for said in filter(None, (text, follow_up(case, done.task))):
        console.print(marked("ok", said))
    if case.state is CaseState.READY:
        console.print("[dim]Recorded; the next worker takes the case on.[/dim]")
    else:
        console.print(marked("ok", f"{case.title or case.key}: {state_in_words(case, now)}"))
