"""People working queues, event by event: who waits how long, and what is late.

Its one rule: it knows nothing of contracts; numbers in, numbers out, and the same numbers in give
the same numbers out. Times are seconds from the start; a queue's clock runs in its open hours only.

People take the task that is due first, of all the queues they work and that are open. A task
begun before closing time goes on when the queue opens again. One that is late before it is begun
goes to the next queue of its chain, as in the runtime; at the chain's end it waits on, late.
"""

from __future__ import annotations

import heapq
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

FOR_EVER: Final = float("inf")


@dataclass(frozen=True, slots=True)
class OpenHours:
    """When a queue works: windows in seconds, in order and apart. None at all: always."""

    opens: tuple[float, ...] = ()
    closes: tuple[float, ...] = ()
    before: tuple[float, ...] = ()  # open seconds before each window

    @classmethod
    def of(cls, windows: Sequence[tuple[float, float]]) -> OpenHours:
        """The hours with these windows."""
        sums, passed = [], 0.0
        for start, end in windows:
            sums.append(passed)
            passed += end - start
        return cls(tuple(w[0] for w in windows), tuple(w[1] for w in windows), tuple(sums))

    def is_open(self, at: float) -> bool:
        """True while work goes on."""
        if not self.opens:
            return True
        place = bisect_right(self.opens, at) - 1
        return place >= 0 and at < self.closes[place]

    def passed(self, at: float) -> float:
        """Open seconds from the start until then."""
        if not self.opens:
            return at
        place = bisect_right(self.opens, at) - 1
        if place < 0:
            return 0.0
        return self.before[place] + min(at, self.closes[place]) - self.opens[place]

    def after(self, at: float, work: float) -> float:
        """When so many open seconds have passed; FOR_EVER beyond the last window."""
        if not self.opens:
            return at + work
        goal = self.passed(at) + work
        place = max(bisect_right(self.before, goal) - 1, 0)
        if place and self.before[place] == goal and work > 0:
            place -= 1  # it is done at closing time, not at the next opening
        moment = self.opens[place] + goal - self.before[place]
        if moment > self.closes[place]:
            return FOR_EVER
        return max(moment, at)

    def next_opening(self, at: float) -> float:
        """The next moment it opens; FOR_EVER when it does not."""
        place = bisect_right(self.opens, at)
        return self.opens[place] if place < len(self.opens) else FOR_EVER


@dataclass(frozen=True, slots=True)
class Desk:
    """One queue. people: indexes of who works it. at_once: tasks under way at most.

    onward: the next queue of its escalation chain, or None.
    """

    hours: OpenHours
    people: tuple[int, ...]
    at_once: int
    onward: int | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """A question in a case's path: which desk, how long until it is due in the desk's open time,
    and the work it takes. after: seconds from the case's arrival, or from the answer before."""

    desk: int
    allowed: float
    work: float
    after: float = 0.0


@dataclass(slots=True)
class DeskResult:
    """What happened at one desk. Seconds. waits: open time until begun; answers: until done;
    away: the same on the wall clock."""

    waits: list[float] = field(default_factory=list)
    answers: list[float] = field(default_factory=list)
    away: list[float] = field(default_factory=list)
    asked: int = 0
    late: int = 0
    passed_on: int = 0
    worked: float = 0.0
    unanswered: int = 0
    longest: int = 0


@dataclass(slots=True)
class _Task:
    case: int
    place: int  # in the case's path
    desk: int
    came: float
    due: float
    allowed: float
    work: float
    escalations: int = 0
    is_late: bool = False
    begun: bool = False


ARRIVE, DONE, DUE, OPEN = 0, 1, 2, 3


def run(
    desks: Sequence[Desk],
    people: int,
    arrivals: Sequence[float],
    paths: Sequence[Sequence[Ask]],
    *,
    until: float = FOR_EVER,
) -> list[DeskResult]:
    """What becomes of these cases' questions at each desk, by desk.

    arrivals: when each case comes, in order. paths: its questions, one after the other. until:
    what is not answered by then is counted as unanswered.
    """
    return _House(desks, people, paths, until).worked_through(arrivals)


class _House:
    def __init__(
        self, desks: Sequence[Desk], people: int, paths: Sequence[Sequence[Ask]], until: float
    ) -> None:
        self._desks, self._paths, self._until = desks, paths, until
        self._waiting: list[list[tuple[float, int, _Task]]] = [[] for _ in desks]
        self._open_tasks = [0] * len(desks)
        self._under_way = [0] * len(desks)
        self._free = [True] * people
        self._desks_of: list[list[int]] = [[] for _ in range(people)]
        for place, desk in enumerate(desks):
            for person in desk.people:
                self._desks_of[person].append(place)
        self._events: list[tuple[float, int, int, Any]] = []
        self._number = 0
        self.results = [DeskResult() for _ in desks]

    def worked_through(self, arrivals: Sequence[float]) -> list[DeskResult]:
        for place, desk in enumerate(self._desks):
            if desk.hours.opens:
                self._push(desk.hours.opens[0], OPEN, place)
        for case, at in enumerate(arrivals):
            path = self._paths[case]
            if path:
                self._push(at + path[0].after, ARRIVE, (case, 0))
        while self._events:
            at, _, kind, what = heapq.heappop(self._events)
            if at > self._until:
                break
            self._happens(at, kind, what)
        for place, left in enumerate(self._open_tasks):
            self.results[place].unanswered = left
        return self.results

    def _push(self, at: float, kind: int, what: Any) -> None:
        if at < FOR_EVER:
            self._number += 1
            heapq.heappush(self._events, (at, self._number, kind, what))

    def _happens(self, at: float, kind: int, what: Any) -> None:
        if kind == ARRIVE:
            case, place = what
            ask = self._paths[case][place]
            self._put(at, _Task(case, place, ask.desk, at, 0.0, ask.allowed, ask.work))
        elif kind == DONE:
            person, task = what
            self._done(at, person, task)
        elif kind == DUE:
            self._due(at, what)
        else:
            self._opens(at, what)

    def _put(self, at: float, task: _Task) -> None:
        desk, result = self._desks[task.desk], self.results[task.desk]
        task.came, task.due = at, desk.hours.after(at, task.allowed)
        result.asked += 1
        self._open_tasks[task.desk] += 1
        result.longest = max(result.longest, self._open_tasks[task.desk])
        self._number += 1
        heapq.heappush(self._waiting[task.desk], (task.due, self._number, task))
        self._push(task.due, DUE, task)
        self._work_on(at, task.desk)

    def _work_on(self, at: float, desk: int) -> None:
        """Whoever is free and works here begins."""
        for person in self._desks[desk].people:
            if self._free[person] and not self._begin(at, person):
                return

    def _begin(self, at: float, person: int) -> bool:
        """The person takes what is due first of all they work on. False: there is nothing."""
        best: tuple[float, int, _Task] | None = None
        for place in self._desks_of[person]:
            desk = self._desks[place]
            if self._under_way[place] >= desk.at_once or not desk.hours.is_open(at):
                continue
            waiting = self._waiting[place]
            while waiting and waiting[0][2].desk != place:
                heapq.heappop(waiting)  # it was passed on meanwhile
            if waiting and (best is None or waiting[0] < best):
                best = waiting[0]
        if best is None:
            return False
        task = best[2]
        heapq.heappop(self._waiting[task.desk])
        task.begun, self._free[person] = True, False
        self._under_way[task.desk] += 1
        hours, result = self._desks[task.desk].hours, self.results[task.desk]
        result.waits.append(hours.passed(at) - hours.passed(task.came))
        self._push(hours.after(at, task.work), DONE, (person, task))
        return True

    def _done(self, at: float, person: int, task: _Task) -> None:
        hours, result = self._desks[task.desk].hours, self.results[task.desk]
        result.answers.append(hours.passed(at) - hours.passed(task.came))
        result.away.append(at - task.came)
        result.worked += task.work
        result.late += at > task.due and not task.is_late
        self._open_tasks[task.desk] -= 1
        self._under_way[task.desk] -= 1
        self._free[person] = True
        path = self._paths[task.case]
        if task.place + 1 < len(path):
            self._push(at + path[task.place + 1].after, ARRIVE, (task.case, task.place + 1))
        self._begin(at, person)

    def _due(self, at: float, task: _Task) -> None:
        """Late and not begun: it goes on to the next queue, or stays, marked."""
        desk = self._desks[task.desk]
        if task.begun or task.is_late or at < task.due:
            return
        self.results[task.desk].late += 1
        if desk.onward is None or task.escalations >= len(self._desks):
            task.is_late = True
            return
        self.results[task.desk].passed_on += 1
        self._open_tasks[task.desk] -= 1
        moved = _Task(task.case, task.place, desk.onward, at, 0.0, task.allowed, task.work)
        moved.escalations = task.escalations + 1
        task.desk = -1
        self._put(at, moved)

    def _opens(self, at: float, place: int) -> None:
        self._push(self._desks[place].hours.next_opening(at), OPEN, place)
        self._work_on(at, place)
