"""The gate and rollout terms of a contract that is on record, read without its code.

Old verdicts are judged again by the terms they were given under, long after the code has moved on.
"""

from __future__ import annotations

from typing import Final

from interlock.contracts.compile_parts import gate
from interlock.contracts.reading import read_document
from interlock.contracts.shape_rollout import rollout
from interlock.contracts.values import validated
from interlock.domain.contract import ReleaseGate
from interlock.domain.rollout import Rollout

NAME: Final = "the contract on record"  # for messages; nobody reads its lines


def terms_of(text: str) -> tuple[ReleaseGate | None, Rollout]:
    """The release gate and the rollout of a contract's text, as written; the gate may be None.

    Raises: ValueError when the text is no contract that was accepted.
    """
    document, problems = read_document(text, NAME)
    found = validated(document, NAME)
    wrong = [each for each in (*problems, *found.problems) if each.is_error]
    if wrong:
        raise ValueError(f"{NAME} cannot be read: {wrong[0].message}; restore it from a backup")
    return gate(found.shape), rollout(found.shape.rollout)
