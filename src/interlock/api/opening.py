"""Opening cases from outside: fields or documents, through the one door of intake.

Its one rule: nobody opens a case in a tenant that is not theirs to see.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from pydantic_core import from_json

from interlock.api.shapes.cases import CaseIn
from interlock.canonical import canonical
from interlock.domain.authoring import Document
from interlock.domain.ids import PersonId
from interlock.domain.people import Right
from interlock.errors import InterlockError
from interlock.runtime.commands import Delivered, deliver
from interlock.runtime.context import Context
from interlock.runtime.joining import joined
from interlock.runtime.workflow import CaseUnfit, Workflow, Workflows
from interlock.web.boundary import Caller, RightMissing, note_crossing

CHANNEL: Final = "api"
FIELDS: Final = "fields.json"  # what a case's document is called when it came as fields


class TenantUnclear(InterlockError):
    """Somebody who works for some tenants only sent input that does not say whose it is."""

    code = "tenant_invalid"

    def __str__(self) -> str:
        return (
            "you work for some tenants only, and this input does not say before it is read whose "
            "it is; nothing was opened; send it as fields that fit the case's schema"
        )


def open_one(caller: Caller, wanted: CaseIn) -> list[Delivered]:
    """What became of each case the input holds.

    Raises: RightMissing, TenantUnclear, WorkflowUnknown.
    """
    caller.need(Right.SEE, workflow=wanted.workflow)
    workflow = caller.services.workflows.named(wanted.workflow)
    opened_by = PersonId(caller.id)
    if wanted.document is not None:
        if caller.visitor.tenants is not None:
            raise TenantUnclear
        document = Document(
            name=wanted.document.name, content=wanted.document.content, channel=CHANNEL
        )
        return deliver(caller.context, wanted.workflow, [document], opened_by=opened_by)
    fields = wanted.fields or {}
    _check_tenant(caller, workflow, fields)
    document = Document(name=FIELDS, content=_content(fields), channel=CHANNEL)
    context = _reading_fields(caller.context, joined(caller.context, wanted.workflow).workflow)
    return deliver(context, wanted.workflow, [document], opened_by=opened_by)


def open_documents(
    caller: Caller, workflow: str, documents: Sequence[tuple[str, bytes]]
) -> list[Delivered]:
    """What became of each case these files hold, in one transaction. Raises: as `open_one`."""
    caller.need(Right.SEE, workflow=workflow)
    if caller.visitor.tenants is not None:
        raise TenantUnclear
    caller.services.workflows.named(workflow)
    sent = [Document(name=name, content=content, channel=CHANNEL) for name, content in documents]
    return deliver(caller.context, workflow, sent, opened_by=PersonId(caller.id))


def _check_tenant(caller: Caller, workflow: Workflow, fields: dict[str, Any]) -> None:
    tenants = caller.visitor.tenants
    if tenants is None:
        return
    try:
        tenant = workflow.fit(fields).tenant
    except CaseUnfit:
        raise TenantUnclear from None
    if tenant not in tenants:
        note_crossing(caller.services, caller.visitor, what="new case", name=CHANNEL, tenant=tenant)
        raise RightMissing(Right.SEE, "this case would belong to a tenant you do not work for")


def _content(fields: dict[str, Any]) -> bytes:
    """The same fields are the same bytes, so sent again they are the same case."""
    return canonical(fields)


def _reading_fields(context: Context, workflow: Workflow) -> Context:
    """The context with a reader for which a document is the fields themselves."""
    functions = replace(workflow.loaded.functions, reader=_read)
    reading = replace(workflow, loaded=replace(workflow.loaded, functions=functions))
    return replace(context, workflows=Workflows([reading]))


def _read(document: Document) -> Any:
    return from_json(document.content)
