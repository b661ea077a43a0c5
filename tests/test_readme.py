"""The README says what is so."""

import json
import re
import tomllib

from labelwright.consolidation.methods import METHODS
from labelwright.errors import LabelwrightError
from labelwright.task.definition import Kind, TaskDefinition
from labelwright.task.skip import SkipRule
from tests.readme import README, commands

ROOT = README.parent
TEXT = README.read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """Return the code blocks of a language."""
    return re.findall(rf"```{language}\n(.*?)```", TEXT, flags=re.DOTALL)


def test_every_command_in_a_block_exists_with_its_options() -> None:
    """Nobody types what does not work."""
    known = {
        name: {option for parameter in command.params for option in parameter.opts}
        for name, command in commands()
    }
    called = [
        line.split("#")[0]
        for block in blocks("sh")
        for line in block.splitlines()
        if line.startswith("labelwright")
    ]
    assert len(called) > 4
    for line in called:
        name = max((n for n in known if line.startswith(n)), key=len)
        assert set(re.findall(r"--[a-z-]+", line)) <= known[name], line


def test_every_make_target_named_exists() -> None:
    """In blocks and in the table."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    assert set(re.findall(r"make ([a-z-]+)", " ".join(blocks("sh")))) <= targets
    assert set(re.findall(r"`make ([a-z-]+)`", TEXT)) <= targets


def test_json_blocks_are_json() -> None:
    """People copy them."""
    assert len(blocks("json")) > 3
    for block in blocks("json"):
        json.loads(block)


def test_all_paths_and_pictures_linked_are_there() -> None:
    """No dead link into the project."""
    linked = re.findall(r"\]\((?!https?:)([^)#]+)\)", TEXT)
    assert linked
    for path in linked:
        assert (ROOT / path).exists(), path


def test_every_event_folder_named_is_there() -> None:
    """The examples of replay run."""
    named = set(re.findall(r"events/([a-z0-9-]+)", TEXT))
    assert named
    assert {name for name in named if not (ROOT / "events" / name).is_dir()} == set()


def test_kinds_and_methods_are_named() -> None:
    """Every kind that can be declared, with every method it has."""
    section = TEXT.split("### The task definition")[1].split("## Deploy")[0]
    for kind, methods in METHODS.items():
        if kind is Kind.UNKNOWN:
            continue
        (row,) = re.findall(rf"^\| `{kind}` \|.*$", section, flags=re.MULTILINE)
        assert all(f"`{method}`" in row for method in methods), row


def test_every_key_of_the_task_definition_and_every_skip_rule_is_named() -> None:
    """A reader finds all of task.toml."""
    section = TEXT.split("### The task definition")[1].split("## Deploy")[0]
    assert all(f"`{key}`" in section for key in TaskDefinition.model_fields)
    rules = SkipRule.model_fields["when"].annotation
    assert all(f"`{rule}`" in section for rule in rules.__args__)  # type: ignore[union-attr]


def test_every_parameter_of_the_stack_is_named() -> None:
    """What `sam deploy --guided` asks for is explained."""
    template = (ROOT / "infra" / "template.yaml").read_text(encoding="utf-8")
    assert all(f"`{name}`" in TEXT for name in entries(template, "Parameters"))
    functions = [name for name in entries(template, "Outputs") if name.endswith("FunctionArn")]
    assert len(functions) == 2
    assert all(f"`{name}`" in TEXT for name in functions)


def entries(template: str, section: str) -> list[str]:
    """Return the names in a section of the template."""
    (body,) = re.findall(rf"^{section}:\n(.*?)(?=^\S|\Z)", template, flags=re.MULTILINE | re.DOTALL)
    return re.findall(r"^  (\w+):", body, flags=re.MULTILINE)


def test_error_codes_in_the_troubleshooting_exist() -> None:
    """What a log says can be looked up."""

    def codes(error: type[LabelwrightError]) -> set[str]:
        return {error.code}.union(*(codes(sub) for sub in error.__subclasses__()))

    named = set(re.findall(r"`\[([a-z-]+)\]`", TEXT))
    assert named
    assert named <= codes(LabelwrightError)


def test_the_version_of_python_needed_is_that_of_the_package() -> None:
    """Said once, meant once."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    minimum = project["requires-python"].removeprefix(">=")
    assert f"Python {minimum} or newer" in TEXT
