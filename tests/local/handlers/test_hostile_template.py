"""Templates of SAM and CloudFormation that are made to hang, fill or trip whoever reads them."""

from pathlib import Path

import pytest

from labelwright.errors import UsageError
from labelwright_local.handlers.sam_template import Deployed, read_template

FUNCTION = """Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handle
      CodeUri: src
"""
#: A list that joins itself, eight times each time.
JOINS = '&a {"Fn::Join": ["", [*a, *a, *a, *a, *a, *a, *a, *a]]}'
NINE = "".join(f'  P{n}: {{Default: {{"Fn::Sub": "{f"${{P{n + 1}}}" * 9}"}}}}\n' for n in range(15))
MERGES = "x0: &x0 {a: 1, b: 2}\n" + "".join(
    f"x{n}: &x{n} {{<<: [{', '.join([f'*x{n - 1}'] * 10)}]}}\n" for n in range(1, 9)
)


def read(folder: Path, text: str) -> list[Deployed]:
    """Write a template beside a function's file, and read it."""
    (folder / "src").mkdir()
    (folder / "src" / "app.py").write_text("def handle(event, context): return {}\n", "utf-8")
    file = folder / "template.yaml"
    file.write_text(text, "utf-8")
    return read_template(file)


@pytest.mark.parametrize(
    "text",
    [
        FUNCTION.replace("src", JOINS),
        FUNCTION + f"      Environment: {{Variables: {{E: {JOINS}}}}}\n",
        f"Parameters:\n{NINE}{FUNCTION.replace('src', '!Sub ${P0}')}",
        MERGES + FUNCTION,
    ],
    ids=["joins", "a variable", "references", "merges"],
)
def test_what_grows_with_each_reference_is_an_error_that_names_the_template(
    text: str, tmp_path: Path
) -> None:
    """A few hundred bytes could stand for more than any memory holds."""
    with pytest.raises(UsageError, match=r"template\.yaml: .*(references lead|merge more)"):
        read(tmp_path, text)


@pytest.mark.parametrize("value", ["!!bool x", "!!timestamp x", "!!int x", "!!float x"])
def test_a_value_that_is_not_of_its_named_type_is_an_error(value: str, tmp_path: Path) -> None:
    """The template is named."""
    with pytest.raises(UsageError, match=r"template\.yaml: it can't be read"):
        read(tmp_path, f"{FUNCTION}other: {value}\n")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("src", r'"s\0rc"'),
        ("src", r'"s\ud800rc"'),
        ("app.handle", r'"a\0pp.handle"'),
        ("CodeUri: src", r'InlineCode: "x = 1 # \ud800"'),
    ],
)
def test_a_name_that_no_file_can_have_is_told_of_the_function(
    old: str, new: str, tmp_path: Path
) -> None:
    """The template's other functions can still be run."""
    (found,) = read(tmp_path, FUNCTION.replace(old, new))
    assert (found.reference, bool(found.fault)) == (None, True)


def test_variables_that_no_environment_can_hold_are_left_out(tmp_path: Path) -> None:
    """The function has the others."""
    told = r'      Environment: {Variables: {A: "\0", B: "\ud800", C: good}}'
    (found,) = read(tmp_path, f"{FUNCTION}{told}\n")
    assert found.reference is not None
    assert found.reference.variables == {"C": "good"}
