"""What all tests share: how hypothesis runs, and what happens without Chromium."""

import os
import shutil

import pytest
from hypothesis import HealthCheck, settings

# Deadlines fail on a busy machine, not on slow code; examples are the same on every run.
settings.register_profile(
    "labelwright",
    deadline=None,
    derandomize=True,
    max_examples=100,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("labelwright")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip browser tests where there is no Chromium; in CI they run, and fail."""
    if shutil.which("chromium") or os.environ.get("CI"):
        return
    skip = pytest.mark.skip(reason="needs Chromium: apt-get install chromium")
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(skip)
