"""What does not add up in an invoice, found in plain Python for every format.

One rule: only values that are there are judged against each other; what is missing is named as
missing. The rules and their ids are those of EN 16931-1 §6.4; ids in small letters are ours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from typing import Final

from interlock.systems.einvoice.invoice import CORRECTION_TYPE, EInvoice, Line, Tax

CENT: Final = Decimal("0.01")
HUNDRED: Final = Decimal(100)
# The official rules let the tax of a category, and its base, differ by less than one whole unit,
# since systems round per line or per total. Source: BR-CO-17 and BR-S-08 in EN16931-UBL 1.3.
TAX_TOLERANCE: Final = Decimal(1)
# Sums of long numbers must not lose digits; see the digit limits in values.py.
_EXACT: Final = Context(prec=120, rounding=ROUND_HALF_UP)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong with an invoice."""

    rule: str  # BR-CO-10, for example
    fields: tuple[str, ...]  # the EInvoice fields to look at
    text: str  # one sentence with the values seen
    fatal: bool = True  # False: allowed, but a person should know


def arithmetic_problems(invoice: EInvoice) -> tuple[Problem, ...]:
    """Everything missing, unreadable or not adding up, in the order of the document."""
    with localcontext(_EXACT):
        return tuple(problem for rule in RULES for problem in rule(invoice))


def _unreadable(invoice: EInvoice) -> Iterator[Problem]:
    for one in invoice.unreadable:
        text = f"{one.field} holds {one.seen!r}, which cannot be read"
        yield Problem(rule="unreadable-value", fields=(one.field,), text=text)


def _missing(invoice: EInvoice) -> Iterator[Problem]:
    values: tuple[tuple[str, str, object, str], ...] = (
        ("BR-02", "number", invoice.number, "invoice number"),
        ("BR-03", "issue_date", invoice.issue_date, "issue date"),
        ("BR-04", "type_code", invoice.type_code, "invoice type code"),
        ("BR-05", "currency", invoice.currency, "currency"),
        ("BR-06", "seller.name", invoice.seller.name, "seller's name"),
        ("BR-07", "buyer.name", invoice.buyer.name, "buyer's name"),
        ("BR-13", "net", invoice.net, "total without tax"),
        ("BR-14", "gross", invoice.gross, "total with tax"),
        ("BR-15", "payable", invoice.payable, "amount due for payment"),
        ("BR-16", "lines", invoice.lines, "list of invoice lines"),
    )
    noted = {one.field for one in invoice.unreadable}
    for rule, field, value, name in values:
        if not (value == 0 or value) and field not in noted:
            yield Problem(rule=rule, fields=(field,), text=f"the {name} is missing")


def _missing_in_lines(invoice: EInvoice) -> Iterator[Problem]:
    noted = {one.field for one in invoice.unreadable}
    for index, line in enumerate(invoice.lines):
        values: tuple[tuple[str, str, object, str], ...] = (
            ("BR-22", "quantity", line.quantity, "quantity"),
            ("BR-24", "net", line.net, "net amount"),
            ("BR-25", "description", line.description, "item name"),
            ("BR-26", "unit_price", line.unit_price, "unit price"),
        )
        for rule, name, value, words in values:
            field = f"lines[{index}].{name}"
            if value is None and field not in noted:
                text = f"{_named(line, index)} has no {words}"
                yield Problem(rule=rule, fields=(field,), text=text)


def _line_total(invoice: EInvoice) -> Iterator[Problem]:
    nets = [line.net for line in invoice.lines if line.net is not None]
    if invoice.line_total is None or len(nets) < len(invoice.lines):
        return
    found = _rounded(sum(nets, Decimal(0)))
    if found != invoice.line_total:
        yield _unequal(
            "BR-CO-10", ("line_total", "lines"), "sum of the lines", invoice.line_total, found
        )


def _allowances(invoice: EInvoice) -> Iterator[Problem]:
    yield from _listed(invoice, invoice.allowances, is_charge=False)
    yield from _listed(invoice, invoice.charges, is_charge=True)


def _listed(invoice: EInvoice, stated: Decimal | None, *, is_charge: bool) -> Iterator[Problem]:
    """The stated sum against the entries; formats without entries state only the sum."""
    entries = [one for one in invoice.allowance_charges if one.is_charge is is_charge]
    amounts = [one.amount for one in entries if one.amount is not None]
    if len(amounts) < len(entries) or (not entries and invoice.format in ("csv", "json")):
        return
    found, total = _rounded(sum(amounts, Decimal(0))), stated or Decimal(0)
    if found != total:
        rule, name = ("BR-CO-12", "charges") if is_charge else ("BR-CO-11", "allowances")
        yield _unequal(rule, (name, "allowance_charges"), f"sum of {name}", total, found)


def _net(invoice: EInvoice) -> Iterator[Problem]:
    """Net = lines - allowances + charges."""
    lines = invoice.line_total
    if lines is None and invoice.lines:
        nets = [line.net for line in invoice.lines if line.net is not None]
        lines = sum(nets, Decimal(0)) if len(nets) == len(invoice.lines) else None
    if lines is None or invoice.net is None:
        return
    found = _rounded(lines - (invoice.allowances or 0) + (invoice.charges or 0))
    if found != invoice.net:
        yield _unequal(
            "BR-CO-13",
            ("net", "lines", "allowances", "charges"),
            "total without tax",
            invoice.net,
            found,
        )


def _tax_total(invoice: EInvoice) -> Iterator[Problem]:
    amounts = [one.amount for one in invoice.tax_breakdown if one.amount is not None]
    if invoice.tax is None or not amounts or len(amounts) < len(invoice.tax_breakdown):
        return
    found = _rounded(sum(amounts, Decimal(0)))
    if found != invoice.tax:
        yield _unequal("BR-CO-14", ("tax", "tax_breakdown"), "total tax", invoice.tax, found)


def _tax_of_category(invoice: EInvoice) -> Iterator[Problem]:
    """Tax = base x rate, for each category and rate."""
    for index, entry in enumerate(invoice.tax_breakdown):
        if entry.base is None or entry.amount is None:
            continue
        found = _rounded(entry.base * (entry.rate or 0) / HUNDRED)
        if abs(found - entry.amount) >= TAX_TOLERANCE:
            name = f"tax of category {entry.category or '?'} at {_shown(entry.rate or 0)} %"
            fields = (f"tax_breakdown[{index}].amount", f"tax_breakdown[{index}].base")
            yield _unequal("BR-CO-17", fields, name, entry.amount, found)


def _base_of_category(invoice: EInvoice) -> Iterator[Problem]:
    """The base of each category and rate = its lines - its allowances + its charges."""
    nets = [line.net for line in invoice.lines]
    if not nets or None in nets or not all(line.tax_category for line in invoice.lines):
        return
    if _has_unlisted_sums(invoice):
        return
    for index, entry in enumerate(invoice.tax_breakdown):
        if entry.base is None:
            continue
        found = _rounded(_base(invoice, entry))
        if abs(found - entry.base) >= TAX_TOLERANCE:
            name = f"base of category {entry.category or '?'} at {_shown(entry.rate or 0)} %"
            fields = (f"tax_breakdown[{index}].base", "lines", "allowance_charges")
            yield _unequal("BR-S-08", fields, name, entry.base, found)


def _base(invoice: EInvoice, entry: Tax) -> Decimal:
    key = entry.category, entry.rate or Decimal(0)
    base = Decimal(0)
    for line in invoice.lines:
        if (line.tax_category, line.tax_rate or Decimal(0)) == key:
            base += line.net or 0
    for extra in invoice.allowance_charges:
        if (extra.tax_category, extra.tax_rate or Decimal(0)) == key:
            base += (extra.amount or 0) * (1 if extra.is_charge else -1)
    return base


def _has_unlisted_sums(invoice: EInvoice) -> bool:
    """Whether allowances or charges are stated only as sums, so their category is unknown."""
    return not invoice.allowance_charges and bool(invoice.allowances or invoice.charges)


def _tax_from_lines(invoice: EInvoice) -> Iterator[Problem]:
    """Without a breakdown the tax is held against the lines, a cent of rounding for each."""
    if invoice.tax_breakdown or invoice.tax is None or _has_unlisted_sums(invoice):
        return
    known = [
        line.net * line.tax_rate / HUNDRED
        for line in invoice.lines
        if line.net is not None and line.tax_rate is not None
    ]
    if not known or len(known) < len(invoice.lines) or invoice.allowance_charges:
        return
    found = _rounded(sum(known, Decimal(0)))
    if abs(found - invoice.tax) > CENT * len(known):
        yield _unequal("BR-CO-14", ("tax", "lines"), "total tax", invoice.tax, found)


def _gross(invoice: EInvoice) -> Iterator[Problem]:
    if invoice.net is None or invoice.gross is None:
        return
    found = _rounded(invoice.net + (invoice.tax or 0))
    if found != invoice.gross:
        yield _unequal("BR-CO-15", ("gross", "net", "tax"), "total with tax", invoice.gross, found)


def _payable(invoice: EInvoice) -> Iterator[Problem]:
    if invoice.gross is None or invoice.payable is None:
        return
    found = invoice.gross - (invoice.prepaid or 0) + (invoice.rounding or 0)
    if _rounded(found) != invoice.payable:
        fields = ("payable", "gross", "prepaid", "rounding")
        yield _unequal("BR-CO-16", fields, "amount due for payment", invoice.payable, found)


def _line_products(invoice: EInvoice) -> Iterator[Problem]:
    """Net of a line = quantity x price, less allowances; prices are often rounded: a hint."""
    for index, line in enumerate(invoice.lines):
        quantity, price, net = line.quantity, line.unit_price, line.net
        if quantity is None or price is None or net is None:
            continue
        units = quantity / (line.price_base_quantity or 1)
        found = _rounded(units * price - (line.allowances or 0) + (line.charges or 0))
        half_a_digit = Decimal(5).scaleb(int(price.as_tuple().exponent) - 1)
        if abs(found - net) > CENT + abs(units) * half_a_digit:
            fields = (f"lines[{index}].net", f"lines[{index}].quantity")
            name = f"net amount of {_named(line, index)}"
            yield _unequal("line-net", fields, name, net, found, fatal=False)


def _negative(invoice: EInvoice) -> Iterator[Problem]:
    for index, line in enumerate(invoice.lines):
        if line.unit_price is not None and line.unit_price < 0:
            text = f"{_named(line, index)} has the negative unit price {_shown(line.unit_price)}"
            yield Problem(rule="BR-27", fields=(f"lines[{index}].unit_price",), text=text)
        if line.quantity is None or line.quantity >= 0 or _may_be_negative(invoice):
            continue
        text = (
            f"{_named(line, index)} has the negative quantity {_shown(line.quantity)}, "
            f"and the document is no credit note (type {invoice.type_code})"
        )
        fields = (f"lines[{index}].quantity", "type_code")
        yield Problem(rule="negative-quantity", fields=fields, text=text, fatal=False)


def _may_be_negative(invoice: EInvoice) -> bool:
    return invoice.is_credit_note or invoice.type_code == CORRECTION_TYPE


RULES: Final[tuple[Callable[[EInvoice], Iterable[Problem]], ...]] = (
    _unreadable,
    _missing,
    _missing_in_lines,
    _line_total,
    _allowances,
    _net,
    _tax_total,
    _tax_of_category,
    _base_of_category,
    _tax_from_lines,
    _gross,
    _payable,
    _line_products,
    _negative,
)


def _unequal(
    rule: str,
    fields: tuple[str, ...],
    name: str,
    stated: Decimal,
    found: Decimal,
    *,
    fatal: bool = True,
) -> Problem:
    text = f"the {name} is stated as {_shown(stated)}, but the parts give {_shown(found)}"
    return Problem(rule=rule, fields=fields, text=text, fatal=fatal)


def _named(line: Line, index: int) -> str:
    return f"line {line.number or index + 1}"


def _rounded(amount: Decimal) -> Decimal:
    return amount.quantize(CENT)


def _shown(amount: Decimal | int) -> str:
    return f"{amount:f}"
