"""Which tests stay together when several workers share them.

Its one rule: a module stays in one worker, and so do all browser tests: the department they visit
takes a minute to set up, and costs every other test something as long as it is open.
"""

from __future__ import annotations

from typing import Any, Final

import pytest
from xdist.scheduler import LoadScopeScheduling

IN_A_BROWSER: Final = "tests/browser"


class OneDepartment(LoadScopeScheduling):
    """As `--dist loadscope`, with all browser tests as one scope."""

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith(f"{IN_A_BROWSER}/"):
            return IN_A_BROWSER
        return super()._split_scope(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> OneDepartment | None:
    """The scheduler for `--dist loadscope`; None, and so its own, for any other way."""
    return OneDepartment(config, log) if config.getoption("dist") == "loadscope" else None
