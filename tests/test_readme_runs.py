"""What the READMEs tell to type is typed here, as it stands there, in an empty folder."""

import csv
import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.markdown import FRONT_PAGE, ROOT, blocks, commands_in, name_of, read, readmes, section

SAM = ROOT / ".venv-sam" / "bin" / "sam"

OWN_DATA = blocks(section(read(FRONT_PAGE), "## Label your own data"), "sh")
SERVE = next(block for block in OWN_DATA if "labelwright serve" in block)
SIMULATE = next(block for block in OWN_DATA if "--browser" in block)
LOOK = OWN_DATA[-1]
PREPARE = OWN_DATA[: OWN_DATA.index(SERVE)]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Return a folder with what a clone has and the blocks use; writing leaves the real one be."""
    for name in ("templates", "events"):
        (tmp_path / name).symlink_to(ROOT / name)
    # The environment is the one that runs the tests: `run` puts it first.
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "activate").touch()
    return tmp_path


def environment() -> dict[str, str]:
    """Return the tests' own environment, as it is when it was activated."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path}


def run(block: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a block in a shell that stops at the first failure."""
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, f"{block}\n{done.stdout}\n{done.stderr}"
    return done


def prepare(folder: Path) -> str:
    """Do what comes before people are let in: data, and the job made of them."""
    return "".join(run(block, folder).stderr for block in PREPARE)


def labels(text: str) -> list[dict[str, Any]]:
    """Return the labels in lines of an output manifest, made under the job's name."""
    lines = [json.loads(line) for line in text.splitlines()]
    return [line["mine"] for line in lines if "mine" in line]


def test_own_data_can_be_served_stopped_and_looked_at(clone: Path) -> None:
    """Manifest and task are in order; the portal answers, ends on Ctrl+C, and left its files."""
    printed = prepare(clone)
    assert "every line can be used" in printed
    assert "0 errors, 0 warnings" in printed
    with subprocess.Popen(
        ["bash", "-c", f"exec {SERVE.strip()} --port 0"],
        cwd=clone,
        env=environment(),
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            found = next(filter(None, (re.search(r"http://\S+/", it) for it in process.stdout)))
            with urllib.request.urlopen(found[0], timeout=30) as page:  # noqa: S310
                assert "Your name" in page.read().decode()
        finally:
            process.send_signal(signal.SIGINT)
        process.stdout.read()
        assert process.wait(timeout=60) == 0
    (output,) = (clone / "mine" / "workspace").rglob("output.manifest")
    first = json.loads(output.read_text(encoding="utf-8").splitlines()[0])
    assert "swifts" in first["source"]


@pytest.mark.browser
def test_simulated_workers_label_own_data(clone: Path) -> None:
    """Every line gets a label, in the table that the front page tells how to get."""
    prepare(clone)
    run(SIMULATE, clone)
    run(LOOK, clone)
    with (clone / "labels.csv").open(encoding="utf-8", newline="") as file:
        assert len([row["entities"] for row in csv.DictReader(file)]) == 3
    (output,) = (clone / "mine" / "simulated").rglob("output.manifest")
    assert len(labels(output.read_text(encoding="utf-8"))) == 3


def test_recorded_answers_label_own_data(clone: Path) -> None:
    """The line of recorded answers in infra/local/README.md is one."""
    told = section(read(ROOT / "infra" / "local" / "README.md"), "## Recorded or simulated answers")
    prepare(clone)
    (answer,) = blocks(told, "json")
    mine = clone / "mine"
    (mine / "answers.jsonl").write_text(answer, encoding="utf-8")
    (mine / "my-task").symlink_to(".")
    run(next(line for line in commands_in(told, "labelwright") if "--answers" in line), mine)
    (output,) = mine.rglob("output.manifest")
    (label,) = labels(output.read_text(encoding="utf-8"))
    assert label["fields"]["entities"]["value"] == []


def test_events_are_replayed_as_told(clone: Path) -> None:
    """One prints its response; all of them give what they are to give."""
    one, every = commands_in(section(read(FRONT_PAGE), "## Replay an event"), "labelwright")[:2]
    assert json.loads(run(one, clone).stdout)
    run(every, clone)


@pytest.mark.skipif(
    not SAM.exists() and not os.environ.get("CI"), reason="needs the SAM CLI: make build"
)
def test_every_sam_command_shown_exists_with_its_options() -> None:
    """Those that need an account are not run; what they are given, they know."""
    given: dict[str, set[str]] = {}
    for line in {line for readme in readmes() for line in commands_in(read(readme), "sam")}:
        words = line.split()[1:]
        verbs = " ".join(words[: 2 if words[0] in ("list", "local", "remote") else 1])
        given.setdefault(verbs, set()).update(re.findall(r"(?<=\s)--?[a-z-]+", line))
    assert len(given) > 3
    for verbs, options in given.items():
        told = run(f"{SAM} {verbs} --help", ROOT / "infra").stdout
        known = set(re.findall(r"(?<=[\s,])--?[a-z-]+", told))
        assert options <= known, verbs


def test_every_parameter_given_to_sam_is_one_of_the_stacks() -> None:
    """A name misspelt would end the deployment."""
    template = read(ROOT / "infra" / "template.yaml")
    for readme in readmes():
        for line in commands_in(read(readme), "sam"):
            for name in re.findall(r"(?<=\s)([A-Z]\w+)=", line):
                assert f"\n  {name}:\n" in template, (name_of(readme), name)
