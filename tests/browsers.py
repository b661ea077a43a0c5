"""Browsers for the tests: found, else brought. ``python -m tests.browsers chromium firefox``.

Exit status: 0 when each is there, and also where one can't be had: its tests are left out then, and
pytest says so. In CI (the environment's ``CI`` is set) that is a failure.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from labelwright_local.simulated.browser import CHROMIUM, BrowserKind, find, missing

#: Puppeteer drives it by WebDriver BiDi, which Playwright's own build does not speak.
FIREFOX = BrowserKind(
    "Firefox",
    ("firefox-esr", "firefox"),
    {
        "linux": ("firefox/firefox", "bin/firefox"),
        "darwin": ("Firefox.app/Contents/MacOS/firefox",),
        "win32": ("Mozilla Firefox/firefox.exe",),
    },
    (),
    "Debian: apt-get install firefox-esr; elsewhere: https://www.mozilla.org/firefox",
)
#: By the marker of the tests that need it.
KINDS: Mapping[str, BrowserKind] = {"browser": CHROMIUM, "firefox": FIREFOX}
_NAMES = {"chromium": CHROMIUM, "firefox": FIREFOX}
#: Debian's packages. A browser that finds no font shows no text.
_PACKAGES = {"chromium": "chromium", "firefox": "firefox-esr"}
_FONTS = "fonts-dejavu-core"

#: Runs a command, returns its exit status.
Run = Callable[[Sequence[str]], int]


def in_ci() -> bool:
    """Tell whether what is missing is a failure."""
    return bool(os.environ.get("CI"))


def is_debian_root() -> bool:
    """Tell whether Debian's packages can be installed; Ubuntu's browsers are snaps."""
    release = Path("/etc/os-release")
    debian = release.is_file() and "\nID=debian\n" in f"\n{release.read_text('utf-8')}\n"
    return debian and os.geteuid() == 0 and shutil.which("apt-get") is not None


def ways(name: str, debian_root: bool) -> list[list[list[str]]]:
    """Return the ways to bring a browser, best first, each of them commands."""
    found: list[list[list[str]]] = []
    if debian_root:
        install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends"]
        found.append([["apt-get", "update", "-qq"], [*install, _PACKAGES[name], _FONTS]])
    if name == "chromium":
        found.append([[sys.executable, "-m", "playwright", "install", "chromium"]])
    return found


def bring(name: str, run: Run, look: Callable[[], Path | None], debian_root: bool) -> bool:
    """Make sure that there is a browser; whatever can't be had this way is tried the next.

    ``look`` finds the browser, ``run`` runs a command.
    """
    if look() is not None:
        return True
    for way in ways(name, debian_root):
        if all(run(command) == 0 for command in way) and look() is not None:
            return True
    return False


def main(names: Sequence[str], run: Run) -> int:
    """Bring browsers; say which could not be had."""
    status = 0
    for name in names:
        kind = _NAMES[name]
        if not bring(name, run, partial(find, kind), is_debian_root()):
            sys.stderr.write(f"{missing(kind)}\n")
            status |= in_ci()
    return int(status)


def _run(command: Sequence[str]) -> int:
    sys.stderr.write(f"{' '.join(command)}\n")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(command, check=False, stdout=sys.stderr, env=quiet).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], _run))
