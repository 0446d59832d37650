"""`python -m examples.accounts_payable.generate --invoices 300 --seed 7 --into DIR`."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from interlock.clock import SystemClock

from .company import generate


def main() -> None:
    """Make the company and say what was made."""
    parser = argparse.ArgumentParser(
        prog="python -m examples.accounts_payable.generate",
        description="Make a company's books and an inbox of invoices with known trouble.",
    )
    parser.add_argument("--invoices", type=int, default=300, help="files in the inbox")
    parser.add_argument(
        "--later", type=int, default=0, help="files for the days after, in a folder of their own"
    )
    parser.add_argument("--seed", type=int, default=7, help="the same seed, the same company")
    parser.add_argument("--into", type=Path, required=True, help="the folder to fill")
    parser.add_argument(
        "--today",
        type=date.fromisoformat,
        default=SystemClock().now().date(),
        help="the day the story plays on, as in 2026-03-02; today when absent",
    )
    wanted = parser.parse_args()
    made = generate(wanted.into, wanted.invoices, wanted.seed, wanted.today, later=wanted.later)
    print(f"{made.files} files in {made.folder / 'inbox'}: {_list(made.formats)}")
    if wanted.later:
        print(f"{wanted.later} more in {made.folder / 'later'}, for the days after")
    print(f"{made.suppliers} suppliers, {made.orders} orders, {made.bookings} earlier bookings")
    troubled = {name: count for name, count in made.troubles.items() if name}
    print(f"{sum(troubled.values())} files with something special: {_list(troubled)}")


def _list(counts: object) -> str:
    return ", ".join(f"{count} {name}" for name, count in dict(counts).items())  # type: ignore[call-overload]


if __name__ == "__main__":
    main()
