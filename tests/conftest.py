"""What all tests share: how hypothesis runs, and what happens without a browser."""

import os
from collections import Counter

import pytest
from hypothesis import HealthCheck, settings

from labelwright_local.simulated.browser import find, missing
from tests.browsers import KINDS, in_ci

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


# Last: what is deselected needs no browser.
@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out tests for which there is no browser; in CI, run none at all."""
    for marker, kind in KINDS.items():
        needing = [item for item in items if item.get_closest_marker(marker)]
        if not needing or find(kind):
            continue
        if in_ci():
            raise pytest.UsageError(f"{_tests(len(needing))} can't run: {missing(kind)}")
        for item in needing:
            item.add_marker(pytest.mark.skip(reason=missing(kind)))


def pytest_unconfigure(config: pytest.Config) -> None:
    """Say below the counts what was left out, and why: a count alone is overlooked."""
    terminal = config.pluginmanager.get_plugin("terminalreporter")
    if terminal is None:
        return
    skipped = terminal.stats.get("skipped", [])
    reasons = Counter(report.longrepr[2].removeprefix("Skipped: ") for report in skipped)
    for reason, count in reasons.items():
        terminal.write_line(f"left out: {_tests(count)}: {reason}")


def _tests(count: int) -> str:
    return f"{count} test{'' if count == 1 else 's'}"
