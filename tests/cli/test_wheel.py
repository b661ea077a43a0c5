"""The wheel: what is in it, and every command from it, far from the source tree."""

import re
import shutil
import signal
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.readme import commands
from tests.wheel import ROOT, TREES, Installed, build, install

#: What is in the trees for those who read or build them.
LEFT_OUT = {"Makefile", ".gitattributes", "requirements.in", "requirements.txt"}
MODULES = {
    "pre_labeling",
    "post_labeling",
    "refine_labels",
    "labelwright",
    "labelwright_lambda",
    "labelwright_local",
    "labelwright_cli",
}


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Build the wheel, and install it with no more than it asks for."""
    folder = tmp_path_factory.mktemp("wheel")
    return install(build(folder), folder, folder / "elsewhere")


def test_the_wheel_holds_what_is_in_the_trees_and_nothing_more(installed: Installed) -> None:
    """Modules, pages, assets and templates with their samples; no page to read, no Makefile."""
    packed = {
        path.relative_to(installed.wheel).as_posix()
        for path in installed.wheel.rglob("*")
        if path.is_file() and not path.relative_to(installed.wheel).parts[0].endswith("-info")
    }
    source = {
        place + path.relative_to(tree).as_posix()
        for tree, place in TREES.items()
        for path in tree.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
        if path.suffix != ".md" and path.name not in LEFT_OUT
    }
    assert packed == source
    assert "labelwright_local/templates/abstract-entities/sample/manifest.jsonl" in packed
    assert "labelwright_local/portal/templates/base.html" in packed


def test_no_module_takes_a_general_name_from_others(installed: Installed) -> None:
    """Site-packages belong to everybody; ours are named after us, or after what SAM looks for."""
    tops = {path.stem for path in installed.wheel.iterdir() if not path.name.endswith("-info")}
    assert tops == MODULES


def test_the_licence_comes_along(installed: Installed) -> None:
    """Its text, and its name for those who collect them."""
    (info,) = installed.wheel.glob("*.dist-info")
    assert (info / "licenses" / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()
    assert "\nLicense-Expression: Apache-2.0\n" in (info / "METADATA").read_text("utf-8")


def test_the_demo_installs_what_the_wheel_needs_and_what_installs_it() -> None:
    """Nothing of the development environment, and nothing forgotten."""

    def names(path: Path) -> set[str]:
        lines = path.read_text("utf-8").splitlines()
        found = {re.split("[<>=]", line)[0] for line in lines if re.match("[a-z]", line)}
        return found.union(
            *(names(path.parent / line[3:]) for line in lines if line.startswith("-r "))
        )

    requires = [line for line in distribution("labelwright").requires or () if ";" not in line]
    needed = {re.split("[<>=]", line)[0] for line in requires}
    assert names(ROOT / "infra" / "local" / "requirements.in") == needed | {
        "hatchling",
        "editables",
    }


def test_the_source_tree_has_the_console_script() -> None:
    """What `pip install -e .` gives beside what the tests import."""
    console = shutil.which("labelwright", path=str(Path(sys.executable).parent))
    assert console, "the console script is not installed"
    answered = subprocess.run([console, "--help"], check=True, capture_output=True, text=True)
    assert "replay" in answered.stdout


def test_every_command_is_called_below() -> None:
    """Those that end by themselves here; serve, and what needs S3, are below."""
    called = {" ".join(["labelwright", *call[0]]) for call in CALLS}
    called |= {"labelwright serve", "labelwright manifest upload"}
    assert called == {name for name, _ in commands()}


#: Each command, what it is given, and what it prints; from a folder with what those before it left.
CALLS: tuple[tuple[tuple[str, ...], tuple[str, ...], str], ...] = (
    (("run",), ("--task", "abstract-entities", "--workspace", "w"), "accuracy of 'quality'"),
    (("run",), ("--task", "image-classification", "--workspace", "w2"), "accuracy of 'species'"),
    (
        ("consolidate",),
        ("--job", "w2/s3/labelwright-local/output/image-classification"),
        "agreement",
    ),
    (
        ("export",),
        ("w2", "jsonl", "--split", "0.8,0.2", "--out", "labels.jsonl"),
        "wrote 2 files",
    ),
    (
        ("rename-label",),
        ("w2/image-classification", "Rowan", "Mountain ash"),
        "'Mountain ash' now",
    ),
    (("ask-again",), ("w/abstract-entities", "0"), "this job's answers were recorded"),
    (("preview",), ("page.html", "--task", "abstract-entities", "--check"), "0 errors"),
    (
        ("init",),
        ("job", "texts.csv", "--kind", "abstract-entities", "--labels", "PERSON,PLACE"),
        "labelwright serve job",
    ),
    (("preview",), ("job", "--check", "--strict"), "0 errors"),
    (("replay",), ("post-2019-page", "--check"), "1 of 1 events answered as expected"),
    (
        ("import",),
        ("spans", "found.jsonl", "--task", "text-classification", "--manifest", "reviews.jsonl"),
        "1 suggestion in 1 line",
    ),
    (("manifest", "check"), ("manifest.jsonl",), "every line can be used"),
    (
        ("manifest", "filter"),
        ("manifest.jsonl", "--task", "abstract-entities", "--out", "kept.jsonl"),
        "13 to workers, 1 skipped",
    ),
    (
        ("manifest", "failed"),
        ("w/s3/labelwright-local/output/abstract-entities", "--out", "again.jsonl"),
        "no object failed",
    ),
)


@pytest.fixture(scope="module")
def filled(installed: Installed) -> Installed:
    """Put a manifest, a page and an event into the folder."""
    sample = ROOT / "templates" / "abstract-entities"
    shutil.copy(sample / "sample" / "manifest.jsonl", installed.folder)
    shutil.copytree(sample / "sample" / "s3", installed.folder / "s3")
    shutil.copy(sample / "template.liquid.html", installed.folder / "page.html")
    shutil.copytree(ROOT / "events" / "post-2019-page", installed.folder / "post-2019-page")
    (installed.folder / "texts.csv").write_text("id,text\n1,Ada in London.\n")
    (installed.folder / "reviews.jsonl").write_text('{"source": "a"}\n')
    (installed.folder / "found.jsonl").write_text('{"text": "a", "label": ["positive"]}\n')
    return installed


@pytest.fixture(scope="module")
def printed(filled: Installed) -> list[str]:
    """Call all commands, one after the other; what each printed, beginning with its status."""
    done = [filled.labelwright(*name, *arguments) for name, arguments, _ in CALLS]
    return [f"{one.returncode}\n{one.stdout}{one.stderr}" for one in done]


@pytest.mark.parametrize("number", range(len(CALLS)), ids=[" ".join(call[0]) for call in CALLS])
def test_a_command_works_from_the_wheel(printed: list[str], number: int) -> None:
    """Its modules, pages and templates are there, and so is all that it depends on."""
    # No job here has people who could be asked.
    status = 2 if CALLS[number][0] == ("ask-again",) else 0
    assert printed[number].startswith(f"{status}\n"), printed[number]
    assert CALLS[number][2] in " ".join(printed[number].split())


@pytest.mark.parametrize("name", [(), *(tuple(name.split()[1:]) for name, _ in commands())])
def test_help_works_from_the_wheel(filled: Installed, name: tuple[str, ...]) -> None:
    """For the command line as a whole, and for each command."""
    done = filled.labelwright(*name, "--help")
    assert done.returncode == 0, done.stderr
    assert "Usage" in done.stdout


def test_the_portal_works_from_the_wheel(filled: Installed) -> None:
    """Started, asked for its page and its style, and stopped."""
    named = ["--task", "abstract-entities", "--workspace", "w3"]
    with filled.serving(*named) as (process, printed):
        address = re.findall(r"http://[\d.]+:\d+", printed)[0]
        with urlopen(address, timeout=30) as answer:  # noqa: S310 - our own address
            page = answer.read().decode()
        assert "Your name" in page
        for asset in re.findall(r'(?:href|src)="(/[^"]+\.(?:css|js))"', page):
            with urlopen(address + asset, timeout=30) as answer:  # noqa: S310
                assert answer.read()
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0


def test_an_upload_says_what_it_lacks(filled: Installed) -> None:
    """AWS's library is there; credentials are not."""
    done = filled.labelwright("manifest", "upload", "manifest.jsonl", "s3://bucket/prefix")
    assert done.returncode == 2
    assert "check credentials and region" in done.stderr
    assert done.stderr.count("\n") == 1


def test_simulated_workers_say_what_they_lack(filled: Installed) -> None:
    """Playwright is an extra: without it there is one line, and no traceback."""
    done = filled.labelwright("run", "--task", "image-classification", "--browser", "3")
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert "pip install playwright" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_task_that_is_not_there_names_the_templates_that_are(filled: Installed) -> None:
    """And the name of a template means a folder of that name, where there is one."""
    done = filled.labelwright("run", "--task", "nonsense")
    assert done.returncode == 2
    names = sorted(path.parent.name for path in (ROOT / "templates").glob("*/task.toml"))
    assert f"({', '.join(names)})" in done.stderr
    (filled.folder / "image-classification").mkdir()
    try:
        done = filled.labelwright("run", "--task", "image-classification")
    finally:
        (filled.folder / "image-classification").rmdir()
    assert done.returncode == 2
    assert "image-classification/task.toml: No such file" in done.stderr
