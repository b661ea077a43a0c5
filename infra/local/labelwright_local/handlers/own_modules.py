"""The modules of one function: from its own folders, side by side with others' of one name.

Two functions of a SAM project may each have an ``app.py`` and a ``utils.py``. In Lambda each has a
process of its own; here each has its modules in ``sys.modules``, its folders in front of
``sys.path`` and its variables in the environment as long as it is imported or called, no longer.
"""

import importlib
import os
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import ModuleType

#: One function at a time: what they exchange is the whole process's.
_LOCK = threading.RLock()


class OwnModules:
    """What can be imported from some folders, the first of them first, kept apart from the rest.

    The standard library's modules stay what they are, and so do packages that were installed into
    the folders (``pip install --target``): these are shared.
    """

    def __init__(self, folders: Sequence[Path], variables: Mapping[str, str]) -> None:
        self._folders = [str(folder.resolve()) for folder in folders]
        self._variables = dict(variables)
        self._modules: dict[str, ModuleType] = {}
        names = {name for folder in self._folders for name in _importable(folder)}
        # Ours, where the folder is our own: what is there already is what would be imported.
        self._names = {name for name in names if not self._is_own(name)}

    def load(self, name: str) -> ModuleType:
        """Import a module; whatever it raises passes."""
        with self.in_place():
            return importlib.import_module(name)

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """Let imports find these modules, and the function its variables, as long as this lasts."""
        with _LOCK:
            path, environment = list(sys.path), dict(os.environ)
            hidden = self._taken()
            sys.path[:0] = self._folders
            sys.modules.update(self._modules)
            os.environ.update(self._variables)
            try:
                yield
            finally:
                taken = self._taken()
                self._modules = {
                    name: module
                    for name, module in taken.items()
                    if self._is_own(name.partition(".")[0], taken)
                }
                others = taken.keys() - self._modules.keys()
                sys.modules.update({name: taken[name] for name in others})
                sys.modules.update(hidden)
                sys.path[:] = path
                for name in self._variables:
                    if name in environment:
                        os.environ[name] = environment[name]
                    else:
                        os.environ.pop(name, None)

    def _taken(self) -> dict[str, ModuleType]:
        """Take the modules with names of ours out of ``sys.modules``."""
        # A list, since other threads import meanwhile.
        named = [name for name in list(sys.modules) if name.partition(".")[0] in self._names]
        return {name: sys.modules.pop(name) for name in named}

    def _is_own(self, top: str, modules: Mapping[str, ModuleType] | None = None) -> bool:
        """Tell whether a module at the top lies in one of the folders."""
        module = (sys.modules if modules is None else modules).get(top)
        if module is None:
            return False
        places = list(getattr(module, "__path__", ())) or [getattr(module, "__file__", None) or ""]
        return any(str(Path(place).resolve().parent) in self._folders for place in places)


def _importable(folder: str) -> Iterator[str]:
    """Yield the names of modules that lie in a folder, but for what was installed into it."""
    try:
        there = sorted(Path(folder).iterdir())
    except OSError:
        return
    shared = {*sys.stdlib_module_names, *_installed(there)}
    for path in there:
        name, _, ending = path.name.partition(".")
        if name not in shared and (ending == "py" or (not ending and _is_package(path))):
            yield name


def _is_package(path: Path) -> bool:
    """Tell whether an import would find a folder: without ``__init__.py`` it comes last."""
    return path.is_dir() and ((path / "__init__.py").is_file() or path.name not in sys.modules)


def _installed(there: Sequence[Path]) -> Iterator[str]:
    """Yield the names at the top of what pip installed into a folder, as its records say."""
    for path in there:
        if path.name.endswith(".dist-info"):
            with suppress(OSError, UnicodeDecodeError):
                for line in (path / "RECORD").read_text("utf-8").splitlines():
                    yield line.partition(",")[0].partition("/")[0].partition(".")[0]
