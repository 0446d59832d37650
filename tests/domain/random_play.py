"""A play in which the world, people and time do anything, watched by the oracle at every step."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any

from hypothesis import event as label
from hypothesis import strategies as st

from interlock.domain.case import Case, CaseState
from interlock.domain.contract import WorkflowContract
from interlock.domain.desk_event import ReviewUndone
from interlock.domain.event import Event
from interlock.domain.review import EditTarget, Verb
from interlock.domain.rules.advance import advance
from interlock.domain.transition import Transition
from tests.domain.oracle import Oracle
from tests.domain.support import NotAllowed, Play, a_refit
from tests.domain.worlds import PEOPLE, answers, cases, contracts

TURNS = 25  # things that people or time do to one case
VERBS = st.sampled_from([*[Verb.APPROVE] * 6, Verb.EDIT, Verb.EDIT, Verb.REJECT])


class RandomPlay(Play):
    """A play in which the world answers as Hypothesis draws, watched by the oracle."""

    def __init__(self, data: st.DataObject, contract: WorkflowContract, case: Case) -> None:
        self.data = data
        self.oracle = Oracle(contract)
        super().__init__(contract, case=case)

    def draw(self, strategy: st.SearchStrategy[Any]) -> Any:
        return self.data.draw(strategy)

    def apply(self, event: Event) -> Transition:
        before = self.case
        transition = super().apply(event)
        again = advance(self.contract, before, event, self.now)
        assert again == transition, "the same event gives the same transition"
        self.oracle.check(before, transition)
        return transition

    def _answer(self, effect: Any) -> Event:
        self.oracle.check_effect(self.case, effect)
        answer: Event = self.draw(answers(effect))(effect)
        return answer

    def somebody_acts(self) -> None:
        """One person does something with the open task, if they may."""
        person = self.draw(st.sampled_from(self.able()))
        turn = self.draw(st.sampled_from(["decide"] * 20 + ["ask", "cancel"]))
        if turn == "cancel" and self.case.closing is None:
            self.cancel(person)
        elif self.case.task is None:
            return
        elif self.task.held_decision is not None:
            self.wait_or_undo()
        elif self.task.clock_stopped_at is not None:
            self.answer()
        elif turn == "ask":
            self.ask(person)
        else:
            self.decide_somehow(person)

    def able(self) -> list[str]:
        """Those who are asked come up more often, or plays would hardly get anywhere."""
        if self.case.task is None:
            return list(PEOPLE)
        task = self.task
        asked = task.deciders or tuple(self.contract.members_of(task.queue))
        return [*sorted(asked), *sorted(asked), *PEOPLE]

    def decide_somehow(self, person: str) -> None:
        verb, task = self.draw(VERBS), self.task
        given: dict[str, Any] = {"supplied": dict.fromkeys(task.missing, "a letter")}
        if verb is Verb.EDIT:
            given["value"] = {"x": 3}
            if task.edits is EditTarget.CASE:
                given["refit"] = a_refit(flag=self.draw(st.booleans()))
        with suppress(NotAllowed):
            self.decide(verb, person, hold=self.draw(st.booleans()), **given)

    def wait_or_undo(self) -> None:
        """Whoever decided takes it back, or the window ends and it takes effect."""
        held = self.task.held_decision
        assert held is not None
        if self.draw(st.booleans()):
            self.apply(ReviewUndone(task=self.task, by=held.by))
        else:
            self.now = max(self.now, self.task.takes_effect_at or self.now)
            self.sweep()

    def time_passes(self) -> None:
        self.now += timedelta(minutes=self.draw(st.sampled_from([1, 20, 50, 300, 2000])))
        self.sweep()


def played(
    data: st.DataObject,
    *,
    people: bool = True,
    turns: int = TURNS,
    of: st.SearchStrategy[WorkflowContract] | None = None,
) -> RandomPlay:
    """A play that went on until its end or until nothing new was to be learned."""
    play = RandomPlay(data, data.draw(contracts() if of is None else of), data.draw(cases))
    for _ in range(turns):
        if play.case.state is CaseState.CLOSED:
            break
        if people and data.draw(st.sampled_from([True, True, True, False])):
            play.somebody_acts()
        else:
            play.time_passes()
    label(f"{play.case.outcome or play.case.state}")
    label(f"intents: {min(len(play.intents()), 3)}")
    return play
