"""The functions of the tests' workflow; none of them is ever called by the checks."""

# ruff: noqa: TID252  (a workflow's folder is loaded as a package of its own)

from interlock import CaseException, Document, MissingData, Proposal, action, reader, step

from .cases import Account, Invoice, Match
from .systems import Bank, Erp


@reader
def read(document: Document) -> Invoice:
    return Invoice.model_validate_json(document.content)


@step
def match(invoice: Invoice, erp: Erp) -> Match:
    if not invoice.number:
        raise MissingData("number")
    found = erp.order(invoice.number)
    if found.variance > 10:
        raise CaseException("the price differs", exception_type="price_variance")
    return found


@step
async def assign_account(invoice: Invoice, match: Match) -> Proposal[Account]:
    return Proposal(value=Account(code="4400"), confidence=0.95)


@step
def account_from_history(invoice: Invoice) -> Account:
    return Account(code="4400")


@step
def ask_supplier(invoice: Invoice, exception: dict) -> Invoice:
    return invoice


def cancel_posting(invoice: Invoice, receipt: str, erp: Erp) -> None:
    erp.cancel(receipt)


def posting_exists(invoice: Invoice, idempotency_key: str, erp: Erp) -> str | None:
    return erp.find(idempotency_key)


def order_state(invoice: Invoice, erp: Erp) -> str:
    return erp.order(invoice.number).order


@action(compensate=cancel_posting, verify=posting_exists, state=order_state)
def post_invoice(invoice: Invoice, account: Account, erp: Erp, idempotency_key: str) -> str:
    return erp.post(invoice.number, account.code, idempotency_key)


def cancel_payment(receipt: str, bank: Bank) -> None:
    bank.cancel(receipt)


@action(compensate=cancel_payment)
def schedule_payment(invoice: Invoice, bank: Bank, now: object) -> str:
    return bank.schedule(invoice.number)
