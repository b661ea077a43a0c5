"""What values of a template come to on this machine, as far as that can be known without AWS."""

import re
from collections.abc import Mapping, Sequence

from labelwright.contract.base import Json
from labelwright_local.handlers.variables import as_text

_IN_SUB = re.compile(r"\$\{(!?)([^}]*)\}")
#: What AWS would say of where a stack is.
_PSEUDO = {
    "AWS::AccountId": "000000000000",
    "AWS::Partition": "aws",
    "AWS::Region": "us-east-1",
    "AWS::StackName": "local",
    "AWS::URLSuffix": "amazonaws.com",
}
#: What a resource is called, where its template says so.
_NAMES = ("BucketName", "TableName", "FunctionName", "QueueName", "TopicName", "Name")
#: References lead to references; a circle leads nowhere.
_MAX_STEPS = 20
#: References that are followed in one template, and a hundred characters made count as one: each
#: may lead to several more, and so on.
_MAX_WORK = 1_000_000


class TooMuch(Exception):
    """A template whose references would take too long to follow."""


class Values:
    """Resolves Ref, Fn::Sub, Fn::Join and Fn::GetAtt by a template's own defaults and names."""

    def __init__(self, template: Mapping[str, Json]) -> None:
        self._parameters = _part(template, "Parameters")
        self._resources = _part(template, "Resources")
        self.globals = _part(_part(template, "Globals"), "Function")
        self._left = _MAX_WORK

    def text(self, value: Json, steps: int = 0) -> str | None:
        """Return what a value comes to as a text; None where that can't be known.

        Raises:
            TooMuch: all that was asked for so far takes too many references.
        """
        made = self._text(value, steps)
        self._left -= 1 + len(made or "") // 100
        if self._left < 0:
            raise TooMuch("its references lead to too many others to follow them all")
        return made

    def _text(self, value: Json, steps: int) -> str | None:
        if steps > _MAX_STEPS:
            return None
        if not isinstance(value, dict):
            return as_text(value)
        if len(value) != 1:
            return None
        [(name, argument)] = value.items()
        if name == "Ref":
            return self._ref(argument, steps + 1)
        if name == "Fn::Sub":
            return self._sub(argument, steps + 1)
        if name == "Fn::Join":
            return self._join(argument, steps + 1)
        if name == "Fn::GetAtt" and isinstance(argument, list) and argument:
            return ".".join(map(str, argument))
        return None

    def referred(self, value: Json, types: Sequence[str]) -> Mapping[str, Json]:
        """Return the properties of the resource that a ``Ref`` names, none if not of the types."""
        name = value.get("Ref") if isinstance(value, dict) else None
        resource = _part(self._resources, name) if isinstance(name, str) else {}
        return _part(resource, "Properties") if resource.get("Type") in types else {}

    def _ref(self, name: Json, steps: int) -> str | None:
        if not isinstance(name, str):
            return None
        if name in _PSEUDO:
            return _PSEUDO[name]
        if name in self._parameters:
            return self.text(_part(self._parameters, name).get("Default"), steps)
        if name not in self._resources:
            return None
        properties = _part(_part(self._resources, name), "Properties")
        called = (self.text(properties.get(key), steps) for key in _NAMES)
        return next((text for text in called if text), name)

    def _sub(self, argument: Json, steps: int) -> str | None:
        text, own = argument, {}
        if isinstance(argument, list) and len(argument) == 2 and isinstance(argument[1], dict):
            text, own = argument
        if not isinstance(text, str):
            return None
        missing = False

        def filled(found: re.Match[str]) -> str:
            nonlocal missing
            if found[1]:
                return f"${{{found[2]}}}"
            name = found[2].strip()
            value = self.text(own[name], steps) if name in own else self._attribute(name, steps)
            missing = missing or value is None
            return value or ""

        made = _IN_SUB.sub(filled, text)
        return None if missing else made

    def _attribute(self, name: str, steps: int) -> str | None:
        return name if "." in name else self._ref(name, steps)

    def _join(self, argument: Json, steps: int) -> str | None:
        if not (isinstance(argument, list) and len(argument) == 2):
            return None
        between, parts = argument
        if not isinstance(between, str) or not isinstance(parts, list):
            return None
        texts = [self.text(part, steps) for part in parts]
        known = [text for text in texts if text is not None]
        return between.join(known) if len(known) == len(texts) else None


def _part(whole: Mapping[str, Json], name: str) -> dict[str, Json]:
    found = whole.get(name)
    return found if isinstance(found, dict) else {}
