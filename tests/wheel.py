"""The wheel, built and installed as somebody would who has no source tree."""

import os
import shutil
import subprocess
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from importlib.metadata import PathDistribution, distribution
from pathlib import Path
from typing import NamedTuple

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
#: Trees that the wheel is made of, and where they lie in it.
TREES = {
    ROOT / "functions": "",
    ROOT / "infra" / "local": "",
    ROOT / "infra" / "cli": "",
    ROOT / "templates": "labelwright_local/templates/",
}
#: Where somebody may put a README.
READMES = ("functions", "functions/labelwright/contract", "infra/cli/labelwright_cli", "templates")


class Built(NamedTuple):
    """The wheel, and what is in it."""

    wheel: Path
    unpacked: Path


class Installed(NamedTuple):
    """The wheel unpacked, the environment that it is installed in, and a folder to work in."""

    wheel: Path
    environment: Path
    folder: Path

    def labelwright(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Call the command line as a shell in the folder does."""
        return subprocess.run(
            [self.program, *arguments],
            cwd=self.folder, env=self.variables, capture_output=True, text=True, check=False,
        )  # fmt: skip

    @contextmanager
    def serving(self, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
        """Let ``labelwright serve`` run; yields it, and what it printed until it is reached."""
        process = subprocess.Popen(
            [self.program, "serve", *arguments, "--port=0"],
            cwd=self.folder, env=self.variables, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert process.stdout is not None
        with process:
            try:
                printed = ""
                while "Ctrl+C" not in printed:
                    line = process.stdout.readline()
                    assert line, printed
                    printed += line
                yield process, printed
            finally:
                process.kill()

    @property
    def program(self) -> Path:
        """The console script."""
        return self.environment / "bin" / "labelwright"

    @property
    def variables(self) -> dict[str, str]:
        """An environment that leads nowhere else."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return {**kept, "COLUMNS": "200", "PYTHONUNBUFFERED": "1"}


def build(folder: Path) -> Built:
    """Build the wheel of a copy of the sources."""
    sources = folder / "sources"
    for tree in TREES:
        shutil.copytree(tree, sources / tree.relative_to(ROOT))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, sources)
    for below in READMES:
        (sources / below / "README.md").write_text("For people who read the sources.")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=sources, check=True, capture_output=True,
    )  # fmt: skip
    (wheel,) = folder.glob("*.whl")
    shutil.unpack_archive(wheel, folder / "unpacked", "zip")
    return Built(wheel, folder / "unpacked")


def install(built: Built, folder: Path, work: Path, extras: Collection[str] = ()) -> Installed:
    """Install the wheel in an environment of its own in ``folder``, to be used in ``work``.

    Beside it is no more than it asks for, by itself and for the extras.
    """
    environment = folder / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    pip = [sys.executable, "-m", "pip", "--python", str(environment)]
    subprocess.run(
        [*pip, "--disable-pip-version-check", "install", "--quiet", "--no-deps", "--no-index",
         built.wheel],
        check=True, capture_output=True,
    )  # fmt: skip
    (packages,) = environment.glob("lib/python*/site-packages")
    dependencies = folder / "dependencies"
    _link(_needed(built, extras), dependencies)
    (packages / "dependencies.pth").write_text(f"{dependencies}\n")
    work.mkdir(exist_ok=True)
    return Installed(built.unpacked, environment, work)


def _link(names: Collection[str], folder: Path) -> None:
    """Link distributions into a folder; installed in this environment they are, by the same pins.

    Their console scripts lie elsewhere, and are left out.
    """
    folder.mkdir()
    for name in names:
        for file in distribution(name).files or ():
            top = Path(file.parts[0])
            if top.name not in {"..", "__pycache__"} and not (folder / top).exists():
                (folder / top).symlink_to(Path(str(distribution(name).locate_file(top))))


def _needed(built: Built, extras: Collection[str]) -> set[str]:
    """Find the distributions that an installation with these extras brings here."""
    (info,) = built.unpacked.glob("*.dist-info")
    found: set[str] = set()
    waiting = [(PathDistribution(info).requires or [], frozenset(extras))]
    while waiting:
        lines, asked_for = waiting.pop()
        for line in lines:
            wanted = Requirement(line)
            asked = any(
                wanted.marker is None or wanted.marker.evaluate({"extra": extra})
                for extra in ("", *asked_for)
            )
            if asked and wanted.name not in found:
                found.add(wanted.name)
                requires = distribution(wanted.name).requires or []
                waiting.append((requires, frozenset(wanted.extras)))
    return found
