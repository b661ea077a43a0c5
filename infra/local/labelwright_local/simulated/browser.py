"""The one place that looks for a browser: for simulated workers, and for tests that drive pages."""

import os
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from labelwright.errors import UsageError

if TYPE_CHECKING:
    from playwright.sync_api import Browser


class BrowserKind(NamedTuple):
    """Browsers of which one is as good as another.

    ``commands`` are looked for on PATH, ``programs`` (by ``sys.platform``) below the folders that a
    platform installs into, ``downloads`` below Playwright's own.
    """

    title: str
    commands: tuple[str, ...]
    programs: Mapping[str, tuple[str, ...]]
    downloads: tuple[str, ...]
    remedy: str


CHROMIUM = BrowserKind(
    "Chromium, Chrome or Edge",
    (
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
        "chrome",
        "microsoft-edge",
        "microsoft-edge-stable",
        "msedge",
    ),
    {
        "linux": ("google/chrome/chrome", "microsoft/msedge/msedge", "bin/chromium"),
        "darwin": (
            "Chromium.app/Contents/MacOS/Chromium",
            "Google Chrome.app/Contents/MacOS/Google Chrome",
            "Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
        ),
        "win32": (
            "Chromium/Application/chrome.exe",
            "Google/Chrome/Application/chrome.exe",
            "Microsoft/Edge/Application/msedge.exe",
        ),
    },
    (
        "chromium-*/chrome-linux*/chrome",
        "chromium-*/chrome-mac*/*.app/Contents/MacOS/*",
        "chromium-*/chrome-win*/chrome.exe",
    ),
    "Debian: apt-get install chromium; anywhere: playwright install chromium",
)
#: Where platforms install programs; a name in braces is a variable of the environment.
_FOLDERS = {
    "linux": ("/opt", "/snap"),
    "darwin": ("/Applications", "{HOME}/Applications"),
    "win32": ("{PROGRAMFILES}", "{PROGRAMFILES(X86)}", "{LOCALAPPDATA}"),
}
#: Where Playwright keeps what it has downloaded. https://playwright.dev/python/docs/browsers
_DOWNLOADS = {
    "linux": ("{XDG_CACHE_HOME}/ms-playwright", "{HOME}/.cache/ms-playwright"),
    "darwin": ("{HOME}/Library/Caches/ms-playwright",),
    "win32": ("{LOCALAPPDATA}/ms-playwright",),
}
#: Nothing of the browser's own that asks other hosts.
_QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find(
    kind: BrowserKind, environment: Mapping[str, str] = os.environ, platform: str = sys.platform
) -> Path | None:
    """Return the program of a browser: on PATH, else installed elsewhere, else Playwright's own."""
    path = environment.get("PATH", "")
    on_path = (shutil.which(command, path=path) for command in kind.commands)
    installed = (
        folder / program
        for folder in _expanded(_FOLDERS.get(platform, ()), environment)
        for program in kind.programs.get(platform, ())
    )
    given = environment.get("PLAYWRIGHT_BROWSERS_PATH")
    caches = [Path(given)] if given else _expanded(_DOWNLOADS.get(platform, ()), environment)
    downloaded = (file for cache in caches for file in _newest_first(cache, kind.downloads))
    places = chain(map(Path, filter(None, on_path)), installed, downloaded)
    return next((place for place in places if place.is_file()), None)


def missing(kind: BrowserKind) -> str:
    """Say that there is no such browser, and what to do."""
    return f"no {kind.title} was found; install one ({kind.remedy})"


def check_playwright() -> None:
    """Make sure that there is what drives a browser.

    Raises:
        UsageError: there is not.
    """
    if find_spec("playwright") is None:
        raise UsageError(
            "simulated workers drive a browser by Playwright, which is not installed: "
            "pip install playwright"
        )


@contextmanager
def chromium(*more: str) -> Iterator["Browser"]:
    """Open a headless browser, with more arguments.

    Raises:
        UsageError: there is none, or it does not start.
    """
    # Only here: to look for a browser takes no Playwright.
    from playwright.sync_api import Error, sync_playwright

    path = find(CHROMIUM)
    if path is None:
        raise UsageError(missing(CHROMIUM))
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=path, args=[*_QUIET, *more])
        except Error as error:
            raise UsageError(
                f"{path}: the browser did not start ({error.message.splitlines()[0]})"
            ) from None
        yield browser
        browser.close()


def _expanded(folders: tuple[str, ...], environment: Mapping[str, str]) -> Iterator[Path]:
    """Put the environment's values in; a folder of which one is not set is left out."""
    for folder in folders:
        names = re.findall(r"\{(.*?)\}", folder)
        if all(environment.get(name) for name in names):
            yield Path(re.sub(r"\{(.*?)\}", lambda found: environment[found[1]], folder))


def _newest_first(cache: Path, patterns: tuple[str, ...]) -> list[Path]:
    """Return what matches, by the number in the name of its folder below the cache."""

    def revision(file: Path) -> int:
        return int("0" + re.sub(r"\D", "", file.relative_to(cache).parts[0]))

    found = {file for pattern in patterns for file in cache.glob(pattern)}
    return sorted(found, key=revision, reverse=True)
