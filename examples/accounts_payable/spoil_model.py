"""`python -m examples.accounts_payable.spoil_model DATA`: an account model that learnt it wrong.

For the demonstration of a rollback: the model is trained again on the same bookings, each under
the number its account has in another chart of accounts. It is as sure of itself as before.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import cycle, islice
from pathlib import Path

import joblib

from .account_model import AccountModel, Booking
from .systems import MODEL


def spoilt(bookings: Sequence[Booking]) -> list[Booking]:
    """The bookings with every account's number taken by the next one."""
    accounts = sorted({each.account for each in bookings})
    following = dict(zip(accounts, islice(cycle(accounts), 1, None), strict=False))
    return [replace(each, account=following[each.account]) for each in bookings]


def spoil(data: Path) -> int:
    """Replaces the model in the folder; how many bookings the new one learnt from."""
    file = data / MODEL
    parts = joblib.load(file)
    bookings = [Booking(**{**row, "net": Decimal(row["net"])}) for row in parts["past"]]
    AccountModel.train(spoilt(bookings), parts["names"]).save(file)
    return len(bookings)


def main() -> None:
    """Replaces the model and says so."""
    parser = argparse.ArgumentParser(
        prog="python -m examples.accounts_payable.spoil_model",
        description="Train the account model on an export with other account numbers.",
    )
    parser.add_argument("data", type=Path, help="the folder the model lies in")
    learnt = spoil(parser.parse_args().data)
    print(f"{learnt:,} bookings learnt again, under the numbers of another chart")


if __name__ == "__main__":
    main()
