"""Where a browser is looked for, in what order, and what is said where there is none."""

from pathlib import Path

import pytest

from labelwright.errors import UsageError
from labelwright_local.simulated import browser
from labelwright_local.simulated.browser import CHROMIUM, check_playwright, chromium, find, missing


def program(path: Path) -> Path:
    """Write something that can be run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\nexit 1\n")
    path.chmod(0o755)
    return path


@pytest.fixture(autouse=True)
def _nothing_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let /opt and its like be empty, whatever this machine has."""
    kept = {"darwin": ("{HOME}/Applications",), "win32": ("{PROGRAMFILES(X86)}",)}
    monkeypatch.setattr(browser, "_FOLDERS", kept)


@pytest.mark.parametrize(
    "command", ["chromium", "chromium-browser", "google-chrome", "microsoft-edge"]
)
def test_any_chrome_chromium_or_edge_on_path_is_taken(tmp_path: Path, command: str) -> None:
    """Under the names that distributions give them."""
    there = program(tmp_path / "bin" / command)
    assert find(CHROMIUM, {"PATH": str(there.parent)}, "linux") == there


@pytest.mark.parametrize(
    ("platform", "variable", "place"),
    [
        ("darwin", "HOME", "Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
        ("win32", "PROGRAMFILES(X86)", "Microsoft/Edge/Application/msedge.exe"),
    ],
)
def test_a_browser_that_is_not_on_path_is_found_where_it_installs_itself(
    tmp_path: Path, platform: str, variable: str, place: str
) -> None:
    """As on macOS and Windows, where none is on PATH."""
    there = program(tmp_path / place)
    assert find(CHROMIUM, {variable: str(tmp_path)}, platform) == there


@pytest.mark.parametrize(
    ("platform", "variable", "cache", "place"),
    [
        ("linux", "HOME", ".cache/ms-playwright", "chrome-linux/chrome"),
        ("linux", "XDG_CACHE_HOME", "ms-playwright", "chrome-linux64/chrome"),
        (
            "darwin",
            "HOME",
            "Library/Caches/ms-playwright",
            "chrome-mac/Chromium.app/Contents/MacOS/Chromium",
        ),
        ("win32", "LOCALAPPDATA", "ms-playwright", "chrome-win/chrome.exe"),
        ("linux", "PLAYWRIGHT_BROWSERS_PATH", "", "chrome-linux/chrome"),
    ],
)
def test_playwrights_own_download_is_found_the_newest_first(
    tmp_path: Path, platform: str, variable: str, cache: str, place: str
) -> None:
    """Revision 1200 is newer than 999, whatever the alphabet says."""
    for revision in ("999", "1200"):
        program(tmp_path / cache / f"chromium-{revision}" / place)
    newest = tmp_path / cache / "chromium-1200" / place
    assert find(CHROMIUM, {variable: str(tmp_path)}, platform) == newest


def test_what_is_on_path_goes_before_a_download(tmp_path: Path) -> None:
    """Somebody chose it."""
    program(tmp_path / ".cache" / "ms-playwright" / "chromium-1" / "chrome-linux" / "chrome")
    there = program(tmp_path / "bin" / "google-chrome")
    environment = {"HOME": str(tmp_path), "PATH": str(there.parent)}
    assert find(CHROMIUM, environment, "linux") == there


def test_where_there_is_none_the_commands_that_help_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One of them needs no root."""
    assert find(CHROMIUM, {"HOME": str(tmp_path), "PATH": str(tmp_path)}, "linux") is None
    assert "apt-get install chromium" in missing(CHROMIUM)
    monkeypatch.setattr(browser, "find", lambda _kind: None)
    with pytest.raises(UsageError, match="playwright install chromium"), chromium():
        pass


def test_a_browser_that_does_not_start_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be the wrong one of two."""
    there = program(tmp_path / "chromium")
    monkeypatch.setattr(browser, "find", lambda _kind: there)
    with pytest.raises(UsageError, match=f"{there}: the browser did not start"), chromium():
        pass


def test_without_playwright_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The wheel alone brings none; what is told fits a clone, too."""
    check_playwright()
    monkeypatch.setattr(browser, "find_spec", lambda _name: None)
    with pytest.raises(UsageError, match="pip install playwright"):
        check_playwright()
