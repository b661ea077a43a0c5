"""``labelwright manifest check``: what it says of each kind of bad line, and what it never says."""

import json
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from labelwright_cli.main import app
from labelwright_local.findings import Finding, Severity
from labelwright_local.manifest.check import ManifestCheck, check_line
from labelwright_local.manifest.lines import MAX_KEPT_BYTES, RawLine, members, read_lines, without
from labelwright_local.printable import printable

GOOD = b'{"source": "a good line"}\n'
DATASETS = Path(__file__).parents[4] / "shared" / "datasets"


def findings(data: bytes) -> list[Finding]:
    """Check a whole file."""
    return list(ManifestCheck().run(read_lines(BytesIO(data))))


def only(data: bytes) -> Finding:
    """Check a file in which there is one thing to find."""
    (found,) = findings(data)
    return found


def line(**keys: Any) -> bytes:
    """Write a good line with more keys."""
    return json.dumps({"source": "x", **keys}).encode() + b"\n"


def check(*arguments: str | Path, stdin: bytes | None = None) -> tuple[int, str, str]:
    """Call the command; return exit status, standard output and standard error."""
    result = CliRunner().invoke(app, ["manifest", "check", *map(str, arguments)], input=stdin)
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.parametrize(
    ("data", "reason", "remedy"),
    [
        (b"{'source': 'x'}\n", "Python's notation", "json.dumps(entry)"),
        (b'{"source": "x", "split": None}\n', "Python's notation", "json.dumps(entry)"),
        (b'{"source": "x", "done": True}\n', "Python's notation", "json.dumps(entry)"),
        (b"{u'source': u'x'}\n", "Python's notation", "json.dumps(entry)"),
        (b'{"source": x}\n', "not JSON: Expecting value at column 12", "JSON library"),
        (b'{"source": "a\tb"}\n', "not JSON: Invalid control character at column 14", "json.dumps"),
        (b'{"source": "\\q"}\n', "not JSON: Invalid \\escape at column 13", "JSON library"),
        (b'{"source": "x"}, {"source": "y"}\n', "more follows", "on a line of its own"),
        (b'{"source": "x",\n', "the line ends before the object does", "jq -c ."),
        (b'[{"source": "x"}]\n', "a JSON array, not an object", "jq -c '.[]'"),
        (b'"x"\n', "a JSON string, not an object", '{"source": '),
        (b"null\n", "a JSON null, not an object", '{"source": '),
        (b"12\n", "a JSON number, not an object", '{"source": '),
        (b"{}\n", "neither 'source' nor 'source-ref'", "every line needs"),
        (b'{"source": null}\n', "neither 'source' nor 'source-ref'", "every line needs"),
        (b'{"source_ref": "s3://bucket/key"}\n', "neither", "rename 'source_ref'"),
        (b'{"source-ref": "bucket/key"}\n', "does not start with s3://", "s3://bucket/key"),
        (b'{"source-ref": "s3://bucket/"}\n', "'source-ref': an S3 key has", "s3://bucket/key"),
        (b'{"source-ref": "s3:///key"}\n', "'source-ref': not an address", "s3://bucket/key"),
        (b'{"source-ref": "s3://b/key"}\n', "no bucket can have that name: 3 to 63", "s3://"),
        (b'{"source-ref": "s3://My_Bucket/key"}\n', "no bucket can have that name", "s3://"),
        (b'{"source-ref": 3}\n', "'source-ref' is of type number", "s3://bucket/key"),
        (line(**{"$id": 1}), "key '$id' starts with '$'", "rename it"),
        (b'{"source": "x", "source": "x"}\n', "key 'source' stands 2 times", "keep one"),
        (b'{"source": "x", "a": [{"b": 1, "b": 2}]}\n', "key 'b' stands 2 times", "keep one"),
        (b'{"source": "x", "a": NaN}\n', "NaN is no JSON value", "null"),
        (b'{"source": "x", "a": -Infinity}\n', "-Infinity is no JSON value", "null"),
        (b'{"source": "x", "a": 1e999}\n', "a number is too large", "null"),
        (b'{"source": "x", "a": ' + b"9" * 5000 + b"}\n", "too many digits", "as a string"),
        (b'{"source": "x", "a": ' + b"[" * 150 + b"]" * 150 + b"}\n", "nested more", "a file"),
        (b'{"source": "x", "a": ' + b"[" * 30_000 + b"\n", "nested more than 100 deep", "a file"),
        (b"\xef\xbb\xbf" + GOOD, "byte order mark (BOM)", "without BOM"),
        (b'\xff\xfe{\0"\0s\0"\0\n\0', "the file is UTF-16", "iconv -f UTF-16"),
        (b'{"source": "\xe4"}\n', "not UTF-8 at byte 13 of the line", "iconv -f ISO-8859-1"),
        (b'{"source": "x\0"}\n', "a null character at column 14", "UTF-16"),
        (b"\n" + GOOD, "the line is blank", "remove it"),
        (b'{"source": "x",\r"a": 1}\n', "a carriage return without line feed at column 16", "\\n"),
        (b'{"source": "x"}\r{"source": "y"}\r', "a carriage return without line feed", "\\n"),
        (line(text="x" * 20_001), "the value of 'text' has 20,001 characters", "a file"),
        (line(boxes=["x" * 19_999]), "the value of 'boxes' has 20,003 characters", "a file"),
        (line(**{"text-file-s3-uri": "a.txt"}), "'text-file-s3-uri' does not start", "s3://"),
        (
            line(**{"text-file-s3-uri": "s3://bucket/a", "metadata": "m"}),
            "'metadata' is of type string beside 'text-file-s3-uri'",
            "make it an object",
        ),
        (
            line(**{"source-metadata": {"job-name": "j"}}),
            "'source' is reserved",
            "rename it",
        ),
        (
            b'[\n {"source": "a"},\n {"source": "b"}\n]\n',
            "the file is a JSON array",
            "jq -c '.[]' FILE",
        ),
        (b'[{"source": "a"},\n{"source": "b"}]', "the file is a JSON array", "jq -c '.[]' FILE"),
        (b'[{"source": "a"}, {"source": "b"}]\n', "a JSON array", "jq -c '.[]' FILE"),
    ],
)
def test_a_bad_line_is_an_error_with_its_reason_and_remedy(
    data: bytes, reason: str, remedy: str
) -> None:
    """Each fault is found once, as an error in line 1, and says what to do."""
    found = only(data)
    assert (found.line, found.severity) == (1, Severity.ERROR)
    assert reason in found.reason
    assert remedy in found.remedy


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b'{"source-ref": "https://bucket.s3.amazonaws.com/key"}\n', "an https:// address"),
        (b'{"source": {"text": "x"}}\n', "'source' is of type object"),
        (b'{"source": " "}\n', "'source' is empty"),
        (GOOD + b'{"source": "y"}\r\n', "line ends are mixed: CRLF in 1 line, LF in 1 line"),
    ],
)
def test_what_the_service_may_take_is_a_warning(data: bytes, reason: str) -> None:
    """Doubtful lines are told, and do not count as bad."""
    found = only(data)
    assert found.severity == Severity.WARNING
    assert reason in found.reason


@pytest.mark.parametrize(
    "data",
    [
        GOOD,
        GOOD.rstrip(),
        '{"source": "ä\u2028\u0085🐦"}\n'.encode(),
        b'{"source-ref": "s3://bucket/a folder/k.jpg", "split": null, "metadata": 3}\n',
        b'  {"source": "\\ud83d"}  \n',
        '{"source": "%s"}\n'.replace("%s", "🐦" * 20_000).encode(),
        line(**{"bird": 1, "bird-metadata": {"job-name": "j", "type": "groundtruth/custom"}}),
        line(
            **{
                "road-ref": "s3://b/k.png",
                "road-ref-metadata": {"type": "groundtruth/semantic-segmentation"},
            }
        ),
        b'{"source": "' + b"[{" * 200 + b'"}\n',
        b'{"source": {"a": "1", "b": "2"}, "a": "1", "b": "2"}\n',
        b'{"source-ref": "s3://bucket/0.txt", "source-ref-metadata": '
        b'{"unix-timestamp": 1566861644.7, "prefix": "s3://b/frames/", "images": []}}\n',
        line(
            **{
                "birds_owl": 1,
                "birds_owl-metadata": {
                    "confidence": 1,
                    "class-name": "owl",
                    "job-name": "labeling-job/birds",
                    "type": "groundtruth/image-classification",
                },
            }
        ),
    ],
)
def test_good_lines_are_passed_over(data: bytes) -> None:
    """Nothing is said of a line that the service takes."""
    assert findings(data) == []


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (
            line(my_label=1, **{"my_label-metadata": {"job-name": "j"}}),
            "label attribute 'my_label', which can't be one",
        ),
        (
            line(**{"my-ref-metadata": {"failure-reason": "r", "type": "groundtruth/custom"}}),
            "it must not end in '-ref'",
        ),
        (line(**{"-metadata": {"job-name": "j"}}), "label attribute ''"),
        (line(**{"my_notes-metadata": "mine"}), "label attribute 'my_notes'"),
    ],
)
def test_labels_that_no_new_job_makes_are_a_note(data: bytes, reason: str) -> None:
    """They pass through a job as they are."""
    found = only(data)
    assert found.severity == Severity.NOTE
    assert reason in found.reason
    assert "nothing need be done" in found.remedy


def test_two_sources_are_a_note() -> None:
    """Which of them workers label should not be a surprise."""
    found = only(b'{"source": "x", "source-ref": "s3://bucket/key"}\n')
    assert found.severity is Severity.NOTE
    assert "our pre-labeling takes 'source'" in found.reason


def test_crlf_is_a_note_told_once_with_its_count() -> None:
    """The service takes CRLF, so it is no fault of any line."""
    found = only(b'{"source": "x"}\r\n{"source": "y"}\r\n')
    assert found[:2] == (Severity.NOTE, "line ends are CRLF (2 lines)")
    assert found.line is None


@pytest.mark.parametrize("key", ["source", "source-ref"])
def test_a_repeated_object_is_a_note_with_the_line_it_repeats(key: str) -> None:
    """Two lines of the same object may be meant."""
    data = json.dumps({key: "s3://bucket/key"}).encode() + b"\n"
    found = only(GOOD + data + data.replace(b"}", b', "other": 1}'))
    assert (Severity.NOTE, f"the same '{key}' as in line 2") == found[:2]
    assert found.line == 3


@pytest.mark.parametrize("data", [b"", b"\n\n"])
def test_a_file_without_objects_is_an_error(data: bytes) -> None:
    """An empty manifest starts no job."""
    assert findings(data)[-1].reason == "no objects in it"


def test_a_line_may_have_several_findings() -> None:
    """What can be told of a line is told at once."""
    data = b'\xef\xbb\xbf{"$a": NaN, "$a": 1, "source": "' + b"x" * 100_000 + b'"}\n'
    reasons = " ".join(found.reason for found in findings(data))
    for part in ("BOM", "NaN", "stands 2 times", "'$a' starts", "100,034 characters", "'source'"):
        assert part in reasons


def test_limits_are_those_of_characters_not_of_bytes() -> None:
    """A line of 100,000 characters is good, however many bytes each has."""
    values = {f"k{number}": "é" * 19_900 for number in range(5)}
    data = json.dumps({"source": "x", **values}, ensure_ascii=False)
    data = data[:-1] + " " * (100_000 - len(data)) + "}"
    assert findings(data.encode()) == []
    (found,) = findings((data[:-1] + " }").encode())
    assert "the line has 100,001 characters" in found.reason


def test_the_remedy_for_a_byte_order_mark_is_for_its_own_line() -> None:
    """Files that were joined have one in the middle."""
    lines = [b'{"source": "%d"}\n' % number for number in range(6)]
    found = only(b"".join([*lines[:4], b"\xef\xbb\xbf", *lines[4:]]))
    assert found.line == 5
    assert "sed -i '5s/" in found.remedy


def test_a_line_beyond_all_limits_is_not_held_in_memory() -> None:
    """Of such a line only the size is known, and the next line is read as usual."""
    data = b"x" * (3 * MAX_KEPT_BYTES) + b"\n" + GOOD
    first, second = read_lines(BytesIO(data))
    assert RawLine(1, None, 3 * MAX_KEPT_BYTES + 1) == first
    assert RawLine(2, GOOD, len(GOOD)) == second
    assert "the line has 1,200,016 bytes" in only(data).reason


def test_a_full_size_manifest_takes_modest_memory_and_what_is_too_much_is_told_once() -> None:
    """Of an object little more than a hash is held; the limit is told where it is passed."""
    program = """
import resource
from labelwright_local.manifest.check import ManifestCheck
from labelwright_local.manifest.lines import RawLine

def lines():
    for number in range(1, 100_004):
        data = b'{"source": "%d", "text": "%s"}' % (number, b"x" * 500)
        yield RawLine(number, data, len(data))

before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for finding in ManifestCheck().run(lines()):
    print(finding.line, finding.severity, finding.remedy)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    made = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    told, kibibytes = made.stdout.splitlines()
    assert told == "100001 error make several manifests: split -l 100000 FILE"
    assert int(kibibytes) < 40_000


def test_keys_are_printed_harmlessly() -> None:
    """Control characters are spelled out, and a long key is cut."""
    assert (
        printable("a\x1b[31m[bold]\u202e\ud800\U000e0001é")
        == "a\\x1b[31m[bold]\\u202e\\ud800\\U000e0001é"
    )
    assert printable("x" * 1000) == "x" * 60 + "…"


def test_the_command_names_file_line_and_severity_and_counts(tmp_path: Path) -> None:
    """Findings go to standard output one a line, the summary to standard error."""
    path = tmp_path / "m.jsonl"
    path.write_bytes(GOOD + b'{"source": ""}\n' + b'{"\\u001b[2J[red]": 1, "\\u001b[2J[red]": 1}\n')
    status, out, err = check(path)
    assert status == 1
    places = [text.split(": ")[:2] for text in out.splitlines()]
    assert [[f"{path}:2", "warning"], [f"{path}:3", "error"], [f"{path}:3", "error"]] == places
    assert "key '\\x1b[2J[red]' stands 2 times" in out
    assert "\x1b" not in out + err
    assert f"{path}: 3 objects, 2 errors, 1 warning, 0 notes" in err


def test_warnings_and_notes_leave_the_exit_status_alone(tmp_path: Path) -> None:
    """Only errors make a manifest bad."""
    path = tmp_path / "m.jsonl"
    path.write_bytes(b'{"source": ""}\r\n' * 2)
    assert check(path)[0] == 0


def test_standard_input_is_read_for_a_dash() -> None:
    """The command stands in a pipe."""
    status, out, _ = check("-", stdin=b"{'source': 1}\n")
    assert status == 1
    assert out.startswith("<stdin>:1: error: ")


@pytest.mark.parametrize("place", ["missing.jsonl", ".", "s3://X"])
def test_what_cannot_be_read_is_one_line_and_status_2(place: str) -> None:
    """There is no traceback for a file that is not there."""
    status, out, err = check(place)
    assert (status, out) == (2, "")
    assert err.startswith(f"error: {place}: ")
    assert err.count("\n") == 1


@pytest.mark.skipif(not DATASETS.is_dir(), reason="the recorded jobs are not here")
def test_an_output_manifest_of_the_service_is_good() -> None:
    """What Ground Truth wrote can be the input of a chained job."""
    status, out, err = check(DATASETS / "aws_birds_job" / "output.manifest")
    assert (status, out) == (0, "")
    assert "302 objects, 0 errors, 0 warnings, 0 notes" in err


MARK = "Zq9Marker"
_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.just(MARK) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
_keys = st.sampled_from(
    ["source", "source-ref", "$x", "metadata", "text-file-s3-uri", "a_b", "a_b-metadata", "\x1b"]
)
_objects = st.dictionaries(_keys, _json)
_damaged = st.one_of(
    _json.map(json.dumps),
    _objects.map(json.dumps),
    _objects.map(str),
    st.builds(lambda found, cut: json.dumps(found)[:cut] + MARK, _objects, st.integers(0, 60)),
    st.text(max_size=20).map(lambda text: text.replace("\n", MARK)),
)
_lines = st.lists(
    st.one_of(
        st.tuples(st.just(False), _damaged.map(lambda text: text.encode("utf-8", "replace"))),
        st.tuples(
            st.just(False), st.binary(max_size=40).map(lambda data: data.replace(b"\n", b""))
        ),
        st.tuples(
            st.just(True),
            st.builds(
                lambda keys, number: json.dumps(
                    {**dict.fromkeys(keys, "v"), "source": f"{MARK}{number}"}
                ).encode(),
                st.lists(st.text("abc\u00e9", max_size=5), max_size=3),
                st.integers(),
            ),
        ),
    ),
    max_size=8,
)


@settings(deadline=None)  # a busy machine is no fault
@given(_lines)
def test_no_line_stops_the_check_or_has_its_values_told(lines: list[tuple[bool, bytes]]) -> None:
    """Whatever stands among them, good lines are taken for good, and no value is printed."""
    data = b"".join(content + b"\n" for _, content in lines)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return
    found = findings(data)
    bad = {number for number, severity, *_ in found if severity is Severity.ERROR}
    good = {number for number, (is_good, _) in enumerate(lines, start=1) if is_good}
    assert not bad & good
    told = "".join(f"{finding.reason}; {finding.remedy}" for finding in found)
    assert MARK not in told
    assert told.isprintable()


@settings(deadline=None)  # a busy machine is no fault
@given(st.dictionaries(st.text(), _json, min_size=1), st.data())
def test_a_key_is_cut_out_without_touching_the_others(
    value: dict[str, Any], data: st.DataObject
) -> None:
    """The members of an object are found as they were written, however it is spaced."""
    text = json.dumps(value, indent=data.draw(st.sampled_from([None, 1])))
    found = list(members(text))
    assert list(value) == [member.key for member in found]
    gone = data.draw(st.sampled_from(list(value)))
    left = without(text, {gone})
    kept = {member.key: text[member.value_start : member.end] for member in found}
    del kept[gone]
    assert kept == {m.key: left[m.value_start : m.end] for m in members(left)}


def test_a_line_is_checked_alone_as_well() -> None:
    """Filtering asks of each line what the check says of it."""
    parsed = check_line(RawLine(1, b"\xef\xbb\xbf" + GOOD, 0))
    assert parsed.value == {"source": "a good line"}
    assert len(parsed.findings) == 1
