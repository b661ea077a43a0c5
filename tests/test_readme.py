"""The front page is short and true, and each room's README names all that it has to."""

import ast
import re
import subprocess
import tomllib
from itertools import chain
from pathlib import Path

from labelwright import errors
from labelwright.consolidation.methods import METHODS
from labelwright.task.definition import FieldDefinition, Kind, TaskDefinition
from labelwright.task.skip import SkipRule
from labelwright_local.engine.state import schema
from tests.markdown import FRONT_PAGE, ROOT, blocks, read, section

FRONT = read(FRONT_PAGE)
FUNCTIONS = read(ROOT / "functions" / "README.md")
TEMPLATES = read(ROOT / "templates" / "README.md")
INFRA = read(ROOT / "infra" / "README.md")
TESTS = read(ROOT / "tests" / "README.md")
LOCAL = read(ROOT / "infra" / "local" / "README.md")
ROOMS = ROOT / "infra" / "local" / "labelwright_local"
HANDLERS = {"pre_labeling", "post_labeling"}


def test_the_front_page_is_read_in_one_go() -> None:
    """At most 200 lines."""
    assert len(FRONT.splitlines()) <= 200


def test_the_front_page_begins_with_what_this_is() -> None:
    """Two functions, and the laptop, in the first sentence; then both views."""
    first = FRONT.split("\n\n")[1].replace("\n", " ")
    assert first.startswith("Two Lambda functions for Amazon SageMaker Ground Truth custom")
    assert "laptop" in first
    assert FRONT.index("web/screenshots/") < FRONT.index("## ")


def test_each_way_to_use_it_takes_at_most_twelve_lines() -> None:
    """Deploy, choose the functions, replay an event."""
    for heading in (
        "## Deploy with `sam deploy`",
        "## Choose the Lambdas in the Ground Truth console",
        "## Replay an event",
    ):
        told = section(FRONT, heading)
        steps = "".join(blocks(told, "sh")).splitlines() + re.findall(r"^\d\. ", told, re.MULTILINE)
        assert 0 < len(steps) <= 12, heading


def test_every_make_target_is_told() -> None:
    """All but `make help`, which lists them."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    assert {target for target in targets if f"`make {target}`" not in FRONT} == {"help"}


def test_make_alone_lists_every_target() -> None:
    """Each with what it does."""
    text = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z-]+):", text, flags=re.MULTILINE)) - {"help"}
    told = subprocess.run(["make", "-s"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert set(re.findall(r"^make ([a-z-]+) +\S", told.stdout, flags=re.MULTILINE)) == targets


def test_the_version_of_python_needed_is_that_of_the_package() -> None:
    """Said once, meant once."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    minimum = project["requires-python"].removeprefix(">=")
    assert f"Python {minimum} or newer" in FRONT


def test_every_marker_of_tests_is_told() -> None:
    """Who is skipped, and why."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["pytest"]
    markers = [line.split(":")[0] for line in settings["ini_options"]["markers"]]
    assert markers
    assert [marker for marker in markers if f"| `{marker}` |" not in TESTS] == []


def test_kinds_and_methods_are_named() -> None:
    """Every kind that can be declared, with every method it has."""
    told = section(FUNCTIONS, "## Consolidation")
    for kind, methods in METHODS.items():
        if kind is Kind.UNKNOWN:
            continue
        (row,) = re.findall(rf"^\| `{kind}` \|.*$", told, flags=re.MULTILINE)
        assert all(f"`{method}`" in row for method in methods), row


def test_each_kind_says_what_its_value_is_in_a_label() -> None:
    """The one place where the form of values in labels is told."""
    told = section(FUNCTIONS, "## The label")
    table = told.split("| kind | `value` |")[1].split("\n\n")[0]
    kinds = {kind.value for kind in Kind if kind is not Kind.UNKNOWN}
    named = re.findall(r"^\| (`.*?) \|", table, flags=re.MULTILINE)
    assert set(re.findall(r"`(\w+)`", " ".join(named))) == kinds


def test_the_table_of_fields_names_each_kind() -> None:
    """What can be declared."""
    (row,) = re.findall(r"^\| `kind` \| (.*)$", TEMPLATES, flags=re.MULTILINE)
    assert set(re.findall(r"`(\w+)`", row)) == {k.value for k in Kind if k is not Kind.UNKNOWN}


def test_methods_that_learn_from_the_whole_job_are_named() -> None:
    """Their labels depend on earlier batches."""
    (told,) = re.findall(r"Methods that learn skill \((.*?)\)", FUNCTIONS, flags=re.DOTALL)
    learning = {
        name for methods in METHODS.values() for name, method in methods.items() if method.learns
    }
    assert set(re.findall(r"`([\w-]+)`", told)) == learning


def test_every_variable_that_handlers_read_is_named() -> None:
    """What the stack sets can be set elsewhere."""
    sources = [path.read_text() for path in (ROOT / "functions").glob("*.py")]
    sources.append((ROOT / "functions/labelwright_lambda/settings.py").read_text())
    read_ones = set(re.findall(r'environment?\.get\("([A-Z_]+)"', "".join(sources)))
    assert len(read_ones) > 4
    assert all(f"`{name}`" in FUNCTIONS for name in read_ones)


def test_every_key_of_the_task_definition_and_every_skip_rule_is_named() -> None:
    """A reader finds all of task.toml."""
    told = section(TEMPLATES, "## The task definition")
    rules = SkipRule.model_fields["when"].annotation
    keys = chain(TaskDefinition.model_fields, FieldDefinition.model_fields, SkipRule.model_fields)
    named = [*keys, *rules.__args__]  # type: ignore[union-attr]
    assert [key for key in named if f"`{key}`" not in told] == []


def test_every_parameter_and_output_of_the_stack_is_named() -> None:
    """What `sam deploy --guided` asks for is explained, and where its outputs go."""
    template = (ROOT / "infra" / "template.yaml").read_text(encoding="utf-8")
    names = [*entries(template, "Parameters"), *entries(template, "Outputs")]
    assert len(names) > 10
    assert [name for name in names if f"`{name}`" not in INFRA] == []


def entries(template: str, part: str) -> list[str]:
    """Return the names in a section of the template."""
    (body,) = re.findall(rf"^{part}:\n(.*?)(?=^\S|\Z)", template, flags=re.MULTILINE | re.DOTALL)
    return re.findall(r"^  (\w+):", body, flags=re.MULTILINE)


def test_the_troubleshooting_has_every_error_code_and_no_other() -> None:
    """What a deployed function logs can be looked up."""
    told = section(INFRA, "## Troubleshooting")
    tree = [error for error in vars(errors).values() if isinstance(error, type)]
    codes = {error.code for error in tree if issubclass(error, errors.LabelwrightError)}
    # Two are raised by their subclasses only, the third by commands only.
    never = {errors.LabelwrightError.code, errors.TextError.code, errors.UsageError.code}
    assert set(re.findall(r"`\[([a-z-]+)\]`", told)) == codes - never


def test_every_table_of_the_state_file_is_told() -> None:
    """Who opens one with sqlite3 knows what they see."""
    told = section(LOCAL, "### The state file")
    source = Path(schema.__file__).read_text(encoding="utf-8")
    tables = set(re.findall(r"CREATE TABLE (\w+)", source))
    rows = re.findall(r"^\| (`.*?) \|", told, flags=re.MULTILINE)
    assert set(re.findall(r"`(\w+)`", " ".join(rows))) == tables


def test_the_map_of_rooms_says_what_imports_what() -> None:
    """Every room of the laptop has its line, and the line has just the rooms it imports."""
    rooms = {path.parent.name: path.parent for path in ROOMS.glob("*/__init__.py")}
    told = {
        name: set(filter(None, imported.strip().split(", ")))
        for name, imported in re.findall(
            r"^\| \[`(\w+)/`\][^|]*\|[^|]*\|([^|]*)\|$", LOCAL, flags=re.MULTILINE
        )
    }
    known = {*rooms, *HANDLERS}
    assert told == {name: imported_by(room) & known - {name} for name, room in rooms.items()}


def test_the_map_of_rooms_names_what_lies_beside_them() -> None:
    """And who may import it: `findings.py` is told apart from what all may."""
    told = section(LOCAL, "## A map of the rooms").split("| room |")[0]
    modules = {path.name for path in ROOMS.glob("*.py")} - {"__init__.py"}
    assert set(re.findall(r"`(\w+\.py)`", told)) == modules
    users = {path.parent.name for path in ROOMS.glob("*/*.py") if "findings" in imports(path)}
    assert users
    assert "workspace" not in users


def imported_by(room: Path) -> set[str]:
    """Return what a room's modules import: rooms of the laptop, modules beside them, handlers."""
    return set().union(*(imports(path) for path in room.rglob("*.py")))


def imports(path: Path) -> set[str]:
    """Return the rooms and modules of the laptop, and the handlers, that a module imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name in HANDLERS}
        elif isinstance(node, ast.ImportFrom) and node.module:
            package, *inside = node.module.split(".")
            if package == "labelwright_local":
                found |= {inside[0]} if inside else {alias.name for alias in node.names}
    return found
