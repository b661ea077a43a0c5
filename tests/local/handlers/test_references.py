"""Functions that are named by their files, in every way that people and Lambda name them."""

from pathlib import Path

import pytest

from labelwright.errors import UsageError
from labelwright_local.handlers.references import find_function
from labelwright_local.handlers.roles import find_functions


def written(folder: Path, *files: str) -> Path:
    """Write empty modules."""
    for name in files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("", "utf-8")
    return folder


@pytest.mark.parametrize(
    ("text", "file", "module"),
    [
        ("mine:handler", "mine.py", "mine"),
        ("mine.py:handler", "mine.py", "mine"),
        ("gt-pre:handler", "gt-pre.py", "gt-pre"),
        ("gt-pre.handler", "gt-pre.py", "gt-pre"),
        ("src/gt-pre:handler", "src/gt-pre.py", "gt-pre"),
        ("src/gt-pre.py:handler", "src/gt-pre.py", "gt-pre"),
        ("src/gt-pre.handler", "src/gt-pre.py", "gt-pre"),
        ("src\\gt-pre.handler", "src/gt-pre.py", "gt-pre"),
        ("package.mine:handler", "package/mine.py", "package.mine"),
        ("package.mine.handler", "package/mine.py", "package.mine"),
        ("package:handler", "package/__init__.py", "package"),
        ("v1.2/mine:handler", "v1.2/mine.py", "mine"),
    ],
)
def test_a_function_is_found_by_any_form_of_its_name(
    tmp_path: Path, text: str, file: str, module: str
) -> None:
    """As Python names modules, as files are named, as Lambda names a Handler."""
    written(tmp_path, file)
    found = find_function(text, tmp_path)
    assert (found.file, found.module, found.function) == (tmp_path / file, module, "handler")


def test_a_files_own_folder_comes_first(tmp_path: Path) -> None:
    """Then the folder that the command is called in."""
    written(tmp_path, "src/mine.py")
    assert find_function("src/mine:f", tmp_path).folders == (tmp_path / "src", tmp_path)


@pytest.mark.parametrize("marks", ["src/__init__.py", "src/other.py"])
def test_a_file_of_a_package_is_imported_as_part_of_it(tmp_path: Path, marks: str) -> None:
    """So that what it imports from beside itself is found."""
    written(tmp_path, "src/mine.py", marks)
    if not marks.endswith("__init__.py"):
        (tmp_path / "src" / "mine.py").write_text("from .other import x", "utf-8")
    assert find_function("src/mine:f", tmp_path).module == "src.mine"


def test_a_file_elsewhere_is_found(tmp_path: Path) -> None:
    """By its whole path, or one that leads upwards."""
    written(tmp_path, "there/mine.py", "here/other.py")
    for text in (f"{tmp_path}/there/mine:f", "../there/mine:f"):
        found = find_function(text, tmp_path / "here")
        assert found.module == "mine"
        assert found.folders[0].resolve() == tmp_path / "there"


def test_a_file_that_is_not_there_is_told_with_those_that_are(tmp_path: Path) -> None:
    """In the folder that was named."""
    written(tmp_path, "src/gt-post.py", "src/gt-pre.py")
    with pytest.raises(UsageError, match=r"no file src/gt-per\.py .* has gt-post\.py, gt-pre\.py"):
        find_function("src/gt-per:handler", tmp_path)


@pytest.mark.parametrize(
    ("text", "pre", "post"),
    [
        ("none", False, False),
        ("none,none", False, False),
        ("mine:pre,", True, False),
        ("mine:pre,none", True, False),
        (",mine:post", False, True),
        ("mine:pre, mine:post", True, True),
    ],
)
def test_a_job_may_have_one_function_or_none(
    tmp_path: Path, text: str, pre: bool, post: bool
) -> None:
    """As in the service, where both are optional."""
    found = find_functions(text, written(tmp_path, "mine.py"))
    assert (found.pre is not None, found.post is not None) == (pre, post)
