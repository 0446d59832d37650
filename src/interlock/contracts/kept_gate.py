"""The gate and rollout terms of a contract that is on record, read without its code.

Old verdicts are judged again by the terms they were given under, long after the code has moved on.
"""

from __future__ import annotations

import json

from interlock.contracts.compile_parts import gate
from interlock.contracts.shape import ContractShape
from interlock.contracts.shape_rollout import rollout
from interlock.domain.contract import ReleaseGate
from interlock.domain.rollout import Rollout

KEYS = ("workflow_release_gate", "rollout")


def terms_of(text: str) -> tuple[ReleaseGate | None, Rollout]:
    """The release gate and the rollout of a contract's canonical text; the gate may be None.

    Raises: ValueError when the text is no contract that was accepted.
    """
    data = json.loads(text)
    if not isinstance(data, dict):
        raise ValueError("the contract on record is no set of keys; restore it from a backup")
    written = {name: data[name] for name in KEYS if name in data}
    shape = ContractShape.model_validate(written)
    return gate(shape), rollout(shape.rollout)
