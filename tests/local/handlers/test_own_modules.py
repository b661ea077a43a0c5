"""Modules of one name side by side, and what a function's variables reach."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy
import pytest

import pre_labeling
from labelwright_local.handlers.own_modules import OwnModules


def written(folder: Path, name: str, source: str) -> Path:
    """Write a module into a folder, which is made."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.py").write_text(source, "utf-8")
    return folder


@pytest.fixture(autouse=True)
def _untouched() -> Iterator[None]:
    """Hold that nothing of the process is changed at the end."""
    path, modules, environment = list(sys.path), dict(sys.modules), dict(os.environ)
    yield
    environment["PYTEST_CURRENT_TEST"] = os.environ["PYTEST_CURRENT_TEST"]
    assert sys.path == path
    assert {name: sys.modules.get(name) for name in modules} == modules
    assert dict(os.environ) == environment


APP = "import utils\ndef told():\n    import late\n    return utils.NAME, late.NAME\n"


def test_two_apps_have_each_their_own_helpers(tmp_path: Path) -> None:
    """Of the same names, also those that they import when they are called."""
    spaces = []
    for name in ("before", "after"):
        folder = written(tmp_path / name, "app", APP)
        written(folder, "utils", f"NAME = '{name}'")
        written(folder, "late", f"NAME = 'late {name}'")
        spaces.append((OwnModules([folder], {}), name))
    loaded = [(space, space.load("app"), name) for space, name in spaces]
    for _ in range(2):
        for space, app, name in loaded:
            with space.in_place():
                assert app.told() == (name, f"late {name}")
    assert "app" not in sys.modules
    assert "utils" not in sys.modules


def test_a_module_is_run_once(tmp_path: Path) -> None:
    """What it counts, it goes on counting."""
    folder = written(
        tmp_path, "counts", "N = 0\ndef up():\n    global N\n    N += 1\n    return N\n"
    )
    space = OwnModules([folder], {})
    space.load("counts")
    for expected in (1, 2):
        with space.in_place():
            import counts  # type: ignore[import-not-found]

            assert counts.up() == expected


def test_the_first_folder_wins(tmp_path: Path) -> None:
    """And the second is looked into for the rest."""
    first = written(tmp_path / "a", "utils", "NAME = 'a'")
    second = written(tmp_path / "b", "utils", "NAME = 'b'")
    written(second, "only", "from utils import NAME")
    assert OwnModules([first, second], {}).load("only").NAME == "a"


def test_a_package_with_relative_imports_is_a_package(tmp_path: Path) -> None:
    """Also one without ``__init__.py``, as Lambda takes it."""
    written(tmp_path / "src", "app", "from .utils import NAME")
    written(tmp_path / "src", "utils", "NAME = 'src'")
    assert OwnModules([tmp_path], {}).load("src.app").NAME == "src"
    assert "src" not in sys.modules


def test_our_own_modules_are_there_again(tmp_path: Path) -> None:
    """Whatever a user's is called, and what it does when it fails."""
    folder = written(tmp_path, "pre_labeling", "NAME = 1\n")
    assert OwnModules([folder], {}).load("pre_labeling").NAME == 1
    assert sys.modules["pre_labeling"] is pre_labeling
    written(folder, "pre_labeling", "raise KeyError\n")
    with pytest.raises(KeyError):
        OwnModules([folder], {}).load("pre_labeling")
    assert sys.modules["pre_labeling"] is pre_labeling


def test_the_standard_library_and_what_is_installed_are_shared(tmp_path: Path) -> None:
    """A folder with a ``json.py`` changes nobody's JSON; packages in it are loaded once."""
    folder = written(tmp_path, "json", "raise KeyError")
    written(folder, "app", "import json\nimport mine\nimport vendored_here\n")
    (folder / "vendored_here").mkdir()
    written(folder / "vendored_here", "__init__", "")
    record = folder / "vendored_here-1.0.dist-info" / "RECORD"
    record.parent.mkdir()
    record.write_text("vendored_here/__init__.py,,\n", "utf-8")
    written(folder / "mine", "__init__", "")
    found = [OwnModules([folder], {}).load("app") for _ in range(2)]
    assert found[0].json.dumps([1]) == "[1]"
    assert found[0] is not found[1]
    assert found[0].vendored_here is found[1].vendored_here
    assert found[0].mine is not found[1].mine
    del sys.modules["vendored_here"]


def test_variables_are_there_while_a_function_is(tmp_path: Path) -> None:
    """On import and in calls; before and after the environment is what it was."""
    os.environ["LW_TEST_KEPT"] = "before"
    variables = {"LW_TEST_KEPT": "mine", "LW_TEST_NEW": "1"}
    source = "import os\nSEEN = os.environ['LW_TEST_KEPT'], os.environ['LW_TEST_NEW']\n"
    space = OwnModules([written(tmp_path, "app", source)], variables)
    assert space.load("app").SEEN == ("mine", "1")
    assert os.environ["LW_TEST_KEPT"] == "before"
    assert "LW_TEST_NEW" not in os.environ
    del os.environ["LW_TEST_KEPT"]


def test_a_folder_with_the_name_of_a_package_hides_it_from_nobody(tmp_path: Path) -> None:
    """Of data, say: Python, too, would take the package."""
    (tmp_path / "numpy").mkdir()
    source = "import numpy\nMAIN = numpy.arange(3).sum()\n"
    space = OwnModules([written(tmp_path, "app", source)], {})
    assert space.load("app").numpy is numpy
