"""No command lets through what steers a terminal, whatever its files and arguments hold."""

import json
import os
import pty
import re
import signal
import subprocess
import sys
import tempfile
import time
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from labelwright_cli.main import app
from tests.cli.test_main import COMMANDS

#: ESC with a colour and a title, C1, bidirectional controls, and others without a shape.
WILD = "a\x1b]0;own\x07\x1b[31m\u202eb\x9b1m\u2066\x7f\u200f\u2028\x85z"
PIECES = [
    "\x1b[2J", "\x1b]0;x\x07", "\x9b31m", "\x9d0;x\x9c", "\u202e", "\u2066", "\u200f", "\u061c",
    "\u2028", "\x85", "\x7f", "\x08", "\r", "\n", "\t", "\ufeff", "\u200d", "\U000e0041",
    "[bold]", "{{", "é", "\xa0", "'",
]  # fmt: skip
wild = st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map("".join)

#: What a terminal is told by rich itself: colours, and a bar that is drawn anew.
STYLING = re.compile(r"\x1b\[[0-9;]*m|\x1b\[\?25[lh]|\x1b\[[0-9]*[AK]|\r")


def steering(shown: str) -> set[str]:
    """Return the characters of an output that have no shape, but for the ends of lines."""
    return {
        char
        for char in shown
        if char != "\n" and unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
    }


def dumps(value: object) -> str:
    """Write JSON with all in it that may be there unescaped."""
    return json.dumps(value, ensure_ascii=False)


def _answer(who: str, text: str) -> dict[str, object]:
    """Return an answer with the text in all kinds of fields, and in their names."""
    return {
        text: {"label": text},
        f"c{text}": {"labels": [text]},
        f"t{text}": f"{who}{text}",
        "spans": {"entities": [{"startOffset": 0, "endOffset": 2, "label": text}]},
        "field": {"label": f"{who}{text}"},
    }


class Hostile:
    """Files of all kinds that hold one wild text wherever there can be one."""

    def __init__(self, folder: Path, text: str) -> None:
        self.text = text
        self.folder = folder
        # The system forbids this one.
        self.name = text.replace("/", "_")
        self.manifest = self._write(
            f"{self.name}.jsonl",
            dumps({"source": f"one {text}", text: text}),
            dumps({"source": "two", f"{text}-ref": text, text: {text: text}}),
            dumps({"source-ref": f"s3://bucket/{text}"}),
            dumps({"source-ref": text}),
            f'{{"source": "{text}',
            text,
            dumps([text]),
        )
        answers = [
            {
                "datasetObjectId": number,
                "workerId": f"{who}{text}",
                "answerContent": _answer(who, text),
            }
            for number in ("0", "1", text)
            for who in "abc"
        ]
        self.answers = self._write("answers.jsonl", *map(dumps, answers))
        self.wrong_answers = self._write(f"wrong{self.name}.jsonl", dumps({text: text}))
        quoted = json.dumps(text)
        self.task = folder / f"task{self.name}"
        self.task.mkdir()
        self._write(
            f"{self.task.name}/task.toml",
            f'name = "task"\ntitle = {quoted}\ninstructions = {quoted}\npage_keys = [{quoted}]',
            '[[fields]]\nname = "field"\npath = "field.label"\nkind = "choice"',
            f"labels = [{quoted}]\ninitial = {quoted}",
            f'[[skip]]\nwhen = "key-missing"\nkey = {quoted}',
        )
        self.wrong_task = folder / "wrong"
        self.wrong_task.mkdir()
        self._write("wrong/task.toml", f'name = "task"\n{quoted} = {quoted}')
        self.template = self._write(
            f"{self.task.name}/template.liquid.html",
            f"<p>{{{{ task.input.{text} }}}}</p><{text} name='{text}'></{text}>",
            f"<crowd-form><crowd-{text}></crowd-{text}><input name='{text}'>",
            "{{ task.input['x' }}",
        )
        self.votes = self._write(
            "votes.csv", "task,worker,label",
            *(f'"t{n}{self._csv}","{w}{self._csv}","{self._csv}"' for n in range(3) for w in "abc"),
        )  # fmt: skip
        self.wrong_votes = self._write(f"{self.name}.csv", f'task,worker,"{self._csv}"', "a,b,c")
        self.truth = self._write("truth.csv", "task,label", f'"t0{self._csv}","{self._csv}"')
        failure = {"failure-reason": text, "retry-count": 1, "human-annotated": "true"}
        label = {"schema": "labelwright/1", "fields": {}, "error": {"code": text, "reason": text}}
        self.output = self._write(
            f"output{self.name}.manifest",
            dumps({"source": text, f"{text}-metadata": failure}),
            dumps({"source": text, "x": label, "x-metadata": {"job-name": text}}),
            dumps({"source": text, "y-metadata": failure}),
        )
        told = {"type": "choices", "from_name": text, "value": {"choices": [text]}}
        other = {"type": text, "value": {text: text}}
        box = {"image_id": 1, "category_id": 1, "bbox": [1, 1, 1, 1]}
        self.label_studio = self._write(
            f"label-studio{self.name}.json",
            dumps([{"data": {"text": f"one {text}"}, "predictions": [{"result": [told, other]}]}]),
        )
        self.coco = self._write(
            f"coco{self.name}.json",
            dumps({
                "images": [{"id": 1, "file_name": text}, {"id": text, "file_name": "x"}],
                "categories": [{"id": 1, "name": text}],
                "annotations": [box, box | {"image_id": text}, {text: text}],
            }),
        )  # fmt: skip
        self.spans = self._write(
            f"spans{self.name}.jsonl",
            dumps({"text": "two", "label": [[0, 2, text], text]}),
            dumps({"text": text}),
            text,
        )
        self.event = folder / f"event{self.name}"
        self.event.mkdir()
        event = {"version": "2018-10-16", "labelingJobArn": f"arn:{text}", "dataObject": {
            "source": text, text: text}}  # fmt: skip
        self._write(f"{self.event.name}/event.json", dumps(event))
        self._write(f"{self.event.name}/expected.json", dumps({"taskInput": {text: text}}))
        self._write(f"event{self.name}/wrong.json", dumps({text: text}))
        self.rows = self._write(
            "rows.jsonl",
            dumps({f"text{text}": f"one {text}", text: text, f"{text}-metadata": text}),
            dumps({"source": text, f"text{text}": "", text: None}), text, dumps(text),
        )  # fmt: skip
        self.data = folder / f"data{self.name}"
        self.data.mkdir()
        for suffix in (".png", ".tiff", ".txt", f".{self.name}"):
            self._write(f"{self.data.name}/x{self.name}{suffix}", text)

    @property
    def _csv(self) -> str:
        return self.text.replace('"', '""')

    def _write(self, name: str, *lines: str) -> Path:
        path = self.folder / name
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="")
        return path


#: Commands that read a job, which is run before.
NEED_A_JOB = {"consolidate", "export"}

#: How each command of the table is called on hostile files.
CALLS: dict[str, Callable[[Hostile], list[list[object]]]] = {
    "run": lambda h: [
        ["--manifest", h.manifest, "--answers", h.answers, "--workspace", h.folder / "w1"],
        ["--manifest", h.manifest, "--answers", h.answers, "--task", h.task,
         "--workspace", h.folder / f"w{h.name}", "--job-name", "j"],
        ["--manifest", h.manifest, "--answers", h.wrong_answers, "--workspace", h.folder / "w2"],
        ["--manifest", h.manifest, "--answers", h.answers, "--workspace", h.folder / "w3",
         "--truth", h.truth, "--truth-field", h.text, "--job-name", h.text],
        ["--task", h.wrong_task], ["--task", h.folder / h.name], [f"--{h.name}"],
    ],
    "serve": lambda h: [
        ["--task", h.wrong_task], ["--task", h.task, "--manifest", h.folder / h.name],
        ["--template", h.template, "--manifest", h.manifest, "--workspace", h.folder / "w4"],
        ["--task", h.task, "--manifest", h.manifest, "--handlers", h.text,
         "--workspace", h.folder / "w5"],
        ["--port", h.text], [h.text],
    ],
    "rename_label": lambda h: [
        [h.folder / "w1" / h.name, h.text, "new"], [h.folder / "w9" / "j", "happy", h.text],
        [h.folder / "w9" / "j", h.text, "new", "--field", h.text],
        [h.folder / "w9" / "j", h.text, h.text, "--undo"],
    ],
    "ask_again": lambda h: [
        [h.folder / "w1" / h.name, h.text], [h.folder / "w9" / "j", h.text],
        [h.folder / "w9" / "j", "--least-sure", h.text], [h.folder / h.name, "0"],
    ],
    "replay": lambda h: [
        [h.event], [h.event, "--check"], [h.event / "wrong.json"], [h.folder / h.name],
        [h.event, "--task-definition", h.text],
    ],
    "preview": lambda h: [
        [h.template, "--check"], [h.template, "--check", "--task", h.task],
        [h.template, "--check", "--task", h.task, "--manifest", h.manifest],
        [h.template, "--check", "--input", h.wrong_answers], [h.folder / h.name, "--check"],
    ],
    "consolidate": lambda h: [
        [h.votes], [h.votes, "--truth", h.truth], [h.wrong_votes], [h.votes, "--kind", h.text],
        [h.votes, "--kind", "spans"], [h.votes, "--method", h.text], ["--job", h.folder / h.name],
        ["--job", h.folder / "w1"], ["--job", h.folder / "w1", "--field", h.text],
    ],
    "init": lambda h: [
        [h.folder / f"i{h.name}", h.rows, "--kind", h.task, "--labels", f"a,b{h.text}"],
        [h.folder / "i1", h.data, "--kind", "image-classification", "--labels", "a,b"],
        [h.folder / "i2", h.data, "--kind", "abstract-entities"],
        [h.folder / "i3", h.rows, "--kind", "abstract-entities", "--text", h.text],
        [h.folder / "i4", h.rows, "--kind", "abstract-entities", "--text", f"text{h.text}"],
        [h.folder / "i4", h.rows, "--kind", "abstract-entities"],
        [h.folder / "i5", h.wrong_votes, "--kind", "image-classification", "--labels", "a,b"],
        [h.folder / "i6", h.votes, "--kind", "abstract-entities", "--id", "task"],
        [h.folder / "i7", h.folder / h.name, "--kind", h.text],
    ],
    "manifest.upload": lambda h: [[h.manifest, h.text], [h.folder / h.name, "s3://bucket/x"]],
    "import_": lambda h: [
        [form, file, "--manifest", h.manifest, "--task", h.task, "--out", h.folder / "out"]
        for form, file in (
            ("label-studio", h.label_studio), ("coco", h.coco), ("spans", h.spans),
            ("coco", h.wrong_answers), (h.text, h.coco), ("spans", h.folder / h.name),
        )
    ] + [
        ["spans", h.spans, "--manifest", h.manifest, "--task", h.task, "--rename", h.text],
        ["spans", h.spans, "--manifest", h.manifest, "--task", h.task],
    ],
    "export": lambda h: [
        [h.folder / "w1", "csv", "--out", h.folder / "o.csv"],
        [h.folder / "w1", "conll", "--out", h.folder / "o.conll"],
        [h.folder / "w1", "jsonl", "--answers", "--with-names", "--out", h.folder / h.name],
        [h.folder / "w1", "csv", "--field", h.text], [h.folder / "w1", h.text],
        [h.output, "label-studio", "--attribute", "x", "--out", h.folder / "o.json"],
        [h.output, "jsonl"], [h.folder / h.name, "csv"], [h.output, "csv", "--attribute", h.text],
        [h.folder / "w1", "coco"], [h.folder / "w1", "csv", "--split", h.text],
        [h.folder / "w1", "csv", "--overlaps", h.text], [h.folder / "w1", "csv", "--task", h.task],
    ],
    "manifest.check": lambda h: [[h.manifest], [h.output], [h.folder / h.name]],
    "manifest.filter": lambda h: [
        [h.manifest, "--task", h.task, "--skipped", h.folder / "skipped"],
        [h.manifest, "--task", h.wrong_task],
        [h.manifest, "--task", h.task, "--skipped", h.folder / "no" / h.name],
    ],
    "manifest.failed": lambda h: [
        [h.output], [h.output, "--attribute", h.text], [h.manifest], [h.folder / h.name],
        [h.output, "--with-errors"],
    ],
}  # fmt: skip


def command_of(module: str) -> list[str]:
    """Return the words of a command; a word of Python's has an underscore in its module's name."""
    return module.rstrip("_").split(".")


def test_every_command_of_the_table_is_called() -> None:
    """Whoever adds one says how it is called on hostile files."""
    assert {command.module for command in COMMANDS} == CALLS.keys()


@pytest.mark.parametrize("module", CALLS)
@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=wild)
@example(text=WILD)
def test_nothing_that_steers_a_terminal_is_printed(
    module: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither to standard output nor to standard error, by any of its calls."""
    with tempfile.TemporaryDirectory() as name:
        monkeypatch.chdir(name)
        hostile = Hostile(Path(name), text)
        if module in {*NEED_A_JOB, "rename_label", "ask_again"}:
            first = CALLS["run"](hostile)[0]
            CliRunner().invoke(app, ["run", *map(str, first)])
        if module in {"rename_label", "ask_again"}:
            served = [*CALLS["run"](hostile)[1][:6], "--workspace", hostile.folder / "w9"]
            CliRunner().invoke(app, ["run", *map(str, served), "--job-name", "j"])
        for arguments in CALLS[module](hostile):
            call = [*command_of(module), *map(str, arguments)]
            result = CliRunner().invoke(app, call, env={"COLUMNS": "200"})
            assert result.exit_code in {0, 1, 2}, call
            assert result.exception is None or isinstance(result.exception, SystemExit), call
            assert steering(result.stdout) == set(), call
            assert steering(result.stderr) == set(), call
        monkeypatch.undo()


def on_a_terminal(arguments: list[str], folder: Path, until: str = "") -> str:
    """Return what a command writes to a terminal; where ``until`` is shown, it is interrupted."""
    ours, theirs = pty.openpty()
    code = "from labelwright_cli.main import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        cwd=folder, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
        env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "200",
             "PYTHONPATH": str(Path(__file__).parents[2])},
    )  # fmt: skip
    os.close(theirs)
    shown = b""
    asked = False
    while True:
        try:
            piece = os.read(ours, 65_536)
        except OSError:  # Linux says so where the other side is closed
            break
        if not piece:
            break
        shown += piece
        if until and not asked and until.encode() in shown:
            asked = True
            time.sleep(0.5)
            process.send_signal(signal.SIGINT)
    os.close(ours)
    process.wait(60)
    return shown.decode()


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
@pytest.mark.parametrize("module", CALLS)
def test_nor_to_a_terminal_but_our_own_styling(module: str, tmp_path: Path) -> None:
    """There colours are on, and bars are drawn."""
    hostile = Hostile(tmp_path, WILD)
    if module in NEED_A_JOB:
        CliRunner().invoke(app, ["run", *map(str, CALLS["run"](hostile)[0])])
    calls = CALLS[module](hostile)
    if module == "serve":
        calls = [["--task", hostile.task, "--template", tmp_path / "page.html", "--manifest",
                  hostile.manifest, "--port", "0", "--workspace", tmp_path / "w"]]  # fmt: skip
        (tmp_path / "page.html").write_text("<crowd-form></crowd-form>")
    for arguments in calls[:2]:
        call = [*command_of(module), *map(str, arguments)]
        shown = on_a_terminal(call, tmp_path, "Ctrl+C" if module == "serve" else "")
        assert shown
        assert steering(STYLING.sub("", shown)) == set(), call


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], ["run", "--task", "abstract-entities"]]
)
def test_an_output_that_takes_nothing_is_one_error(arguments: list[str], tmp_path: Path) -> None:
    """Whatever was to be printed; its folder is not meant."""
    code = "from labelwright_cli.main import main; main()"
    with Path("/dev/full").open("wb") as full:
        process = subprocess.run(
            [sys.executable, "-c", code, *arguments],
            cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, check=False,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        )  # fmt: skip
    [line] = process.stderr.decode().splitlines()
    assert line.startswith("error: standard output: No space left on device")
    assert process.returncode == 2
