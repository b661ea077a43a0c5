import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.sam.host_build import HostBuild
from tests.sam.lambda_process import isolated_environment, isolated_python


def _python(packages: Sequence[Path], code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*isolated_python(), "-c", code],
        cwd=packages[0],
        env=isolated_environment(packages),
        capture_output=True,
        text=True,
        check=False,
    )


def _printed(packages: Sequence[Path], code: str) -> Any:
    done = _python(packages, code)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_pre_labeling_has_no_numpy(build: HostBuild) -> None:
    """The pre-labeling function can't import numpy, by accident or otherwise."""
    done = _python(build.pre_labeling, "import numpy")
    assert "ModuleNotFoundError: No module named 'numpy'" in done.stderr


def test_post_labeling_takes_numpy_from_its_layer(build: HostBuild) -> None:
    """The post-labeling function itself is as small as the other one."""
    place = _printed(build.post_labeling, "import json, numpy; print(json.dumps(numpy.__file__))")
    assert Path(place).is_relative_to(build.folder / "NumericLayer" / "python")


def test_a_function_brings_its_own_boto3(build: HostBuild) -> None:
    """The version that was tested runs, not the one that Lambda happens to have."""
    place = _printed(build.pre_labeling, "import json, boto3; print(json.dumps(boto3.__file__))")
    assert Path(place).is_relative_to(build.pre_labeling[0])


def test_pre_labeling_loads_its_own_contract_models_only(build: HostBuild) -> None:
    """Starting pre-labeling imports nothing of consolidation, and boto3 not before it is needed."""
    code = "import json, sys, pre_labeling; print(json.dumps(sorted(sys.modules)))"
    loaded = _printed(build.pre_labeling, code)
    unwanted = ("labelwright.consolidation", "labelwright.contract.post_labeling", "boto3", "numpy")
    assert not [name for name in loaded if name.startswith(unwanted)]


def test_bytecode_is_used_as_it_is(build: HostBuild) -> None:
    """All modules are compiled, unchecked: Lambda's file times are not those of the build."""
    folders = (build.pre_labeling[0], *build.post_labeling[:2])
    for folder in folders:
        compiled = {path.name.split(".")[0] for path in folder.rglob("*.pyc")}
        assert not [path for path in folder.rglob("*.py") if path.stem not in compiled]
        flags = {path.read_bytes()[4:8] for path in folder.rglob("*.pyc")}
        assert flags == {b"\x01\0\0\0"}
