"""What every set of keys in a contract has: which of them must be written, and its name."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, model_validator


class Shape(BaseModel):
    """A set of keys. `REQUIRED`: a key to what to write when it is not there.

    Unknown keys are ignored here because `keys.py` reports them with the nearest right one.
    """

    model_config = ConfigDict(strict=True, extra="ignore", arbitrary_types_allowed=True)
    REQUIRED: ClassVar[dict[str, str]] = {}

    @model_validator(mode="before")
    @classmethod
    def _nothing_is_no_keys(cls, data: Any) -> Any:
        return {} if data is None else data
