"""What every test shares: the database fixtures and Hypothesis's profiles.

HYPOTHESIS_PROFILE chooses `dev` (the default), `ci` (more examples, the same ones every run) or
`search` (many more, to look for failures by hand). A failing example belongs in the test itself.
"""

from __future__ import annotations

import os
from datetime import timedelta

from hypothesis import HealthCheck, settings

pytest_plugins = [
    "tests.support.browser",
    "tests.support.listening",
    "tests.support.postgres",
    "tests.support.scheduling",
]

# Two workers share two cores with PostgreSQL: time says more about the machine than about us.
_PATIENT = {"deadline": timedelta(seconds=5), "suppress_health_check": [HealthCheck.too_slow]}

settings.register_profile("dev", max_examples=50, **_PATIENT)
settings.register_profile("ci", max_examples=100, derandomize=True, print_blob=True, **_PATIENT)
settings.register_profile("search", max_examples=5000, **_PATIENT)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "dev"))
