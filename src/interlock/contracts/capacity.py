"""Can the people of a queue hold its deadline? Erlang's formulas over the hours it is open.

Assumed, and said wherever a number is shown: questions come evenly over the open hours, each
takes an exponential time with the queue's mean, whoever is free takes the next one, and everybody
listed works all the open hours. Real work is bunched: the answer is the best that can be hoped for.

Source: Erlang 1917, as in Kleinrock 1975, Queueing Systems I, 3.5 and 5.9 (M/M/c, first come
first served).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import exp, isclose
from typing import Final

from interlock.domain.contract import Queue, WorkflowContract
from interlock.domain.hours import BusinessHours
from interlock.domain.ids import QueueName

IN_TIME: Final = 0.95  # the share that must be answered within its deadline
MOST_PEOPLE: Final = 10_000
MONTHS_A_YEAR: Final = 12
YEAR: Final = (
    datetime(2026, 1, 1, tzinfo=UTC),
    datetime(2027, 1, 1, tzinfo=UTC),
)  # one of 365 days
ALWAYS_OPEN: Final = 365 * 24 / MONTHS_A_YEAR


def chance_to_wait(people: int, load: float) -> float:
    """Erlang C: the chance that everybody is busy when a question comes.

    load: arrivals × mean time, in people. It is 1 when the load is not below the people.
    """
    if load >= people:
        return 1.0
    blocked = 1.0  # Erlang B, by its recursion
    for count in range(1, people + 1):
        blocked = load * blocked / (count + load * blocked)
    return people * blocked / (people - load * (1 - blocked))


def answered_within(people: int, per_hour: float, minutes: float, within_minutes: float) -> float:
    """The share of questions answered, waiting and work together, within so many open minutes.

    per_hour: questions an open hour; minutes: the mean work on one. 0 when they pile up.
    """
    if per_hour <= 0:
        return 1.0
    rate, arrivals = 1 / minutes, per_hour / 60
    load = arrivals / rate
    if load >= people:
        return 0.0
    waits, spare = chance_to_wait(people, load), people * rate - arrivals
    working_still = exp(-rate * within_minutes)
    if isclose(spare, rate, rel_tol=1e-9):
        after_wait = (1 + rate * within_minutes) * working_still
    else:
        queued_still = exp(-spare * within_minutes)
        after_wait = (spare * working_still - rate * queued_still) / (spare - rate)
    return 1 - ((1 - waits) * working_still + waits * after_wait)


def minutes_for(
    people: int, per_hour: float, minutes: float, share: float = IN_TIME
) -> float | None:
    """The open minutes within which a share is answered; None when questions pile up."""
    if per_hour * minutes / 60 >= people:
        return None
    low, high = 0.0, minutes
    while answered_within(people, per_hour, minutes, high) < share:
        high *= 2
    for _ in range(60):  # halved until the difference is far below a second
        middle = (low + high) / 2
        enough = answered_within(people, per_hour, minutes, middle) >= share
        low, high = (low, middle) if enough else (middle, high)
    return high


def people_needed(
    per_hour: float, minutes: float, within_minutes: float, share: float = IN_TIME
) -> int | None:
    """The fewest people who answer that share in time; None when no number does.

    None: one question alone takes longer than the deadline too often.
    """
    if per_hour > 0 and 1 - exp(-within_minutes / minutes) < share:
        return None
    people = max(1, int(per_hour * minutes / 60))
    while people < MOST_PEOPLE:
        if answered_within(people, per_hour, minutes, within_minutes) >= share:
            return people
        people += 1
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueOutlook:
    """One queue at a volume. Hours and questions are a month's; minutes are open time.

    share: questions a case. due_minutes: the shortest deadline anything there has. usual_minutes:
    within which 95 % are answered; None: they pile up. shared: who also works another queue.
    """

    queue: QueueName
    cases: float
    share: float
    minutes: float
    work_hours: float
    staffed_hours: float
    people: int
    due_minutes: float | None
    in_time: float
    usual_minutes: float | None
    needed: int | None
    shared: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """True when 95 % are answered by their deadline, and nothing piles up."""
        return self.usual_minutes is not None and self.in_time >= IN_TIME

    @property
    def words(self) -> str:
        """The outlook in a sentence."""
        usual = (
            f"95 % answered within {_span(self.usual_minutes)}"
            if self.usual_minutes is not None
            else "they pile up without end"
        )
        due = f" of {_span(self.due_minutes)} allowed" if self.due_minutes else ""
        needs = f"needs {_people(self.needed)}" if self.needed else "no number of people is enough"
        also = f" ({', '.join(self.shared)} also in other queues)" if self.shared else ""
        return (
            f"{self.queue}: {self.cases:,.0f} cases a month, {self.share:.0%} to people here, "
            f"{self.minutes:g} minutes each = {self.work_hours:,.0f} h of "
            f"{self.staffed_hours:,.0f} staffed hours; {usual}{due}; {needs}, "
            f"has {self.people}{also}"
        )


def queue_outlook(
    contract: WorkflowContract, name: QueueName, cases: float, share: float
) -> QueueOutlook:
    """What to expect of a queue when `cases` come a month and `share` of them ask it something."""
    queue = contract.queues[name]
    members = contract.members_of(name)
    people = min(len(members), queue.capacity or len(members))
    hours = open_hours_a_month(queue.hours)
    per_hour = cases * share / hours if hours else float("inf")
    due = shortest_deadline(contract, queue)
    minutes = queue.minutes_per_task
    return QueueOutlook(
        queue=name,
        cases=cases,
        share=share,
        minutes=minutes,
        work_hours=cases * share * minutes / 60,
        staffed_hours=people * hours,
        people=people,
        due_minutes=due,
        in_time=answered_within(people, per_hour, minutes, due) if due else 1.0,
        usual_minutes=minutes_for(people, per_hour, minutes),
        needed=people_needed(per_hour, minutes, due) if due else None,
        shared=tuple(sorted(_elsewhere(contract, name) & members)),
    )


def open_hours_a_month(hours: BusinessHours) -> float:
    """Hours a queue is open in a month, over a year with its holidays."""
    if not hours.openings:
        return ALWAYS_OPEN
    return hours.between(*YEAR) / timedelta(hours=1) / MONTHS_A_YEAR


def shortest_deadline(contract: WorkflowContract, queue: Queue) -> float | None:
    """The least minutes anything put to this queue is given; None when nothing is."""
    given = [float(each.sla_minutes) for each in contract.exceptions if each.route_to == queue.name]
    for step in contract.steps:
        asks = step.is_ai or step.mode == "human_owned"
        home = step.queue or (contract.queue_of(step.owner) if asks else None)
        if asks and home == queue.name and step.max_response_minutes:
            given.append(float(step.max_response_minutes))
    return min(given, default=None)


def _elsewhere(contract: WorkflowContract, name: QueueName) -> frozenset[str]:
    others = (contract.members_of(each) for each in contract.queues if each != name)
    return frozenset(person for members in others for person in members)


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count:,} people"


def _span(minutes: float) -> str:
    if minutes >= 120:  # noqa: PLR2004  (two hours and more read better as hours)
        return f"{minutes / 60:,.1f} h"
    return f"{minutes:,.0f} min" if minutes >= 1 else "1 min"
