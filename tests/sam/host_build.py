"""The template built for this machine, so that its artifacts can run here."""

import hashlib
import importlib.metadata
import json
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[2]
_RUNTIME_CLIENT = ("awslambdaric", "simplejson", "snapshot-restore-py")
_KEPT_SECONDS = 3600


class HostBuild(NamedTuple):
    """Where the artifacts are, and the runtime client, which Lambda brings and they don't."""

    folder: Path
    runtime_client: Path

    @property
    def pre_labeling(self) -> tuple[Path, ...]:
        """What the pre-labeling function can import from."""
        return (self.folder / "PreLabelingFunction", self.runtime_client)

    @property
    def post_labeling(self) -> tuple[Path, ...]:
        """What the post-labeling function can import from, its layer included."""
        layer = self.folder / "NumericLayer" / "python"
        return (self.folder / "PostLabelingFunction", layer, self.runtime_client)


def host_build() -> HostBuild:
    """Build for this machine, or return an earlier build of the very same inputs."""
    runtime = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    machine = platform.machine()
    architecture = {"aarch64": "arm64", "AMD64": "x86_64"}.get(machine, machine)
    folder = ROOT / "build" / "host" / _digest(sys.version, architecture)
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".building-") as scratch:
            made = Path(scratch) / "made"
            _build(runtime, architecture, made / "artifacts")
            _copy_runtime_client(made / "runtime-client")
            made.rename(folder)
            for earlier in folder.parent.glob("[!.]*"):
                # Another run of the tests may still be using a recent one.
                if earlier.stat().st_mtime < time.time() - _KEPT_SECONDS:
                    shutil.rmtree(earlier, ignore_errors=True)
    return HostBuild(folder / "artifacts", folder / "runtime-client")


def _digest(*environment: str) -> str:
    digest = hashlib.sha256("\0".join(environment).encode())
    for path in _inputs():
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"\0{path.relative_to(ROOT)}\0{content}".encode())
    return digest.hexdigest()[:16]


def _inputs() -> Iterator[Path]:
    """Find all that a build depends on."""
    folders = (ROOT / "functions", ROOT / "infra" / "numeric")
    found = [path for folder in folders for path in folder.rglob("*")]
    found += (ROOT / "infra").iterdir()
    found += [Path(__file__), ROOT / "tests" / "requirements" / "dev.txt"]
    kept = (path for path in sorted(found) if path.is_file() and path.suffix != ".md")
    return (path for path in kept if "__pycache__" not in path.parts)


def _build(runtime: str, architecture: str, build_dir: Path) -> None:
    command = [sys.executable, "infra/build.py", "--build-dir", str(build_dir)]
    command += ["--runtime", runtime, "--architecture", architecture]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def _copy_runtime_client(target: Path) -> None:
    """Take it out of the development environment, whose other packages must stay out of reach."""
    for name in _RUNTIME_CLIENT:
        for file in importlib.metadata.files(name) or []:
            if ".." not in file.parts:
                place = target / file
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(str(file.locate()), place)


def translated_template() -> Any:
    """Return the CloudFormation template that SAM makes of ours."""
    done = subprocess.run(
        [ROOT / ".venv-sam" / "bin" / "python", "infra/translate.py", "infra/template.yaml"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)
