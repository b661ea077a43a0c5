"""Build what goes to Lambda and check it: `make build`.

Template: `sam validate --lint`, then cfn-lint over what SAM translates it to. Artifacts: `sam
build`, then a look at everything that would go wrong only in Lambda: files, versions, platform,
size. Any fault ends it with a message and a non-zero exit.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import zlib
from collections.abc import Iterator, Sequence
from email import message_from_string
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

INFRA = Path(__file__).resolve().parent
ROOT = INFRA.parent
FUNCTIONS = ROOT / "functions"
SAM_BIN = ROOT / ".venv-sam" / "bin"

#: Lambda's limit for a function and its layers, unzipped.
#: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
MAX_UNZIPPED = 250 * 1024 * 1024

#: What ELF files call the two architectures (e_machine).
_ELF_MACHINE = {"arm64": 183, "x86_64": 62}
_MACHINE = {"arm64": "aarch64", "x86_64": "x86_64"}

console = Console(soft_wrap=True, highlight=False)


class BuildFailed(Exception):
    """Something that must not be deployed, or that kept the build from going on."""


class Target(NamedTuple):
    """What is built for: ``python3.13``, ``arm64``."""

    runtime: str
    architecture: str

    @property
    def version(self) -> str:
        """The version alone, ``3.13``."""
        return self.runtime.removeprefix("python")


class Artifact(NamedTuple):
    """One folder that SAM zips; ``packages`` is where its Python packages lie."""

    name: str
    folder: Path
    packages: Path
    requirements: Path


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the steps in order and stop at the first fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runtime", help="instead of the template's default")
    parser.add_argument("--architecture", choices=sorted(_MACHINE))
    parser.add_argument("--build-dir", type=Path, default=INFRA / ".aws-sam" / "build")
    options = parser.parse_args(arguments)
    try:
        template = check_template()
        defaults = check_defaults(template)
        target = Target(
            options.runtime or defaults.runtime, options.architecture or defaults.architecture
        )
        build(target, options.build_dir)
        report(target, check_artifacts(target, options.build_dir))
    except BuildFailed as fault:
        console.print(f"build failed: {fault}", style="red", markup=False)
        return 1
    return 0


def check_template() -> dict[str, object]:
    """Lint the template as written and as translated; return the translated one."""
    step("Template: sam validate --lint")
    run([SAM_BIN / "sam", "validate", "--lint"])
    step("Template: cfn-lint over the translated template")
    translated = run([SAM_BIN / "python", "translate.py", "template.yaml"])
    path = ROOT / "build" / "template.translated.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(translated, encoding="utf-8")
    run([SAM_BIN / "cfn-lint", "--regions", "us-east-1", "--", path])
    template: dict[str, object] = json.loads(translated)
    return template


def check_defaults(template: dict[str, object]) -> Target:
    """Compare the two places that say what is built; a Makefile can't read the template.

    Raises:
        BuildFailed: they differ.
    """
    parameters = template["Parameters"]
    assert isinstance(parameters, dict)  # noqa: S101 - cfn-lint just saw to it
    target = Target(parameters["Runtime"]["Default"], parameters["Architecture"]["Default"])
    makefile = (INFRA / "wheels.mk").read_text(encoding="utf-8")
    set_there = dict(re.findall(r"^LAMBDA_(RUNTIME|ARCHITECTURE) \?= (\S+)$", makefile, re.M))
    if set_there != {"RUNTIME": target.runtime, "ARCHITECTURE": target.architecture}:
        raise BuildFailed(f"template.yaml's defaults are {target}, those of wheels.mk {set_there}")
    return target


def build(target: Target, build_dir: Path) -> None:
    """Run `sam build` for the target."""
    step(f"Artifacts: sam build for {target.runtime} on {target.architecture}")
    overrides = [f"Runtime={target.runtime}", f"Architecture={target.architecture}"]
    output = run(
        [SAM_BIN / "sam", "build", "--build-dir", build_dir, "--parameter-overrides", *overrides],
        LAMBDA_RUNTIME=target.runtime,
        LAMBDA_ARCHITECTURE=target.architecture,
        LAMBDA_BUILD_PYTHON=sys.executable,
    )
    # Each artifact says the same about bytecode.
    for line in dict.fromkeys(output.splitlines()):
        if line.startswith("bytecode:"):
            console.print("  " + line.removeprefix("bytecode:").lstrip(), markup=False)


def check_artifacts(target: Target, build_dir: Path) -> list[Artifact]:
    """Look for what would fail only in Lambda.

    Raises:
        BuildFailed: naming all that was found.
    """
    step("Artifacts: files, versions, platform, size")
    functions = FUNCTIONS / "requirements.txt"
    layer = build_dir / "NumericLayer"
    artifacts = [
        Artifact(name, build_dir / name, build_dir / name, functions)
        for name in ("PreLabelingFunction", "PostLabelingFunction")
    ]
    artifacts.append(
        Artifact("NumericLayer", layer, layer / "python", INFRA / "numeric" / "requirements.txt")
    )
    faults = [fault for artifact in artifacts for fault in _faults(artifact, target)]
    for artifact in artifacts[:2]:
        faults += _source_faults(artifact)
    largest = size(artifacts[1].folder) + size(layer)
    if largest > MAX_UNZIPPED:
        faults.append(
            f"PostLabelingFunction with its layer has {_megabytes(largest)} MB unzipped, Lambda's "
            f"limit is {_megabytes(MAX_UNZIPPED)} MB"
        )
    if faults:
        raise BuildFailed("\n  ".join(["the artifacts can't be deployed:", *faults]))
    return artifacts


def _faults(artifact: Artifact, target: Target) -> Iterator[str]:
    """Check an artifact's packages against its requirements and the platform."""
    pinned = artifact.requirements.read_text(encoding="utf-8")
    wanted = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", pinned, re.M))
    if re.search(r"^[a-z].*;", pinned, re.M):
        yield (
            f"{artifact.requirements.name} of {artifact.name} has environment markers; pip judges "
            "them by the Python it runs on"
        )
    found = {}
    for info in sorted(artifact.packages.glob("*.dist-info")):
        name, _, version = info.name.removesuffix(".dist-info").partition("-")
        found[name.replace("_", "-").lower()] = version
        wheel = message_from_string((info / "WHEEL").read_text(encoding="utf-8"))
        tags = wheel.get_all("Tag", [])
        if not any(_fits(tag, target) for tag in tags):
            yield f"{artifact.name}: {name} {version} is for {', '.join(tags)}, not for {target}"
    if found != wanted:
        differing = sorted(dict(found.items() ^ wanted.items()))
        yield f"{artifact.name}: not the pinned versions of {', '.join(differing)}"
    for path in sorted(artifact.folder.rglob("*")):
        inside = path.relative_to(artifact.folder)
        if _unwanted(inside):
            yield f"{artifact.name}: {inside} has no business in Lambda"
        if path.suffix == ".so" and _elf_machine(path) != _ELF_MACHINE[target.architecture]:
            yield f"{artifact.name}: {inside} is not a library for {target.architecture}"


def _source_faults(artifact: Artifact) -> Iterator[str]:
    """Check that a function holds our modules as they are here, and numpy not at all."""
    for source in [*FUNCTIONS.glob("*.py"), *FUNCTIONS.glob("labelwright*/**/*.py")]:
        built = artifact.folder / source.relative_to(FUNCTIONS)
        if not built.is_file() or built.read_bytes() != source.read_bytes():
            yield f"{artifact.name}: {source.relative_to(FUNCTIONS)} is missing or differs"
    for stray in strays(artifact.folder):
        yield f"{artifact.name}: {stray} has no business in Lambda"
    if (artifact.folder / "numpy").exists():
        yield f"{artifact.name}: numpy belongs to the layer"


def strays(folder: Path) -> list[Path]:
    """Return the files among our packages in a function that are no modules of the source tree.

    Bytecode of a module is as good as the module. READMEs are for those who read the sources.
    """
    return [
        inside
        for path in sorted(folder.glob("labelwright*/**/*"))
        if not path.is_dir() and not _is_module(inside := path.relative_to(folder))
    ]


def _is_module(inside: Path) -> bool:
    if inside.suffix == ".pyc" and inside.parent.name == "__pycache__":
        inside = inside.parents[1] / f"{inside.name.split('.')[0]}.py"
    return inside.suffix == ".py" and (FUNCTIONS / inside).is_file()


def _fits(tag: str, target: Target) -> bool:
    """Tell whether a wheel tag is for the target, or for anything."""
    python, abi, platform = tag.split("-")
    if platform == "any":
        return python in {"py3", f"py{target.version.replace('.', '')}"} and abi == "none"
    return (python == f"cp{target.version.replace('.', '')}" or abi == "abi3") and re.fullmatch(
        rf"manylinux\w*_{_MACHINE[target.architecture]}", platform
    ) is not None


def _unwanted(path: Path) -> bool:
    return (
        path.name in {"Makefile", "tests", "bin"}
        or path.suffix in {".pth", ".mk"}
        or (len(path.parts) == 1 and path.name.startswith(("requirements", "README")))
    )


def _elf_machine(path: Path) -> int:
    with path.open("rb") as file:
        head = file.read(20)
    return int.from_bytes(head[18:20], "little") if head[:4] == b"\x7fELF" else -1


def report(target: Target, artifacts: Sequence[Artifact]) -> None:
    """Print the sizes as a table, and what comes next."""
    table = Table(
        "artifact", title=f"{target.runtime}, {target.architecture}", title_justify="left"
    )
    for column in ("files", "unzipped MB", "zipped MB", "bytecode"):
        table.add_column(column, justify="right")
    for artifact in artifacts:
        files = [path for path in artifact.folder.rglob("*") if path.is_file()]
        tag = f"cpython-{target.version.replace('.', '')}"
        compiled = any(path.name.endswith(f".{tag}.pyc") for path in files)
        zipped = sum(_zipped(path) for path in files)
        table.add_row(
            artifact.name,
            f"{len(files):,}",
            _megabytes(sum(path.stat().st_size for path in files)),
            _megabytes(zipped),
            "yes" if compiled else "no",
        )
    console.print(table)
    console.print("Everything is in order. To deploy: cd infra && sam deploy --guided")


def _zipped(path: Path) -> int:
    """Return what a file takes in a zip, near enough: its content deflated, and two headers."""
    return len(zlib.compress(path.read_bytes())) + 76 + 2 * len(path.name)


def size(folder: Path) -> int:
    """Return the bytes of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _megabytes(count: int) -> str:
    return f"{count / 1024 / 1024:.1f}"


def step(title: str) -> None:
    """Say what is being done."""
    console.print(f"• {title}", markup=False)


def run(command: Sequence[str | Path], **environment: str) -> str:
    """Run a command in this folder and return what it printed; its own words are for faults.

    Raises:
        BuildFailed: it is missing or failed.
    """
    # Not the make that runs us: a Makefile that SAM runs must not take part in its jobs.
    kept = {key: value for key, value in os.environ.items() if not key.startswith("MAKE")}
    kept |= {"SAM_CLI_TELEMETRY": "0", **environment}
    try:
        done = subprocess.run(  # noqa: S603 - the tools of SAM's environment
            list(map(str, command)),
            cwd=INFRA,
            env=kept,
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError as error:
        raise BuildFailed(
            f"{error.filename} is missing; make .venv-sam/ready installs it"
        ) from None
    if done.returncode:
        name = f"{Path(command[0]).name} {command[1]}"
        # cfn-lint lists every permitted value on one line.
        said = [line[:300] for line in (done.stdout + done.stderr).strip().splitlines()]
        raise BuildFailed("\n  ".join([f"{name} ended with {done.returncode}:", *said]))
    return done.stdout if command[1] != "build" else done.stdout + done.stderr


if __name__ == "__main__":
    sys.exit(main())
