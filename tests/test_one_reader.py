"""Our label is taken apart in one place: everything else asks its reader."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

#: Who writes the label, and who reads it.
AT_HOME = {
    "functions/labelwright/contract/own_label.py",
    "functions/labelwright/label/model.py",
}

#: What only a label of ours has; these strings have no business elsewhere, docstrings excepted.
ONLY_OURS = {
    "labelwright/1",
    "labelwright/",
    "annotationsFromAllWorkers",
    "annotationsRef",
    "valueRef",
    "undeclared",
}

#: Keys that other JSON has, too. On something called a label they are ours.
ALSO_OTHERS = {
    "schema", "fields", "scope", "problems", "error", "kind", "value", "confidence", "method",
    "workers", "votes", "tie", "offsets",
}  # fmt: skip


def modules() -> list[Path]:
    """Return all modules of ours that are no tests."""
    found = [path for top in ("functions", "infra") for path in (ROOT / top).rglob("*.py")]
    return [path for path in found if not {".venv", "build", ".aws-sam"} & set(path.parts)]


def taken_apart(source: str) -> Iterator[int]:
    """Yield the lines on which a label of ours is taken apart by its keys."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case (
                ast.Subscript(value=base, slice=ast.Constant(value=str(key)))
                | ast.Call(
                    func=ast.Attribute(value=base, attr="get" | "pop"),
                    args=[ast.Constant(value=str(key)), *_],
                )
                | ast.Compare(
                    left=ast.Constant(value=str(key)), ops=[ast.In() | ast.NotIn()],
                    comparators=[base],
                )
            ):  # fmt: skip
                if key in ONLY_OURS or (key in ALSO_OTHERS and _is_label(base)):
                    yield node.lineno
            case ast.Compare(comparators=others) if any(map(_is_schema, (node.left, *others))):
                yield node.lineno
            case ast.Call(func=ast.Attribute(attr="startswith"), args=[first, *_]):
                if _is_schema(first):
                    yield node.lineno
            case ast.MatchMapping(keys=keys) if any(_holds_ours(key) for key in keys):
                yield node.lineno


def _is_schema(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value in ("labelwright/1", "labelwright/")


def _holds_ours(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value in ONLY_OURS


def _is_label(node: ast.AST) -> bool:
    """Tell a label, or what lies in one, by the name it goes by."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name == "label" or name.endswith("_label")
        case ast.Subscript(value=base):
            return _is_label(base) or (isinstance(base, ast.Name) and base.id == "labels")
        case ast.Call(func=ast.Attribute(value=base, attr="get")):
            return _is_label(base) or (isinstance(base, ast.Name) and base.id == "labels")
    return False


def test_nobody_but_the_reader_takes_a_label_of_ours_apart() -> None:
    """A label's parts may lie in a file, which whoever picks at its keys does not see."""
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in modules()
        if path.relative_to(ROOT).as_posix() not in AT_HOME
        for line in taken_apart(path.read_text(encoding="utf-8"))
    ]
    assert found == [], "ask labelwright.contract.own_label.read_label instead"


def test_the_reader_itself_would_be_found() -> None:
    """What is looked for is what a reader does."""
    reader = ROOT / "functions/labelwright/contract/own_label.py"
    assert list(taken_apart(reader.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    "line",
    [
        'label["annotationsRef"]',
        'found.get("valueRef")',
        'item.get("undeclared", ())',
        'label["fields"][name]',
        'label["fields"].items()',
        'labels[task]["fields"].get(field)',
        'outcome.label["error"]',
        'label["fields"]["a"]["votes"]',
        'value.get("schema") == "labelwright/1"',
        '"labelwright/1" != value["schema"]',
        'str(value.get("schema")).startswith("labelwright/")',
        '"annotationsRef" in value',
        'match value:\n case {"valueRef": uri}: pass',
    ],
)
def test_picking_at_keys_is_found(line: str) -> None:
    """As it was done in nine places."""
    assert list(taken_apart(line))


@pytest.mark.parametrize(
    "line",
    [
        '"""A label of ours (``labelwright/1``)."""',
        'raise ValueError("the file that its valueRef names")',
        'value["fields"]',
        'request["error"]',
        "label.fields[name].votes",
        'f"{own}/labelwright/labels"',
    ],
)
def test_words_and_other_json_are_left_alone(line: str) -> None:
    """Other JSON has fields and errors, too."""
    assert not list(taken_apart(line))
