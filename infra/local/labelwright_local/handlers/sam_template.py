"""Functions that a template of SAM or CloudFormation deploys, found without running anything.

https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-function.html
"""

import atexit
import shutil
import tempfile
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from labelwright.contract.base import Json, load_json
from labelwright.errors import UsageError
from labelwright_local.handlers.references import Reference, module_file
from labelwright_local.handlers.template_values import TooMuch, Values
from labelwright_local.printable import printable

#: How a template's file may end.
ENDINGS = (".yaml", ".yml", ".json", ".template")
#: CloudFormation takes no larger one, in bytes.
_MAX_BYTES = 1024 * 1024
#: Keys of all mappings together, those that ``<<`` merges counted each time: of a template as large
#: as may be, without merges, fewer.
_MAX_PAIRS = 500_000
_SERVERLESS, _LAMBDA = "AWS::Serverless::Function", "AWS::Lambda::Function"
_LAYERS = ("AWS::Serverless::LayerVersion", "AWS::Lambda::LayerVersion")


class Deployed(NamedTuple):
    """A function of a template; ``fault`` says why it can't be run here, None where it can.

    ``words`` are what people named and described it with, ``code`` its source.
    """

    id: str
    reference: Reference | None
    fault: str | None
    words: tuple[str, ...]
    description: str
    code: str


def is_template(text: str) -> bool:
    """Tell whether a text is the name of a template rather than of a function."""
    return text.lower().endswith(ENDINGS)


def read_template(file: Path) -> list[Deployed]:
    """Return the functions of a template in its order.

    Raises:
        UsageError: it can't be read, or is no template.
    """
    template = _load(file)
    resources = template.get("Resources")
    if not isinstance(resources, dict):
        raise UsageError(f"{file}: no template of SAM or CloudFormation: it has no Resources")
    values = Values(template)
    try:
        found = [
            _Function(file, str(name), resource, values).deployed()
            for name, resource in resources.items()
            if isinstance(resource, dict) and resource.get("Type") in (_SERVERLESS, _LAMBDA)
        ]
    except TooMuch as error:
        raise UsageError(f"{file}: {error}") from None
    if not found:
        raise UsageError(f"{file}: no Lambda function is among its Resources")
    return found


def _load(file: Path) -> dict[str, Json]:
    try:
        with file.open("rb") as opened:
            data = opened.read(_MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}; --handlers names a template") from None
    if len(data) > _MAX_BYTES:
        raise UsageError(f"{file}: larger than {_MAX_BYTES:,} bytes, which no template is")
    try:
        loaded = load_json(data) if file.suffix == ".json" else yaml.load(data, _Loader)  # noqa: S506 - a safe loader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f" at line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise UsageError(f"{file}: not YAML{place}: {error.problem}") from None
    except _UNREADABLE as error:
        raise UsageError(f"{file}: it can't be read: {printable(str(error), 200)}") from None
    if not isinstance(loaded, dict):
        raise UsageError(f"{file}: no template of SAM or CloudFormation")
    return loaded


#: What PyYAML raises besides its own errors at an odd value of a named type (``!!bool x``).
_UNREADABLE = (
    yaml.YAMLError, ValueError, RecursionError, KeyError, AttributeError, TypeError, OverflowError,
)  # fmt: skip


class _Loader(yaml.SafeLoader):
    """Plain YAML, and CloudFormation's short forms: ``!Ref x`` as ``{"Ref": "x"}``."""

    _pairs = 0

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        """Merge what ``<<`` names; merges of merges grow without end, so they are counted."""
        super().flatten_mapping(node)
        self._pairs += len(node.value)
        if self._pairs > _MAX_PAIRS:
            raise yaml.YAMLError("its mappings merge more than any template has")


def _short_form(loader: _Loader, name: str, node: yaml.Node) -> dict[str, Any]:
    made: Any
    if isinstance(node, yaml.ScalarNode):
        made = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        made = loader.construct_sequence(node, deep=True)
    elif isinstance(node, yaml.MappingNode):
        made = loader.construct_mapping(node, deep=True)
    else:
        made = None
    if name == "GetAtt" and isinstance(made, str):
        made = made.split(".", 1)
    return {name if name in ("Ref", "Condition") else f"Fn::{name}": made}


_Loader.add_multi_constructor("!", _short_form)
# Dates and the like stay as they are written: "2012-10-17" is a version.
_Loader.yaml_implicit_resolvers = {
    first: [item for item in resolvers if item[0] != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


class _Function:
    """One function of a template."""

    def __init__(self, file: Path, name: str, resource: Mapping[str, Json], values: Values) -> None:
        self._file = file
        self._id = name
        self._values = values
        own = resource.get("Properties")
        own = own if isinstance(own, dict) else {}
        shared = values.globals if resource.get("Type") == _SERVERLESS else {}
        self._properties = {**shared, **own}
        self._variables = {**_variables(shared, values), **_variables(own, values)}

    def deployed(self) -> Deployed:
        """Find its code."""
        handler = self._text("Handler")
        words = (self._id, self._text("FunctionName"), handler, self._code_folder() or "")
        reference, fault = None, self._fault()
        if fault is None:
            reference = self._reference(handler)
        if fault is None and reference is None:
            fault = f"there is no {handler.rpartition('.')[0]}.py in {self._root()}"
        code = ""
        if reference is not None and reference.file is not None:
            code = reference.file.read_bytes().decode("utf-8", "replace")
        return Deployed(self._id, reference, fault, words, self._text("Description"), code)

    def _fault(self) -> str | None:
        runtime = self._text("Runtime")
        if self._text("PackageType") == "Image":
            return "it is a container image"
        if runtime and not runtime.startswith("python"):
            return f"its runtime is {printable(runtime)}, and only Python's functions run here"
        if self._is_inline() and self._inline_code() is None:
            return "its code is in the template, and can't be made out without AWS"
        if not self._text("Handler").rpartition(".")[0]:
            return "it has no Handler of the form file.function"
        if self._code_folder() is None:
            return "its code is not in a folder of this machine"
        if not self._root().is_dir():
            return f"there is no folder {self._root()}"
        return None

    def _is_inline(self) -> bool:
        code = self._properties.get("Code")
        zipped = isinstance(code, dict) and "ZipFile" in code
        return zipped or "InlineCode" in self._properties

    def _inline_code(self) -> str | None:
        code = self._properties.get("Code")
        zipped = code.get("ZipFile") if isinstance(code, dict) else None
        return self._values.text(self._properties.get("InlineCode", zipped))

    @cached_property
    def _inline_folder(self) -> Path:
        """Write code that stands in the template where it can be imported from, for this run."""
        folder = Path(tempfile.mkdtemp(prefix="labelwright-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        named = self._text("Handler").rpartition(".")[0]
        if named.isidentifier():
            (folder / f"{named}.py").write_text(self._inline_code() or "", "utf-8")
        return folder.resolve()

    def _code_folder(self) -> str | None:
        """Return what CodeUri, or a CloudFormation template before it is packaged, says."""
        if self._is_inline():
            return "."
        found = self._properties.get("CodeUri", self._properties.get("Code", "."))
        text = self._values.text(found)
        return None if text is None or "://" in text else text

    def _root(self) -> Path:
        if self._is_inline():
            return self._inline_folder
        return (self._file.parent / (self._code_folder() or ".")).resolve()

    def _reference(self, handler: str) -> Reference | None:
        named, _, function = handler.rpartition(".")
        root = self._root()
        file = module_file(root, named)
        if file is None:
            return None
        # As in Lambda: from the root of the code, whatever folder the file is in.
        module = ".".join(file.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
        name = self._text("FunctionName") or self._id
        return Reference(
            told=f"{self._file.name}:{self._id}",
            module=module,
            function=function,
            file=file,
            folders=tuple(dict.fromkeys((root, file.parent, *self._layers()))),
            function_name=name,
            variables=self._variables,
            ids=(self._id, name),
        )

    def _layers(self) -> list[Path]:
        """Return the folders of layers whose code is here; a built one has it in ``python``."""
        named = self._properties.get("Layers")
        found = []
        for layer in named if isinstance(named, list) else ():
            properties = self._values.referred(layer, _LAYERS)
            content = self._values.text(properties.get("ContentUri", properties.get("Content")))
            if content is not None and "://" not in content:
                folder = (self._file.parent / content).resolve()
                found += [place for place in (folder / "python", folder) if place.is_dir()]
        return found

    def _text(self, key: str) -> str:
        return self._values.text(self._properties.get(key)) or ""


def _variables(properties: Mapping[str, Json], values: Values) -> dict[str, str]:
    environment = properties.get("Environment")
    named = environment.get("Variables") if isinstance(environment, dict) else None
    if not isinstance(named, dict):
        return {}
    told = {str(name): values.text(value) for name, value in named.items()}
    return {name: text for name, text in told.items() if text is not None}
