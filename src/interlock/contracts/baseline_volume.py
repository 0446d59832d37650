"""How much work there was before: the one number of the baseline that `check` reckons with."""

from __future__ import annotations

from pathlib import Path

from interlock.contracts.reading import read_document

LARGEST_BYTES = 1_000_000


class BaselineUnusable(ValueError):
    """The baseline file gives no volume. Its text has two halves."""


def volume_per_month(folder: Path, name: str) -> float:
    """Cases a month, from `volume_per_month` of the baseline file beside the contract.

    Raises: BaselineUnusable saying what was seen and what to write.
    """
    file = (folder / name).resolve()
    if not file.is_relative_to(folder.resolve()) or not file.is_file():
        raise BaselineUnusable(
            f"there is no {name} beside the contract; "
            "measure the work as it is for some weeks, and write volume_per_month: 2000"
        )
    if file.stat().st_size > LARGEST_BYTES:
        raise BaselineUnusable(f"{name} is too large; it holds a few dozen numbers")
    document, problems = read_document(file.read_text(encoding="utf-8", errors="replace"), name)
    if problems:
        first = problems[0]
        raise BaselineUnusable(f"{name}:{first.line} {first.message}; {first.remedy}")
    seen = document.data.get("volume_per_month")
    if isinstance(seen, bool) or not isinstance(seen, int | float) or seen <= 0:
        raise BaselineUnusable(
            f"{name} has volume_per_month {seen!r}; write how many cases come in a month"
        )
    return float(seen)
