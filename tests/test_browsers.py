"""What the tests do for a browser, and what they say where none can be had."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.browsers import bring, main

ROOT = Path(__file__).parents[1]
BROWSER = Path("/usr/bin/browser")
#: A few tests that drive a browser, and some that don't.
SOME = ["tests/page/test_image.py", "tests/page/test_palette.py"]
#: A machine on which nothing is installed, and nothing downloaded.
BARE = """
import labelwright_local.simulated.browser as browser
browser._FOLDERS = browser._DOWNLOADS = {}
"""


class Machine:
    """Installs a browser when a command with a word in it runs; keeps what ran."""

    def __init__(self, helpful: str | None, status: int = 0) -> None:
        self.helpful = helpful
        self.status = status
        self.ran: list[str] = []
        self.browser: Path | None = None

    def run(self, command: Sequence[str]) -> int:
        """Run a command."""
        self.ran.append(" ".join(command))
        if self.helpful is not None and self.helpful in self.ran[-1]:
            self.browser = BROWSER
            return 0
        return self.status

    def bring(self, name: str, *, debian_root: bool) -> bool:
        """Bring a browser."""
        return bring(name, self.run, lambda: self.browser, debian_root)


def test_where_there_is_a_browser_nothing_is_installed() -> None:
    """Neither by apt, nor by Playwright."""
    machine = Machine(None)
    machine.browser = BROWSER
    assert machine.bring("chromium", debian_root=True)
    assert machine.ran == []


def test_debians_root_gets_debians_browser() -> None:
    """Its list of packages first: a fresh container has none."""
    machine = Machine("apt-get install")
    assert machine.bring("chromium", debian_root=True)
    update, install = machine.ran
    assert update.startswith("apt-get update")
    assert " chromium fonts-" in install


def test_others_get_playwrights_download() -> None:
    """It needs no root."""
    machine = Machine("playwright install chromium")
    assert machine.bring("chromium", debian_root=False)
    assert len(machine.ran) == 1


def test_where_apt_fails_playwrights_download_is_tried() -> None:
    """A step that fails ends its way, not the search."""
    machine = Machine("playwright install chromium", status=100)
    assert machine.bring("chromium", debian_root=True)
    assert [command.split()[1] for command in machine.ran] == ["update", "-m"]


def test_what_can_not_be_had_is_told_and_fails_in_ci_only(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """One line with the command that helps."""
    monkeypatch.setattr("labelwright_local.simulated.browser._FOLDERS", {})
    monkeypatch.setenv("PATH", str(tmp_path))
    for ci, status in (("", 0), ("true", 1)):
        monkeypatch.setenv("CI", ci)
        assert main(["firefox"], Machine(None, status=1).run) == status
        (line,) = capsys.readouterr().err.splitlines()
        assert "apt-get install firefox-esr" in line


def on_a_bare_machine(folder: Path, **more: str) -> tuple[int, list[str]]:
    """Run some tests on a bare machine; return pytest's status and the lines it printed."""
    (folder / "bare.py").write_text(BARE)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    bare = {
        "PATH": str(folder),
        "PYTHONPATH": str(folder),
        "PLAYWRIGHT_BROWSERS_PATH": "",
        "CI": "",
    }
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "bare", "-p", "no:cacheprovider", *SOME],
        cwd=ROOT, env={**kept, **bare, **more}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, (done.stdout + done.stderr).strip().splitlines()


def test_tests_that_need_a_browser_are_left_out_with_a_word(tmp_path: Path) -> None:
    """The last line says how many, and what to do; the others run."""
    status, lines = on_a_bare_machine(tmp_path)
    assert status == 0
    assert " passed" in lines[-2]
    assert lines[-1].startswith("left out: ")
    assert "tests: no Chromium, Chrome or Edge was found; install one" in lines[-1]


def test_in_ci_they_fail(tmp_path: Path) -> None:
    """At once: two hundred failures would say no more."""
    status, lines = on_a_bare_machine(tmp_path, CI="true")
    assert status != 0
    assert "can't run: no Chromium, Chrome or Edge was found" in lines[-1]
    assert not any("passed" in line for line in lines)
