"""The systems the steps ask for by name, built from settings.

`folder` is where the ledger, the payment run and the trained model lie.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from .account_model import Coder
from .bank import Bank
from .erp import Erp

LEDGER: Final = "erp.sqlite"
PAYMENTS: Final = "bank.sqlite"
MODEL: Final = "account_model.joblib"


def systems(settings: Mapping[str, str]) -> dict[str, object]:
    """The ERP, the bank and the account model. settings: `folder`, `data` when it is absent."""
    folder = Path(settings.get("folder", "data"))
    return {
        "erp": Erp(folder / LEDGER),
        "bank": Bank(folder / PAYMENTS),
        "coder": Coder(folder / MODEL),
    }
