"""The front page is short and true, and each room's README names all that it has to."""

import ast
import re
import tomllib
from itertools import chain
from pathlib import Path

from labelwright.consolidation.methods import METHODS
from labelwright.errors import LabelwrightError
from labelwright.task.definition import FieldDefinition, Kind, TaskDefinition
from labelwright.task.skip import SkipRule
from labelwright_local.engine import schema
from tests.markdown import FRONT_PAGE, ROOT, blocks, read, section

FRONT = read(FRONT_PAGE)
FUNCTIONS = read(ROOT / "functions" / "README.md")
TEMPLATES = read(ROOT / "templates" / "README.md")
INFRA = read(ROOT / "infra" / "README.md")
TESTS = read(ROOT / "tests" / "README.md")
LOCAL = read(ROOT / "infra" / "local" / "README.md")
ROOMS = ROOT / "infra" / "local" / "labelwright_local"


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
    """Beside `make help`, which tells the first of them."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    assert {target for target in targets if f"`make {target}`" not in FRONT} == {"help"}


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


def test_every_variable_that_handlers_read_is_named() -> None:
    """What the stack sets can be set elsewhere."""
    sources = [path.read_text() for path in (ROOT / "functions").glob("*.py")]
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


def test_error_codes_in_the_troubleshooting_exist() -> None:
    """What a log says can be looked up."""

    def codes(error: type[LabelwrightError]) -> set[str]:
        return {error.code}.union(*(codes(sub) for sub in error.__subclasses__()))

    named = set(re.findall(r"`\[([a-z-]+)\]`", INFRA))
    assert named
    assert named <= codes(LabelwrightError)


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
    assert told == {name: imported_by(room) & rooms.keys() - {name} for name, room in rooms.items()}


def imported_by(room: Path) -> set[str]:
    """Return the rooms of the laptop that a room's modules import."""
    names = [
        node.module
        for path in room.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module
    ]
    return {name.split(".")[1] for name in names if name.startswith("labelwright_local.")}
