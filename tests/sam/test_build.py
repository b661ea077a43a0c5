import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.sam.host_build import ROOT, HostBuild

RUNTIME = f"python{sys.version_info[0]}.{sys.version_info[1]}"


def _script(name: str) -> ModuleType:
    specification = importlib.util.spec_from_file_location(name, ROOT / "infra" / f"{name}.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def _shim(folder: Path, name: str, script: str) -> None:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("echo 'shim: not installed' >&2; exit 127", "does not run (shim: not installed)"),
        ("echo '3.99 final'", "is Python 3.99 final"),
        ("echo '3.98 beta'", "is Python 3.98 beta"),
    ],
)
def test_bytecode_trusts_no_interpreter_by_its_name(
    script: str, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A shim that fails, or is another version, is passed over, and the reason is told."""
    _shim(tmp_path, "python3.98", script)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("LAMBDA_INTERPRETER", raising=False)

    assert _script("bytecode").find_interpreter("python3.98") == (
        None,
        [(str(tmp_path / "python3.98"), reason)],
    )


def test_bytecode_finds_a_working_interpreter_behind_a_broken_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first interpreter on PATH that really is of the version compiles."""
    _shim(tmp_path / "a", "python3.98", "exit 1")
    _shim(tmp_path / "b", "python3.98", "echo '3.98 final'")
    monkeypatch.setenv("PATH", f"{tmp_path / 'a'}{os.pathsep}{tmp_path / 'b'}")
    monkeypatch.delenv("LAMBDA_INTERPRETER", raising=False)

    found, _ = _script("bytecode").find_interpreter("python3.98")

    assert found == str(tmp_path / "b" / "python3.98")


def test_without_an_interpreter_the_build_goes_on_and_says_so(tmp_path: Path) -> None:
    """Missing bytecode is no failure; what to do about it is told."""
    script = str(ROOT / "infra" / "bytecode.py")
    arguments = [str(tmp_path), "--mounted-at", "/var/task", "--runtime", "python3.98"]
    done = subprocess.run(
        [sys.executable, script, *arguments], capture_output=True, text=True, check=True, env={}
    )
    assert "not compiled" in done.stdout
    assert "LAMBDA_INTERPRETER" in done.stdout


def test_nothing_but_our_modules_lies_in_our_packages(tmp_path: Path) -> None:
    """A note, a README or a module that the sources do not have is named; bytecode is not."""
    package = tmp_path / "labelwright"
    (package / "__pycache__").mkdir(parents=True)
    good = ("errors.py", "__pycache__/errors.cpython-398.pyc")
    bad = ("README.md", "__pycache__/gone.cpython-398.pyc", "gone.py", "notes.txt")
    for name in (*good, *bad):
        (package / name).touch()
    (tmp_path / "labelwright_local").mkdir()
    (tmp_path / "labelwright_local" / "printable.py").touch()
    (tmp_path / "six.py").touch()

    found = [path.as_posix() for path in _script("build").strays(tmp_path)]

    assert found == [*(f"labelwright/{name}" for name in bad), "labelwright_local/printable.py"]


@pytest.fixture
def artifacts(build: HostBuild, tmp_path: Path) -> Path:
    """Return the artifacts as a tree of links, where files can be taken out and others put in."""
    return Path(shutil.copytree(build.folder, tmp_path / "artifacts", copy_function=os.symlink))


def _check(folder: Path, architecture: str | None = None) -> str:
    """Return the fault that the build finds in artifacts for this machine, '' if none."""
    script = _script("build")
    machine = {"aarch64": "arm64", "arm64": "arm64"}.get(os.uname().machine, "x86_64")
    target = script.Target(RUNTIME, architecture or machine)
    try:
        script.check_artifacts(target, folder)
    except script.BuildFailed as fault:
        return str(fault)
    return ""


def test_what_was_built_is_in_order(artifacts: Path) -> None:
    """The artifacts that the tests drive pass the checks of `make build`."""
    assert _check(artifacts) == ""


def test_artifacts_of_another_architecture_are_refused(artifacts: Path) -> None:
    """Wheels and libraries for another machine are named."""
    machine = os.uname().machine
    fault = _check(artifacts, "x86_64" if machine in {"aarch64", "arm64"} else "arm64")
    assert "NumericLayer: numpy" in fault
    assert "PreLabelingFunction: pydantic_core" in fault
    assert "is not a library for" in fault


def test_everything_that_is_wrong_is_named_at_once(artifacts: Path) -> None:
    """Missing, changed and stray files each have their line."""
    function = artifacts / "PreLabelingFunction"
    (function / "labelwright_lambda" / "s3_storage.py").unlink()
    (function / "labelwright" / "errors.py").unlink()
    (function / "labelwright" / "errors.py").write_text("# changed\n")
    (function / "requirements.txt").touch()
    (function / "tests").mkdir()
    (function / "labelwright" / "contract" / "README.md").touch()
    shutil.copytree(artifacts / "NumericLayer" / "python" / "numpy", function / "numpy")
    shutil.rmtree(next(function.glob("urllib3-*.dist-info")))

    fault = _check(artifacts)

    for line in (
        "PreLabelingFunction: labelwright_lambda/s3_storage.py is missing or differs",
        "PreLabelingFunction: labelwright/errors.py is missing or differs",
        "PreLabelingFunction: requirements.txt has no business in Lambda",
        "PreLabelingFunction: tests has no business in Lambda",
        "PreLabelingFunction: labelwright/contract/README.md has no business in Lambda",
        "PreLabelingFunction: numpy belongs to the layer",
        "PreLabelingFunction: not the pinned versions of urllib3",
    ):
        assert line in fault


def test_artifacts_over_the_size_limit_are_refused(artifacts: Path) -> None:
    """Function and layer together stay below what Lambda takes."""
    with (artifacts / "NumericLayer" / "large").open("wb") as file:
        file.truncate(250 * 1024 * 1024)
    assert "Lambda's limit is 250.0 MB" in _check(artifacts)


def test_the_two_places_that_say_what_is_built_agree() -> None:
    """A template with other defaults than the Makefiles' is refused."""
    script = _script("build")
    parameters = {"Runtime": {"Default": "python3.14"}, "Architecture": {"Default": "arm64"}}
    with pytest.raises(script.BuildFailed, match=r"python3\.14"):
        script.check_defaults({"Parameters": parameters})
