"""What is wrong with a contract, and the report that lists all of it at once.

One rule: a problem is a sentence in two halves, what was seen and what to write instead.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from interlock.errors import InterlockError

if TYPE_CHECKING:
    from interlock.contracts.capacity import QueueOutlook
    from interlock.contracts.workflow import LoadedWorkflow


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing to put right. `line` counts from 1; 0 means the file as a whole."""

    file: str
    line: int
    message: str
    remedy: str
    severity: Literal["error", "warning"] = "error"

    @property
    def is_error(self) -> bool:
        return self.severity == "error"

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        mark = "" if self.is_error else "warning: "
        return f"{place}  {mark}{self.message}; {self.remedy}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """Every problem of a contract in reading order, and the workflow when it can be loaded.

    capacity: what to expect of its queues. capacity_needs: what to write where none can be told.
    """

    problems: tuple[Problem, ...]
    workflow: LoadedWorkflow | None = None
    capacity: tuple[QueueOutlook, ...] = ()
    capacity_needs: str = ""

    @property
    def ok(self) -> bool:
        """True when nothing stops the workflow from being loaded; warnings do not."""
        return not any(problem.is_error for problem in self.problems)

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.is_error)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if not problem.is_error)

    def text(self) -> str:
        """The report as a person reads it: one line a problem, and a closing line."""
        return "\n".join([*map(str, self.problems), self.closing_line()])

    def closing_line(self) -> str:
        """How many there are and what that means, e.g. `2 problems; nothing was loaded.`"""
        counts = [
            _counted(len(found), noun)
            for found, noun in ((self.errors, "problem"), (self.warnings, "warning"))
            if found
        ]
        if not counts:
            return "no problems; the workflow can run."
        end = "the workflow can run." if self.ok else "nothing was loaded."
        return f"{', '.join(counts)}; {end}"


class ContractRefused(InterlockError):
    """The contract cannot be loaded; every reason is in `problems`."""

    code = "contract_refused"

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(problems)
        self.problems = problems

    def __str__(self) -> str:
        return CheckReport(problems=self.problems).text()


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name a person most likely meant, or None when none is near."""
    names = list(known)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    if close:
        return close[0]
    folded = {each.casefold().replace("-", "_"): each for each in names}
    return folded.get(name.casefold().replace("-", "_"))


def did_you_mean(name: str, known: Iterable[str], otherwise: str) -> str:
    """A remedy: the nearest right name as a question, else `otherwise`."""
    match = nearest(name, known)
    return f'did you mean "{match}"?' if match else otherwise


def one_of(names: Iterable[str]) -> str:
    """A remedy that lists what is allowed."""
    listed = list(names)
    return f"write one of: {', '.join(listed)}" if len(listed) > 1 else f"write {listed[0]}"


def in_reading_order(problems: Iterable[Problem], first_file: str) -> tuple[Problem, ...]:
    """Each problem once: the contract's own first, then the code's, each by line."""
    once = dict.fromkeys(problems)
    return tuple(sorted(once, key=lambda each: _place_in_reading(each, first_file)))


def _place_in_reading(problem: Problem, first_file: str) -> tuple[bool, str, int, bool]:
    return problem.file != first_file, problem.file, problem.line, not problem.is_error


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
