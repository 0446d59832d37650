"""The boundary: every route names the right it needs, and no visitor sees what is not theirs.

Its one rule: what belongs to a tenant the visitor may not see does not exist for them, and that
somebody tried is on record in the house log.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from starlette.requests import Request

from interlock.bootstrap import Services
from interlock.domain.case import Case
from interlock.domain.contract import WorkflowContract
from interlock.domain.ids import CaseId, WorkflowId
from interlock.domain.people import Right
from interlock.domain.review import ReviewTask
from interlock.domain.rules.lens import BLIND, Lens, lens_of
from interlock.domain.rules.shown import KeptBack, as_asked
from interlock.errors import InterlockError
from interlock.identity import Visitor
from interlock.papers.veil import Veil
from interlock.runtime.context import Context
from interlock.storage import CaseUnknown, HouseNote, Store, TaskAmbiguous, TaskUnknown
from interlock.web.visitor import TheVisitor

BOUNDARY_CROSSING: Final = "boundary_crossing"
MARK: Final = "needs_right"  # the attribute by which a dependency says which right it asks for


class RightMissing(InterlockError):
    """Signed in, but not allowed to do this here."""

    code = "right_missing"

    def __init__(self, right: str, reason: str) -> None:
        super().__init__(right, reason)
        self.right, self.reason = right, reason

    def __str__(self) -> str:
        return f"you may not do this: {self.reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A visitor at work: who it is, with what, and the only way to what may be theirs to see."""

    services: Services
    visitor: Visitor

    @property
    def context(self) -> Context:
        """For the commands."""
        return self.services.context

    @property
    def store(self) -> Store:
        """For reading what has no tenant."""
        return self.services.store

    @property
    def id(self) -> str:
        """The person id."""
        return self.visitor.id

    def may(
        self,
        right: Right,
        *,
        workflow: str | None = None,
        tenant: str | None = None,
        queue: str | None = None,
    ) -> bool:
        """Whether the visitor has the right there."""
        return self.visitor.may(right, workflow=workflow, tenant=tenant, queue=queue).allowed

    def need(
        self,
        right: Right,
        *,
        workflow: str | None = None,
        tenant: str | None = None,
        queue: str | None = None,
    ) -> None:
        """Nothing, when the visitor has the right there. Raises: RightMissing."""
        found = self.visitor.may(right, workflow=workflow, tenant=tenant, queue=queue)
        if not found.allowed:
            raise RightMissing(right, found.reason)

    def case(self, case_id: str, right: Right = Right.SEE) -> Case:
        """The case with exactly this id, when it is the visitor's to see and the right is theirs.

        Raises: CaseUnknown, also for a case of another tenant; RightMissing.
        """
        found = self.store.load([CaseId(case_id)])
        if not found or not self._is_within("case", case_id, found[0].workflow, found[0].tenant):
            raise CaseUnknown(case_id)
        self.need(right, workflow=found[0].workflow, tenant=found[0].tenant)
        return found[0]

    def task(self, task_id: str, right: Right = Right.SEE) -> ReviewTask:
        """The review task with exactly this id, on the same terms. Raises: TaskUnknown,
        RightMissing."""
        try:
            found = self.store.task(task_id)
        except (TaskUnknown, TaskAmbiguous):  # they name near ones, which may be anybody's
            raise TaskUnknown(task_id) from None
        is_it = found.id == task_id
        if not is_it or not self._is_within("task", task_id, found.workflow, found.tenant):
            raise TaskUnknown(task_id)
        self.need(right, workflow=found.workflow, tenant=found.tenant, queue=found.queue)
        return found

    def contract_of(self, case: Case) -> WorkflowContract | None:
        """The contract the case began with; None when it is not loaded here."""
        workflows = self.services.workflows
        return (
            workflows.of(case.fingerprint).contract if workflows.knows(case.fingerprint) else None
        )

    def lens(self, case: Case) -> Lens:
        """What of the case the visitor may see: protected values only with the right to."""
        contract = self.contract_of(case)
        lens = lens_of(contract) if contract else BLIND
        opened = self.may(Right.SEE_PROTECTED, workflow=case.workflow, tenant=case.tenant)
        return lens.opened() if opened else lens.closed()

    def veil(self, case: Case) -> Veil:
        """The same for whole values and sentences."""
        return Veil(self.lens(case), case)

    def kept_back(self, case: Case) -> KeptBack:
        """What of the case the visitor may not know yet, because they are to answer it alone."""
        return self.context.directory.kept_back(case.id, self.id, self.services.clock.now())

    def seen(self, case: Case) -> Case:
        """The case as the visitor may read it: as it was asked about, while they may still be
        asked the same. For reading; what is done to a case is done to the case itself."""
        return as_asked(case, self.kept_back(case))

    def is_visible(self, workflow: str, tenant: str) -> bool:
        """Whether things of this workflow and tenant exist for the visitor."""
        return is_within(self.visitor, workflow, tenant)

    def _is_within(self, what: str, name: str, workflow: WorkflowId, tenant: str) -> bool:
        if self.is_visible(workflow, tenant):
            return True
        note_crossing(self.services, self.visitor, what=what, name=name, tenant=tenant)
        return False


def is_within(visitor: Visitor, workflow: str, tenant: str) -> bool:
    """Whether the workflow and the tenant are among those the visitor may see."""
    workflows, tenants = visitor.workflows, visitor.tenants
    return (workflows is None or workflow in workflows) and (tenants is None or tenant in tenants)


def note_crossing(
    services: Services, visitor: Visitor, *, what: str, name: str, tenant: str
) -> None:
    """Puts on record that somebody reached for what is not theirs."""
    note = HouseNote(
        at=services.clock.now(),
        actor=f"person:{visitor.id}",
        kind=BOUNDARY_CROSSING,
        body={"what": what, "id": name, "via": visitor.via},
        private={"tenant": tenant},
    )
    services.store.note_in_house(note)


def needs(right: Right) -> Callable[..., Caller]:
    """A dependency that gives the caller when they have the right somewhere, or refuses.

    Where exactly it must hold is known only with the thing itself: `Caller.case` and `.task`
    ask again there.
    """

    def caller(request: Request, visitor: TheVisitor) -> Caller:
        found = Caller(services=request.app.state.services, visitor=visitor)
        found.need(right)
        return found

    setattr(caller, MARK, right)
    return caller


def signed_in(request: Request, visitor: TheVisitor) -> Caller:
    """A dependency that gives the caller, whatever their rights: for their own things only."""
    return Caller(services=request.app.state.services, visitor=visitor)


def looking(request: Request, visitor: TheVisitor) -> Caller:
    """A dependency for pages that show everybody what is theirs to see, whatever their rights; a
    token must have been made to see. Raises: RightMissing."""
    found = signed_in(request, visitor)
    if visitor.scopes is not None:
        found.need(Right.SEE)
    return found


def right_asked(dependency: Any) -> Right | None:
    """Which right a dependency asks for; None when it asks for none."""
    found: Right | None = getattr(dependency, MARK, None)
    return found
