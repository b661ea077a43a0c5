"""What all tests share: how hypothesis runs, and what happens without Chromium."""

import os
import shutil

import pytest
from hypothesis import HealthCheck, settings

# Deadlines fail on a busy machine, not on slow code; examples are the same on every run. The
# thorough profile, which `make test-all` sets, tries more of them.
for name, examples in (("quick", 100), ("thorough", 1_000)):
    settings.register_profile(
        name,
        deadline=None,
        derandomize=True,
        max_examples=examples,
        suppress_health_check=[HealthCheck.too_slow],
    )
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip browser tests where there is no Chromium; in CI they run, and fail."""
    if shutil.which("chromium") or os.environ.get("CI"):
        return
    skip = pytest.mark.skip(reason="needs Chromium: apt-get install chromium")
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(skip)
