"""CSV to EInvoice: one header row, one row a line, rows of one invoice share number and seller.

One rule: only the documented column names are read, and an unknown one is refused. The columns:
every plain field of EInvoice under its own name (number, issue_date, currency, net, tax, gross,
payable ...), of Party with `seller_` or `buyer_` before it (seller_name, buyer_tax_id ...), of
Line with `line_` before it (line_quantity, line_net ...), and `note`, `discount_percent`,
`discount_until`. Only `number` must be there. Values of the whole invoice may stand in each of
its rows or only in the first. The delimiter is `;`, `,` or a tab; decimals have a comma or a
point, the same throughout the file; days are 2024-03-05, 20240305 or 05.03.2024.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from interlock.systems.einvoice.decimal_marks import Mark, mark_of_file, with_point
from interlock.systems.einvoice.fields import Kind, nearest, plain_fields
from interlock.systems.einvoice.invoice import EarlyPaymentDiscount, EInvoice, Line, Party
from interlock.systems.einvoice.refusals import shortened, unknown_shape
from interlock.systems.einvoice.values import Reading, clean

DELIMITERS: Final = (";", ",", "\t")
DISCOUNT_COLUMNS: Final[Mapping[str, Kind]] = {
    "discount_percent": "decimal",
    "discount_until": "date",
}
INVOICE_COLUMNS: Final[Mapping[str, Kind]] = {
    **plain_fields(EInvoice),
    **{f"seller_{name}": kind for name, kind in plain_fields(Party).items()},
    **{f"buyer_{name}": kind for name, kind in plain_fields(Party).items()},
    **DISCOUNT_COLUMNS,
    "note": "text",
}
# `line_total` is a column of the invoice (the sum of its lines), not of a line.
LINE_COLUMNS: Final[Mapping[str, Kind]] = {
    f"line_{name}": kind for name, kind in plain_fields(Line).items()
}
COLUMNS: Final[Mapping[str, Kind]] = {**LINE_COLUMNS, **INVOICE_COLUMNS}
MAX_ROWS: Final = 200_000
_DOTTED_DAY: Final = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")
_Row = dict[str, str]


def read_csv(name: str, text: str) -> tuple[EInvoice, ...]:
    """The invoices in the text, in the order of their first rows.

    Raises: SchemaChange when the header is not ours, or a row has more cells than the header.
    """
    rows = _rows(name, text.lstrip("\ufeff"))
    mark = mark_of_file(row[column] for row in rows for column in row if _is_decimal(column))
    groups: dict[tuple[str, str], list[_Row]] = {}
    for row in rows:
        groups.setdefault(_identity(row), []).append(row)
    return tuple(_invoice(group, mark) for group in groups.values())


def _is_decimal(column: str) -> bool:
    return COLUMNS[column] == "decimal"


def _identity(row: _Row) -> tuple[str, str]:
    seller = row.get("seller_id") or row.get("seller_tax_id") or row.get("seller_name") or ""
    return row.get("number", ""), seller


def _rows(name: str, text: str) -> list[_Row]:
    """The rows as column to text, blank cells and blank rows left out."""
    header_text = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(DELIMITERS, key=header_text.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        header = _header(name, next((row for row in reader if any(row)), [""]))
        return [
            _row(name, header, cells, number)
            for number, cells in enumerate(_limited(name, reader), start=2)
            if any(cell.strip() for cell in cells)
        ]
    except csv.Error as error:
        what = f"CSV that is broken ({error}, line {reader.line_num})"
        raise unknown_shape(name, what) from error


def _limited(name: str, reader: Any) -> Any:
    for number, cells in enumerate(reader):
        if number >= MAX_ROWS:
            raise unknown_shape(name, f"CSV with more than {MAX_ROWS} rows")
        yield cells


def _header(name: str, cells: list[str]) -> list[str]:
    columns = [re.sub(r"[\s-]+", "_", cell.strip().lower()) for cell in cells]
    known = [column for column in columns if column in COLUMNS]
    if not known or (len(known) == 1 and len(columns) > 1):
        raise unknown_shape(name, f"text of an unknown kind, beginning {shortened(cells[0])!r}")
    unknown = [column for column in columns if column not in COLUMNS]
    if unknown:
        named = ", ".join(f"{shortened(one, 40)!r}{nearest(one, COLUMNS)}" for one in unknown[:5])
        raise unknown_shape(name, f"CSV with unknown columns: {named}")
    twice = [column for column, times in Counter(columns).items() if times > 1]
    if twice:
        raise unknown_shape(name, f"CSV with the column {twice[0]!r} more than once")
    if "number" not in columns:
        raise unknown_shape(name, "CSV without the column 'number'")
    return columns


def _row(name: str, header: list[str], cells: list[str], number: int) -> _Row:
    if any(cell.strip() for cell in cells[len(header) :]):
        what = f"CSV with {len(cells)} cells in row {number} and {len(header)} in the header"
        raise unknown_shape(name, what)
    pairs = zip(header, cells, strict=False)
    return {column: value for column, cell in pairs if (value := clean(cell)) is not None}


def _invoice(rows: list[_Row], mark: Mark) -> EInvoice:
    reading = Reading()
    values = _whole(rows, mark, reading)
    notes = dict.fromkeys(row["note"] for row in rows if "note" in row)
    percent, until = values["discount_percent"], values["discount_until"]
    account = values["seller_iban"]
    lines = tuple(
        line for index, row in enumerate(rows) if (line := _line(row, index, mark, reading))
    )
    return EInvoice(
        format="csv",
        **{name: values[name] for name in plain_fields(EInvoice) if name != "seller_iban"},
        seller_iban=account and "".join(account.split()),
        seller=Party(**{name: values[f"seller_{name}"] for name in plain_fields(Party)}),
        buyer=Party(**{name: values[f"buyer_{name}"] for name in plain_fields(Party)}),
        early_payment=(EarlyPaymentDiscount(percent=percent, until=until),) if percent else (),
        lines=lines,
        notes=tuple(notes),
        unreadable=reading.unreadable,
    )


def _whole(rows: list[_Row], mark: Mark, reading: Reading) -> dict[str, Any]:
    """The values of the whole invoice; rows that disagree make a value unreadable."""
    values: dict[str, Any] = {}
    for column, kind in INVOICE_COLUMNS.items():
        seen = dict.fromkeys(row[column] for row in rows if column in row)
        field = re.sub(r"^(seller|buyer)_(?!iban)", r"\1.", column)
        if len(seen) > 1 and column != "note":
            reading.note(field, " and ".join(repr(text) for text in seen))
            seen = {}
        values[column] = _value(next(iter(seen), None), kind, field, mark, reading)
    return values


def _line(row: _Row, index: int, mark: Mark, reading: Reading) -> Line | None:
    """The line in this row, or None when the row has no line values."""
    if not any(column in row for column in LINE_COLUMNS):
        return None
    values: dict[str, Any] = {}
    for name, kind in plain_fields(Line).items():
        text = row.get(f"line_{name}")
        values[name] = _value(text, kind, f"lines[{index}].{name}", mark, reading)
    return Line(**values)


def _value(
    text: str | None, kind: Kind, field: str, mark: Mark, reading: Reading
) -> str | date | Decimal | None:
    if text is None or kind == "text":
        return text
    if kind == "date":
        dotted = _DOTTED_DAY.fullmatch(text)
        written = f"{dotted[3]}-{dotted[2]:0>2}-{dotted[1]:0>2}" if dotted else text
        return reading.date(written, field)
    plain = with_point(text, mark)
    if plain is None:
        reading.note(field, text)
        return None
    return reading.decimal(plain, field)
