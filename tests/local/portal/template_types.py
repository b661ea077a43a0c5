"""What a template asks of the values that it is given, read from its source and their types."""

import types
import typing
from collections.abc import Iterator
from functools import partial
from typing import Any

from jinja2 import Environment, nodes

#: A template's variables by name; of a type that is not in it, or is no class, nothing is known.
Names = dict[str, Any]


def unknown_attributes(environment: Environment, template: str, names: Names) -> list[str]:
    """Return where a template asks a value for an attribute that the value's type has not.

    Loops, ``set``, filters and imported macros are followed; values within free JSON are not.
    """
    tree = parsed(environment, template)
    macros: dict[str, nodes.Macro] = {}
    for found in tree.find_all(nodes.FromImport):
        assert isinstance(found.template, nodes.Const)
        library = parsed(environment, found.template.value)
        macros |= {macro.name: macro for macro in library.find_all(nodes.Macro)}
    return [
        f"{template}, line {line}: {owner.__name__} has no '{name}'"
        for line, owner, name in _Reader(environment, macros).read(tree, dict(names))
    ]


def parsed(environment: Environment, template: str) -> nodes.Template:
    """Return a template's syntax tree."""
    assert environment.loader is not None
    source, _, _ = environment.loader.get_source(environment, template)
    return environment.parse(source, template)


class _Reader(typing.NamedTuple):
    environment: Environment
    macros: dict[str, nodes.Macro]

    def read(self, node: nodes.Node, names: Names) -> Iterator[tuple[int, type, str]]:
        if isinstance(node, nodes.Macro):
            return  # read where it is called, when its arguments are known
        if isinstance(node, nodes.For):
            yield from self.read(node.iter, names)
            items = typing.get_args(self.type_of(node.iter, names))
            assert isinstance(node.target, nodes.Name)
            inner = {**names, node.target.name: items[0] if items else None}
            for child in [*node.body, *node.else_]:
                yield from self.read(child, inner)
            return
        if isinstance(node, nodes.Assign) and isinstance(node.target, nodes.Name):
            # In place: what follows in the same body knows it.
            names[node.target.name] = self.type_of(node.node, names)
        if isinstance(node, nodes.Getattr):
            owner = self.type_of(node.node, names)
            if isinstance(owner, type) and not _has(owner, node.attr):
                yield node.lineno, owner, node.attr
        if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name):
            macro = self.macros.get(node.node.name)
            if macro is not None:
                given = [self.type_of(argument, names) for argument in node.args]
                inner = dict(zip((argument.name for argument in macro.args), given, strict=True))
                for child in macro.body:
                    yield from self.read(child, inner)
        for child in node.iter_child_nodes():
            yield from self.read(child, names)

    def type_of(self, node: nodes.Node | None, names: Names) -> Any:
        """Return an expression's type without its None; None where it is not known."""
        found: Any = None
        if isinstance(node, nodes.Name):
            found = names.get(node.name)
        elif isinstance(node, nodes.Getattr):
            owner = self.type_of(node.node, names)
            found = typing.get_type_hints(owner).get(node.attr) if _is_ours(owner) else None
        elif isinstance(node, nodes.Filter):
            function = self.environment.filters[node.name]
            function = function.func if isinstance(function, partial) else function
            found = typing.get_type_hints(function).get("return")
        if isinstance(found, types.UnionType) or typing.get_origin(found) is typing.Union:
            kinds = [kind for kind in typing.get_args(found) if kind is not type(None)]
            found = kinds[0] if len(kinds) == 1 else None
        return None if found is Any else found


def _is_ours(owner: Any) -> bool:
    return isinstance(owner, type) and owner.__module__.startswith("labelwright")


def _has(owner: type, name: str) -> bool:
    return hasattr(owner, name) or name in typing.get_type_hints(owner)
