"""What ``--handlers`` names: two functions, by their files or by a template that deploys them."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from labelwright.errors import UsageError

FORM = (
    "--handlers takes two functions, pre-labeling first, as in my_lambdas:pre,my_lambdas:post, "
    "src/gt-pre.py:lambda_handler or gt-pre.lambda_handler (as in Handler), each empty where the "
    "job has none; or a template.yaml that deploys both; or none"
)
#: In the place of a function, or of both: the job has none.
NONE = "none"
_RELATIVE = re.compile(rb"^\s*from\s+\.", re.MULTILINE)
#: How many files a message names.
_NAMED = 10


class Reference(NamedTuple):
    """A function and where it is.

    ``told`` is how messages name it, ``function_name`` what Lambda would call it. ``module`` is
    imported with ``folders`` in front of the path, and has to be ``file``, None where it is an
    installed one. ``variables`` are those that its template sets; ``ids`` are the names under which
    SAM's env.json may have more.
    """

    told: str
    module: str
    function: str
    file: Path | None
    folders: tuple[Path, ...]
    function_name: str
    variables: Mapping[str, str]
    ids: tuple[str, ...]


def find_function(text: str, folder: Path) -> Reference:
    """Find a function that is named by its file.

    ``module:function`` and ``package.module:function`` as in Python, ``dir/file:function`` and
    ``dir/file.py:function`` as a path, ``dir/file.function`` as Lambda's Handler; any file name.

    Raises:
        UsageError: it has none of these forms, or there is no such file.
    """
    named, colon, function = text.rpartition(":")
    if not colon:
        named, _, function = text.rpartition(".")
    named = named.removesuffix(".py").replace("\\", "/")
    if not named or not function.isidentifier():
        raise UsageError(f"{text!r}: {FORM}")
    found = module_file(folder, named)
    if found is None:
        if not all(part.isidentifier() for part in named.split(".")):
            raise UsageError(f"{text}: {_no_file(folder, named)}")
        return Reference(text, named, function, None, (folder,), function, {}, (function, named))
    name, own = _imported_as(found, folder, named)
    ids = (function, found.stem)
    return Reference(text, name, function, found, (own, folder), function, {}, ids)


def module_file(folder: Path, named: str) -> Path | None:
    """Return the file of a module that is named by a path or with dots, None if there is none."""
    for form in dict.fromkeys((named, named.replace(".", "/"))):
        for file in (folder / f"{form}.py", folder / form / "__init__.py"):
            if file.is_file():
                return file
    return None


def _imported_as(file: Path, folder: Path, named: str) -> tuple[str, Path]:
    """Return a module's name for ``import``, and the folder that it lies in itself.

    A file that is named by its path is a module on its own, unless it is part of a package.
    """
    own = file.parent.parent if file.name == "__init__.py" else file.parent
    stem = file.parent.name if file.name == "__init__.py" else file.stem
    try:
        parts = file.relative_to(folder).with_suffix("").parts
    except ValueError:
        return stem, own
    parts = parts[:-1] if parts[-1] == "__init__" else parts
    if any("." in part for part in parts):
        return stem, own
    if "/" in named and not _is_in_package(file):
        return stem, own
    return ".".join(parts), own


def _is_in_package(file: Path) -> bool:
    if (file.parent / "__init__.py").is_file() and file.name != "__init__.py":
        return True
    try:
        return _RELATIVE.search(file.read_bytes()) is not None
    except OSError:
        return False


def _no_file(folder: Path, named: str) -> str:
    below = (folder / named).parent
    there = sorted(file.name for file in below.glob("*.py")) if below.is_dir() else []
    told = f"there is no file {named}.py in {folder}"
    if not there:
        return told
    more = f" and {len(there) - _NAMED} more" if len(there) > _NAMED else ""
    return f"{told}; {below} has {', '.join(there[:_NAMED])}{more}"
